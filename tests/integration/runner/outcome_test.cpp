#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "runner/frame.hpp"
#include "runner_fixture.hpp"

namespace reel::runner {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

class RunnerOutcome : public RunnerTest {
  protected:
    ProcessExit run(const ProcessSpec& spec) {
        worker.attach();
        worker.client().start(spec);
        return worker.wait_exit(spec.attempt);
    }

    TestWorker worker{options()};
};

TEST_F(RunnerOutcome, AProcessThatExitsReportsItsStatusLogAndLastLine) {
    const ProcessExit exit = run(shell(1, "echo first; echo second >&2; echo ' last '; echo"));
    EXPECT_EQ(exit.end, ProcessEnd::exited);
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(read(log_of(1)), "first\nsecond\n last \n\n");
    EXPECT_EQ(exit.last_line, " last");
    EXPECT_EQ(exit.message, "");
    EXPECT_LE(exit.started_at, exit.ended_at);
    EXPECT_GT(exit.max_rss_kilobytes, 0);
    EXPECT_GT(exit.pid, 0);
}

TEST_F(RunnerOutcome, WhatRunsForAWhileIsToldToHaveStarted) {
    worker.attach();
    worker.client().start(shell(1, "while ! test -e $FOLDER/go; do sleep 0.01; done"));
    const ProcessStart start = worker.wait_start(1);
    std::ofstream(folder / "go") << "x";
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(start.pid, exit.pid);
    EXPECT_EQ(start.at, exit.started_at);
}

TEST_F(RunnerOutcome, ALogThatWasExpectedIsOpenedAheadAndHasOneHeader) {
    worker.attach();
    ProcessSpec spec = shell(1, "echo first");
    spec.log_header = "header\n";
    worker.client().expect(spec);
    EXPECT_TRUE(worker.run_until([&] { return read(log_of(1)) == "header\n"; }));
    worker.client().start(spec);
    EXPECT_EQ(worker.wait_exit(1).last_line, "first");
    EXPECT_EQ(read(log_of(1)), "header\nfirst\n");
}

TEST_F(RunnerOutcome, WhatIsExpectedInVainHoldsNothingBack) {
    worker.attach();
    ProcessSpec spec = shell(1, "true");
    for (core::AttemptId attempt = 100; attempt < 400; ++attempt) {
        spec.attempt = attempt;
        spec.log_file = log_of(attempt);
        worker.client().expect(spec);
    }
    spec.attempt = 1;
    spec.log_file = "/proc/no/such/log";
    worker.client().expect(spec);
    worker.client().start(spec);
    const ProcessExit exit = worker.wait_exit(1);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("/proc/no/such/log"));
    // One of the first, whose log was given up, and one of the last.
    for (const core::AttemptId attempt : {100, 399}) {
        worker.client().start(shell(attempt, "echo done"));
        EXPECT_EQ(worker.wait_exit(attempt).last_line, "done");
        EXPECT_EQ(read(log_of(attempt)), "done\n");
    }
}

TEST_F(RunnerOutcome, AnExitCodeIsPassedOn) {
    const ProcessExit exit = run(shell(1, "exit 99"));
    EXPECT_EQ(exit.end, ProcessEnd::exited);
    EXPECT_EQ(exit.code, 99);
}

TEST_F(RunnerOutcome, ASignalIsToldFromAnExit) {
    const ProcessExit exit = run(shell(1, "kill -KILL $$"));
    EXPECT_EQ(exit.end, ProcessEnd::signalled);
    EXPECT_EQ(exit.code, SIGKILL);
    EXPECT_THAT(exit.message, HasSubstr("signal 9"));
}

