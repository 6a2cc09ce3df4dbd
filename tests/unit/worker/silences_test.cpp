#include "reel/worker/silences.hpp"

#include <gtest/gtest.h>

#include "worker/database_trouble.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;

constexpr core::Duration kill_grace = 5s;

TEST(Silences, AClaimOutlivesTheProcessesOfAWorkerThatDiesAtTheWorstMoment) {
    for (const core::Duration timeout :
         {core::Duration(1s), core::Duration(1500ms), core::Duration(10s), core::Duration(5min)}) {
        const Silences silences = silences_of(timeout);
        EXPECT_GT(silences.lease, silences.worker + silences.runner + kill_grace);
        EXPECT_GE(silences.lease, timeout) << "who is silent for less is not lost";
        EXPECT_GE(silences.runner, 1s) << "the runner counts whole seconds";
        EXPECT_EQ(silences.runner % core::Duration(1s), core::Duration::zero());
    }
}

TEST(Silences, AClaimIsRenewedSeveralTimesBeforeAnybodyGivesUp) {
    for (const core::Duration timeout :
         {core::Duration(1s), core::Duration(15s), core::Duration(5min)}) {
        const Silences silences = silences_of(timeout);
        EXPECT_GE(silences.worker, 5 * silences.renew_every);
        EXPECT_GE(silences.renew_every, 200ms);
    }
    EXPECT_EQ(silences_of(24h).renew_every, 10s);
}

TEST(DatabaseTrouble, IsMetWithGrowingPausesUpToAsLongAsThereIsNothingToDo) {
    EXPECT_EQ(pause_after(0), 2s);
    EXPECT_EQ(pause_after(1), 200ms);
    EXPECT_EQ(pause_after(2), 400ms);
    EXPECT_EQ(pause_after(1000), 2s);
}

}  // namespace
}  // namespace reel::worker
