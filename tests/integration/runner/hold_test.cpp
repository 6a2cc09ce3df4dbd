// A worker that may not hold its tasks any more, because somebody else leads.

#include <gmock/gmock.h>

#include "integration/runner/runner_fixture.hpp"

namespace reel::runner {

using namespace std::chrono_literals;

class RunnerHold : public RunnerTest {
  protected:
    RunnerOptions held_while(const bool& may_hold) const {
        RunnerOptions made = options();
        made.may_hold = [&may_hold] { return may_hold; };
        return made;
    }
};

TEST_F(RunnerHold, WhileItMayHoldThemTasksGoOn) {
    lease = 1s;
    const bool may_hold = true;
    TestWorker worker(held_while(may_hold));
    worker.attach();
    worker.client().start(shell(1, "sleep 1.5; exit 2"));
    EXPECT_EQ(worker.wait_exit(1).code, 2);
}

TEST_F(RunnerHold, AWorkerThatMayNotHoldThemFallsSilentAndTheyEndWithTheLease) {
    lease = 1s;
    bool may_hold = true;
    TestWorker worker(held_while(may_hold));
    worker.attach();
    worker.client().start(shell(1, "sleep 60"));
    const int pid = worker.wait_start(1).pid;
    may_hold = false;
    EXPECT_TRUE(worker.run_until([pid] { return !is_alive(pid); })) << "its loop runs all the time";
}

TEST_F(RunnerHold, HangingUpIsNoWordThatHoldsThem) {
    lease = 2s;
    bool may_hold = true;
    TestWorker worker(held_while(may_hold));
    worker.attach();
    worker.client().start(shell(1, "sleep 60"));
    const int pid = worker.wait_start(1).pid;
    may_hold = false;
    const auto silent_since = std::chrono::steady_clock::now();
    const auto until = silent_since + 1200ms;
    worker.run_until([until] { return std::chrono::steady_clock::now() > until; });
    worker.vanish();
    EXPECT_TRUE(wait_gone(pid));
    EXPECT_LT(std::chrono::steady_clock::now() - silent_since, 3s)
        << "the lease began anew when it hung up";
}

}  // namespace reel::runner
