#include "wait_desk.hpp"

#include <gtest/gtest.h>

#include "reel/postgres/error.hpp"
#include "reel/store/lease.hpp"

namespace reel::executor {

namespace asio = boost::asio;

namespace {

std::unexpected<core::Error> not_asked() {
    return core::fail(core::Errc::unsupported, "a task that waits has no business with this");
}

}  // namespace

FakeControl::Answer<store::RunRecord> FakeControl::trigger(scheduler::TriggerRequest request) {
    triggered.push_back(request);
    if (away > 0) {
        --away;
        throw postgres::DatabaseError(postgres::FailureKind::transient, "57P01", "going down");
    }
    if (stopped > 0) {
        --stopped;
        throw store::LostLeadership("this scheduler has stopped");
    }
    if (!failures.empty()) {
        core::Error error = failures.back();
        failures.pop_back();
        co_return std::unexpected(std::move(error));
    }
    store::RunRecord run;
    run.dag_id = request.dag_id;
    run.run_id = *request.run_id;
    co_return run;
}

FakeControl::Answer<store::RunRecord> FakeControl::set_run_state(
    core::DagId, core::RunId run_id, core::RunState state
) {
    reset.push_back(run_id.str() + " " + std::string(core::to_string(state)));
    co_return store::RunRecord{};
}

FakeControl::Answer<void> FakeControl::set_paused(core::DagId, bool) {
    co_return not_asked();
}
FakeControl::Answer<std::vector<store::TaskInstanceRecord>> FakeControl::clear(
    core::DagId, std::vector<core::RunId>, scheduler::TaskSelection, bool
) {
    co_return not_asked();
}
FakeControl::Answer<std::vector<store::TaskInstanceRecord>> FakeControl::mark(
    core::DagId, core::RunId, scheduler::TaskSelection, core::TaskState, bool
) {
    co_return not_asked();
}
FakeControl::Answer<store::RunRecord> FakeControl::set_note(
    core::DagId, core::RunId, std::optional<scheduler::TaskName>, std::string
) {
    co_return not_asked();
}
FakeControl::Answer<std::vector<scheduler::UnmetCondition>> FakeControl::why(
    core::DagId, core::RunId, scheduler::TaskName
) {
    co_return not_asked();
}
FakeControl::Answer<store::BackfillRecord> FakeControl::create_backfill(scheduler::BackfillRequest
) {
    co_return not_asked();
}
FakeControl::Answer<std::vector<core::Timestamp>> FakeControl::dry_run_backfill(
    scheduler::BackfillRequest
) {
    co_return not_asked();
}
FakeControl::Answer<store::BackfillRecord> FakeControl::set_backfill_paused(
    store::BackfillId, bool
) {
    co_return not_asked();
}
FakeControl::Answer<store::BackfillRecord> FakeControl::cancel_backfill(store::BackfillId) {
    co_return not_asked();
}
FakeControl::Answer<std::int64_t> FakeControl::create_asset_event(std::string, core::JsonText) {
    co_return not_asked();
}
FakeControl::Answer<std::size_t> FakeControl::delete_queued_events(scheduler::QueuedEventSelection
) {
    co_return not_asked();
}
FakeControl::Answer<void> FakeControl::set_pool(store::PoolRecord) {
    co_return not_asked();
}
FakeControl::Answer<void> FakeControl::delete_pool(std::string) {
    co_return not_asked();
}
FakeControl::Answer<void> FakeControl::delete_dag(core::DagId) {
    co_return not_asked();
}

WaitDesk::WaitDesk() {
    WaitPorts ports{
        .clock = clock,
        .hostname = "host1",
        .backoff =
            [this](int tries) {
                pauses.push_back(tries);
                return core::Duration::zero();
            },
        .alarm = [this](core::Duration wait) { alarms.push_back(wait); },
        .lookers = 1,
    };
    waits = std::make_shared<Waits>(io.get_executor(), pool, store, options, std::move(ports));
    waits->listen({
        .started = {},
        .ended = [this](const scheduler::AttemptEnded& event) { ended.push_back(event); },
    });
    waits->reach(control);
}

void WaitDesk::run() {
    io.restart();
    io.run();
}

void WaitDesk::start(const scheduler::AttemptOrder& order) {
    waits->start(order);
    run();
}

void WaitDesk::adopt(const scheduler::AttemptOrder& order) {
    waits->adopt(order);
    run();
}

void WaitDesk::pass(core::Duration time) {
    clock->advance(time);
    waits->turn();
    run();
}

const scheduler::AttemptEnded& WaitDesk::only_end() const {
    static const scheduler::AttemptEnded none;
    EXPECT_EQ(ended.size(), 1U);
    return ended.empty() ? none : ended.front();
}

std::string WaitDesk::log(int try_number) const {
    return scratch.read(
        "logs/dag_id=movies/run_id=manual__1/task_id=load.attempt=" + std::to_string(try_number) +
        ".log"
    );
}

scheduler::AttemptOrder wait_order(
    const std::string& operator_name, const Json& args, core::AttemptId attempt
) {
    auto order = an_order(operator_name, args);
    order.attempt = attempt;
    order.started_at = support::ManualClock().now();
    return order;
}

}  // namespace reel::executor
