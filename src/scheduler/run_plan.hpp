#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "blueprint.hpp"
#include "instances.hpp"
#include "output_assets.hpp"
#include "reel/scheduler/patience.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::scheduler {

/// One active run: its task instances, how the upstreams of each stand, and what has changed since
/// the last flush. Pure: an event costs the out-degree of the task it is about.
class RunPlan final {
  public:
    /// A run that begins; flush() will create it. `events` are the asset events that it consumes.
    [[nodiscard]] static RunPlan begin(
        std::shared_ptr<const Blueprint> blueprint,
        store::RunRecord run,
        std::vector<std::int64_t> events = {}
    );
    /// A run as the store holds it. `facts` are the XComs that decide over instances: what map
    /// sources have pushed, and what branches have skipped.
    [[nodiscard]] static RunPlan restore(
        std::shared_ptr<const Blueprint> blueprint,
        store::RunRecord run,
        std::vector<store::TaskInstanceRecord> tasks,
        const std::vector<store::XComRecord>& facts = {},
        std::set<int> called_deadlines = {}
    );

    [[nodiscard]] const core::Dag& dag() const { return blueprint_->dag(); }
    [[nodiscard]] const Blueprint& blueprint() const { return *blueprint_; }
    [[nodiscard]] const store::RunRecord& run() const { return run_; }
    [[nodiscard]] const Instances& instances() const { return instances_; }
    [[nodiscard]] const store::TaskInstanceRecord& task(InstanceIndex i) const {
        return instances_[i].record;
    }
    [[nodiscard]] const core::Task& declared(InstanceIndex i) const {
        return blueprint_->task(instances_[i].task);
    }
    [[nodiscard]] Body body(InstanceIndex i) const { return blueprint_->body(instances_[i].task); }
    [[nodiscard]] std::size_t task_count() const { return instances_.size(); }
    /// How many instances hold a place.
    [[nodiscard]] int occupying() const { return occupying_; }
    [[nodiscard]] AttemptOrder order(InstanceIndex i) const;

    // --- events; each leaves what became `scheduled` in newly_scheduled() and timers in retries()
    /// queued → running, and every task that may run at once becomes scheduled.
    void start(core::Timestamp now);
    /// Of a restored run that is running: that a task was scheduled may not have been stored.
    void consider_all(core::Timestamp now);
    /// scheduled → queued (or deferred, for a task that waits without a place) under a fresh
    /// attempt.
    void grant(InstanceIndex i, core::AttemptId attempt, core::Timestamp now);
    /// queued → running.
    void task_started(InstanceIndex i, const AttemptStarted& event);
    void task_ended(InstanceIndex i, const AttemptEnded& event);
    /// up_for_retry → scheduled, if it still waits.
    void retry_due(InstanceIndex i, core::Timestamp now);
    /// Its dagrun_timeout is over: ends it, teardowns and all (as in Airflow), and calls whom its
    /// failure calls.
    void time_out(core::Timestamp now);
    /// Ends the run by decree, and calls nobody, unless it ends by itself later. With `success` all
    /// its tasks have succeeded; with `failed` unfinished ones become skipped (failed for those
    /// whose attempt lives). Teardowns are left out. Whether the run has ended with that: if not,
    /// it ends by itself when its teardowns have.
    bool end(core::RunState state, core::Timestamp now, const std::string& why);
    /// Whether the task may not begin for what the run before did, whatever its trigger rule says.
    [[nodiscard]] bool waits_for_past(InstanceIndex i) const { return !may_begin(i); }
    /// Has take_ended() give every task: somebody has begun to look at this run.
    void note_all_for_past();
    /// What the task of this index waits for in the run before is fulfilled.
    void past_is_met(TaskIndex task, core::Timestamp now);

    // --- by hand
    /// Back to the start; whoever runs is ended first (restarting). The history of tries stays, and
    /// as many retries as the task declares are given anew. A run that had ended is queued again.
    void clear(std::span<const InstanceIndex> cleared, core::Timestamp now);
    /// A finished state by decree: success, failed or skipped. Whoever runs is ended.
    void mark(InstanceIndex i, core::TaskState state, core::Timestamp now);
    /// A backfill makes the run its own.
    void join_backfill();
    void set_note(std::string note);
    void set_note(InstanceIndex i, std::string note);

    // --- deadlines of the DAG, by their place in it
    [[nodiscard]] bool is_deadline_open(std::size_t deadline) const;
    [[nodiscard]] core::Timestamp deadline_at(std::size_t deadline) const;
    /// Calls whom it says, if its time has come; once.
    void miss_deadline(std::size_t deadline, core::Timestamp now);

    /// Takes the tasks that became `scheduled` since the last call.
    [[nodiscard]] std::vector<InstanceIndex> take_newly_scheduled();
    /// Takes the tasks that became `up_for_retry` since the last call; their next_retry_at says
    /// when they are due.
    [[nodiscard]] std::vector<InstanceIndex> take_retries();
    /// Takes the attempts whose processes are no longer wanted.
    [[nodiscard]] std::vector<core::AttemptId> take_cancelled();
    /// Takes the news of assets since the last call; their ids are still to be given.
    [[nodiscard]] std::vector<store::NewAssetEvent> take_asset_events();
    /// Takes the instances of tasks whose past others may wait for, that have ended since the last
    /// call.
    [[nodiscard]] std::vector<TaskIndex> take_ended();

