#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reel/scheduler/task_executor.hpp"
#include "reel/store/dispatch_store.hpp"

namespace reel::worker {

/// The attempts in a worker's hands: what is to be ended and why, what is to be told. Pure; knows
/// no database, process or time.
class WorkerBook final {
  public:
    /// Is claimed and about to be started.
    void take(const store::DispatchOffer& offer);
    /// Is claimed and cannot be started.
    void refuse(const store::DispatchOffer& offer, const core::Error& error, core::Timestamp at);
    void on_started(const scheduler::AttemptStarted& started);
    void on_ended(scheduler::AttemptEnded ended);

    struct Renewed {
        std::vector<core::AttemptId> cancel;  ///< whose processes are to be ended now
        bool is_short = false;                ///< the store has given us more than we know of
    };
    Renewed on_renewed(const store::Renewal& renewal);
    /// The claims could not be renewed for too long: gives all that runs, to be ended now. It will
    /// count as lost.
    std::vector<core::AttemptId> fence();

    [[nodiscard]] std::vector<store::DispatchReport> reports() const;
    struct Told {
        std::vector<core::AttemptId> release;
        std::vector<core::AttemptId> cancel;  ///< somebody else's by now
    };
    /// What became of reports(), which may have grown meanwhile.
    Told on_told(
        const std::vector<store::DispatchReport>& sent, const std::vector<core::AttemptId>& refused
    );

    [[nodiscard]] bool knows(core::AttemptId attempt) const { return hands_.contains(attempt); }
    [[nodiscard]] std::vector<core::AttemptId> live() const;
    [[nodiscard]] std::size_t live_count() const { return live_; }
    [[nodiscard]] bool is_empty() const { return hands_.empty(); }

  private:
    /// Why a process was told to end.
    enum class Ending { not_at_all, on_request, for_silence, not_ours };
    struct Hand {
        Ending ending = Ending::not_at_all;
        std::optional<core::JsonText> started;  ///< not told yet
        std::optional<core::JsonText> ended;    ///< not told yet; it does not live any more
    };

    std::map<core::AttemptId, Hand> hands_;
    std::size_t live_ = 0;
};

}  // namespace reel::worker
