#include "worker/dispatch_book.hpp"

#include <gmock/gmock.h>

#include "support/lingering.hpp"
#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using store::DispatchState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

store::WorkerRecord a_worker(const std::string& queue) {
    store::WorkerRecord worker;
    worker.id = "w1";
    worker.queues = {"other", queue};
    worker.concurrency = 2;
    worker.is_live = true;
    return worker;
}

store::DispatchRecord a_row(core::AttemptId attempt, DispatchState state) {
    return {.offer = an_offer(attempt), .state = state, .worker = {}};
}

TEST(DispatchBook, OffersWhatIsStartedOnceByItsQueueAndPriority) {
    DispatchBook book;
    EXPECT_TRUE(book.take_work().empty());
    book.start(an_order(1, "load"));
    book.start(an_order(1, "load"));
    const DispatchWork work = book.take_work();
    EXPECT_THAT(work.offers, ElementsAre(an_offer(1, "load")));
    EXPECT_THAT(work.cancels, IsEmpty());
    EXPECT_TRUE(book.take_work().empty());
    book.start(an_order(1, "load"));
    EXPECT_TRUE(book.take_work().empty());
}

TEST(DispatchBook, CancelsOnlyWhatItKnows) {
    DispatchBook book;
    book.start(an_order(1));
    book.cancel(1);
    book.cancel(2);
    const DispatchWork work = book.take_work();
    EXPECT_THAT(work.cancels, ElementsAre(1));
    EXPECT_FALSE(work.empty());
}

TEST(DispatchBook, ForgetsAnAttemptOnceItsEndWasStored) {
    DispatchBook book;
    book.start(an_order(1));
    static_cast<void>(book.take_work());
    book.release(1);
    EXPECT_TRUE(book.take_work().empty()) << "it has not ended";
    static_cast<void>(book.read({{.attempt = 1, .end = store::DispatchEnd::cancelled}}));
    EXPECT_TRUE(book.take_work().empty());
    book.cancel(1);
    EXPECT_TRUE(book.take_work().empty()) << "there is nothing left to cancel";
    book.release(1);
    EXPECT_THAT(book.take_work().forgets, ElementsAre(1));
    book.release(1);
    EXPECT_TRUE(book.take_work().empty());
}

TEST(DispatchBook, AdoptsWhatIsThereAndOffersWhatIsNot) {
    DispatchBook book;
    book.adopt({an_order(1), an_order(2)}, {a_row(1, DispatchState::claimed)});
    const DispatchWork work = book.take_work();
    EXPECT_THAT(work.offers, ElementsAre(an_offer(2)));
    EXPECT_THAT(work.cancels, IsEmpty());
    EXPECT_TRUE(book.expects_news());
    book.start(an_order(1));
    EXPECT_TRUE(book.take_work().empty()) << "it is on its way";
}

TEST(DispatchBook, EndsWhatIsThereAndNobodys) {
    DispatchBook book;
    book.adopt({}, {a_row(7, DispatchState::claimed)});
    EXPECT_THAT(book.take_work().cancels, ElementsAre(7));
    EXPECT_TRUE(book.expects_news());
    EXPECT_THAT(book.read({{.attempt = 7, .started = core::JsonText{"{}"}}}), IsEmpty());
    EXPECT_TRUE(book.take_work().empty());
    EXPECT_THAT(book.read({{.attempt = 7, .end = store::DispatchEnd::expired}}), IsEmpty());
    EXPECT_THAT(book.take_work().forgets, ElementsAre(7));
    EXPECT_FALSE(book.expects_news());
}

TEST(DispatchBook, TellsTheEndOfWhatLingeredInAnEarlierLife) {
    const auto here = support::a_lingering(7, key_of("extract"));
    const auto gone = support::a_lingering(8, key_of("extract"));
    const std::vector<store::DispatchRecord> there = {a_row(7, DispatchState::claimed)};
    DispatchBook book;
    const auto ended = book.end_lingering({here, gone}, there);
    ASSERT_THAT(ended, testing::SizeIs(1));
    EXPECT_EQ(ended[0].attempt, 8);
    EXPECT_EQ(ended[0].key, gone.key);
    EXPECT_EQ(ended[0].outcome, scheduler::TaskOutcome::cancelled);
    book.adopt({}, there);
    EXPECT_THAT(book.take_work().cancels, ElementsAre(7)) << "once, it is no stray";
    EXPECT_TRUE(book.expects_news());
    const auto events = book.read({{.attempt = 7, .end = store::DispatchEnd::expired}});
    ASSERT_THAT(events, testing::SizeIs(1));
    EXPECT_EQ(std::get<scheduler::AttemptEnded>(events[0]).attempt, 7);
    EXPECT_TRUE(book.take_work().empty()) << "not before its end was stored";
    book.release(7);
    EXPECT_THAT(book.take_work().forgets, ElementsAre(7));
}

TEST(DispatchBook, ExpectsNewsOnlyWhileSomethingIsOnItsWay) {
    DispatchBook book;
    EXPECT_FALSE(book.expects_news());
    book.start(an_order(1));
    EXPECT_TRUE(book.expects_news());
    static_cast<void>(book.read({{.attempt = 1, .end = store::DispatchEnd::cancelled}}));
    EXPECT_FALSE(book.expects_news());
}

// --- what people are told

TEST(DispatchBook, SaysThatNoWorkerServesTheQueue) {
    DispatchBook book;
    book.start(an_order(1, "load"));
    const std::string none = book.explain(1, {a_worker("default")}).value();
    EXPECT_THAT(none, HasSubstr("no live worker serves queue 'loads'"));
    EXPECT_THAT(none, HasSubstr("reel worker --queues loads"));
}

TEST(DispatchBook, CountsOnlyWorkersThatLiveAndClaim) {
    DispatchBook book;
    book.start(an_order(1, "load"));
    auto silent = a_worker("loads");
    silent.is_live = false;
    auto draining = a_worker("loads");
    draining.state = store::WorkerState::draining;
    EXPECT_THAT(book.explain(1, {silent, draining}).value(), HasSubstr("no live worker"));
    EXPECT_THAT(book.explain(1, {silent, a_worker("loads")}).value(), HasSubstr("to be claimed"));
}

TEST(DispatchBook, SaysThatAllPlacesAreTaken) {
    DispatchBook book;
    book.start(an_order(1, "load"));
    auto busy = a_worker("loads");
    busy.claimed = 2;
    EXPECT_THAT(
        book.explain(1, {busy, busy}).value(),
        HasSubstr("all places of the 2 workers of queue 'loads' are taken")
    );
    EXPECT_THAT(book.explain(1, {busy, a_worker("loads")}).value(), HasSubstr("to be claimed"));
}

TEST(DispatchBook, HasNothingToSayOfWhatRunsOrIsUnknown) {
    DispatchBook book;
    book.start(an_order(1));
    EXPECT_FALSE(book.explain(2, {}));
    static_cast<void>(book.read({{.attempt = 1, .started = core::JsonText{"{}"}}}));
    EXPECT_FALSE(book.explain(1, {}));
}

}  // namespace
}  // namespace reel::worker
