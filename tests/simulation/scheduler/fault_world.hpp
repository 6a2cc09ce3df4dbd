#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "simulation/scheduler/fault_terms.hpp"
#include "simulation/scheduler/faulty_store.hpp"
#include "simulation/scheduler/history_checks.hpp"
#include "simulation/scheduler/simulation.hpp"
#include "support/manual_clock.hpp"

namespace reel::scheduler {

/// The real loop, planner, store, lease and whereabouts of tasks under a clock that is turned by
/// hand and dice that break things: the store does not answer or its answers are lost, a scheduler
/// dies or is stopped at any of its calls or loses its lease to another one, a runner dies with its
/// processes, people trigger, backfill, tell news of assets, end, clear and mark, edit and remove
/// DAG files and pause DAGs. One seed is one history.
class FaultWorld final {
  public:
    struct Settings {
        std::uint32_t seed = 0;
        int trouble_one_in = 12;      ///< of the store's calls
        int runner_dies_one_in = 60;  ///< per event
        int steps = 60;               ///< of trouble; then all must come to its end
        bool edits = false;           ///< of DAGs, by people
        int schedulers = 1;           ///< that may lead, each of the first home or of another
    };
    /// What was there to be checked at the end.
    struct Ends {
        std::size_t events = 0;
        std::size_t callbacks = 0;
        std::size_t fires = 0;  ///< of backfills
    };
    /// What became of the lease.
    struct Leads {
        int terms = 0;
        int lost = 0;               ///< by who was alive
        int stops = 0;              ///< of a program
        std::size_t outlasted = 0;  ///< attempts in another home, lost with it
        std::size_t lingering = 0;  ///< attempts, when a term began
    };
    FaultWorld(std::vector<core::Dag> dags, Shape shape, Settings settings);
    FaultWorld(const FaultWorld&) = delete;
    FaultWorld& operator=(const FaultWorld&) = delete;

    /// Fails the running test where a rule is broken. False when it does not come to an end.
    bool play();

    [[nodiscard]] int edits() const { return edits_; }
    [[nodiscard]] int crashes() const { return crashes_; }
    [[nodiscard]] const Leads& leads() const { return leads_; }
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
    using Request = std::function<boost::asio::awaitable<void>(WorldTerm&)>;

    /// Of whoever leads, or thinks so; where nobody does, nobody is asked.
    void ask(Request request);
    void ask(WorldTerm& term, Request request);
    void on_failure(WorldTerm& term, const std::exception_ptr& failure);

    // --- who leads
    void start_programs();
    void turn();
    void turn(WorldProgram& program);
    [[nodiscard]] bool may_act(const WorldTerm& term) const;
    [[nodiscard]] bool is_dead(const store::LeaseHolder& holder, const WorldProgram& self) const;
    void ask_for_lease(WorldProgram& program);
    void begin_term(WorldProgram& program, store::Epoch epoch, core::Timestamp asked);
    void keep_lease(WorldTerm& term);
    void crash(WorldProgram& program);
    void abandon(WorldProgram& program);
    void stop_for_a_while();
    void look_at_runners();
    core::Timestamp next_moment();

    // --- what happens
    void step();
    void pass_time();
    void move_a_process();
    void end_process(Processes::Process& process);
    void lose_process(core::AttemptId attempt);
    void kill_a_runner();
    /// Who is told of it, if anybody.
    WorldProgram* listener_of(const Processes::Process& process);
    boost::asio::awaitable<void> wake(WorldTerm& term);

    // --- what people ask for
    void people();
    boost::asio::awaitable<void> trigger(WorldTerm& term, std::string run_id, core::DagId dag_id);
    void end_by_hand(core::RunId run, core::DagId dag_id);
    void clear_or_mark(core::RunId run, core::DagId dag_id);
    void backfill();
    void edit();
    void write_a_version(const core::DagId& dag_id);
    void set_paused(core::DagId dag_id, bool paused);
    boost::asio::awaitable<void> read_folder(WorldTerm& term);
    void hears_again(const WorldTerm& term, const core::DagId& dag_id);
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
    FaultyStore store_{dice_, clock_};
    HistoryChecks checks_{folder_, store_};
    Processes processes_;
    async::BlockingPool pool_{0};
    store::PoolRecord pool_p_{.name = "p", .slots = 2};

    core::Duration lease_ = std::chrono::hours(10'000);
    core::Duration heartbeat_timeout_ = std::chrono::minutes(5);
    std::int64_t pids_ = 0;
    std::deque<WorldProgram> programs_;
    WorldProgram* turning_ = nullptr;         ///< whose code runs
    WorldProgram* stopped_ = nullptr;         ///< in the middle of it
    core::Timestamp cut_off_until_;           ///< nobody can renew the lease
    std::map<int, core::Timestamp> held_at_;  ///< by home: the tasks of its runner, by a leader

    int crashes_ = 0;
    int edits_ = 0;
    std::string history_;
    core::Timestamp last_commit_at_;
    std::set<core::RunId> by_hand_;          ///< cleared or marked
    std::set<core::RunId> touched_;          ///< or ended
    std::set<core::DagId> perhaps_deaf_;     ///< paused or away, or may be
    std::set<store::BackfillId> cancelled_;  ///< that somebody asked to be
    Ends ends_;
    Leads leads_;
    std::map<std::string, core::DagId> promised_;  ///< run ids whose trigger was answered well
    int triggers_ = 0;
};

}  // namespace reel::scheduler
