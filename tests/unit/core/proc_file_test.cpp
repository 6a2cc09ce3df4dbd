#include "reel/core/proc_file.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reel::core {

namespace {

TEST(ProcFile, IsReadWhole) {
    EXPECT_TRUE(read_proc_file("/proc/self/stat").ends_with('\n'));
    EXPECT_NE(read_proc_file("/proc/self/cmdline").find('\0'), std::string::npos);
}

TEST(ProcFile, ThatIsGoneIsEmpty) {
    EXPECT_EQ(read_proc_file("/proc/-1/stat"), "");
}

// As that of a process that ended meanwhile: it can be opened, and not be read.
TEST(ProcFile, ThatCannotBeReadIsEmpty) {
    EXPECT_EQ(read_proc_file("/proc/self"), "");
}

TEST(Process, IsAliveUntilItHasEndedWhoeverWaitsForIt) {
    EXPECT_TRUE(is_alive(::getpid()));
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ASSERT_GT(child, 0);
    siginfo_t end{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(is_alive(child)) << "nobody has waited for it yet";
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_FALSE(is_alive(child));
}

}  // namespace

}  // namespace reel::core
