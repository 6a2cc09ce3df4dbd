#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/ids.hpp"
#include "reel/core/json_text.hpp"
#include "reel/core/time.hpp"
#include "reel/store/lease.hpp"

namespace reel::store {

/// The name of a worker: that of its home, so the same after a restart.
using WorkerId = std::string;

/// An attempt that any worker of its queue may carry out.
struct DispatchOffer {
    core::AttemptId attempt = 0;
    core::TaskKey key;
    int try_number = 1;
    std::string dag_version;
    std::string queue = "default";
    int priority = 1;  ///< the higher the earlier
    bool operator==(const DispatchOffer&) const = default;
};

enum class DispatchState { queued, claimed, ended };

/// An offer and what became of it.
struct DispatchRecord {
    DispatchOffer offer;
    DispatchState state = DispatchState::queued;
    WorkerId worker;  ///< who claimed it; "": nobody
    bool cancel_requested = false;
    bool operator==(const DispatchRecord&) const = default;
};

/// What ended an attempt.
enum class DispatchEnd {
    reported,   ///< its worker says so
    cancelled,  ///< it was cancelled before anybody claimed it
    expired,    ///< its worker was silent for longer than its lease
};

/// What is known of an attempt beyond what the reader has seen.
struct DispatchNews {
    core::AttemptId attempt = 0;
    WorkerId worker;
    std::optional<core::JsonText> started;  ///< as it was reported
    std::optional<DispatchEnd> end;
    core::JsonText ended;  ///< as it was reported; null where nobody did
    core::Timestamp ended_at;
    bool operator==(const DispatchNews&) const = default;
};

/// The attempts whose start, and whose end, the reader knows already.
struct SeenDispatches {
    std::vector<core::AttemptId> started;
    std::vector<core::AttemptId> ended;
};

enum class ReportKind { started, ended };

struct DispatchReport {
    core::AttemptId attempt = 0;
    ReportKind kind = ReportKind::started;
    core::JsonText body;
    bool operator==(const DispatchReport&) const = default;
};

enum class WorkerState {
    running,
    draining,  ///< claims no more
    stopped,
};

/// A worker's sign of life.
struct WorkerBeat {
    WorkerId id;
    std::string hostname;
    int pid = 0;
    std::vector<std::string> queues;
    int concurrency = 1;
    WorkerState state = WorkerState::running;
    core::Duration lease{};  ///< how long it counts
};

struct WorkerRecord {
    WorkerId id;
    std::string hostname;
    int pid = 0;
    std::vector<std::string> queues;
    int concurrency = 1;
    WorkerState state = WorkerState::running;
    core::Timestamp started_at;
    core::Timestamp heartbeat;
    bool is_live = false;  ///< its lease has not ended, and it has not stopped
    int claimed = 0;       ///< attempts in its hands
    bool operator==(const WorkerRecord&) const = default;
};

/// What a worker still holds.
struct Renewal {
    std::vector<core::AttemptId> held;
    std::vector<core::AttemptId> cancelled;  ///< of these the ones that somebody wants ended
    bool operator==(const Renewal&) const = default;
};

/// Attempts on their way to workers and back. The attempt id is the fencing token: only who holds
/// the claim is heard. Leases end by the store's own clock. Blocking, thread-safe; a lost database
/// throws postgres::DatabaseError, and every verb may then be called again.
class DispatchStore {
  public:
    virtual ~DispatchStore() = default;

    // --- the scheduler's half
    /// Those that are there already stay as they are.
    virtual void offer(const std::vector<DispatchOffer>& offers) = 0;
    /// Ends what nobody has claimed; asks the workers of the others to end them.
    virtual void cancel(const std::vector<core::AttemptId>& attempts) = 0;
    /// Removes those of them that have ended.
    virtual void forget(const std::vector<core::AttemptId>& attempts) = 0;
    /// By attempt, the oldest first.
    virtual std::vector<DispatchNews> read_news(const SeenDispatches& seen) = 0;
    /// Ends what is claimed and whose lease has ended; gives how many. Workers that have been
    /// silent for a day are forgotten.
    virtual std::size_t expire() = 0;

    // --- a worker's half
    /// At most `limit` attempts of these queues, by priority and age. Never one whose task instance
    /// has another attempt in some worker's hands.
    virtual std::vector<DispatchOffer> claim(
        const WorkerId& worker,
        const std::vector<std::string>& queues,
        core::Duration lease,
        std::size_t limit
    ) = 0;
    /// The worker is alive; the leases of all it has claimed begin anew.
    virtual Renewal renew(const WorkerBeat& beat) = 0;
    /// Gives the attempts whose reports are refused, for they are not in this worker's hands (any
    /// more). Reporting the same end twice is accepted twice.
    virtual std::vector<core::AttemptId> report(
        const WorkerId& worker, const std::vector<DispatchReport>& reports
    ) = 0;

    // --- everybody's
    /// All of them, or those that a worker has claimed; by attempt.
    virtual std::vector<DispatchRecord> list_dispatches(const std::optional<WorkerId>& claimed_by
    ) = 0;
    virtual std::vector<WorkerRecord> list_workers() = 0;  ///< by id
};

/// Notified when there is something to claim, something to cancel, something to read.
inline constexpr const char* offer_channel = "reel_offer";
inline constexpr const char* cancel_channel = "reel_cancel";
inline constexpr const char* report_channel = "reel_report";

[[nodiscard]] std::string to_string(WorkerState state);

/// For tests: everything in memory, leases by `clock`.
[[nodiscard]] std::unique_ptr<DispatchStore> make_memory_dispatch_store(const core::Clock& clock);

/// `uri` is the metadata database, migrated to the newest level.
/// With a term, what the scheduler's half writes is written within it only: offer, cancel and
/// forget throw LostLeadership afterwards.
[[nodiscard]] std::unique_ptr<DispatchStore> make_postgres_dispatch_store(
    const std::string& uri, std::optional<Epoch> term = {}
);

}  // namespace reel::store
