// A dispatcher whose database is away or whose answers are lost.

#include <gmock/gmock.h>

#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using scheduler::TaskOutcome;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(DispatcherTest, OffersAgainWhatCouldNotBeOffered) {
    start_with();
    faults.away = true;
    dispatcher->start(an_order(1, "extract", "r1"));
    poll();
    dispatcher->start(an_order(2, "extract", "r2"));
    poll();
    faults.away = false;
    turn();
    EXPECT_THAT(claim(), ElementsAre(1, 2));
}

TEST_F(DispatcherTest, WritesNothingMoreOnceAnotherSchedulerLeads) {
    start_with();
    faults.deposed = true;
    dispatcher->start(an_order(1, "extract", "r1"));
    poll();
    const int calls = faults.calls;
    faults.deposed = false;
    dispatcher->start(an_order(2, "extract", "r2"));
    poll();
    EXPECT_EQ(faults.calls, calls) << "it has stopped";
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
}

TEST_F(DispatcherTest, AnOfferWhoseAnswerWasLostIsCarriedOutOnce) {
    start_with();
    faults.eats_answer = true;
    dispatcher->start(an_order(1));
    poll();
    EXPECT_THAT(claim(), ElementsAre(1));
    turn();
    EXPECT_THAT(claim("w2"), IsEmpty());
    EXPECT_THAT(database->list_dispatches({}), SizeIs(1));
}

TEST_F(DispatcherTest, ACancelFollowsItsOfferHoweverLongThatTakes) {
    start_with();
    faults.away = true;
    dispatcher->start(an_order(1));
    dispatcher->cancel(1);
    poll();
    faults.away = false;
    turn();
    turn();
    EXPECT_THAT(claim(), IsEmpty());
    ASSERT_THAT(ends(), ElementsAre(1));
    EXPECT_EQ(ended[0].outcome, TaskOutcome::cancelled);
}

TEST_F(DispatcherTest, ForgetsAgainWhatCouldNotBeForgotten) {
    start_with();
    dispatcher->start(an_order(1));
    poll();
    claim();
    report_end(1);
    turn();
    faults.away = true;
    dispatcher->release(1);
    poll();
    EXPECT_THAT(database->list_dispatches({}), SizeIs(1));
    faults.away = false;
    turn();
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
}

TEST_F(DispatcherTest, AnEndWhoseReadingWasCutOffIsToldOnce) {
    start_with();
    dispatcher->start(an_order(1));
    poll();
    claim();
    report_end(1);
    faults.eats_answer = true;
    turn();
    EXPECT_THAT(ended, IsEmpty());
    turn();
    turn();
    EXPECT_THAT(ends(), ElementsAre(1));
}

TEST_F(DispatcherTest, AMistakeOfOursIsMetLikeAnOutage) {
    start_with();
    faults.kind = postgres::FailureKind::bug;
    faults.away = true;
    dispatcher->start(an_order(1));
    poll();
    faults.away = false;
    turn();
    EXPECT_THAT(claim(), ElementsAre(1));
}

TEST_F(DispatcherTest, ARestartWaitsForTheDatabase) {
    database->offer({an_offer(1)});
    faults.away = true;
    bool adopted = false;
    boost::asio::co_spawn(
        io,
        [&]() -> boost::asio::awaitable<void> {
            co_await dispatcher->adopt({an_order(1)});
            adopted = true;
        },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    poll();
    EXPECT_FALSE(adopted);
    faults.away = false;
    turn();
    EXPECT_TRUE(adopted);
    EXPECT_THAT(claim(), ElementsAre(1));
}

TEST_F(DispatcherTest, ARestartThatIsGivenUpLeavesEverything) {
    faults.away = true;
    bool adopted = false;
    boost::asio::co_spawn(
        io,
        [&]() -> boost::asio::awaitable<void> {
            co_await dispatcher->adopt({an_order(1)});
            adopted = true;
        },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    poll();
    dispatcher->abandon();
    poll();
    EXPECT_TRUE(adopted);
    faults.away = false;
    poll();
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
}

}  // namespace
}  // namespace reel::worker
