#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reel/store/run_store.hpp"
#include "scheduler/planner.hpp"
#include "simulation/scheduler/history_checks.hpp"
#include "support/dice.hpp"
#include "support/manual_clock.hpp"

namespace reel::scheduler {

/// Which rules and outcomes a random DAG may have.
struct Shape {
    int max_tasks = 8;
    std::vector<core::TriggerRule> rules{core::TriggerRule::all_success};
    std::vector<TaskOutcome> outcomes{TaskOutcome::succeeded, TaskOutcome::failed};
    bool may_fail_fast = false;
    bool may_time_out = false;
    bool may_map = false;          ///< over lists of the file and over what upstreams push
    bool may_branch = false;       ///< tasks that end well may skip what stands behind them
    bool may_pool = false;         ///< tasks of pool "p", which has two slots
    bool may_make_assets = false;  ///< tasks have outlets "u0" and "u1"
    bool may_call = false;         ///< tasks and runs have callbacks
    bool may_wait = false;         ///< some tasks are sensors, which have no process
    bool may_set_up = false;       ///< some tasks are setups, some teardowns
};

/// Every rule and every outcome.
[[nodiscard]] Shape any_shape();
/// Only rules and outcomes whose result does not hang on the order in which tasks end.
[[nodiscard]] Shape settled_shape();

[[nodiscard]] core::Dag random_dag(Dice& dice, const std::string& dag_id, const Shape& shape);
/// Some tasks begin later than their DAG, or end earlier.
void give_spans(core::Dag& dag, Dice& dice, core::Timestamp from);
/// One that makes no assets and waits for some.
[[nodiscard]] core::Dag random_consumer(Dice& dice, const std::string& dag_id, const Shape& shape);

/// A planner, a store and processes that live for a while, all moved by dice. After each round it
/// checks what must always hold, and fails the running test where it does not.
class Simulation final {
  public:
    struct Settings {
        std::uint32_t seed = 0;  ///< of the order of events
        std::uint32_t fate = 0;  ///< of how each try ends
        int parallelism = 32;
        int runs = 1;
        std::size_t requested_dags = 0;  ///< only that many DAGs get runs by hand; 0: all
        int restart_one_in = 0;          ///< chance of a restart per round; 0: never
        int mark_one_in = 0;             ///< chance per round that a person ends a run
        int meddle_one_in = 0;           ///< chance per event that a person clears or marks tasks
        int backfill_fires = 0;          ///< of a backfill of the first DAG, two runs at one time
    };
    Simulation(std::vector<core::Dag> dags, const Shape& shape, Settings settings);

    /// Until every run has ended and no process is left. False when it does not come to that.
    bool run_to_end();

    /// "dag/run = state" and "dag/run/task = state after n tries", one a line.
    [[nodiscard]] std::string ends() const;
    [[nodiscard]] int restarts() const { return restarts_; }
    [[nodiscard]] const HistoryChecks& checks() const { return checks_; }
    [[nodiscard]] store::RunStore& store() { return *store_; }

  private:
    struct Process {
        AttemptOrder order;
        bool started = false;
        bool unwanted = false;
    };

    void hand_over_dags();
    void begin_backfill();
    void take_up_backfills();
    void go_on_with_backfills();
    void check_backfills() const;
    void round();
    void apply(const Effects& effects);
    void start(const AttemptOrder& order);
    void happen();
    void end_process(core::AttemptId attempt);
    void mark_a_run();
    void clear_or_mark_tasks();
    void restart();
    [[nodiscard]] bool all_ended() const;
    [[nodiscard]] TaskOutcome fate_of(const AttemptOrder& order) const;

    [[nodiscard]] std::optional<BranchDecision> branch_of(const AttemptOrder& order) const;
    [[nodiscard]] std::size_t hash_of(const AttemptOrder& order, const std::string& what) const;

    void check_pools() const;
    void check_limits();

    std::vector<core::Dag> dags_;
    Shape shape_;
    Settings settings_;
    Dice dice_;
    support::ManualClock clock_;
    std::unique_ptr<store::RunStore> store_ = store::make_memory_store();
    DagFolder folder_{dags_};
    HistoryChecks checks_{folder_, *store_};
    std::unique_ptr<Planner> planner_;
    std::map<core::AttemptId, Process> alive_;
    std::vector<store::RunRecord> requested_;
    std::map<core::TaskKey, core::AttemptId> last_attempt_;
    std::set<core::RunId> settled_;  ///< ended, and looked at since
    std::set<core::RunId> meddled_;  ///< touched by a person since the last commit
    int meddlings_left_ = 20;        ///< people get tired, or runs would never end
    int restarts_ = 0;
};

}  // namespace reel::scheduler
