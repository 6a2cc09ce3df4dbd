#include "executor/callbacks/deliveries.hpp"

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <semaphore>

#include "reel/postgres/error.hpp"
#include "store/memory_store.hpp"
#include "support/manual_clock.hpp"
#include "unit/executor/fixture.hpp"

namespace reel::executor {
namespace {

namespace asio = boost::asio;

using store::CallbackState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

// --- what becomes of a try

class AfterTry : public testing::Test {
  protected:
    store::CallbackRecord record;
    support::ManualClock clock;
    RetryRules rules{.retries = 3, .delay = 10s};
    const core::Result<void> well;
    const core::Result<void> badly = core::fail(core::Errc::unavailable, "no answer");
};

TEST_F(AfterTry, ThatWentWellItIsDone) {
    record.error = "of the try before";
    record.next_try_at = clock.now();
    const auto after = after_try(record, well, rules, clock.now());
    EXPECT_EQ(after.state, CallbackState::success);
    EXPECT_EQ(after.tries, 1);
    EXPECT_EQ(after.ended_at, clock.now());
    EXPECT_EQ(after.next_try_at, std::nullopt);
    EXPECT_EQ(after.error, "");
}

TEST_F(AfterTry, ThatMayMendItIsTriedAgainLaterAndLater) {
    auto after = record;
    for (const core::Duration delay :
         {core::Duration(10s), core::Duration(40s), core::Duration(160s)}) {
        after = after_try(after, badly, rules, clock.now());
        EXPECT_EQ(after.state, CallbackState::pending);
        EXPECT_EQ(after.next_try_at, clock.now() + delay);
        EXPECT_EQ(after.error, "no answer");
    }
    after = after_try(after, badly, rules, clock.now());
    EXPECT_EQ(after.state, CallbackState::failed);
    EXPECT_EQ(after.tries, 4);
    EXPECT_EQ(after.next_try_at, std::nullopt);
    EXPECT_EQ(after.ended_at, clock.now());
}

TEST_F(AfterTry, ThatCannotMendItIsGivenUp) {
    const core::Result<void> wrong = core::fail(core::Errc::invalid_argument, "undefined", "look");
    const auto after = after_try(record, wrong, rules, clock.now());
    EXPECT_EQ(after.state, CallbackState::failed);
    EXPECT_EQ(after.error, "undefined\nhint: look");
}

TEST_F(AfterTry, WithoutRetriesThereIsOne) {
    rules.retries = 0;
    EXPECT_EQ(after_try(record, badly, rules, clock.now()).state, CallbackState::failed);
}

TEST_F(AfterTry, ADelayHasAnEnd) {
    rules.retries = 50;
    record.tries = 40;
    EXPECT_EQ(after_try(record, badly, rules, clock.now()).next_try_at, clock.now() + 1h);
    rules.delay = 5h;
    EXPECT_EQ(after_try(record, badly, rules, clock.now()).next_try_at, clock.now() + 5h);
}

// --- the order of things; the pools have no threads, so all of it happens in poll()

class DeliveriesTest : public testing::Test {
  protected:
    DeliveriesTest() {
        order = an_order("bash", Json::object());
        store->save_dags({*order.dag}, false, clock.now());
        store::NewRun run{.run = order.run, .tasks = {}};
        run.run.dag_version = order.dag->version;
        EXPECT_TRUE(store->commit({.new_runs = {run}}));
    }

    Deliveries make() {
        return Deliveries({
            .executor = io.get_executor(),
            .pool = pool,
            .store = *store,
            .clock = clock,
            .carry_out =
                [this](const store::CallbackRecord& record, const std::atomic<bool>&) {
                    called.push_back(record.id);
                    return carry_out(record);
                },
            .rules = {.retries = 1, .delay = 10s},
            .threads = 0,
            .patience = 0s,
        });
    }

    /// Of what has happened after so many seconds.
    void add(std::int64_t id, int at = 1) {
        store::CallbackRecord record;
        record.id = id;
        record.created_at = clock.now() + std::chrono::seconds(at);
        record.key = order.key;
        record.next_try_at = clock.now();
        EXPECT_TRUE(store->commit({.callbacks = {record}}));
    }

    std::optional<core::Timestamp> look(Deliveries& deliveries) {
        std::optional<core::Timestamp> next;
        std::exception_ptr failure;
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> { next = co_await deliveries.run_once(); },
            [&](const std::exception_ptr& error) { failure = error; }
        );
        io.restart();
        io.poll();
        if (failure) std::rethrow_exception(failure);
        return next;
    }

    store::CallbackRecord stored(std::int64_t id) {
        for (const auto& record : store->list_callbacks({}).items) {
            if (record.id == id) return record;
        }
        return {};
    }

