#include "daemon/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "daemon/foreground.hpp"
#include "support/dag_builder.hpp"

namespace reel::daemon {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class HomeTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "reel-home-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
    }
    void TearDown() override { fs::remove_all(folder); }

    static unsigned mode(const fs::path& path) {
        struct stat status{};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status.st_mode & 0777U;
    }

    fs::path folder;
};

TEST_F(HomeTest, IsMadeForItsOwnerAlone) {
    ASSERT_TRUE(HomeLock::take(folder / "new" / "home"));
    EXPECT_EQ(mode(folder / "new" / "home"), 0700U);
}

TEST_F(HomeTest, BelongsToOneAtATimeAndNamesTheOther) {
    {
        const auto first = HomeLock::take(folder);
        ASSERT_TRUE(first);
        const auto second = HomeLock::take(folder);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, core::Errc::conflict);
        EXPECT_THAT(second.error().message, HasSubstr(std::to_string(::getpid())));
        EXPECT_FALSE(second.error().hint.empty());
    }
    EXPECT_TRUE(HomeLock::take(folder));
}

TEST_F(HomeTest, SaysWhichFolderCannotBeMade) {
    std::ofstream(folder / "file") << "x";
    const auto taken = HomeLock::take(folder / "file" / "home");
    ASSERT_FALSE(taken);
    EXPECT_THAT(taken.error().describe(), HasSubstr("file/home"));
}

TEST_F(HomeTest, MakesASecretOnceAndKeepsIt) {
    const auto made = load_or_make_secret(folder / "secret");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->size(), 64U);
    EXPECT_EQ(load_or_make_secret(folder / "secret").value(), *made);
    EXPECT_NE(load_or_make_secret(folder / "other").value(), *made);
    EXPECT_EQ(mode(folder / "secret"), 0600U);
}

TEST_F(HomeTest, TakesASecretThatAPersonWrote) {
    std::ofstream(folder / "secret") << "my own\n";
    EXPECT_EQ(load_or_make_secret(folder / "secret").value(), "my own");
}

TEST_F(HomeTest, ReplacesAPrivateFileWhole) {
    ASSERT_TRUE(write_private(folder / "run" / "token", "one\n"));
    ASSERT_TRUE(write_private(folder / "run" / "token", "two\n"));
    std::ifstream in(folder / "run" / "token");
    std::string text;
    std::getline(in, text);
    EXPECT_EQ(text, "two");
    EXPECT_EQ(mode(folder / "run" / "token"), 0600U);
}

TEST(OnlyTask, StandsAloneWithoutItsUpstreams) {
    const auto dag = support::a_dag("d").task("a").task("b", {"a"}).build();
    const auto reduced = only_task(dag, "b");
    ASSERT_TRUE(reduced);
    ASSERT_EQ(reduced->tasks.size(), 1U);
    EXPECT_TRUE(reduced->tasks[0].upstream.empty());
}

TEST(OnlyTask, NamesTheTasksThereAre) {
    const auto reduced = only_task(support::a_dag("d").task("a").build(), "x");
    ASSERT_FALSE(reduced);
    EXPECT_THAT(reduced.error().hint, HasSubstr("a"));
}

}  // namespace
}  // namespace reel::daemon
