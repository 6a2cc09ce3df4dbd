#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/store/lingering.hpp"
#include "reel/store/records.hpp"

namespace reel::scheduler {

/// One attempt that was granted a place, with all it takes to run it.
struct AttemptOrder {
    core::AttemptId attempt = 0;
    core::TaskKey key;
    int try_number = 1;
    std::shared_ptr<const core::Dag> dag;
    std::uint32_t task_index = 0;  ///< into dag->tasks
    store::RunRecord run;
    int priority = 1;  ///< after its weight_rule; the higher the earlier
    /// When this attempt began, for one that is adopted; a sensor's timeout counts from it.
    std::optional<core::Timestamp> started_at;

    [[nodiscard]] const core::Task& task() const { return dag->tasks.at(task_index); }
};

/// Whether a task waits for the world inside the scheduler, without a process and a place: a
/// sensor, a `trigger_dag`.
[[nodiscard]] bool waits_without_process(const core::Task& task);

/// How an attempt ended. A failing task is data, not an error.
enum class TaskOutcome {
    succeeded,
    failed,          ///< may be retried
    failed_finally,  ///< retrying cannot help (bad arguments, undefined template name): no retry
    skipped,         ///< the task asked to be skipped (exit code 99)
    timed_out,       ///< execution_timeout; may be retried
    cancelled,       ///< because it was told to
    lost,            ///< its process or its result is gone; may be retried, costs a try
};

struct AttemptStarted {
    core::AttemptId attempt = 0;
    core::TaskKey key;
    core::Timestamp at;
    int pid = 0;
    std::string hostname;
};

/// What a branch decided. Of the tasks right behind it those are skipped that are neither named nor
/// behind a named one; with `all_downstream` everything behind it is skipped (a short circuit).
struct BranchDecision {
    std::vector<core::TaskId> follow;
    bool all_downstream = false;
    bool operator==(const BranchDecision&) const = default;
};

struct AttemptEnded {
    core::AttemptId attempt = 0;
    core::TaskKey key;
    TaskOutcome outcome = TaskOutcome::succeeded;
    core::Timestamp at;
    std::string message;  ///< for people: "exit code 3", "timed out after 5m"; empty on success
    std::vector<store::XComRecord> xcoms;  ///< what it pushed
    std::optional<BranchDecision> branch;  ///< of a branch that succeeded
    std::optional<int> exit_code;          ///< where a process ended by itself
    std::string rendered_map_index;        ///< after its map_index_template
};

/// Of an attempt that had ended before its process did: when that was is told nobody.
[[nodiscard]] inline AttemptEnded end_of_lingering(core::AttemptId attempt, core::TaskKey key) {
    AttemptEnded ended;
    ended.attempt = attempt;
    ended.key = std::move(key);
    ended.outcome = TaskOutcome::cancelled;
    return ended;
}

/// Called on the loop thread.
struct TaskListener {
    std::function<void(AttemptStarted)> started;
    std::function<void(AttemptEnded)> ended;
};

/// The port through which the scheduler has attempts carried out. Every start or adopt leads to
/// exactly one `ended`, whatever happens; `started` may be missing when it never ran.
class TaskExecutor {
  public:
    virtual ~TaskExecutor() = default;
    virtual void listen(TaskListener listener) = 0;
    /// These are started next, once their commit is stored, unless it never is: a hint. What needs
    /// neither database nor process may be done meanwhile. A later call forgets an earlier one's.
    virtual void expect(const std::vector<AttemptOrder>&) {}
    virtual void start(AttemptOrder order) = 0;
    virtual void cancel(core::AttemptId attempt) = 0;
    /// The end of this attempt was committed: what is kept for its sake may be forgotten.
    virtual void release(core::AttemptId attempt) = 0;
    /// After a restart, before adopt(): these were ended by decree in an earlier life and may still
    /// live. Each is ended, and leads to one `ended`, as what is adopted does.
    virtual void end_lingering(const std::vector<store::LingeringAttempt>& attempts) = 0;
    /// After a restart: `orders` are the attempts that the store believes live, once, before any
    /// start. Those that still run or have ended meanwhile are reported as usual; those that never
    /// began are begun; whatever else the executor holds is ended.
    virtual boost::asio::awaitable<void> adopt(std::vector<AttemptOrder> orders) = 0;
    /// A run has ended and that was committed: its temporary things may go.
    virtual void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) = 0;
    /// Events of these assets were committed.
    virtual void assets_have_news(const std::vector<std::string>&) {}
    /// For people: what a live attempt waits for that is deferred or whose process has not begun,
    /// and when it looks again; nullopt where it waits for nothing.
    [[nodiscard]] virtual std::optional<std::string> explain(core::AttemptId) const {
        return std::nullopt;
    }
    /// How many attempts, of what was adopted and of what lingers, can only be waited for: nobody
    /// here can end them, and a shutdown need not wait.
    [[nodiscard]] virtual std::size_t out_of_reach() const { return 0; }
};

}  // namespace reel::scheduler