    asio::io_context io{1};
    async::BlockingPool pool{0};
    std::unique_ptr<store::RunStore> store = store::make_memory_store();
    support::ManualClock clock;
    scheduler::AttemptOrder order;
    std::vector<std::int64_t> called;
    std::function<core::Result<void>(const store::CallbackRecord&)> carry_out =
        [](const store::CallbackRecord&) { return core::Result<void>(); };
};

TEST_F(DeliveriesTest, CallWhatIsDueAndStoreWhatBecameOfIt) {
    auto deliveries = make();
    add(1);
    add(2);
    look(deliveries);
    EXPECT_THAT(called, ElementsAre(1, 2));
    EXPECT_EQ(stored(1).state, CallbackState::success);
    EXPECT_EQ(stored(2).state, CallbackState::success);
    EXPECT_EQ(deliveries.under_way(), 0U);
    EXPECT_EQ(look(deliveries), std::nullopt);
    EXPECT_THAT(called, SizeIs(2));
}

TEST_F(DeliveriesTest, CallAgainWhenItsTimeHasCome) {
    auto deliveries = make();
    carry_out = [](const auto&) { return core::fail(core::Errc::unavailable, "no"); };
    add(1);
    look(deliveries);
    EXPECT_EQ(stored(1).state, CallbackState::pending);
    EXPECT_EQ(look(deliveries), clock.now() + 10s);
    EXPECT_THAT(called, ElementsAre(1));
    clock.advance(10s);
    look(deliveries);
    EXPECT_THAT(called, ElementsAre(1, 1));
    EXPECT_EQ(stored(1).state, CallbackState::failed);
    EXPECT_EQ(stored(1).tries, 2);
}

TEST_F(DeliveriesTest, OneThatFailsHarmsNoOther) {
    auto deliveries = make();
    carry_out = [](const store::CallbackRecord& record) -> core::Result<void> {
        if (record.id == 1) throw std::runtime_error("a bug");
        return {};
    };
    add(1);
    add(2);
    look(deliveries);
    EXPECT_EQ(stored(2).state, CallbackState::success);
    EXPECT_EQ(stored(1).state, CallbackState::pending);
    EXPECT_EQ(stored(1).error, "a bug");
}

TEST_F(DeliveriesTest, ADatabaseThatIsAwayIsNoFaultOfTheCallback) {
    auto deliveries = make();
    int away = 1;
    carry_out = [&](const auto&) -> core::Result<void> {
        if (away-- > 0) {
            throw postgres::DatabaseError(postgres::FailureKind::transient, "57P01", "gone");
        }
        return {};
    };
    add(1);
    look(deliveries);
    EXPECT_EQ(stored(1).tries, 0);
    EXPECT_EQ(stored(1).state, CallbackState::pending);
    look(deliveries);
    EXPECT_EQ(stored(1).state, CallbackState::success);
    EXPECT_EQ(stored(1).tries, 1);
}

TEST_F(DeliveriesTest, ManyAreBegunSomeAtATime) {
    auto deliveries = make();
    for (int id = 1; id <= 100; ++id) add(id);
    look(deliveries);
    EXPECT_THAT(called, SizeIs(64));
    look(deliveries);
    EXPECT_THAT(called, SizeIs(100));
}

TEST_F(DeliveriesTest, WhatHappenedToATaskIsToldInThatOrder) {
    auto deliveries = make();
    add(1, 1);
    add(2, 1);
    add(3, 2);
    look(deliveries);
    EXPECT_THAT(called, ElementsAre(1, 2));
    look(deliveries);
    EXPECT_THAT(called, ElementsAre(1, 2, 3));
}

TEST_F(DeliveriesTest, OfTwoTasksNeitherWaitsForTheOther) {
    auto deliveries = make();
    add(1, 1);
    order.key.map_index = 7;
    add(2, 2);
    look(deliveries);
    EXPECT_THAT(called, ElementsAre(1, 2));
}

TEST_F(DeliveriesTest, ACallThatHasToWaitIsPassedByTheNext) {
    auto deliveries = make();
    carry_out = [](const store::CallbackRecord& record) -> core::Result<void> {
        if (record.id == 1) return core::fail(core::Errc::unavailable, "no");
        return {};
    };
    add(1, 1);
    add(2, 2);
    look(deliveries);
    look(deliveries);
    EXPECT_THAT(called, ElementsAre(1, 2));
}

TEST_F(DeliveriesTest, RunWakesWhenToldAndEndsWhenCancelled) {
    auto deliveries = make();
    asio::cancellation_signal stop;
    bool ended = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> { co_await deliveries.run(); },
        asio::bind_cancellation_slot(
            stop.slot(),
            [&](const std::exception_ptr& error) {
                EXPECT_FALSE(error);
                ended = true;
            }
        )
    );
    io.poll();
    add(1);
    io.poll();
    EXPECT_THAT(called, IsEmpty());
    deliveries.notify();
    io.poll();
    EXPECT_THAT(called, ElementsAre(1));
    EXPECT_FALSE(ended);
    stop.emit(asio::cancellation_type::terminal);
    io.poll();
    EXPECT_TRUE(ended);
}

/// Whoever looks is cancelled meanwhile.
class CancellingStore final : public store::MemoryStore {
  public:
    explicit CancellingStore(asio::cancellation_signal& stop) : stop_(stop) {}
    std::optional<core::Timestamp> next_callback_due() override {
        stop_.emit(asio::cancellation_type::terminal);
        return std::nullopt;
    }

