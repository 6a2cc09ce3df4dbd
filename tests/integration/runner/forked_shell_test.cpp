#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>

#include "runner/proc.hpp"
#include "runner_fixture.hpp"

namespace reel::runner {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// Shells that stand ready: nobody must be able to tell their tasks from started ones.
class ForkedShell : public RunnerTest {
  protected:
    ForkedShell() { worker.attach(); }

    [[nodiscard]] ProcessSpec script(const std::string& text) {
        ProcessSpec spec = shell(++attempts, "");
        spec.argv = {program, "/dev/fd/3"};
        spec.input = text + "\n";
        return spec;
    }
    ProcessExit run(const ProcessSpec& spec) {
        worker.client().start(spec);
        return worker.wait_exit(spec.attempt);
    }
    /// Where exec has put things is another place each time, and the same in what is forked.
    std::string place(ProcessSpec spec) {
        spec.input = "od -An -v -tx8 /proc/$$/auxv | tr -d ' \n'; echo\n";
        const ProcessExit exit = run(spec);
        EXPECT_EQ(exit.code, 0) << exit.message;
        return exit.last_line;
    }
    bool is_forked(const ProcessSpec& spec) {
        ProcessSpec once_more = spec;
        once_more.attempt = ++attempts;
        once_more.log_file = log_of(once_more.attempt);
        return place(spec) == place(once_more);
    }
    /// Until tasks are forked.
    bool warm_up() {
        for (int round = 0; round < 200; ++round) {
            if (is_forked(script(""))) return true;
        }
        return false;
    }
    /// The processes that stand ready, of all runners there are.
    [[nodiscard]] static std::set<pid_t> ready_shells(pid_t parent) {
        std::set<pid_t> found;
        for (const pid_t pid : load_pids()) {
            const std::string status = read(fs::path("/proc") / std::to_string(pid) / "status");
            if (status.starts_with("Name:\treel-shell\n") && !status.contains("zombie") &&
                status.contains("\nPPid:\t" + std::to_string(parent) + "\n")) {
                found.insert(pid);
            }
        }
        return found;
    }

    std::string program = "/bin/sh";
    core::AttemptId attempts = 0;
    TestWorker worker{options()};
};

constexpr const char* picture = R"(
echo "$0 $# $-"; pwd; umask; ulimit -a; env | sort
ls -l /proc/$$/fd > $FOLDER/fds; sed 's/.* \([0-9] -> \)/\1/; s/[0-9a-f]*)$//' < $FOLDER/fds | sed 's/reel-[0-9]*-.*//; s/[0-9]*\.log//'
while read -r name value; do
  case $name in Name:|Sig[BCIP]*|Shd*|Threads:|Groups:|NoNewPrivs:|Cap*) echo "$name $value";; esac
done < /proc/$$/status
tr '\0' ' ' < /proc/$$/cmdline; echo; readlink /proc/$$/exe; cat /proc/$$/oom_score_adj
set -- $(cat /proc/$$/stat); test $1 = $$ && test $5 = $$ && echo "group of its own"
test $PPID = $4 && tr '\0' ' ' < /proc/$PPID/cmdline | cut -c1-5 | wc -c
od -An -v -tx8 /proc/$$/auxv | tr -d ' \n' > $FOLDER/place
read nothing || echo "no input"; echo to fd 4 >&4; echo oops >&2; trap -p
)";

