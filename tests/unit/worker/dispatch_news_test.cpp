// What a report means.

#include <gmock/gmock.h>

#include "worker/dispatch_book.hpp"
#include "worker/report_json.hpp"
#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using scheduler::AttemptEnded;
using scheduler::AttemptStarted;
using scheduler::TaskOutcome;
using store::DispatchEnd;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

core::JsonText a_start() {
    return to_json(AttemptStarted{.pid = 42, .hostname = "host1"});
}

core::JsonText an_end(TaskOutcome outcome) {
    AttemptEnded ended;
    ended.outcome = outcome;
    ended.message = "exit code 3";
    return to_json(ended);
}

class DispatchNewsTest : public testing::Test {
  protected:
    DispatchNewsTest() {
        for (const core::AttemptId attempt : {1, 2}) book.start(an_order(attempt));
    }
    DispatchBook book;
};

TEST_F(DispatchNewsTest, AStartComesBeforeTheEndThatWasReadWithIt) {
    const auto events = book.read(
        {{.attempt = 2,
          .worker = "w1",
          .started = a_start(),
          .end = DispatchEnd::reported,
          .ended = an_end(TaskOutcome::failed)}}
    );
    ASSERT_THAT(events, SizeIs(2));
    const auto& started = std::get<AttemptStarted>(events[0]);
    EXPECT_EQ(started.attempt, 2);
    EXPECT_EQ(started.key, key_of("extract"));
    EXPECT_EQ(started.pid, 42);
    const auto& ended = std::get<AttemptEnded>(events[1]);
    EXPECT_EQ(ended.attempt, 2);
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
    EXPECT_EQ(ended.message, "exit code 3");
}

TEST_F(DispatchNewsTest, TheSameNewsAreToldOnce) {
    const store::DispatchNews start{.attempt = 1, .started = a_start()};
    EXPECT_THAT(book.read({start}), SizeIs(1));
    EXPECT_THAT(book.read({start}), IsEmpty());
    store::DispatchNews end = start;
    end.end = DispatchEnd::reported;
    end.ended = an_end(TaskOutcome::succeeded);
    EXPECT_THAT(book.read({end}), SizeIs(1)) << "the start was told";
    EXPECT_THAT(book.read({end}), IsEmpty());
    book.release(1);
    EXPECT_THAT(book.read({end}), IsEmpty()) << "a look that was under way when it was released";
}

TEST_F(DispatchNewsTest, WhatWasSeenIsNotAskedForAgain) {
    EXPECT_THAT(book.seen().started, IsEmpty());
    static_cast<void>(book.read(
        {{.attempt = 1, .started = a_start()},
         {.attempt = 2, .end = DispatchEnd::cancelled},
         {.attempt = 9, .end = DispatchEnd::cancelled}}
    ));
    EXPECT_THAT(book.seen().started, ElementsAre(1, 2, 9));
    EXPECT_THAT(book.seen().ended, ElementsAre(2, 9));
}

TEST_F(DispatchNewsTest, WhatAnotherSchedulerHasDispatchedIsLeftAlone) {
    static_cast<void>(book.take_work());
    const store::DispatchNews foreign{.attempt = 9, .end = DispatchEnd::reported};
    EXPECT_THAT(book.read({foreign}), IsEmpty());
    EXPECT_TRUE(book.take_work().empty()) << "above all it is not forgotten";
}

TEST_F(DispatchNewsTest, AnEndWithoutAStartStandsAlone) {
    const auto events = book.read(
        {{.attempt = 1, .end = DispatchEnd::reported, .ended = an_end(TaskOutcome::failed_finally)}}
    );
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(std::get<AttemptEnded>(events[0]).outcome, TaskOutcome::failed_finally);
}

TEST_F(DispatchNewsTest, AStartThatCannotBeReadIsMissingAndNothingElse) {
    EXPECT_THAT(book.read({{.attempt = 1, .started = core::JsonText{"?"}}}), IsEmpty());
    EXPECT_THAT(book.seen().started, ElementsAre(1));
}

TEST(DispatchMeaning, OfACancelledOneIsThatItNeverBegan) {
    const core::Timestamp at(core::Duration(5));
    const auto ended =
        meaning_of({.attempt = 1, .end = DispatchEnd::cancelled, .ended_at = at}, key_of("load"));
    EXPECT_EQ(ended.attempt, 1);
    EXPECT_EQ(ended.key, key_of("load"));
    EXPECT_EQ(ended.outcome, TaskOutcome::cancelled);
    EXPECT_EQ(ended.at, at);
    EXPECT_THAT(ended.message, HasSubstr("before it began"));
}

TEST(DispatchMeaning, OfAnExpiredOneIsThatItIsLost) {
    const auto ended =
        meaning_of({.attempt = 1, .worker = "w1", .end = DispatchEnd::expired}, key_of("load"));
    EXPECT_EQ(ended.outcome, TaskOutcome::lost);
    EXPECT_THAT(ended.message, HasSubstr("'w1'"));
}

TEST(DispatchMeaning, OfAReportThatCannotBeReadIsThatItsResultIsLost) {
    const auto ended = meaning_of(
        {.attempt = 1, .end = DispatchEnd::reported, .ended = core::JsonText{"{}"}}, key_of("load")
    );
    EXPECT_EQ(ended.outcome, TaskOutcome::lost);
    EXPECT_THAT(ended.message, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace reel::worker
