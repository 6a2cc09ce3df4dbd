#include "runner/work_folders.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "folder.hpp"

namespace reel::runner {

namespace {

namespace fs = std::filesystem;

class WorkFoldersTest : public testing::Test {
  protected:
    TemporaryFolder folder;
    WorkFolders folders{folder.path() / "work"};
};

TEST_F(WorkFoldersTest, EveryoneGetsAnEmptyFolderOfTheirOwn) {
    const fs::path one = folders.take().value();
    const fs::path other = folders.take().value();
    EXPECT_NE(one, other);
    EXPECT_TRUE(fs::is_empty(one));
    EXPECT_TRUE(fs::is_empty(other));
    EXPECT_EQ(fs::status(one).permissions(), fs::perms::owner_all);
}

TEST_F(WorkFoldersTest, OneThatComesBackEmptyIsGivenOutAgain) {
    const fs::path one = folders.take().value();
    folders.give_back(one);
    EXPECT_EQ(folders.take().value(), one);
}

TEST_F(WorkFoldersTest, WhatIsLeftInOneIsRemovedWithIt) {
    const fs::path one = folders.take().value();
    fs::create_directories(one / "deep" / "er");
    std::ofstream(one / "file") << "x";
    folders.give_back(one);
    EXPECT_FALSE(fs::exists(one));
    EXPECT_TRUE(fs::is_empty(folders.take().value()));
}

TEST_F(WorkFoldersTest, OneThatWasChangedIsNobodysAnyMore) {
    const fs::path removed = folders.take().value();
    const fs::path locked = folders.take().value();
    const fs::path link = folders.take().value();
    fs::remove(removed);
    fs::permissions(locked, fs::perms::owner_read);
    fs::remove(link);
    fs::create_directory(folder.path() / "elsewhere");
    fs::create_directory_symlink(folder.path() / "elsewhere", link);
    for (const auto& path : {removed, locked, link}) folders.give_back(path);
    for (int i = 0; i < 3; ++i) {
        const fs::path fresh = folders.take().value();
        EXPECT_TRUE(fresh != removed && fresh != locked && fresh != link) << fresh;
        EXPECT_TRUE(fs::is_directory(fs::symlink_status(fresh)));
    }
    EXPECT_FALSE(fs::exists(fs::symlink_status(link)));
    EXPECT_TRUE(fs::exists(folder.path() / "elsewhere"));
}

TEST_F(WorkFoldersTest, OneThatSomebodyFilledLaterIsNotGivenOut) {
    const fs::path one = folders.take().value();
    folders.give_back(one);
    std::ofstream(one / "late") << "x";
    EXPECT_NE(folders.take().value(), one);
}

TEST_F(WorkFoldersTest, WhereNoneCanBeMadeTheErrorNamesIt) {
    std::ofstream(folder.path() / "work") << "a file";
    const auto taken = folders.take();
    ASSERT_FALSE(taken);
    EXPECT_NE(taken.error().message.find("work/0"), std::string::npos);
}

TEST_F(WorkFoldersTest, SweepingRemovesWhatAnEarlierRunnerLeft) {
    std::ofstream(folders.take().value() / "old") << "x";
    WorkFolders next(folder.path() / "work");
    next.sweep();
    EXPECT_FALSE(fs::exists(folder.path() / "work"));
    EXPECT_TRUE(fs::is_empty(next.take().value()));
}

}  // namespace

}  // namespace reel::runner
