#include <gmock/gmock.h>

#include <csignal>

#include "runner_fixture.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class RunnerStop : public RunnerTest {
  protected:
    TestWorker worker{options()};
};

TEST_F(RunnerStop, ADeadlineEndsAProcess) {
    worker.attach();
    ProcessSpec spec = shell(1, "echo begun; sleep 60");
    spec.timeout = 200ms;
    worker.client().start(spec);
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::timed_out);
    EXPECT_EQ(exit.code, SIGTERM);
    EXPECT_THAT(exit.message, HasSubstr("timeout of 0.2 s"));
    EXPECT_EQ(exit.last_line, "begun");
    EXPECT_LT(exit.ended_at - exit.started_at, 4s);
}

TEST_F(RunnerStop, CancelLetsAProcessCleanUp) {
    worker.attach();
    worker.client().start(shell(1, "trap 'echo cleaned; exit 7' TERM; echo up; sleep 60 & wait"));
    worker.wait_start(1);
    ASSERT_TRUE(worker.run_until([this] { return read(log_of(1)) == "up\n"; }));
    worker.client().cancel(1);
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::cancelled);
    EXPECT_EQ(exit.code, 7);
    EXPECT_EQ(exit.last_line, "cleaned");
}

TEST_F(RunnerStop, AProcessThatIgnoresSigtermIsKilledAfterItsGrace) {
    worker.attach();
    ProcessSpec spec = shell(1, "trap '' TERM; echo up; while :; do sleep 0.05; done");
    spec.kill_grace = 300ms;
    worker.client().start(spec);
    ASSERT_TRUE(worker.run_until([this] { return read(log_of(1)) == "up\n"; }));
    worker.client().cancel(1);
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::cancelled);
    EXPECT_EQ(exit.code, SIGKILL);
    EXPECT_GE(exit.ended_at - exit.started_at, 300ms);
    EXPECT_LT(exit.ended_at - exit.started_at, 5s);
}

TEST_F(RunnerStop, AStoppedProcessIsStillEnded) {
    worker.attach();
    worker.client().start(shell(1, "kill -STOP $$; sleep 60"));
    worker.wait_start(1);
    worker.client().cancel(1);
    EXPECT_EQ(worker.wait_exit(1).end, ProcessEnd::cancelled);
}

TEST_F(RunnerStop, CancelReachesGrandchildren) {
    worker.attach();
    worker.client().start(shell(1, "sh -c 'echo $$ > $FOLDER/pid; sleep 60'; true"));
    const int grandchild = wait_pid_in(folder / "pid");
    worker.client().cancel(1);
    EXPECT_EQ(worker.wait_exit(1).end, ProcessEnd::cancelled);
    EXPECT_FALSE(is_alive(grandchild));
}

TEST_F(RunnerStop, WhatALeaderLeavesBehindIsEnded) {
    worker.attach();
    ProcessSpec spec = shell(
        1,
        "(trap '' TERM; sh -c 'echo $PPID' > $FOLDER/pid; while :; do sleep 0.05; done) & "
        "while ! test -s $FOLDER/pid; do sleep 0.01; done; exit 4"
    );
    spec.kill_grace = 200ms;
    worker.client().start(spec);
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::exited);
    EXPECT_EQ(exit.code, 4);
    EXPECT_FALSE(is_alive(wait_pid_in(folder / "pid")));
}

TEST_F(RunnerStop, WhatEndsSoonAfterItsLeaderIsLetFinish) {
    worker.attach();
    worker.client().start(shell(1, "(sleep 0.1; echo late) & exit 0"));
    EXPECT_EQ(worker.wait_exit(1).last_line, "late");
}

TEST_F(RunnerStop, CancellingAnUnknownAttemptChangesNothing) {
    worker.attach();
    worker.client().cancel(77);
    worker.client().start(shell(1, "exit 5"));
    EXPECT_EQ(worker.wait_exit(1).code, 5);
    EXPECT_EQ(worker.exit_events, 1);
}

TEST_F(RunnerStop, AProcessThatEndedBeforeItsCancelKeepsItsStatus) {
    worker.attach();
    worker.client().start(shell(1, "exit 5"));
    worker.wait_exit(1);
    worker.client().cancel(1);
    worker.client().start(shell(2, "true"));
    worker.wait_exit(2);
    EXPECT_EQ(worker.exits.at(1).end, ProcessEnd::exited);
    EXPECT_EQ(worker.exit_events, 2);
}

}  // namespace

}  // namespace reel::runner