class EachForkedShell : public ForkedShell, public testing::WithParamInterface<const char*> {
  protected:
    EachForkedShell() { program = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(
    Shells, EachForkedShell, testing::Values("/bin/sh", "sh", "/bin/bash", "bash")
);

TEST_P(EachForkedShell, SeesWhatAStartedOneSees) {
    RunnerOptions anew = options();
    anew.directory = folder / "anew";
    anew.fork_shells = false;
    TestWorker other(anew);
    other.attach();
    ProcessSpec spec = script(picture);
    spec.environment.emplace_back("GREETING=good morning\n  to all");
    spec.environment.emplace_back("EMPTY=");
    other.client().start(spec);
    const ProcessExit expected = other.wait_exit(spec.attempt);
    other.detach(true);
    const std::string log = read(log_of(spec.attempt));
    EXPECT_THAT(log, HasSubstr("group of its own"));
    EXPECT_THAT(log, HasSubstr("no input"));

    ASSERT_TRUE(warm_up());
    ProcessSpec again = spec;
    again.attempt = ++attempts;
    again.log_file = log_of(again.attempt);
    const ProcessExit exit = run(again);
    EXPECT_EQ(read(log_of(again.attempt)), log);
    EXPECT_EQ(read(folder / "place"), place(script(""))) << "it was forked";
    EXPECT_EQ(exit.code, expected.code);
    EXPECT_EQ(exit.output, "to fd 4\n");
    EXPECT_EQ(exit.output, expected.output);
}

TEST_F(ForkedShell, ManyAtOnceEachAreTheirOwn) {
    ASSERT_TRUE(warm_up());
    const core::AttemptId first = attempts + 1;
    for (int i = 0; i < 200; ++i) {
        ProcessSpec spec = script("echo $WHO; pwd; echo $WHO >&4; exit $((WHO % 7))");
        spec.environment.push_back("WHO=" + std::to_string(spec.attempt));
        spec.working_directory = (folder / std::to_string(spec.attempt)).string();
        worker.client().start(spec);
    }
    for (core::AttemptId attempt = first; attempt <= attempts; ++attempt) {
        const ProcessExit exit = worker.wait_exit(attempt);
        const std::string who = std::to_string(attempt);
        EXPECT_EQ(exit.code, attempt % 7);
        EXPECT_EQ(exit.output, who + "\n");
        EXPECT_EQ(read(log_of(attempt)), who + "\n" + (folder / who).string() + "\n");
    }
}

TEST_F(ForkedShell, EndsAsItMay) {
    ASSERT_TRUE(warm_up());
    EXPECT_EQ(run(script("exit 99")).code, 99);
    const ProcessExit killed = run(script("kill -9 $$"));
    EXPECT_EQ(killed.end, ProcessEnd::signalled);
    EXPECT_EQ(killed.code, SIGKILL);
    EXPECT_EQ(run(script("exec sh -c 'exit 5'")).code, 5);
    EXPECT_EQ(run(script("kill -INT $$; sleep 20")).code, SIGINT);
    ProcessSpec late = script("sleep 20");
    late.timeout = 100ms;
    EXPECT_EQ(run(late).end, ProcessEnd::timed_out);
}

TEST_F(ForkedShell, IsStoppedWithItsGroupAsSoonAsItWasStarted) {
    ASSERT_TRUE(warm_up());
    const auto began = std::chrono::steady_clock::now();
    const core::AttemptId first = attempts + 1;
    // More than stand by, so that some are stopped before they have run at all.
    for (int i = 0; i < 30; ++i) {
        ProcessSpec spec = script("sleep 60 & wait");
        spec.kill_grace = 60s;
        worker.client().start(spec);
        worker.client().cancel(spec.attempt);
    }
    for (core::AttemptId attempt = first; attempt <= attempts; ++attempt) {
        EXPECT_EQ(worker.wait_exit(attempt).end, ProcessEnd::cancelled);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, 30s) << "no SIGTERM was lost";
}

TEST_F(ForkedShell, IsOnlyForWhatExecWouldReadNothingOf) {
    ASSERT_TRUE(warm_up());
    ProcessSpec spec = script("");
    spec.environment.emplace_back("LD_BIND_NOW=1");
    EXPECT_FALSE(is_forked(spec));
    spec = script("");
    spec.argv.emplace_back("an argument");
    EXPECT_FALSE(is_forked(spec));
    EXPECT_TRUE(is_forked(script("")));
    // Found from its folder, so another one elsewhere.
    fs::create_directories(folder / "bin");
    fs::copy_file("/bin/sh", folder / "bin" / "sh");
    program = "bin/sh";
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(is_forked(script("")));
}

TEST_F(ForkedShell, IsNoneForAnEnvironmentOfAnySize) {
    ASSERT_TRUE(warm_up());
    ProcessSpec spec = script("echo ${#LONG} $LAST");
    spec.environment.push_back("LONG=" + std::string(100'000, 'x'));
    spec.environment.emplace_back("LAST=there");
    EXPECT_EQ(run(spec).last_line, "100000 there");
    spec = script("echo $V0 $V2999");
    for (int i = 0; i < 3000; ++i) {
        spec.environment.push_back("V" + std::to_string(i) + "=" + std::to_string(i));
    }
    EXPECT_EQ(run(spec).last_line, "0 2999");
    EXPECT_TRUE(is_forked(script("")));
}

TEST_F(ForkedShell, NobodyMissesOneThatIsKilled) {
    ASSERT_TRUE(warm_up());
    for (int round = 0; round < 5; ++round) {
        ASSERT_TRUE(warm_up()) << "others take the place of those that were killed";
        const core::AttemptId first = attempts + 1;
        for (int i = 0; i < 30; ++i) {
            if (i == 10) {
                for (const pid_t pid : ready_shells(*runner_pid())) ::kill(pid, SIGKILL);
            }
            worker.client().start(script("exit 3"));
        }
        int killed = 0;
        for (core::AttemptId attempt = first; attempt <= attempts; ++attempt) {
            // One may have been given its task when the signal came: that is a task killed.
            const ProcessExit exit = worker.wait_exit(attempt);
            killed += exit.end == ProcessEnd::signalled ? 1 : 0;
            EXPECT_TRUE(exit.code == 3 || exit.end == ProcessEnd::signalled);
        }
        EXPECT_LE(killed, 6);
    }
}

TEST_F(ForkedShell, OneThatIsStoppedHoldsNoTaskUp) {
    ASSERT_TRUE(warm_up());
    int stopped = 0;
    for (const pid_t pid : ready_shells(*runner_pid())) {
        // The one that forks: a spare has closed what it is asked on.
        if (!fs::is_symlink(fs::path("/proc") / std::to_string(pid) / "fd/5")) continue;
        ::kill(pid, SIGSTOP);
        ++stopped;
    }
    ASSERT_EQ(stopped, 1);
    for (int i = 0; i < 12; ++i) EXPECT_EQ(run(script("exit 4")).code, 4);
}

TEST_F(ForkedShell, AProgramThatCannotBeOneIsStartedAnew) {
    program = folder / "sh";
    fs::copy_file(REEL_STATIC_SHELL, program);
    for (int i = 0; i < 5; ++i) {
        ProcessSpec spec = script("");
        EXPECT_EQ(run(spec).code, 7);
    }
    EXPECT_EQ(read(program + ".starts"), "......") << "it was tried once";
}

TEST_F(ForkedShell, AnotherProgramInItsPlaceIsAnotherShell) {
    program = folder / "sh";
    fs::copy_file("/bin/sh", program);
    ASSERT_TRUE(warm_up());
    std::ofstream(folder / "new") << "#!/bin/sh\necho replaced\n";
    fs::permissions(folder / "new", fs::perms::owner_all);
    fs::rename(folder / "new", program);
    EXPECT_EQ(run(script("echo old")).last_line, "replaced");
}

TEST_F(ForkedShell, GoesWithItsRunner) {
    ASSERT_TRUE(warm_up());
    const ProcessSpec spec = script("echo $$ > $FOLDER/pid; sleep 60");
    worker.client().start(spec);
    const int task = wait_pid_in(folder / "pid");
    const auto shells = ready_shells(*runner_pid());
    EXPECT_FALSE(shells.empty());
    kill_runner(SIGKILL);
    EXPECT_TRUE(worker.run_until([&] { return !worker.losses.empty(); }));
    for (const pid_t pid : shells) EXPECT_TRUE(wait_gone(pid));

    const RunnerInventory inventory = worker.attach();
    const auto ended = std::ranges::find(inventory.ended, spec.attempt, &ProcessExit::attempt);
    ASSERT_NE(ended, inventory.ended.end());
    EXPECT_EQ(ended->end, ProcessEnd::abandoned);
    EXPECT_TRUE(wait_gone(task));
}

}  // namespace

}  // namespace reel::runner
