#include "executor/data_folders.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fixture.hpp"

namespace reel::executor {

namespace {

namespace fs = std::filesystem;

class DataFoldersTest : public testing::Test {
  protected:
    [[nodiscard]] fs::path folder(const std::string& run) const {
        return scratch.path() / "data" / "dag_id=d" / ("run_id=" + run);
    }
    void make(const std::string& run) { folders.make(core::DagId("d"), core::RunId(run)); }
    void remove(const std::string& run) {
        EXPECT_FALSE(folders.remove(core::DagId("d"), core::RunId(run)));
    }
    [[nodiscard]] static ino_t inode(const fs::path& path) {
        struct stat status{};
        return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
    }

    Scratch scratch;
    DataFolders folders{scratch.path() / "data"};
};

TEST_F(DataFoldersTest, MakesAFolderAndLeavesOneThatIsThere) {
    make("one");
    EXPECT_TRUE(fs::is_directory(folder("one")));
    scratch.write("data/dag_id=d/run_id=one/kept", "x");
    make("one");
    EXPECT_TRUE(fs::exists(folder("one") / "kept"));
}

TEST_F(DataFoldersTest, AnEmptyOneBecomesTheNextRuns) {
    make("one");
    const ino_t was = inode(folder("one"));
    remove("one");
    EXPECT_FALSE(fs::exists(folder("one")));
    make("two");
    EXPECT_EQ(inode(folder("two")), was);
    make("three");
    EXPECT_NE(inode(folder("three")), was);
}

TEST_F(DataFoldersTest, WhatARunLeftInItsFolderGoesWithIt) {
    make("one");
    scratch.write("data/dag_id=d/run_id=one/sub/file", "x");
    remove("one");
    make("two");
    EXPECT_TRUE(fs::is_empty(folder("two")));
}

TEST_F(DataFoldersTest, AFolderOfOtherPermissionsIsNotGivenToAnybodyElse) {
    make("one");
    const auto usual = fs::status(folder("one")).permissions();
    fs::permissions(folder("one"), fs::perms::owner_all | fs::perms::others_all);
    remove("one");
    EXPECT_FALSE(fs::exists(folder("one")));
    make("two");
    EXPECT_EQ(fs::status(folder("two")).permissions(), usual);
}

TEST_F(DataFoldersTest, ASpareThatSomebodyHasFilledIsNotUsed) {
    make("one");
    remove("one");
    for (const auto& spare : fs::directory_iterator(scratch.path() / "data" / "spare")) {
        fs::create_directory(spare.path() / "something");
    }
    make("two");
    EXPECT_TRUE(fs::is_empty(folder("two")));
}

TEST_F(DataFoldersTest, WhatIsNotThereNeedsNoRemoving) {
    remove("never");
}

}  // namespace

}  // namespace reel::executor
