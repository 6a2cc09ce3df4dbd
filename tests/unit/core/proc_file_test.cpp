#include "reel/core/proc_file.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

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

constexpr const char* numbers =
    " S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 10 11 18446744073709551615 1 1";

TEST(ParseStat, ReadsStateGroupAndStart) {
    const auto stat = parse_stat(std::string("77 (sh)") + numbers);
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->group, 42);
    EXPECT_EQ(stat->start, 987'654'321U);
}

TEST(ParseStat, IsNotFooledByAProgramsName) {
    const auto stat = parse_stat(std::string("77 (a) R 9 9 (b c)") + numbers);
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->group, 42);
}

TEST(ParseStat, RefusesWhatIsCutShort) {
    EXPECT_FALSE(parse_stat(""));
    EXPECT_FALSE(parse_stat("77 (sh"));
    EXPECT_FALSE(parse_stat("77 (sh) S 1 42"));
    EXPECT_FALSE(parse_stat("77 (sh) S x y z"));
}

TEST(LoadStat, KnowsThisProcessAndNoSuchOne) {
    const auto stat = load_stat(::getpid());
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->group, ::getpgrp());
    EXPECT_GT(stat->start, 0U);
    EXPECT_FALSE(load_stat(-1));
}

std::string stat_line(const std::string& name) {
    return "77 (" + name +
           ") R 1 42 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 0 1234567890123 20 21 22";
}

TEST(StatCases, AnyNameOfAProgramMayStandInTheLine) {
    for (const std::string name :
         {"sh", "", " ", ")", "(", ") Z 9 9", "a b", "((()))", "\n", "(sd-pam)", "1 2 3"}) {
        const auto stat = parse_stat(stat_line(name));
        ASSERT_TRUE(stat) << name;
        EXPECT_EQ(stat->state, 'R') << name;
        EXPECT_EQ(stat->group, 42) << name;
        EXPECT_EQ(stat->start, 1'234'567'890'123U) << name;
    }
}

TEST(StatCases, ALineThatIsCutBeforeTheStartIsNone) {
    const std::string whole = stat_line("sh");
    const std::size_t start = whole.find("1234567890123");
    for (std::size_t size = 0; size < start; ++size) {
        EXPECT_FALSE(parse_stat(whole.substr(0, size))) << whole.substr(0, size);
    }
    EXPECT_TRUE(parse_stat(whole.substr(0, whole.find(" 20 21"))));
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
