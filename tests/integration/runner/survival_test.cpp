#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "runner_fixture.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class RunnerSurvival : public RunnerTest {
  protected:
    /// A script that ends once the test says so.
    [[nodiscard]] ProcessSpec gated(core::AttemptId attempt) const {
        return shell(
            attempt,
            "echo $$ > $FOLDER/pid; while ! test -e $FOLDER/go; do sleep 0.02; done; "
            "echo done; exit 6"
        );
    }
    void open_gate() const { std::ofstream(folder / "go") << "x"; }
};

TEST_F(RunnerSurvival, ATaskRunsOnWithoutItsWorkerAndTheNextOneAdoptsIt) {
    TestWorker first(options());
    first.attach();
    first.client().start(gated(1));
    const int pid = first.wait_start(1).pid;
    first.vanish();

    TestWorker second(options());
    const RunnerInventory inventory = second.attach();
    ASSERT_EQ(inventory.running.size(), 1U);
    EXPECT_EQ(inventory.running[0].attempt, 1);
    EXPECT_EQ(inventory.running[0].pid, pid);
    EXPECT_TRUE(inventory.ended.empty());
    EXPECT_TRUE(is_alive(pid));
    open_gate();
    const ProcessExit exit = second.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::exited);
    EXPECT_EQ(exit.code, 6);
    EXPECT_EQ(exit.last_line, "done");
}

TEST_F(RunnerSurvival, AnEndThatNobodySawIsCollectedByTheNextWorkerUntilAcknowledged) {
    TestWorker first(options());
    first.attach();
    first.client().start(gated(1));
    const int pid = first.wait_start(1).pid;
    first.vanish();
    open_gate();
    ASSERT_TRUE(wait_gone(pid));

    // A worker that dies before it acknowledges leaves the end to the next.
    for (int round = 0; round < 2; ++round) {
        TestWorker worker(options());
        RunnerInventory inventory = worker.attach();
        if (inventory.ended.empty()) inventory.ended.push_back(worker.wait_exit(1));
        ASSERT_EQ(inventory.ended.size(), 1U);
        EXPECT_EQ(inventory.ended[0].code, 6);
        if (round == 1) {
            worker.client().acknowledge(1);
            EXPECT_TRUE(worker.run_until([this] { return journaled() == 0; }));
        }
    }
    TestWorker last(options());
    EXPECT_TRUE(last.attach().ended.empty());
}

TEST_F(RunnerSurvival, AnEndIsInTheJournalBeforeItIsReported) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(shell(1, "exit 3"));
    worker.wait_exit(1);
    EXPECT_THAT(read(folder / "run" / "journal" / "0.jsonl"), HasSubstr("\"exited\""));
    worker.client().acknowledge(1);
    EXPECT_TRUE(worker.run_until([this] { return journaled() == 0; }));
}

TEST_F(RunnerSurvival, KillingTheRunnerEndsItsTasksBeforeTheNextOneServes) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(shell(2, "exit 3"));
    worker.wait_exit(2);
    worker.client().start(gated(1));
    const int pid = wait_pid_in(folder / "pid");
    worker.wait_start(1);
    kill_runner(SIGKILL);
    ASSERT_TRUE(worker.run_until([&worker] { return !worker.losses.empty(); }));
    EXPECT_EQ(worker.losses.size(), 1U);
    EXPECT_TRUE(is_alive(pid));

    const RunnerInventory inventory = worker.attach();
    EXPECT_FALSE(is_alive(pid));
    EXPECT_TRUE(inventory.running.empty());
    ASSERT_EQ(inventory.ended.size(), 2U);
    EXPECT_EQ(inventory.ended[0].attempt, 1);
    EXPECT_EQ(inventory.ended[0].end, ProcessEnd::abandoned);
    EXPECT_THAT(inventory.ended[0].message, HasSubstr("its runner was killed"));
    EXPECT_EQ(inventory.ended[1].end, ProcessEnd::exited);
    EXPECT_EQ(inventory.ended[1].code, 3);
    worker.client().start(shell(3, "exit 8"));
    EXPECT_EQ(worker.wait_exit(3).code, 8);
}

TEST_F(RunnerSurvival, GrandchildrenOfADeadLeaderAreFoundAfterTheRunnersDeath) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(shell(
        1,
        "sh -c 'trap \"\" TERM; echo $$ > $FOLDER/pid; while :; do sleep 0.05; done' & "
        "echo $$ > $FOLDER/leader; sleep 60"
    ));
    const int grandchild = wait_pid_in(folder / "pid");
    const int leader = wait_pid_in(folder / "leader");
    kill_runner(SIGKILL);
    ASSERT_TRUE(worker.run_until([&worker] { return !worker.losses.empty(); }));
    ASSERT_EQ(::kill(leader, SIGKILL), 0);
    ASSERT_TRUE(wait_gone(leader));
    ASSERT_TRUE(is_alive(grandchild));
    worker.attach();
    EXPECT_FALSE(is_alive(grandchild));
}

TEST_F(RunnerSurvival, AProcessThatMerelyHasTheRecordedPidIsLeftAlone) {
    std::filesystem::create_directories(folder / "run" / "journal");
    std::ofstream(
        folder / "run" / "journal" / "0.jsonl"
    ) << R"({"running":{"attempt":5,"marker":"reel-5-x","pid":)"
      << ::getpid()
      << R"(,"pid_start":1,"boot_id":"","started_at":1,"kill_grace":1,"log_file":"","log_begin":0}})"
      << '\n';
    TestWorker worker(options());
    const auto inventory = worker.attach();
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].end, ProcessEnd::abandoned);
}

