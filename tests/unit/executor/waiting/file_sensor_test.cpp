#include "executor/waiting/file_sensor.hpp"

#include <gmock/gmock.h>

#include "unit/executor/fixture.hpp"

namespace reel::executor {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;

namespace {

class FileSensorTest : public testing::Test {
  protected:
    /// The path that is found, below the scratch folder; "" for none.
    std::string find(const std::string& pattern, bool recursive = false, std::uintmax_t size = 0) {
        const Poke poke = look(pattern, recursive, size);
        if (poke.finding != Finding::met) {
            return "";
        }
        const fs::path path = poke.xcoms.at("return_value").get<std::string>();
        return path.lexically_relative(scratch.path()).string();
    }

    Poke look(const std::string& pattern, bool recursive = false, std::uintmax_t size = 0) {
        return look_for_file(
            {.pattern = scratch.path() / pattern, .recursive = recursive, .min_size = size}
        );
    }

    Scratch scratch;
};

}  // namespace

TEST_F(FileSensorTest, FindsAFileWhenItIsThere) {
    const Poke before = look("in/a.csv");
    EXPECT_EQ(before.finding, Finding::not_yet);
    EXPECT_THAT(before.words, EndsWith("in/a.csv"));
    scratch.write("in/a.csv", "x");
    EXPECT_EQ(find("in/a.csv"), "in/a.csv");
    EXPECT_THAT(look("in/a.csv").words, HasSubstr("found "));
}

TEST_F(FileSensorTest, AFolderNeedsAFileInIt) {
    fs::create_directories(scratch.path() / "in/deep/deeper");
    EXPECT_EQ(find("in"), "");
    EXPECT_THAT(look("in").words, HasSubstr("/in has no file in it"));
    scratch.write("in/deep/deeper/x", "");
    EXPECT_EQ(find("in"), "in");
    EXPECT_EQ(find("in/"), "in");
}

TEST_F(FileSensorTest, PatternsAreThoseOfAShell) {
    scratch.write("in/b.csv", "x");
    scratch.write("in/a.txt", "x");
    scratch.write("in/.hidden.csv", "x");
    EXPECT_EQ(find("in/*.csv"), "in/b.csv");
    EXPECT_EQ(find("*/?.csv"), "in/b.csv");
    EXPECT_EQ(find("in/[ab].*"), "in/a.txt") << "the first by name";
    EXPECT_EQ(find("in/.*.csv"), "in/.hidden.csv");
    EXPECT_EQ(find("in/*.json"), "");
    EXPECT_EQ(find("out/*.csv"), "");
}

TEST_F(FileSensorTest, TwoStarsGoDeepOnlyWhereTheyMay) {
    scratch.write("in/2026/11/a.csv", "x");
    EXPECT_EQ(find("in/**/a.csv", true), "in/2026/11/a.csv");
    EXPECT_EQ(find("**/*.csv", true), "in/2026/11/a.csv");
    EXPECT_EQ(find("in/**/a.csv"), "") << "without recursive they are one name";
    scratch.write("in/a.csv", "x");
    EXPECT_EQ(find("in/**/a.csv", true), "in/a.csv") << "any number is none, too";
}

TEST_F(FileSensorTest, LinksLeadToNoEndlessSearch) {
    scratch.write("in/x/a.csv", "x");
    fs::create_directory_symlink(scratch.path() / "in", scratch.path() / "in/x/up");
    EXPECT_EQ(find("in/**/none.csv", true), "");
    EXPECT_EQ(find("in/**/a.csv", true), "in/x/a.csv");
    fs::create_symlink(scratch.path() / "gone", scratch.path() / "in/broken");
    EXPECT_EQ(find("in/broken"), "");
}

TEST_F(FileSensorTest, ASmallFileIsStillBeingWritten) {
    scratch.write("in/a.csv", "123");
    EXPECT_EQ(find("in/a.csv", false, 3), "in/a.csv");
    EXPECT_EQ(find("in/a.csv", false, 4), "");
    EXPECT_THAT(look("in/a.csv", false, 4).words, EndsWith("has fewer than 4 bytes"));
    EXPECT_EQ(find("in", false, 4), "") << "nor does it make a folder count";
    scratch.write("in/b.csv", "12345");
    EXPECT_EQ(find("in/*.csv", false, 4), "in/b.csv");
}

}  // namespace reel::executor
