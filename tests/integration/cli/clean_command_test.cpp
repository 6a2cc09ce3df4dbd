#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "command_case.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/dag_builder.hpp"
#include "support/test_cluster.hpp"

namespace reel::cli {

namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

/// `reel db clean` on a database with runs of four days: the clock's now is the fifth.
class CleanCommand : public CommandCase {
  protected:
    CleanCommand() {
        std::string name = (fs::temp_directory_path() / "reel-clean-XXXXXX").string();
        home_ = ::mkdtemp(name.data());
        environment_["REEL_HOME"] = home_.string();
        server_.database_uri = [this](const config::Config&, const std::string& which) {
            return which == "warehouse" && !has_warehouse_
                       ? core::Result<std::string>(core::fail(core::Errc::not_found, "no warehouse")
                         )
                       : core::Result<std::string>(uri_);
        };
        EXPECT_TRUE(store::migrate(uri_));
        store_ = store::make_postgres_store(uri_);
        store_->save_dags({support::a_dag("d").task("a").build()}, false, clock_.now());
        for (const int day : {1, 2, 3}) ended("r" + std::to_string(day), day);
        store::NewRun active = run("active", 0);
        active.run.state = core::RunState::running;
        active.run.end_date.reset();
        EXPECT_TRUE(store_->commit({.new_runs = {active}}));
    }
    ~CleanCommand() override { fs::remove_all(home_); }
    CleanCommand(const CleanCommand&) = delete;
    CleanCommand& operator=(const CleanCommand&) = delete;

    core::Timestamp day(int number) { return clock_.now() + hours(24 * number); }

    store::NewRun run(const std::string& run_id, int number) {
        store::NewRun made;
        made.run.dag_id = core::DagId("d");
        made.run.run_id = core::RunId(run_id);
        made.run.type = core::RunType::scheduled;
        made.run.state = core::RunState::success;
        made.run.conf.text = "{}";
        made.run.logical_date = day(number);
        made.run.run_after = day(number);
        made.run.end_date = day(number) + hours(1);
        made.run.dag_version = store_->get_dag(made.run.dag_id)->dag.version;
        store::TaskInstanceRecord task;
        task.key = {made.run.dag_id, made.run.run_id, core::TaskId("a"), -1};
        made.tasks.push_back(task);
        return made;
    }
    void ended(const std::string& run_id, int number) {
        const store::NewRun made = run(run_id, number);
        store::XComRecord xcom;
        xcom.key = made.tasks[0].key;
        xcom.value.text = "1";
        xcom.at = day(number);
        ASSERT_TRUE(store_->commit({.new_runs = {made}, .xcoms = {xcom}}));
        const fs::path folder = home_ / "logs" / "dag_id=d" / ("run_id=" + run_id) / "task_id=a";
        fs::create_directories(folder);
        std::ofstream(folder / "attempt=1.log") << "x";
    }

    int clean(std::vector<std::string> words) {
        words.insert(words.begin(), {"db", "clean"});
        return CommandCase::run(words);
    }
    /// Table → rows.
    std::map<std::string, int> cleaned(std::vector<std::string> words) {
        words.insert(words.end(), {"-o", "json"});
        EXPECT_EQ(clean(words), 0) << err_;
        std::map<std::string, int> rows;
        for (const auto& line : nlohmann::json::parse(out_)) rows[line["table"]] = line["removed"];
        return rows;
    }
    std::size_t runs() { return store_->list_runs({}).total; }
    std::string before(int number) { return core::format_api(day(number)); }

    std::string uri_ = support::test_database();
    std::unique_ptr<store::RunStore> store_;
    fs::path home_;
    bool has_warehouse_ = true;
};

using Rows = std::map<std::string, int>;

}  // namespace