TEST_F(RunnerSurvival, AnExitOfWhichHalfWasWrittenIsAnUnknownEnd) {
    std::filesystem::create_directories(folder / "run" / "journal");
    std::ofstream(
        folder / "run" / "journal" / "0.jsonl"
    ) << R"({"running":{"attempt":12,"marker":"reel-12-x","pid":0,)"
      << R"("pid_start":0,"boot_id":"","started_at":1,"kill_grace":1,"log_file":"","log_begin":0}})"
      << "\n{\"exit\": {\"atte";
    TestWorker worker(options());
    const auto inventory = worker.attach();
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].attempt, 12);
    EXPECT_EQ(inventory.ended[0].end, ProcessEnd::abandoned);
    EXPECT_EQ(journaled(), 1U);
}

TEST_F(RunnerSurvival, WithoutAWorkerTasksEndWithTheLease) {
    lease = 1s;
    TestWorker worker(options());
    worker.attach();
    worker.client().start(gated(1));
    const int pid = worker.wait_start(1).pid;
    const auto runner = runner_pid();
    ASSERT_TRUE(runner);
    worker.vanish();
    EXPECT_TRUE(wait_gone(pid));
    EXPECT_TRUE(wait_gone(*runner));

    TestWorker next(options());
    const auto inventory = next.attach();
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].end, ProcessEnd::abandoned);
    EXPECT_THAT(inventory.ended[0].message, HasSubstr("no worker came back"));
}

TEST_F(RunnerSurvival, AConnectedWorkerHoldsTheLease) {
    lease = 1s;
    TestWorker worker(options());
    worker.attach();
    worker.client().start(shell(1, "sleep 1.5; exit 2"));
    EXPECT_EQ(worker.wait_exit(1).code, 2);
    EXPECT_TRUE(worker.losses.empty());
}

TEST_F(RunnerSurvival, TasksOfAWorkerThatHangsEndWithTheLease) {
    lease = 1s;
    TestWorker worker(options());
    worker.attach();
    worker.client().start(gated(1));
    const int pid = worker.wait_start(1).pid;
    const auto runner = runner_pid();
    ASSERT_TRUE(runner);
    // From here on nobody runs the worker's loop; its connection stays open.
    EXPECT_TRUE(wait_gone(pid));
    EXPECT_TRUE(wait_gone(*runner));

    // It wakes up and finds out.
    ASSERT_TRUE(worker.run_until([&worker] { return !worker.losses.empty(); }));
    if (!worker.exits.contains(1)) {
        for (const ProcessExit& exit : worker.attach().ended) worker.exits[exit.attempt] = exit;
    }
    ASSERT_TRUE(worker.exits.contains(1));
    EXPECT_EQ(worker.exits[1].end, ProcessEnd::abandoned);
    EXPECT_THAT(worker.exits[1].message, HasSubstr("did not let the runner hear of it within 1 s"));
}

TEST_F(RunnerSurvival, TheReplacedWorkersWordsDoNotHoldTheLease) {
    lease = 1s;
    TestWorker older(options());
    older.attach();
    older.client().start(gated(1));
    const int pid = older.wait_start(1).pid;
    TestWorker newer(options());
    newer.attach();
    EXPECT_TRUE(older.run_until([pid] { return !is_alive(pid); }));
    EXPECT_EQ(older.losses.size(), 1U);
}

TEST_F(RunnerSurvival, ARunnerThatWasStoppedItselfReadsItsWorkersWordsBeforeItDespairs) {
    lease = 1s;
    TestWorker worker(options());
    worker.attach();
    worker.client().start(gated(1));
    worker.wait_start(1);
    kill_runner(SIGSTOP);
    const auto until = std::chrono::steady_clock::now() + 2s;
    worker.run_until([until] { return std::chrono::steady_clock::now() > until; });
    kill_runner(SIGCONT);
    open_gate();
    EXPECT_EQ(worker.wait_exit(1).code, 6);
    EXPECT_TRUE(worker.losses.empty());
}

TEST_F(RunnerSurvival, AfterAGracefulDetachTheRunnerEndsWithItsLastTask) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(gated(1));
    const int pid = worker.wait_start(1).pid;
    const auto runner = runner_pid();
    ASSERT_TRUE(runner);
    worker.detach(true);
    EXPECT_TRUE(worker.losses.empty());
    EXPECT_TRUE(is_alive(*runner));
    EXPECT_TRUE(is_alive(pid));
    open_gate();
    EXPECT_TRUE(wait_gone(*runner));

    const auto inventory = worker.attach();
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].code, 6);
}

TEST_F(RunnerSurvival, SigtermToTheRunnerEndsItsTasksAndIsJournaled) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(gated(1));
    const int pid = worker.wait_start(1).pid;
    worker.detach(false);
    const auto runner = runner_pid();
    ASSERT_TRUE(runner);
    kill_runner(SIGTERM);
    EXPECT_TRUE(wait_gone(*runner));
    EXPECT_FALSE(is_alive(pid));
    const auto inventory = worker.attach();
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].end, ProcessEnd::abandoned);
    EXPECT_THAT(inventory.ended[0].message, HasSubstr("SIGTERM"));
}

TEST_F(RunnerSurvival, TheRunnerIgnoresTheSignalsOfATerminal) {
    TestWorker worker(options());
    worker.attach();
    kill_runner(SIGINT);
    kill_runner(SIGHUP);
    worker.client().start(shell(1, "exit 9"));
    EXPECT_EQ(worker.wait_exit(1).code, 9);
}

}  // namespace

}  // namespace reel::runner