TEST_F(RunnerOutcome, InputArrivesOnDescriptorThreeAndOutputLeavesOnFour) {
    ProcessSpec spec = shell(1, "cat <&3 >&4");
    spec.input = std::string("secret\0\xff\n", 9) + std::string(300'000, 'x');
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(exit.output, spec.input);
    EXPECT_FALSE(exit.output_truncated);
    EXPECT_EQ(read(log_of(1)), "");
}

TEST_F(RunnerOutcome, OutputBeyondEightMebibytesIsCutAndSaidToBe) {
    const ProcessExit exit = run(shell(1, "head -c 9000000 /dev/zero >&4; exit 3"));
    EXPECT_EQ(exit.end, ProcessEnd::exited);
    EXPECT_EQ(exit.code, 3);
    EXPECT_TRUE(exit.output_truncated);
    EXPECT_EQ(exit.output.size(), 8U << 20U);
}

TEST_F(RunnerOutcome, TheEnvironmentIsExactlyWhatWasGiven) {
    ProcessSpec spec = shell(1, "");
    spec.argv = {"env"};
    spec.environment = {"PATH=/usr/bin:/bin", "B=two words", "A=\xc3\xa4\xff"};
    EXPECT_EQ(run(spec).code, 0);
    EXPECT_EQ(read(log_of(1)), "PATH=/usr/bin:/bin\nB=two words\nA=\xc3\xa4\xff\n");
}

TEST_F(RunnerOutcome, NoOtherDescriptorIsInherited) {
    EXPECT_EQ(run(shell(1, "exec ls /proc/self/fd")).code, 0);
    // 5 is the folder that ls itself has open.
    EXPECT_EQ(read(log_of(1)), "0\n1\n2\n3\n4\n5\n");
}

TEST_F(RunnerOutcome, SignalsAreAtTheirDefaultsAndUnblocked) {
    run(shell(1, "grep -E 'Sig(Blk|Ign)' /proc/self/status"));
    // Signals 32 and 33 are glibc's own; its posix_spawn leaves them ignored.
    EXPECT_EQ(read(log_of(1)), "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n");
}

TEST_F(RunnerOutcome, StdinIsEmpty) {
    EXPECT_EQ(run(shell(1, "test -z \"$(cat)\"")).code, 0);
}

TEST_F(RunnerOutcome, AMissingWorkingDirectoryIsMadeAndKept) {
    ProcessSpec spec = shell(1, "pwd");
    spec.working_directory = (folder / "a" / "b c").string();
    run(spec);
    EXPECT_EQ(read(log_of(1)), spec.working_directory + "\n");
    EXPECT_TRUE(fs::is_directory(spec.working_directory));
}

TEST_F(RunnerOutcome, WithoutAWorkingDirectoryAnEmptyOneIsUsedAndWhatItLeavesRemoved) {
    ProcessSpec spec = shell(1, "pwd; touch left; ls");
    spec.working_directory.clear();
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.code, 0);
    const fs::path own = folder / "run" / "work" / "0";
    EXPECT_EQ(read(log_of(1)), own.string() + "\nleft\n");
    EXPECT_FALSE(fs::exists(own));
}

TEST_F(RunnerOutcome, ALogIsAppendedToAndItsLastLineIsTheAttemptsOwn) {
    fs::create_directories(log_of(1).parent_path());
    std::ofstream(log_of(1)) << "written before\n";
    const ProcessExit exit = run(shell(1, "true"));
    EXPECT_EQ(exit.last_line, "");
    EXPECT_EQ(read(log_of(1)), "written before\n");
}

TEST_F(RunnerOutcome, AProgramThatIsNotThereIsNamed) {
    ProcessSpec spec = shell(1, "");
    spec.argv = {"no-such-program"};
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(
        exit.message, HasSubstr("cannot start 'no-such-program': no such program in the PATH")
    );
    EXPECT_TRUE(worker.starts.empty());
}

TEST_F(RunnerOutcome, APathThatIsNotThereIsNamed) {
    ProcessSpec spec = shell(1, "");
    spec.argv = {"/no/such/program"};
    EXPECT_THAT(run(spec).message, HasSubstr("cannot start '/no/such/program': no such file"));
}