TEST_F(CleanCommand, DryRunTellsTheSameAndChangesNothing) {
    const std::vector<std::string> words{"--clean-before-timestamp", before(9), "--dry-run"};
    const Rows expected{
        {"dag_run", 2},
        {"task_instance", 2},
        {"task_attempt", 0},
        {"xcom", 3},
        {"skipped_fires", 0},
        {"backfill", 0},
        {"callback", 0},
        {"asset_event", 0},
        {"dag_version", 0},
        {"task_log", 0},
        {"staged", 0},
    };
    EXPECT_EQ(cleaned(words), expected) << "the logs are of today, the latest run stays";
    EXPECT_NE(err_.find("dry run"), std::string::npos);
    EXPECT_EQ(runs(), 4U);
    EXPECT_TRUE(fs::exists(home_ / "logs" / "dag_id=d" / "run_id=r1"));
    EXPECT_EQ(cleaned({"--clean-before-timestamp", before(9), "-y"}), expected);
    EXPECT_EQ(runs(), 2U);
    EXPECT_TRUE(store_->get_run(core::DagId("d"), core::RunId("r3")));
    EXPECT_TRUE(store_->get_run(core::DagId("d"), core::RunId("active")));
    EXPECT_FALSE(fs::exists(home_ / "logs" / "dag_id=d" / "run_id=r1"));
    EXPECT_TRUE(fs::exists(home_ / "logs" / "dag_id=d" / "run_id=r3"));
    EXPECT_EQ(cleaned({"--clean-before-timestamp", before(9), "-y"})["dag_run"], 0);
}

TEST_F(CleanCommand, KeepsToTheMomentAndTheTables) {
    const Rows only_runs = cleaned({"--clean-before-timestamp", before(2), "-y", "-t", "dag_run"});
    EXPECT_EQ(
        only_runs, (Rows{{"dag_run", 1}, {"task_instance", 1}, {"task_attempt", 0}, {"xcom", 1}})
    );
    EXPECT_EQ(runs(), 3U);
    const Rows others =
        cleaned({"--clean-before-timestamp", before(9), "-y", "--tables", "xcom,skipped_fires"});
    EXPECT_EQ(others, (Rows{{"xcom", 2}, {"skipped_fires", 0}}));
    EXPECT_EQ(runs(), 3U);
}

TEST_F(CleanCommand, KeepsTheNewestRunWhereAsked) {
    ended("manual", 4);
    ASSERT_TRUE(store_->delete_runs({{core::DagId("d"), core::RunId("r1")}}).dag_run == 1);
    const auto rows = cleaned({"--clean-before-timestamp", before(9), "--dry-run", "--keep-last"});
    EXPECT_EQ(rows.at("dag_run"), 2);
}

TEST_F(CleanCommand, AsksFirst) {
    EXPECT_EQ(clean({"--clean-before-timestamp", before(9)}), 1);
    EXPECT_NE(err_.find("add -y to say yes"), std::string::npos) << err_;
    EXPECT_EQ(runs(), 4U);
}

TEST_F(CleanCommand, NeedsNoWarehouseUnlessItIsMeant) {
    has_warehouse_ = false;
    const auto rows = cleaned({"--clean-before-timestamp", before(1), "--dry-run"});
    EXPECT_FALSE(rows.contains("staged"));
    EXPECT_EQ(clean({"--clean-before-timestamp", before(1), "-y", "-t", "staged"}), 1);
    EXPECT_NE(err_.find("no warehouse"), std::string::npos);
}

TEST_F(CleanCommand, SaysWhatIsWrong) {
    EXPECT_EQ(clean({}), 2);
    EXPECT_NE(err_.find("--clean-before-timestamp"), std::string::npos);
    EXPECT_EQ(clean({"--clean-before-timestamp", "long ago", "-y"}), 1);
    EXPECT_NE(err_.find("--clean-before-timestamp"), std::string::npos);
    EXPECT_EQ(clean({"--clean-before-timestamp", before(1), "-t", "dags"}), 2);
    EXPECT_EQ(clean({"--clean-before-timestamp", ""}), 2);
}

}  // namespace reel::cli
