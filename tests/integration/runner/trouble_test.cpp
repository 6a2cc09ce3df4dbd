#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "reel/core/proc_file.hpp"
#include "runner/launch.hpp"
#include "runner_fixture.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// What the world may do to a runner.
class RunnerTrouble : public RunnerTest {
  protected:
    [[nodiscard]] ProcessSpec gated(core::AttemptId attempt) const {
        return shell(attempt, "while ! test -e $FOLDER/go; do sleep 0.02; done; exit 6");
    }
    void open_gate() const { std::ofstream(folder / "go") << "x"; }
    [[nodiscard]] fs::path journal() const { return folder / "run" / "journal"; }
};

TEST_F(RunnerTrouble, AnExitThatCannotBeJournaledIsReportedFromMemory) {
    TestWorker first(options());
    first.attach();
    first.client().start(gated(1));
    first.wait_start(1);
    fs::remove_all(journal());
    open_gate();
    EXPECT_EQ(first.wait_exit(1).code, 6);
    first.vanish();

    TestWorker second(options());
    const RunnerInventory inventory = second.attach();
    ASSERT_EQ(inventory.ended.size(), 1U) << "the next worker hears of it, too";
    EXPECT_EQ(inventory.ended[0].code, 6);
    second.client().acknowledge(1);
    second.detach(false);
    TestWorker third(options());
    EXPECT_TRUE(third.attach().ended.empty());
    EXPECT_THAT(read(folder / "run" / "runner.log"), HasSubstr("cannot open"));
}

TEST_F(RunnerTrouble, WhatCannotBeJournaledIsNotStarted) {
    TestWorker worker(options());
    worker.attach();
    fs::remove_all(journal());
    worker.client().start(shell(1, "touch $FOLDER/ran"));
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("cannot open"));
    EXPECT_FALSE(fs::exists(folder / "ran"));

    fs::create_directory(journal());
    worker.client().start(shell(2, "exit 4"));
    EXPECT_EQ(worker.wait_exit(2).code, 4) << "it goes on once it can";
}

TEST_F(RunnerTrouble, AnExitThatWasDamagedInTheJournalIsAnUnknownEnd) {
    TestWorker first(options());
    first.attach();
    first.client().start(shell(1, "exit 3"));
    first.wait_exit(1);
    first.vanish();
    std::ofstream(journal() / "0.jsonl") << "{\"exit\": {\"atte";

    TestWorker second(options());
    const RunnerInventory inventory = second.attach();
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].attempt, 1);
    EXPECT_EQ(inventory.ended[0].end, ProcessEnd::abandoned);
    EXPECT_THAT(inventory.ended[0].message, HasSubstr("0.jsonl"));
}

TEST_F(RunnerTrouble, OrphansThatLeftTheirGroupAreReaped) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(shell(
        1, "setsid sh -c 'echo $$ > $FOLDER/pid; while ! test -e $FOLDER/go; do sleep 0.02; done' &"
    ));
    worker.wait_exit(1);
    const int orphan = wait_pid_in(folder / "pid");
    EXPECT_TRUE(is_alive(orphan)) << "it is nobody's business while it lives";
    open_gate();
    ASSERT_TRUE(wait_gone(orphan));
    worker.client().start(shell(2, "true"));
    worker.wait_exit(2);
    EXPECT_FALSE(core::load_stat(orphan)) << "no zombie is left";
}

TEST_F(RunnerTrouble, AWorkerThatIsConnectedHearsOfTheEndsThatSigtermMakes) {
    TestWorker worker(options());
    worker.attach();
    worker.client().start(gated(1));
    worker.wait_start(1);
    kill_runner(SIGTERM);
    ASSERT_TRUE(worker.run_until([&worker] { return !worker.losses.empty(); }));
    EXPECT_EQ(worker.exits[1].end, ProcessEnd::abandoned);
    const RunnerInventory inventory = worker.attach();
    ASSERT_EQ(inventory.ended.size(), 1U) << "until it is acknowledged";
}

TEST_F(RunnerTrouble, TheFirstReasonForAnEndCounts) {
    TestWorker worker(options());
    worker.attach();
    ProcessSpec spec = shell(
        1,
        "trap 'touch $FOLDER/asked' TERM; while ! test -e $FOLDER/go; do sleep 0.02; done; exit 6"
    );
    spec.kill_grace = 60s;
    spec.timeout = 300ms;
    worker.client().start(spec);
    ASSERT_TRUE(worker.run_until([this] { return fs::exists(folder / "asked"); }));
    worker.client().cancel(1);
    worker.client().start(shell(2, "true"));
    worker.wait_exit(2);
    open_gate();
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::timed_out);
    EXPECT_EQ(exit.code, 6);
}

TEST_F(RunnerTrouble, WithoutAGraceItIsKilledAtOnce) {
    TestWorker worker(options());
    worker.attach();
    ProcessSpec spec = shell(1, "trap '' TERM; echo up; while :; do sleep 0.05; done");
    spec.kill_grace = 0s;
    worker.client().start(spec);
    ASSERT_TRUE(worker.run_until([this] { return read(log_of(1)) == "up\n"; }));
    worker.client().cancel(1);
    EXPECT_EQ(worker.wait_exit(1).code, SIGKILL);
}

struct LeaseCase {
    core::Duration lease;
    const char* seconds;
};

TEST_F(RunnerTrouble, ALeaseIsGivenInWholeSecondsAndNeverAsNothing) {
    const fs::path program = folder / "program";
    std::ofstream(program) << "#!/bin/sh\nfor last; do :; done; echo \"lease $last\"\n";
    fs::permissions(program, fs::perms::owner_all);
    const LeaseCase cases[] = {
        {0s, "1"}, {1us, "1"}, {1s, "1"}, {1s + 1us, "2"}, {1500ms, "2"}, {300s, "300"}
    };
    for (const LeaseCase& one : cases) {
        RunnerOptions options{.directory = folder, .program = program, .lease = one.lease};
        auto launched = LaunchedRunner::launch(options);
        ASSERT_TRUE(launched) << launched.error().describe();
        TestWorker loop(options);
        ASSERT_TRUE(loop.run_until([&launched] { return launched->poll_exit().has_value(); }));
        EXPECT_EQ(last_words(folder), std::string("lease ") + one.seconds);
    }
}

}  // namespace

}  // namespace reel::runner
