#include "reel/core/proc_file.hpp"

#include <gtest/gtest.h>

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

}  // namespace

}  // namespace reel::core