TEST_F(RunnerOutcome, AFileThatIsNoProgramIsNamed) {
    const fs::path file = folder / "data.txt";
    std::ofstream(file) << "not a program\n";
    ProcessSpec spec = shell(1, "");
    spec.argv = {file.string()};
    fs::permissions(file, fs::perms::owner_all);
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("neither a binary nor a script"));
}

TEST_F(RunnerOutcome, ArgumentsThatAreTooLongAreSaidToBe) {
    ProcessSpec spec = shell(1, "true");
    spec.argv.emplace_back(4'000'000, 'x');
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("too long"));
}

TEST_F(RunnerOutcome, ANulByteInAnArgumentIsRefusedInsteadOfCut) {
    ProcessSpec spec = shell(1, "true");
    spec.argv.emplace_back("a\0b", 3);
    EXPECT_THAT(run(spec).message, HasSubstr("NUL"));
}

TEST_F(RunnerOutcome, AWorkingDirectoryThatIsAFileIsNamed) {
    std::ofstream(folder / "file") << "x";
    ProcessSpec spec = shell(1, "true");
    spec.working_directory = (folder / "file").string();
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("working directory " + spec.working_directory));
}

TEST_F(RunnerOutcome, ALogThatCannotBeOpenedIsNamed) {
    std::ofstream(folder / "logs") << "a file where the folder should be";
    const ProcessExit exit = run(shell(1, "true"));
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("cannot open the log " + log_of(1).string()));
}

TEST_F(RunnerOutcome, AnInputTooLargeForAMessageIsRefused) {
    ProcessSpec spec = shell(1, "true");
    spec.input.assign(max_frame_bytes, '\0');
    const ProcessExit exit = run(spec);
    EXPECT_EQ(exit.end, ProcessEnd::not_started);
    EXPECT_THAT(exit.message, HasSubstr("64 MiB"));
}

TEST_F(RunnerOutcome, AHundredProcessesAtOnceAllEndWithTheirOwnStatus) {
    worker.attach();
    for (core::AttemptId attempt = 1; attempt <= 100; ++attempt) {
        const std::string number = std::to_string(attempt);
        worker.client().start(shell(attempt, "echo " + number + " >&4; exit " + number));
    }
    ASSERT_TRUE(worker.run_until([this] { return worker.exits.size() == 100; }));
    for (const auto& [attempt, exit] : worker.exits) {
        EXPECT_EQ(exit.code, attempt);
        EXPECT_EQ(exit.output, std::to_string(attempt) + "\n");
    }
    EXPECT_EQ(worker.exit_events, 100);
}

TEST_F(RunnerOutcome, TheSameAttemptStartsOnce) {
    worker.attach();
    const ProcessSpec spec = shell(1, "echo ran; sleep 0.2");
    worker.client().start(spec);
    worker.client().start(spec);
    worker.wait_start(1);
    worker.client().start(spec);
    worker.wait_exit(1);
    worker.client().start(spec);
    worker.client().start(shell(2, "true"));
    worker.wait_exit(2);
    EXPECT_EQ(read(log_of(1)), "ran\n");
    EXPECT_EQ(worker.exit_events, 2);
}

TEST_F(RunnerOutcome, NothingSecretIsLoggedByTheRunner) {
    ProcessSpec spec = shell(1, "true");
    spec.input = "swordfish";
    spec.environment.emplace_back("PASSWORD=swordfish");
    run(spec);
    spec.attempt = 2;
    spec.argv = {"no-such-program"};
    worker.client().start(spec);
    worker.wait_exit(2);
    for (const auto& file : fs::recursive_directory_iterator(folder / "run")) {
        if (file.is_regular_file()) {
            EXPECT_THAT(read(file), testing::Not(HasSubstr("swordfish"))) << file.path();
        }
    }
}

}  // namespace

}  // namespace reel::runner
