#include "reel/executor/leftovers.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "reel/executor/process_executor.hpp"

namespace reel::executor {

namespace {

namespace fs = std::filesystem;
using core::DagId;
using core::RunId;
using std::chrono::hours;

class LeftoversTest : public ::testing::Test {
  protected:
    LeftoversTest() {
        std::string name = (fs::temp_directory_path() / "reel-leftovers-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        places_ = {.logs = root_ / "logs", .data = root_ / "data"};
    }
    ~LeftoversTest() override { fs::remove_all(root_); }
    LeftoversTest(const LeftoversTest&) = delete;
    LeftoversTest& operator=(const LeftoversTest&) = delete;

    fs::path log(const std::string& dag, const std::string& run, int age_in_hours = 0) {
        const core::TaskKey key{DagId(dag), RunId(run), core::TaskId("a"), -1};
        const fs::path path = log_path(places_.logs, key, 1);
        write(path, age_in_hours);
        return path;
    }
    static void write(const fs::path& path, int age_in_hours = 0) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "x";
        fs::last_write_time(path, fs::file_time_type::clock::now() - hours(age_in_hours));
    }
    static core::Timestamp hours_ago(int count) { return core::SystemClock().now() - hours(count); }

    fs::path root_;
    Leftovers places_;
};

}  // namespace

TEST_F(LeftoversTest, OfARunAreItsLogsAndItsData) {
    const fs::path gone = log("d", "r1");
    const fs::path kept = log("d", "r2");
    write(places_.data / "dag_id=d" / "run_id=r1" / "file.csv");
    remove_run_folders(places_, DagId("d"), RunId("r1"));
    EXPECT_FALSE(fs::exists(places_.logs / "dag_id=d" / "run_id=r1"));
    EXPECT_FALSE(fs::exists(places_.data / "dag_id=d")) << "nothing is left of the DAG";
    EXPECT_TRUE(fs::exists(kept));
    remove_run_folders(places_, DagId("d"), RunId("never"));
    EXPECT_TRUE(fs::exists(kept));
}

TEST_F(LeftoversTest, AreLogsThatNobodyWritesToAnyMore) {
    const fs::path old = log("d", "old", 48);
    const fs::path recent = log("d", "recent", 1);
    const fs::path other = log("e", "old", 48);
    EXPECT_EQ(remove_old_logs(places_.logs, hours_ago(24), true), 2U);
    EXPECT_TRUE(fs::exists(old));
    EXPECT_EQ(remove_old_logs(places_.logs, hours_ago(24), false), 2U);
    EXPECT_FALSE(fs::exists(places_.logs / "dag_id=d" / "run_id=old"));
    EXPECT_FALSE(fs::exists(places_.logs / "dag_id=e"));
    EXPECT_TRUE(fs::exists(recent));
    EXPECT_EQ(remove_old_logs(places_.logs, hours_ago(24), false), 0U);
}

TEST_F(LeftoversTest, AreNoOtherFiles) {
    const fs::path old = log("d", "r", 48);
    const fs::path mine = old.parent_path() / "notes.txt";
    write(mine, 48);
    EXPECT_EQ(remove_old_logs(places_.logs, hours_ago(24), false), 1U);
    EXPECT_FALSE(fs::exists(old));
    EXPECT_TRUE(fs::exists(mine));
}

TEST_F(LeftoversTest, AreNoneWhereNoTaskEverRan) {
    EXPECT_EQ(remove_old_logs(root_ / "nowhere", hours_ago(0), false), 0U);
}

}  // namespace reel::executor
