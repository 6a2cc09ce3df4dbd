#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "executor/waiting/waits.hpp"
#include "support/manual_clock.hpp"
#include "unit/executor/fake_store.hpp"
#include "unit/executor/fixture.hpp"

namespace reel::executor {

/// Makes the runs that it is told to, and nothing else.
class FakeControl final : public scheduler::RunControl {
  public:
    template <class T>
    using Answer = boost::asio::awaitable<core::Result<T>>;

    Answer<store::RunRecord> trigger(scheduler::TriggerRequest request) override;
    Answer<store::RunRecord> set_run_state(core::DagId, core::RunId run_id, core::RunState state)
        override;
    Answer<void> set_paused(core::DagId, bool) override;
    Answer<std::vector<store::TaskInstanceRecord>> clear(
        core::DagId, std::vector<core::RunId>, scheduler::TaskSelection, bool
    ) override;
    Answer<std::vector<store::TaskInstanceRecord>> mark(
        core::DagId, core::RunId, scheduler::TaskSelection, core::TaskState, bool
    ) override;
    Answer<store::RunRecord> set_note(
        core::DagId, core::RunId, std::optional<scheduler::TaskName>, std::string
    ) override;
    Answer<std::vector<scheduler::UnmetCondition>> why(
        core::DagId, core::RunId, scheduler::TaskName
    ) override;
    Answer<store::BackfillRecord> create_backfill(scheduler::BackfillRequest) override;
    Answer<std::vector<core::Timestamp>> dry_run_backfill(scheduler::BackfillRequest) override;
    Answer<store::BackfillRecord> set_backfill_paused(store::BackfillId, bool) override;
    Answer<store::BackfillRecord> cancel_backfill(store::BackfillId) override;
    Answer<std::int64_t> create_asset_event(std::string, core::JsonText) override;
    Answer<std::size_t> delete_queued_events(scheduler::QueuedEventSelection) override;
    Answer<void> set_pool(store::PoolRecord) override;
    Answer<void> delete_pool(std::string) override;
    Answer<void> delete_dag(core::DagId) override;
    [[nodiscard]] core::Timestamp latest_heartbeat() const override { return {}; }

    std::vector<scheduler::TriggerRequest> triggered;
    std::vector<core::Error> failures;  ///< of the next triggers, the last first
    int away = 0;                       ///< triggers that still lose the database
    int stopped = 0;                    ///< and then the scheduler
    std::vector<std::string> reset;
};

/// Waits over a fake store, on a clock and a loop that are turned by hand.
class WaitDesk {
  public:
    WaitDesk();

    /// Until nothing is left to do at this moment.
    void run();
    void start(const scheduler::AttemptOrder& order);
    void adopt(const scheduler::AttemptOrder& order);
    /// Lets time pass in one step, turns and runs.
    void pass(core::Duration time);
    [[nodiscard]] const scheduler::AttemptEnded& only_end() const;
    [[nodiscard]] std::string log(int try_number = 1) const;

    Scratch scratch;
    boost::asio::io_context io;
    async::BlockingPool pool{1};
    FakeStore store;
    FakeControl control;
    std::shared_ptr<support::ManualClock> clock = std::make_shared<support::ManualClock>();
    std::vector<core::Duration> alarms;
    std::vector<int> pauses;
    std::vector<scheduler::AttemptEnded> ended;
    ExecutorOptions options = options_below(scratch.path());
    std::shared_ptr<Waits> waits;
};

/// An attempt that begins at the manual clock's first moment.
[[nodiscard]] scheduler::AttemptOrder wait_order(
    const std::string& operator_name, const Json& args, core::AttemptId attempt = 17
);

}  // namespace reel::executor
