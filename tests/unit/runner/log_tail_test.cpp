#include "runner/log_tail.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "folder.hpp"

namespace reel::runner {

namespace {

TEST(LastLineOf, IsTheLastThatHoldsMoreThanBlanks) {
    EXPECT_EQ(last_line_of("a\nb\n"), "b");
    EXPECT_EQ(last_line_of("a\nb"), "b");
    EXPECT_EQ(last_line_of("a\n\n \t\n\r\n"), "a");
    EXPECT_EQ(last_line_of("only"), "only");
    EXPECT_EQ(last_line_of("  indented \r\n"), "  indented");
    EXPECT_EQ(last_line_of(""), "");
    EXPECT_EQ(last_line_of(" \n\n"), "");
}

class LoadLastLine : public testing::Test {
  protected:
    std::string last_line(const std::string& content, std::uint64_t begin = 0) const {
        const auto file = folder.path() / "log";
        std::ofstream(file, std::ios::binary) << content;
        return load_last_line(file, begin);
    }
    TemporaryFolder folder;
};

TEST_F(LoadLastLine, ReadsOnlyWhatTheAttemptWrote) {
    EXPECT_EQ(last_line("before\nafter\n", 7), "after");
    EXPECT_EQ(last_line("before\n", 7), "");
    EXPECT_EQ(last_line("before\n\n\n", 7), "");
    EXPECT_EQ(last_line("short", 100), "");
}

TEST_F(LoadLastLine, FindsALineBehindManyBlankOnes) {
    EXPECT_EQ(last_line("first\nwanted\n" + std::string(100'000, '\n')), "wanted");
}

TEST_F(LoadLastLine, FindsALineThatIsLongerThanTheFirstLook) {
    const std::string line(50'000, 'x');
    EXPECT_EQ(last_line("first\n" + line + "\n"), line);
}

TEST_F(LoadLastLine, CutsALineAt64Kibibytes) {
    const std::string line = std::string(100'000, 'a') + "end";
    const std::string cut = last_line(line);
    EXPECT_EQ(cut.size(), max_last_line_bytes);
    EXPECT_TRUE(cut.ends_with("end"));
}

TEST_F(LoadLastLine, GivesUpAfterAMebibyteOfBlanks) {
    EXPECT_EQ(last_line("lost\n" + std::string(1'100'000, '\n')), "");
}

TEST_F(LoadLastLine, AMissingFileHasNone) {
    EXPECT_EQ(load_last_line(folder.path() / "missing", 0), "");
    EXPECT_EQ(load_last_line("", 0), "");
}

}  // namespace

}  // namespace reel::runner
