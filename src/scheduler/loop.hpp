#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "planner.hpp"
#include "reel/async/nudge.hpp"
#include "reel/scheduler/scheduler.hpp"

namespace reel::scheduler {

/// Drives the planner. Owns no rule of scheduling, only the order of things: plan, commit, act.
class Loop final : public Scheduler {
  public:
    Loop(const SchedulerParts& parts, SchedulerConfig config);

    boost::asio::awaitable<void> run() override;
    boost::asio::awaitable<void> set_dags(Dags dags) override;
    void stop() override;
    void interrupt_tasks() override;
    void abandon() override;
    [[nodiscard]] std::size_t live_attempts() const override;

    boost::asio::awaitable<core::Result<store::RunRecord>> trigger(TriggerRequest request) override;
    boost::asio::awaitable<core::Result<void>> set_paused(core::DagId dag_id, bool paused) override;
    boost::asio::awaitable<core::Result<store::RunRecord>> set_run_state(
        core::DagId dag_id, core::RunId run_id, core::RunState state
    ) override;
    boost::asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> clear(
        core::DagId dag_id, std::vector<core::RunId> run_ids, TaskSelection selection, bool dry_run
    ) override;
    boost::asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> mark(
        core::DagId dag_id,
        core::RunId run_id,
        TaskSelection selection,
        core::TaskState state,
        bool dry_run
    ) override;
    boost::asio::awaitable<core::Result<store::RunRecord>> set_note(
        core::DagId dag_id, core::RunId run_id, std::optional<TaskName> task, std::string note
    ) override;
    boost::asio::awaitable<core::Result<std::vector<UnmetCondition>>> why(
        core::DagId dag_id, core::RunId run_id, TaskName task
    ) override;
    boost::asio::awaitable<core::Result<store::BackfillRecord>> create_backfill(
        BackfillRequest request
    ) override;
    boost::asio::awaitable<core::Result<std::vector<core::Timestamp>>> dry_run_backfill(
        BackfillRequest request
    ) override;
    boost::asio::awaitable<core::Result<store::BackfillRecord>> set_backfill_paused(
        store::BackfillId id, bool paused
    ) override;
    boost::asio::awaitable<core::Result<store::BackfillRecord>> cancel_backfill(store::BackfillId id
    ) override;
    boost::asio::awaitable<std::vector<store::RunName>> remove_expired_runs(store::RunExpiry expiry
    ) override;
    boost::asio::awaitable<core::Result<void>> set_pool(store::PoolRecord pool) override;
    boost::asio::awaitable<core::Result<void>> delete_pool(std::string name) override;
    boost::asio::awaitable<core::Result<std::int64_t>> create_asset_event(
        std::string uri, core::JsonText extra
    ) override;
    boost::asio::awaitable<core::Result<std::size_t>> delete_queued_events(
        QueuedEventSelection selection
    ) override;
    boost::asio::awaitable<core::Result<void>> delete_dag(core::DagId dag_id) override;
    [[nodiscard]] core::Timestamp latest_heartbeat() const override { return heartbeat_; }

  private:
    /// Somebody who waits for a commit.
    struct Waiter {
        boost::asio::steady_timer done;
        bool is_stored = false;  ///< what they wait for, once it is done
    };
    using Waiters = std::vector<std::shared_ptr<Waiter>>;

    /// Calls the store on the pool until it answers; a failure that waiting cannot mend is thrown
    /// on.
    template <class F>
    boost::asio::awaitable<std::invoke_result_t<F>> insist(F call);
    boost::asio::awaitable<void> pause_between_tries(int failures);

    struct DagChanges {
        Dags changed;  ///< new ones, too
        std::vector<core::DagId> gone;
    };
    /// With what the folder held the last time, and keeps what it holds now.
    DagChanges compare(const Dags& dags);