    /// Whether the next flush will say that the run has ended.
    [[nodiscard]] bool has_just_ended() const {
        return core::is_finished(run_.state) && run_was_ && run_was_->state != run_.state;
    }
    /// Appends what has changed since the last flush, but for tasks that have been `scheduled` or
    /// `running` for less than `patience`: these are stored once instead of three times. Gives when
    /// the first of them is due.
    std::optional<core::Timestamp> flush(
        store::Commit& commit, core::Timestamp now, Patience patience
    );

  private:
    RunPlan(std::shared_ptr<const Blueprint> blueprint, store::RunRecord run, Instances instances);

    void set_state(InstanceIndex i, core::TaskState to);
    void put_state(InstanceIndex i, core::TaskState to);
    void set_run_state(core::RunState to);
    void finish_task(InstanceIndex i, core::TaskState state, core::Timestamp now);
    void succeed(InstanceIndex i, core::Timestamp now, const OutputAssets& named = {});
    void retry_task(InstanceIndex i, core::Timestamp at);
    void fail_or_retry(InstanceIndex i, const AttemptEnded& event);
    void settle(InstanceIndex i, const AttemptEnded& event);
    void end_of_cleared(InstanceIndex i, core::Timestamp now);
    void end_cleared_try(InstanceIndex i, core::Timestamp now);
    void reset(InstanceIndex i);

    void consider(InstanceIndex i, core::Timestamp now);
    [[nodiscard]] bool may_begin(InstanceIndex i) const;
    [[nodiscard]] bool may_be_skipped(InstanceIndex i) const;
    void schedule_task(InstanceIndex i, core::Timestamp now);
    void work_through(core::Timestamp now);
    void finish_run_when_done(core::Timestamp now);

    // --- ends by decree
    [[nodiscard]] bool has_unfinished_teardown() const;
    void end_with_run(
        InstanceIndex i,
        core::RunState state,
        bool teardowns_follow,
        core::Timestamp now,
        const std::string& why
    );
    void end_task(
        InstanceIndex i, core::TaskState state, core::Timestamp now, const std::string& why
    );
    void close(core::RunState state, core::Timestamp now);

    // --- callbacks
    void call(core::CallbackEvent event, InstanceIndex i, core::Timestamp now);
    void call_of_run(core::CallbackEvent event, const char* reason, core::Timestamp now);
    void pass_over_deadlines(core::Timestamp now);
    void end_of_deadline(std::size_t deadline, store::CallbackRecord record);
    void add_calls(const std::vector<core::Callback>& callbacks, store::CallbackRecord record);
    [[nodiscard]] store::CallbackRecord call_of(core::CallbackEvent event, core::Timestamp now)
        const;

    // --- branches
    void follow(InstanceIndex i, const AttemptEnded& event);
    void skip_behind(InstanceIndex i, const std::vector<TaskIndex>& skipped, core::Timestamp now);
    void note_skip(InstanceIndex branch, TaskIndex skipped);
    [[nodiscard]] bool is_skipped_by_branch(InstanceIndex i) const;
    [[nodiscard]] bool is_latest(core::Timestamp now) const;

    // --- mapping
    [[nodiscard]] bool is_placeholder(InstanceIndex i) const;
    [[nodiscard]] core::Result<std::size_t> map_length(TaskIndex task) const;
    void expand(InstanceIndex i, core::Timestamp now);
    void expand_task(TaskIndex task, std::size_t length);
    /// The same end as a failure, where what it pushed does not do.
    [[nodiscard]] std::optional<AttemptEnded> refused(InstanceIndex i, const AttemptEnded& event)
        const;
    [[nodiscard]] std::optional<AttemptEnded> refused_for_length(
        InstanceIndex i, const AttemptEnded& event
    ) const;
    void learn(InstanceIndex i, const std::vector<store::XComRecord>& xcoms);
    void learn(TaskIndex task, const store::XComRecord& xcom);

    std::shared_ptr<const Blueprint> blueprint_;
    store::RunRecord run_;
    Instances instances_;
    std::size_t unfinished_ = 0;
    int occupying_ = 0;
    std::vector<bool> past_met_;  ///< by task; empty where the DAG does not look back
    /// By a task and the branch that skipped it: which instances of the branch did.
    std::map<std::pair<TaskIndex, TaskIndex>, std::set<InstanceIndex>> skips_;
    /// What a map source has pushed. Of a mapped one every instance that pushed is an element.
    struct Pushed {
        std::optional<std::size_t> length;  ///< nullopt: no list
        std::set<int> instances;
    };
    std::map<std::pair<TaskIndex, std::string>, Pushed> pushed_;  ///< by task and XCom's name

    std::vector<InstanceIndex>
        to_consider_;  ///< tasks whose upstreams moved; worked through without recursion
    std::vector<InstanceIndex> newly_scheduled_;
    std::vector<InstanceIndex> retries_;
    std::vector<core::AttemptId> cancelled_;
    std::vector<TaskIndex> ended_;
    std::vector<store::NewAssetEvent> asset_events_;

    // What flush() owes the store.
    std::optional<store::NewRun> created_;  ///< as it was before anything happened to it
    std::optional<store::RunRecord> run_was_;
    std::vector<store::TaskChange> earlier_;     ///< ends of tries that were followed by more
    std::vector<store::AttemptRecord> cleared_;  ///< tries that are no end for their tasks
    std::vector<InstanceIndex> changed_;
    std::vector<store::Expansion> expansions_;
    std::vector<core::TaskKey> stale_xcoms_;
    std::vector<store::XComRecord> xcoms_;
    std::vector<store::CallbackRecord> calls_;  ///< their ids are still to be given

    std::set<int> called_deadlines_;
};

}  // namespace reel::scheduler