  private:
    asio::cancellation_signal& stop_;
};

TEST_F(DeliveriesTest, RunEndsAtOnceWhenItIsCancelledWhileItLooks) {
    asio::cancellation_signal stop;
    store = std::make_unique<CancellingStore>(stop);
    auto deliveries = make();
    bool ended = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> { co_await deliveries.run(); },
        asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr&) { ended = true; })
    );
    io.poll();
    EXPECT_TRUE(ended);
    io.stop();
}

TEST_F(DeliveriesTest, WhatAnotherLifeLeftIsCalledAtTheStart) {
    add(1);
    auto deliveries = make();
    asio::cancellation_signal stop;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> { co_await deliveries.run(); },
        asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&) {})
    );
    io.poll();
    EXPECT_THAT(called, ElementsAre(1));
    stop.emit(asio::cancellation_type::terminal);
    io.poll();
}

// --- a look that takes its time, with real threads

/// Its second look has read, and gives what it has read when it is let go.
class SlowLook final : public store::MemoryStore {
  public:
    std::vector<store::CallbackRecord> due_callbacks(core::Timestamp now, std::size_t limit)
        override {
        auto due = MemoryStore::due_callbacks(now, limit);
        if (++looks_ == 2) {
            has_read.release();
            may_go_on.acquire();
        }
        return due;
    }

    std::binary_semaphore has_read{0};
    std::binary_semaphore may_go_on{0};

  private:
    std::atomic<int> looks_ = 0;
};

TEST(SlowDeliveries, WhatEndsWhileALookIsUnderWayIsNotCalledAgain) {
    asio::io_context io{1};
    async::BlockingPool pool{2};
    SlowLook store;
    support::ManualClock clock;
    store::CallbackRecord record{.id = 1, .next_try_at = clock.now()};
    const auto order = an_order("bash", Json::object());
    store.save_dags({*order.dag}, false, clock.now());
    store::NewRun run{.run = order.run, .tasks = {}};
    run.run.dag_version = order.dag->version;
    record.key = order.key;
    ASSERT_TRUE(store.commit({.new_runs = {run}, .callbacks = {record}}));
    std::atomic<int> calls = 0;
    Deliveries deliveries({
        .executor = io.get_executor(),
        .pool = pool,
        .store = store,
        .clock = clock,
        .carry_out = [&](const store::CallbackRecord&,
                         const std::atomic<bool>&) -> core::Result<void> {
            if (++calls == 1) store.has_read.acquire();
            return {};
        },
        .threads = 1,
    });
    int looks = 0;
    const auto look = [&] {
        asio::co_spawn(io, deliveries.run_once(), [&](const auto&, const auto&) { ++looks; });
    };
    const auto work = asio::make_work_guard(io);
    look();
    while (deliveries.under_way() == 0) io.run_one();
    look();
    while (deliveries.under_way() > 0) io.run_one();
    store.may_go_on.release();
    while (looks < 2 || deliveries.under_way() > 0) io.run_one();
    EXPECT_EQ(calls, 1);
}

TEST(SlowDeliveries, ManyThatWaitForOneThatHangsHideNoOthers) {
    asio::io_context io{1};
    async::BlockingPool pool{1};
    store::MemoryStore store;
    support::ManualClock clock;
    const auto order = an_order("bash", Json::object());
    store.save_dags({*order.dag}, false, clock.now());
    store::NewRun run{.run = order.run, .tasks = {}};
    run.run.dag_version = order.dag->version;
    store::Commit commit{.new_runs = {run}};
    constexpr int others = 301;
    for (int id = 1; id <= others; ++id) {
        store::CallbackRecord record{.id = id, .key = order.key, .next_try_at = clock.now()};
        record.created_at = clock.now() + std::chrono::seconds(id);
        if (id == others) record.key.map_index = 7;
        commit.callbacks.push_back(record);
    }
    ASSERT_TRUE(store.commit(commit));
    std::binary_semaphore hangs{0};
    std::vector<std::int64_t> called;
    std::mutex mutex;
    Deliveries deliveries({
        .executor = io.get_executor(),
        .pool = pool,
        .store = store,
        .clock = clock,
        .carry_out = [&](const store::CallbackRecord& record,
                         const std::atomic<bool>&) -> core::Result<void> {
            if (record.id == 1) hangs.acquire();
            const std::scoped_lock lock(mutex);
            called.push_back(record.id);
            return {};
        },
        .threads = 2,
    });
    const auto work = asio::make_work_guard(io);
    int looks = 0;
    for (int i = 1; i <= 2; ++i) {
        asio::co_spawn(io, deliveries.run_once(), [&](const auto&, const auto&) { ++looks; });
        while (looks < i) io.run_one();
    }
    // Of two under way only the one that hangs is left.
    while (deliveries.under_way() > 1) io.run_one();
    hangs.release();
    while (deliveries.under_way() > 0) io.run_one();
    EXPECT_THAT(called, ElementsAre(others, 1));
}

}  // namespace
}  // namespace reel::executor
