#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "reel/executor/leftovers.hpp"
#include "reel/executor/process_executor.hpp"

namespace reel::executor {

namespace {

namespace fs = std::filesystem;
using core::DagId;
using core::RunId;
using core::Timestamp;
using std::chrono::hours;
using std::chrono::microseconds;

/// Files whose age is that of their time stamps, which the tests choose.
class LeftoversCases : public ::testing::Test {
  protected:
    LeftoversCases() {
        std::string name = (fs::temp_directory_path() / "reel-leftovers-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        places_ = {.logs = root_ / "logs", .data = root_ / "data"};
    }
    ~LeftoversCases() override { fs::remove_all(root_); }
    LeftoversCases(const LeftoversCases&) = delete;
    LeftoversCases& operator=(const LeftoversCases&) = delete;

    static void write(const fs::path& path, Timestamp at = old) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "x";
        fs::last_write_time(path, std::chrono::file_clock::from_sys(at));
    }
    fs::path log(
        const std::string& run, const std::string& task, Timestamp at = old, int map_index = -1
    ) {
        const core::TaskKey key{DagId("d"), RunId(run), core::TaskId(task), map_index};
        const fs::path path = log_path(places_.logs, key, 1);
        write(path, at);
        return path;
    }
    std::size_t clean(bool dry_run = false) {
        return remove_old_logs(places_.logs, limit, dry_run);
    }
    fs::path run_folder(const fs::path& place, const std::string& run) {
        return place / "dag_id=d" / ("run_id=" + run);
    }

