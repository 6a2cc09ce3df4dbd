// A worker whose database is away, whose claims are gone, whose answers are lost.

#include <gmock/gmock.h>

#include "worker/report_json.hpp"
#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using scheduler::TaskOutcome;
using store::DispatchEnd;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WorkerTrouble : public WorkerTest {
  protected:
    WorkerTrouble() {
        offer(1, "r1");
        begin();
        turn();
    }
    std::string try_turn() {
        return run([this] { return worker->turn(); });
    }
    TaskOutcome told_outcome(core::AttemptId attempt) {
        for (const auto& news : database->read_news({})) {
            if (news.attempt != attempt) continue;
            EXPECT_EQ(news.end, DispatchEnd::reported);
            return read_ended(attempt, key_of("extract"), news.ended).value().outcome;
        }
        ADD_FAILURE() << "nothing was told of " << attempt;
        return TaskOutcome::lost;
    }
};

TEST_F(WorkerTrouble, KeepsWhatRunsWhileTheDatabaseIsAwayAndTellsItLater) {
    faults.away = true;
    tasks.tell_ended(1);
    EXPECT_NE(try_turn(), "");
    advance(1min);
    worker->check_lease();
    EXPECT_NE(try_turn(), "");
    EXPECT_THAT(tasks.released, IsEmpty());
    faults.away = false;
    turn();
    EXPECT_EQ(told_outcome(1), TaskOutcome::succeeded);
    EXPECT_THAT(tasks.released, ElementsAre(1));
}

TEST_F(WorkerTrouble, EndsWhatRunsBeforeItsClaimsEndAndTellsThatItIsLost) {
    faults.away = true;
    advance(options.silences.worker);
    worker->check_lease();
    EXPECT_THAT(tasks.cancelled, IsEmpty());
    advance(1ms);
    worker->check_lease();
    EXPECT_THAT(tasks.cancelled, ElementsAre(1));
    faults.away = false;
    EXPECT_EQ(database->expire(), 0U) << "long before anybody else may have it";
    turn();
    EXPECT_EQ(told_outcome(1), TaskOutcome::lost);
    offer(2, "r2");
    turn();
    EXPECT_THAT(started(), ElementsAre(1, 2)) << "it goes on";
}

TEST_F(WorkerTrouble, CountsItsSilenceFromWhenItAsked) {
    advance(options.silences.renew_every);
    faults.eats_answer = true;
    EXPECT_NE(try_turn(), "") << "the claims were renewed, but who knows that";
    advance(options.silences.worker - options.silences.renew_every + 1ms);
    worker->check_lease();
    EXPECT_THAT(tasks.cancelled, ElementsAre(1));
}

TEST_F(WorkerTrouble, EndsWhatIsNotItsAnyMoreAndIsNotHeard) {
    advance(options.silences.lease + 1ms);
    EXPECT_EQ(database->expire(), 1U);
    tasks.ends_on_cancel = false;
    worker->check_lease();
    EXPECT_THAT(tasks.cancelled, ElementsAre(1)) << "it was stopped and knows how long";
    turn();
    tasks.tell_ended(1, TaskOutcome::succeeded);
    turn();
    EXPECT_THAT(tasks.released, ElementsAre(1));
    EXPECT_EQ(database->read_news({})[0].end, DispatchEnd::expired);
}

TEST_F(WorkerTrouble, HearsAtARenewalThatSomethingIsNotItsAnyMore) {
    clock.advance(options.silences.lease + 1ms);  // as if the database's clock were faster
    EXPECT_EQ(database->expire(), 1U);
    ticks += options.silences.renew_every;
    turn();
    EXPECT_THAT(tasks.cancelled, ElementsAre(1));
    turn();
    EXPECT_THAT(tasks.released, ElementsAre(1));
    EXPECT_EQ(worker->live_attempts(), 0U);
}

TEST_F(WorkerTrouble, TakesUpWhatItClaimedWithoutHearingOfIt) {
    offer(2, "r2");
    faults.eats_answer = true;
    EXPECT_NE(try_turn(), "") << "the answer to the claim";
    EXPECT_THAT(started(), ElementsAre(1));
    turn();
    EXPECT_THAT(started(), ElementsAre(1)) << "it is not asked what it holds";
    advance(options.silences.renew_every);
    turn();
    EXPECT_THAT(started(), ElementsAre(1, 2));
    turn();
    EXPECT_THAT(started(), ElementsAre(1, 2));
}

TEST_F(WorkerTrouble, TellsAgainWhatItDoesNotKnowToHaveBeenHeard) {
    tasks.tell_started(1);
    tasks.tell_ended(1);
    faults.eats_answer = true;
    EXPECT_NE(try_turn(), "");
    EXPECT_THAT(tasks.released, IsEmpty());
    turn();
    EXPECT_THAT(tasks.released, ElementsAre(1));
    EXPECT_EQ(told_outcome(1), TaskOutcome::succeeded);
}

TEST_F(WorkerTrouble, AnEndThatWasHeardAndForgottenBeforeItsAnswerCameIsReleased) {
    tasks.tell_ended(1);
    faults.eats_answer = true;
    EXPECT_NE(try_turn(), "");
    database->forget({1});
    turn();
    EXPECT_THAT(tasks.released, ElementsAre(1));
}

TEST_F(WorkerTrouble, RunWaitsForTheDatabaseAndGoesOn) {
    tasks.tell_ended(1);
    faults.away = true;
    bool done = false;
    boost::asio::co_spawn(
        io, [this] { return worker->run(); }, [&](const std::exception_ptr&) { done = true; }
    );
    poll();
    EXPECT_THAT(tasks.released, IsEmpty());
    faults.away = false;
    worker->hear(store::offer_channel);
    poll();
    EXPECT_THAT(tasks.released, ElementsAre(1));
    worker->stop();
    poll();
    EXPECT_TRUE(done);
}

TEST_F(WorkerTrouble, RunThatIsStoppedBeforeItCouldBeginEnds) {
    faults.away = true;
    bool done = false;
    boost::asio::co_spawn(
        io, [this] { return worker->run(); }, [&](const std::exception_ptr&) { done = true; }
    );
    poll();
    worker->stop();
    poll();
    EXPECT_TRUE(done);
}

}  // namespace
}  // namespace reel::worker
