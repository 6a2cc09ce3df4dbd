#include "runner/recovery.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "folder.hpp"
#include "reel/runner/unique_fd.hpp"
#include "runner/launch.hpp"
#include "runner/proc.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;

class RecoveryTest : public testing::Test {
  protected:
    RunningRecord record_of_another_boot(core::AttemptId attempt) const {
        return {
            .attempt = attempt,
            .marker = "m",
            .pid = ::getpid(),
            .pid_start = {.first = 1, .last = 1},
            .boot_id = "another boot",
            .started_at = core::Timestamp(5us),
            .kill_grace = 1s,
            .log_file = folder.path() / "log",
            .log_begin = 0,
        };
    }

    TemporaryFolder folder;
};

TEST_F(RecoveryTest, NothingLeftBehindIsNothingToSay) {
    EXPECT_TRUE(end_left_behind({}, "boot").empty());
}

TEST_F(RecoveryTest, AfterARebootEveryAttemptIsAbandonedAndNoProcessIsTouched) {
    const auto exits =
        end_left_behind({record_of_another_boot(1), record_of_another_boot(2)}, "this boot");
    ASSERT_EQ(exits.size(), 2U);
    EXPECT_EQ(exits[0].attempt, 1);
    EXPECT_EQ(exits[1].attempt, 2);
    for (const auto& exit : exits) {
        EXPECT_EQ(exit.end, ProcessEnd::abandoned);
        EXPECT_EQ(exit.message, "the machine was restarted; exit status unknown");
        EXPECT_EQ(exit.started_at, core::Timestamp(5us));
        EXPECT_GT(exit.ended_at, exit.started_at);
    }
}

TEST_F(RecoveryTest, ThisProcessIsNotTakenForOneThatHadItsPid) {
    auto record = record_of_another_boot(1);
    record.boot_id = "this boot";
    record.marker = "reel-no-such-marker";
    const auto exits = end_left_behind({record}, "this boot");
    ASSERT_EQ(exits.size(), 1U);
    EXPECT_EQ(exits[0].message, "its runner was killed; exit status unknown");
}

TEST_F(RecoveryTest, AnAttemptOfWhichNothingIsKnownIsAbandonedToo) {
    RunningRecord record;
    record.attempt = 9;
    const auto exits = end_left_behind({record}, "this boot");
    ASSERT_EQ(exits.size(), 1U);
    EXPECT_EQ(exits[0].attempt, 9);
    EXPECT_EQ(exits[0].started_at, exits[0].ended_at) << "nobody knows when it began";
    EXPECT_EQ(exits[0].last_line, "");
}

TEST_F(RecoveryTest, TheLastLineIsThatOfTheAttemptAlone) {
    auto record = record_of_another_boot(1);
    std::ofstream(record.log_file) << "of an earlier try\nmine\n\n";
    record.log_begin = 18;
    EXPECT_EQ(end_left_behind({record}, "this boot")[0].last_line, "mine");
    record.log_begin = 23;
    EXPECT_EQ(end_left_behind({record}, "this boot")[0].last_line, "");
}

TEST(LastWords, AreTheLastLineOfTheRunnersLog) {
    const TemporaryFolder folder;
    EXPECT_EQ(last_words(folder.path()), "it said nothing");
    std::ofstream(folder.path() / "runner.log") << "one\ntwo\n \n";
    EXPECT_EQ(last_words(folder.path()), "two");
}

TEST(RunnerVariables, AreKeptByTheirWholeName) {
    const char* const environment[] = {
        "PATH=/bin",      "PATHS=1",
        "HOME=/h",        "HOMEPAGE=1",
        "LANG=C",         "LANGUAGE=de",
        "TZ=UTC",         "TZX=1",
        "TMPDIR=/t",      "LC_TIME=C",
        "XLC_=1",         "LD_PRELOAD=x",
        "TSAN_OPTIONS=1", "SAN_OPTIONS_X=1",
        "REEL_VAR_A=1",   "REEL__API__JWT_SECRET=x",
        "NOEQUALS",       "=odd",
        nullptr,
    };
    EXPECT_EQ(
        runner_environment(environment),
        (std::vector<std::string>{
            "PATH=/bin",
            "HOME=/h",
            "LANG=C",
            "TZ=UTC",
            "TMPDIR=/t",
            "LC_TIME=C",
            "LD_PRELOAD=x",
            "TSAN_OPTIONS=1"
        })
    );
}

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) != -1;
}

class RunnerFd : public testing::Test {
  protected:
    static int some_fd() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
};

TEST_F(RunnerFd, ClosesWhatItOwnsAtItsEnd) {
    const int fd = some_fd();
    {
        const UniqueFd owner(fd);
        EXPECT_TRUE(owner);
        EXPECT_TRUE(is_open(fd));
    }
    EXPECT_FALSE(is_open(fd));
}

TEST_F(RunnerFd, MovesWithoutClosing) {
    const int fd = some_fd();
    UniqueFd from(fd);
    UniqueFd to(std::move(from));
    EXPECT_EQ(to.get(), fd);
    EXPECT_TRUE(is_open(fd));
    UniqueFd third;
    third = std::move(to);
    EXPECT_EQ(third.get(), fd);
    EXPECT_TRUE(is_open(fd));
}

TEST_F(RunnerFd, ClosesWhatItHeldWhenItIsGivenAnother) {
    const int old = some_fd();
    UniqueFd owner(old);
    owner = UniqueFd(some_fd());
    EXPECT_FALSE(is_open(old) && owner.get() != old);
    EXPECT_TRUE(is_open(owner.get()));
}

TEST_F(RunnerFd, LetsGoWithoutClosing) {
    UniqueFd owner(some_fd());
    const int fd = owner.release();
    EXPECT_FALSE(owner);
    EXPECT_TRUE(is_open(fd));
    const UniqueFd again(fd);
}

TEST_F(RunnerFd, NoneIsNothingToClose) {
    UniqueFd none;
    none.reset();
    EXPECT_FALSE(none);
    EXPECT_EQ(none.get(), -1);
}

struct ErrnoCase {
    int number;
    core::Errc code;
};

TEST(RunnerErrno, TellsForbiddenFromTheRest) {
    const ErrnoCase cases[] = {
        {EACCES, core::Errc::permission_denied},
        {EPERM, core::Errc::permission_denied},
        {ENOENT, core::Errc::unavailable},
        {ENOSPC, core::Errc::unavailable},
        {EMFILE, core::Errc::unavailable},
    };
    for (const auto& each : cases) {
        const core::Result<void> result = fail_errno("cannot open x", each.number);
        EXPECT_EQ(result.error().code, each.code) << each.number;
        EXPECT_EQ(result.error().message, "cannot open x: " + describe_errno(each.number));
    }
}

}  // namespace

}  // namespace reel::runner