    static constexpr Timestamp limit{hours(24 * 365 * 50)};
    static constexpr Timestamp old = limit - hours(1);
    static constexpr Timestamp recent = limit + hours(1);
    fs::path root_;
    Leftovers places_;
};

}  // namespace

TEST_F(LeftoversCases, TheMomentItselfIsNotBefore) {
    const fs::path just_then = log("r", "a", limit);
    const fs::path just_before = log("r", "b", limit - microseconds(1));
    EXPECT_EQ(clean(), 1U);
    EXPECT_TRUE(fs::exists(just_then));
    EXPECT_FALSE(fs::exists(just_before));
}

TEST_F(LeftoversCases, EveryTryOfEveryMappedInstanceCounts) {
    for (const int index : {0, 1, 10}) log("r", "a", old, index);
    const fs::path kept = log("r", "a", recent, 2);
    write(kept.parent_path() / "attempt=2.log", old);
    EXPECT_EQ(clean(true), 4U);
    EXPECT_EQ(clean(), 4U);
    EXPECT_TRUE(fs::exists(kept));
    EXPECT_FALSE(fs::exists(kept.parent_path().parent_path() / "map_index=0"));
}

TEST_F(LeftoversCases, TheFolderOfAllLogsStaysWhenItIsEmpty) {
    log("r", "a");
    EXPECT_EQ(clean(), 1U);
    EXPECT_TRUE(fs::is_directory(places_.logs));
    EXPECT_TRUE(fs::is_empty(places_.logs));
}

TEST_F(LeftoversCases, AFolderWrittenWithASlashBehindIsTheSameFolder) {
    places_.logs = root_ / "deep" / "logs" / "";
    log("r", "a");
    EXPECT_EQ(clean(), 1U);
    EXPECT_TRUE(fs::is_directory(root_ / "deep" / "logs"));
    EXPECT_TRUE(fs::is_empty(root_ / "deep" / "logs"));
}

TEST_F(LeftoversCases, FoldersStandAsLongAsAnythingIsInThem) {
    log("one", "a");
    const fs::path mine = run_folder(places_.logs, "one") / "task_id=a" / "core.dump";
    write(mine);
    log("two", "a");
    fs::create_directories(run_folder(places_.logs, "two") / "task_id=b");
    EXPECT_EQ(clean(), 2U);
    EXPECT_TRUE(fs::exists(mine));
    EXPECT_TRUE(fs::exists(run_folder(places_.logs, "two") / "task_id=b"));
    EXPECT_FALSE(fs::exists(run_folder(places_.logs, "two") / "task_id=a"));
}

TEST_F(LeftoversCases, NamesThatOnlyLookAlikeAreNoLogs) {
    const fs::path folder = log("r", "a").parent_path();
    const std::string names[] = {
        "attempt=1.log.gz", "attempt=1", "attempt-1.log", "xattempt=1.log", "Attempt=1.log"
    };
    for (const std::string& name : names) write(folder / name);
    fs::create_directories(folder / "attempt=7.log");
    fs::last_write_time(folder / "attempt=7.log", std::chrono::file_clock::from_sys(old));
    EXPECT_EQ(clean(), 1U);
    for (const std::string& name : names) EXPECT_TRUE(fs::exists(folder / name)) << name;
    EXPECT_TRUE(fs::is_directory(folder / "attempt=7.log"));
}

TEST_F(LeftoversCases, WhatALinkLeadsToIsLeftAlone) {
    write(root_ / "elsewhere" / "attempt=1.log");
    fs::create_directories(places_.logs);
    fs::create_directory_symlink(root_ / "elsewhere", places_.logs / "dag_id=link");
    fs::create_symlink("nowhere", places_.logs / "attempt=1.log");
    EXPECT_EQ(clean(), 0U);
    EXPECT_TRUE(fs::exists(root_ / "elsewhere" / "attempt=1.log"));
    EXPECT_TRUE(fs::is_symlink(places_.logs / "attempt=1.log"));
}

TEST_F(LeftoversCases, ADryRunCountsWhatTheRealOneRemoves) {
    for (int i = 0; i < 40; ++i) {
        log("r" + std::to_string(i % 7), "t" + std::to_string(i), i % 3 == 0 ? recent : old);
    }
    const std::size_t counted = clean(true);
    EXPECT_EQ(clean(true), counted) << "and changes nothing";
    EXPECT_EQ(clean(), counted);
    EXPECT_EQ(counted, 26U);
    EXPECT_EQ(clean(), 0U);
}

TEST_F(LeftoversCases, AFileInTheFoldersPlaceIsNoTrouble) {
    write(places_.logs);
    EXPECT_EQ(clean(), 0U);
    EXPECT_TRUE(fs::exists(places_.logs));
}

TEST_F(LeftoversCases, ARunsFoldersGoWithAllThatIsInThem) {
    log("r", "a", recent);
    write(run_folder(places_.logs, "r") / "notes" / "mine.txt");
    write(run_folder(places_.data, "r") / "deep" / "er" / "file.csv");
    remove_run_folders(places_, DagId("d"), RunId("r"));
    EXPECT_TRUE(fs::is_empty(places_.logs));
    EXPECT_TRUE(fs::is_empty(places_.data));
}

TEST_F(LeftoversCases, ARunWhoseNameBeginsAlikeStays) {
    const fs::path longer = log("r1", "a");
    const fs::path mapped = log("r", "a", old, 3);
    write(run_folder(places_.data, "r1") / "file.csv");
    remove_run_folders(places_, DagId("d"), RunId("r"));
    EXPECT_TRUE(fs::exists(longer));
    EXPECT_TRUE(fs::exists(run_folder(places_.data, "r1") / "file.csv"));
    EXPECT_FALSE(fs::exists(mapped));
}

TEST_F(LeftoversCases, ARunOfTheSameNameInAnotherDagStays) {
    log("r", "a");
    const core::TaskKey key{DagId("e"), RunId("r"), core::TaskId("a"), -1};
    const fs::path other = log_path(places_.logs, key, 1);
    write(other);
    remove_run_folders(places_, DagId("d"), RunId("r"));
    EXPECT_FALSE(fs::exists(places_.logs / "dag_id=d"));
    EXPECT_TRUE(fs::exists(other));
}

TEST_F(LeftoversCases, ALinkInARunsFolderGoesWithoutWhatItLeadsTo) {
    write(root_ / "precious" / "file.csv");
    fs::create_directories(run_folder(places_.data, "r"));
    fs::create_directory_symlink(root_ / "precious", run_folder(places_.data, "r") / "input");
    remove_run_folders(places_, DagId("d"), RunId("r"));
    EXPECT_FALSE(fs::exists(run_folder(places_.data, "r")));
    EXPECT_TRUE(fs::exists(root_ / "precious" / "file.csv"));
}

}  // namespace reel::executor
