#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "simulation/scheduler/faulty_store.hpp"
#include "simulation/scheduler/history_checks.hpp"
#include "simulation/scheduler/simulation.hpp"
#include "simulation/scheduler/world_executor.hpp"
#include "support/manual_clock.hpp"

namespace reel::scheduler {

/// The real loop, planner and store under a clock that is turned by hand and dice that break
/// things: the store does not answer or its answers are lost, the scheduler dies at any of its
/// calls, the runner dies with its processes, people trigger, backfill, tell news of assets, end,
/// clear and mark, edit and remove DAG files and pause DAGs. One seed is one history.
class FaultWorld final {
  public:
    struct Settings {
        std::uint32_t seed = 0;
        int trouble_one_in = 12;      ///< of the store's calls
        int runner_dies_one_in = 60;  ///< per event
        int steps = 60;               ///< of trouble; then all must come to its end
        bool edits = false;           ///< of DAGs, by people
    };
    /// What was there to be checked at the end.
    struct Ends {
        std::size_t events = 0;
        std::size_t callbacks = 0;
        std::size_t fires = 0;  ///< of backfills
    };
    FaultWorld(std::vector<core::Dag> dags, Shape shape, Settings settings);
    ~FaultWorld();
    FaultWorld(const FaultWorld&) = delete;
    FaultWorld& operator=(const FaultWorld&) = delete;

    /// Fails the running test where a rule is broken. False when it does not come to an end.
    bool play();

    [[nodiscard]] int edits() const { return edits_; }
    [[nodiscard]] int crashes() const { return crashes_; }
    [[nodiscard]] std::size_t processes_begun() const { return processes_.begun(); }
    [[nodiscard]] std::size_t waits_begun() const { return processes_.waits_begun(); }
    [[nodiscard]] const Ends& ends() const { return ends_; }
    [[nodiscard]] const FaultyStore& store() const { return store_; }
    /// What has not come to its end, a line each.
    [[nodiscard]] std::string unfinished();
    /// Every commit in short, for comparing two histories and for reading one.
    [[nodiscard]] const std::string& history() const { return history_; }

  private:
    static constexpr int parallelism = 3;
    using Request = std::function<boost::asio::awaitable<void>()>;

    void boot();
    void shut_down();
    void turn();
    void ask(Request request);
    void on_failure(const std::exception_ptr& failure);

    // --- what happens
    void step();
    void pass_time();
    void move_a_process();
    void end_process(Processes::Process& process);
    void kill_the_runner();
    boost::asio::awaitable<void> wake();

    // --- what people ask for
    void people();
    boost::asio::awaitable<void> trigger(std::string run_id, core::DagId dag_id);
    void end_by_hand(core::RunId run, core::DagId dag_id);
    void clear_or_mark(core::RunId run, core::DagId dag_id);
    void backfill();
    void edit();
    void write_a_version(const core::DagId& dag_id);
    void set_paused(core::DagId dag_id, bool paused);
    boost::asio::awaitable<void> read_folder();
    void hears_again(const core::DagId& dag_id);
    void let_all_go();

    // --- what must hold
    void watch_commits();
    void note_runs_run_again(const store::Commit& commit);
    void tell(const store::Commit& commit);
    void check_places();
    [[nodiscard]] bool has_ended();
    void check_triggers();
    void check_ticks(const core::Dag& dag);

    DagFolder folder_;
    Shape shape_;
    Settings settings_;
    Dice dice_;
    support::ManualClock clock_;
    FaultyStore store_{dice_};
    HistoryChecks checks_{folder_, store_};
    Processes processes_;
    async::BlockingPool pool_{0};
    store::PoolRecord pool_p_{.name = "p", .slots = 2};

    // One life of the scheduler.
    std::unique_ptr<boost::asio::io_context> io_;
    std::unique_ptr<WorldExecutor> executor_;
    std::unique_ptr<Scheduler> scheduler_;
    bool crashed_ = false;
    bool is_reading_ = false;  ///< the DAG folder
    int changes_read_ = -1;    ///< of it

    int crashes_ = 0;
    int edits_ = 0;
    std::string history_;
    core::Timestamp last_commit_at_;
    std::set<core::RunId> by_hand_;          ///< cleared or marked
    std::set<core::RunId> touched_;          ///< or ended
    std::set<core::DagId> perhaps_deaf_;     ///< paused or away, or may be
    std::set<store::BackfillId> cancelled_;  ///< that somebody asked to be
    Ends ends_;
    std::map<std::string, core::DagId> promised_;  ///< run ids whose trigger was answered well
    int triggers_ = 0;
};

}  // namespace reel::scheduler
