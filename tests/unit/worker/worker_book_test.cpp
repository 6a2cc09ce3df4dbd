#include "worker/worker_book.hpp"

#include <gmock/gmock.h>

#include "worker/report_json.hpp"
#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using scheduler::TaskOutcome;
using store::ReportKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

scheduler::AttemptEnded an_end(
    core::AttemptId attempt, TaskOutcome outcome = TaskOutcome::succeeded
) {
    scheduler::AttemptEnded ended;
    ended.attempt = attempt;
    ended.outcome = outcome;
    ended.message = "as it was";
    return ended;
}

class WorkerBookTest : public testing::Test {
  protected:
    WorkerBookTest() {
        for (const core::AttemptId attempt : {1, 2, 3}) book.take(an_offer(attempt));
    }
    scheduler::AttemptEnded told_end(core::AttemptId attempt) {
        for (const auto& report : book.reports()) {
            if (report.attempt == attempt && report.kind == ReportKind::ended) {
                return read_ended(attempt, key_of("extract"), report.body).value();
            }
        }
        ADD_FAILURE() << "no end of " << attempt;
        return {};
    }
    WorkerBook book;
};

TEST_F(WorkerBookTest, CountsWhatLives) {
    EXPECT_EQ(book.live_count(), 3U);
    book.take(an_offer(3));
    EXPECT_EQ(book.live_count(), 3U);
    book.on_ended(an_end(2));
    book.on_ended(an_end(2));
    book.on_ended(an_end(9));
    EXPECT_EQ(book.live_count(), 2U);
    EXPECT_THAT(book.live(), ElementsAre(1, 3));
    EXPECT_TRUE(book.knows(2)) << "its end is not told yet";
    EXPECT_FALSE(book.is_empty());
}

TEST_F(WorkerBookTest, TellsAStartAndAnEndOnceEach) {
    book.on_started({.attempt = 1, .pid = 5, .hostname = "h"});
    const auto first = book.reports();
    ASSERT_THAT(first, SizeIs(1));
    EXPECT_EQ(first[0].kind, ReportKind::started);
    book.on_ended(an_end(1));
    EXPECT_THAT(book.reports(), SizeIs(2)) << "what was sent has not arrived yet";
    EXPECT_THAT(book.on_told(first, {}).release, IsEmpty());
    const auto second = book.reports();
    ASSERT_THAT(second, SizeIs(1));
    EXPECT_EQ(second[0].kind, ReportKind::ended);
    EXPECT_THAT(book.on_told(second, {}).release, ElementsAre(1));
    EXPECT_THAT(book.reports(), IsEmpty());
    EXPECT_FALSE(book.knows(1));
}

TEST_F(WorkerBookTest, WhatIsRefusedIsNotOursAndReleasedAllTheSame) {
    book.on_started({.attempt = 1});
    book.on_ended(an_end(2));
    const auto told = book.on_told(book.reports(), {1, 2});
    EXPECT_THAT(told.cancel, ElementsAre(1)) << "somebody else may be at it";
    EXPECT_THAT(told.release, ElementsAre(2));
    EXPECT_EQ(book.live_count(), 2U);
    EXPECT_THAT(book.on_renewed({}).cancel, ElementsAre(3)) << "1 is being ended";
}

TEST_F(WorkerBookTest, AStartThatIsRefusedWhenItsEndIsKnownEndsNothing) {
    book.on_started({.attempt = 1});
    const auto sent = book.reports();
    book.on_ended(an_end(1));
    EXPECT_THAT(book.on_told(sent, {1}).cancel, IsEmpty());
}

TEST_F(WorkerBookTest, EndsWhatItHoldsNoMoreAndWhatSomebodyWantsEndedOnce) {
    const store::Renewal renewal{.held = {2, 3}, .cancelled = {3}};
    const auto renewed = book.on_renewed(renewal);
    EXPECT_THAT(renewed.cancel, ElementsAre(1, 3));
    EXPECT_FALSE(renewed.is_short);
    EXPECT_THAT(book.on_renewed(renewal).cancel, IsEmpty());
    book.on_ended(an_end(3, TaskOutcome::cancelled));
    EXPECT_EQ(told_end(3).outcome, TaskOutcome::cancelled);
    EXPECT_EQ(told_end(3).message, "as it was");
}

TEST_F(WorkerBookTest, SeesThatTheStoreHasGivenItMoreThanItKnowsOf) {
    EXPECT_TRUE(book.on_renewed({.held = {1, 2, 3, 4}, .cancelled = {}}).is_short);
    book.on_ended(an_end(3));
    EXPECT_FALSE(book.on_renewed({.held = {1, 2, 3}, .cancelled = {}}).is_short);
}

TEST_F(WorkerBookTest, WhatIsFencedCountsAsLostUnlessItEndsByItself) {
    book.on_ended(an_end(3));
    EXPECT_THAT(book.fence(), ElementsAre(1, 2));
    EXPECT_THAT(book.fence(), IsEmpty());
    book.on_ended(an_end(1, TaskOutcome::cancelled));
    book.on_ended(an_end(2, TaskOutcome::failed));
    EXPECT_EQ(told_end(1).outcome, TaskOutcome::lost);
    EXPECT_THAT(told_end(1).message, HasSubstr("could not reach the database"));
    EXPECT_EQ(told_end(2).outcome, TaskOutcome::failed);
    EXPECT_EQ(told_end(3).outcome, TaskOutcome::succeeded);
}

TEST_F(WorkerBookTest, WhatIsBeingEndedOnRequestIsFencedToo) {
    static_cast<void>(book.on_renewed({.held = {1, 2, 3}, .cancelled = {1}}));
    EXPECT_THAT(book.fence(), ElementsAre(1, 2, 3));
    EXPECT_THAT(book.on_renewed({.held = {1, 2, 3}, .cancelled = {1}}).cancel, IsEmpty());
}

TEST_F(WorkerBookTest, WhatCannotBeBegunFailsWithItsReason) {
    book.refuse(an_offer(4), {core::Errc::not_found, "no such run", "", "hint"}, core::Timestamp());
    EXPECT_EQ(book.live_count(), 3U);
    EXPECT_EQ(told_end(4).outcome, TaskOutcome::failed);
    EXPECT_THAT(told_end(4).message, HasSubstr("no such run"));
}

TEST_F(WorkerBookTest, IsEmptyOnceEverythingIsTold) {
    for (const core::AttemptId attempt : {1, 2, 3}) book.on_ended(an_end(attempt));
    EXPECT_EQ(book.live_count(), 0U);
    EXPECT_FALSE(book.is_empty());
    EXPECT_THAT(book.on_told(book.reports(), {2}).release, ElementsAre(1, 2, 3));
    EXPECT_TRUE(book.is_empty());
    EXPECT_THAT(book.on_told({{.attempt = 1, .kind = ReportKind::ended}}, {}).release, IsEmpty());
}

}  // namespace
}  // namespace reel::worker