    void turn_soon();
    /// What the store holds; gives the attempts that were alive.
    boost::asio::awaitable<std::vector<AttemptOrder>> take_up();
    boost::asio::awaitable<std::vector<store::LingeringAttempt>> take_up_lingering();
    boost::asio::awaitable<void> first_dags();
    boost::asio::awaitable<void> go_round();
    boost::asio::awaitable<void> ready();
    boost::asio::awaitable<void> read_pools();
    void set_pools(const std::vector<store::PoolRecord>& records);
    boost::asio::awaitable<void> turn();
    void take_ended_attempts();
    boost::asio::awaitable<void> look_back();
    boost::asio::awaitable<void> take_up_backfills();
    boost::asio::awaitable<void> go_on_with_backfills();
    boost::asio::awaitable<Effects> commit(Effects effects);
    /// False: it may be stored or not, and the store's commit() finds out.
    boost::asio::awaitable<bool> is_stored_from_here(const store::Commit* commit);
    boost::asio::awaitable<Effects> leave_out_taken_runs(Effects effects);
    boost::asio::awaitable<void> store_next_runs(store::NextRuns next_runs);
    void act(Effects effects);
    /// Returns after the commit that will hold everything the planner knows now; throws
    /// store::LostLeadership where there will be none.
    boost::asio::awaitable<void> committed();
    [[nodiscard]] bool has_room_for_run() const;
    static void finish_waiters(const Waiters& waiters, bool is_stored);
    void refuse_if_abandoned() const;
    void refuse_if_the_lease_is_over() const;
    boost::asio::awaitable<core::Result<store::RunRecord>> queue_again(
        core::DagId dag_id, core::RunId run_id
    );
    /// Takes a run up from the store where the planner does not have it.
    boost::asio::awaitable<core::Result<void>> have_at_hand(core::DagId dag_id, core::RunId run_id);
    /// The same for several, those that are not to be had left out.
    boost::asio::awaitable<void> have_at_hand(core::DagId dag_id, std::vector<core::RunId> run_ids);
    using LoadedRuns = std::vector<core::Result<store::ActiveRun>>;
    boost::asio::awaitable<LoadedRuns> load_runs(
        core::DagId dag_id, std::vector<core::RunId> run_ids
    );
    boost::asio::awaitable<core::Result<void>> check_free(store::RunRecord run);

    using FireRecords = std::vector<store::BackfillRunRecord>;
    boost::asio::awaitable<core::Result<FireRecords>> plan_fires(BackfillRequest request);
    boost::asio::awaitable<core::Result<store::BackfillRecord>> changed_backfill(
        store::BackfillId id, core::Result<store::BackfillRecord> changed
    );

    /// A run on its way from the store is not removed there meanwhile.
    class Loading final {
      public:
        Loading(std::multiset<store::RunName>& all, store::RunName run);
        ~Loading();
        Loading(const Loading&) = delete;
        Loading& operator=(const Loading&) = delete;

      private:
        std::multiset<store::RunName>& all_;
        std::multiset<store::RunName>::iterator place_;
    };

    SchedulerParts parts_;
    SchedulerConfig config_;
    Planner planner_;
    async::Nudge nudge_;
    boost::asio::steady_timer soon_;
    bool turns_soon_ = false;
    core::Timestamp heartbeat_;
    bool taken_up_ = false;  ///< what the store holds is in the planner
    bool stopping_ = false;
    bool backfills_are_new_ = false;  ///< the store may have open ones that the planner lacks
    std::multiset<store::RunName> loading_;  ///< runs on their way from the store
    std::set<store::RunName> removing_;
    bool ended_ = false;  ///< the last commit was made
    bool abandoned_ = false;
    std::map<core::DagId, std::shared_ptr<const core::Dag>> dags_;  ///< of the folder
    bool has_dags_ = false;                    ///< the planner has those of the folder
    std::deque<AttemptEnded> ended_attempts_;  ///< not told to the planner yet
    std::size_t new_tasks_ = 0;                ///< of runs that were added since the last turn
    Waiters waiting_for_commit_;
    Waiters waiting_for_this_commit_;  ///< of the turn that is under way
};

}  // namespace reel::scheduler
