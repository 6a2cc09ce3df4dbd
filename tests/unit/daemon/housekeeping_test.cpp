#include "daemon/housekeeping.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>

#include "support/dag_builder.hpp"
#include "support/manual_clock.hpp"

namespace reel::daemon {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HousekeepingTest : public ::testing::Test {
  protected:
    HousekeepingTest() {
        std::string name = (fs::temp_directory_path() / "reel-housekeeping-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        places_ = {.logs = root_ / "logs", .data = root_ / "data"};
        store_->save_dags({support::a_dag("d").task("a").build()}, false, clock_.now());
    }
    ~HousekeepingTest() override { fs::remove_all(root_); }
    HousekeepingTest(const HousekeepingTest&) = delete;
    HousekeepingTest& operator=(const HousekeepingTest&) = delete;

    void once(Retention retention) {
        Housekeeping housekeeping(
            {.executor = io_.get_executor(),
             .pool = pool_,
             .store = *store_,
             .clock = clock_,
             .remove_runs = [this](store::RunExpiry expiry
                            ) -> asio::awaitable<std::vector<store::RunName>> {
                 expiry.limit = 1;  // so that it takes several turns
                 auto runs = store_->find_expired_runs(expiry);
                 store_->delete_runs(runs);
                 co_return runs;
             },
             .drop_staged = [this](core::Timestamp before) { staged_.push_back(before); },
             .breath = core::Duration::zero()},
            retention,
            places_
        );
        std::exception_ptr failure;
        asio::co_spawn(io_, housekeeping.run_once(), [&](const std::exception_ptr& error) {
            failure = error;
        });
        io_.restart();
        io_.run();
        if (failure) std::rethrow_exception(failure);
    }

    /// A run that ended so many hours ago, with an XCom and a log.
    void ended(const std::string& run_id, int hours_ago) {
        const core::Timestamp at = clock_.now() - hours(hours_ago);
        store::NewRun made;
        made.run.dag_id = core::DagId("d");
        made.run.run_id = core::RunId(run_id);
        made.run.state = core::RunState::success;
        made.run.conf.text = "{}";
        made.run.run_after = at - hours(1);
        made.run.end_date = at;
        made.run.dag_version = store_->get_dag(made.run.dag_id)->dag.version;
        store::TaskInstanceRecord task;
        task.key = {made.run.dag_id, made.run.run_id, core::TaskId("a"), -1};
        made.tasks.push_back(task);
        store::XComRecord xcom{.key = task.key, .value = {.text = "1"}, .at = at};
        ASSERT_TRUE(store_->commit({.new_runs = {made}, .xcoms = {xcom}}));
        const fs::path folder = places_.logs / "dag_id=d" / ("run_id=" + run_id) / "task_id=a";
        fs::create_directories(folder);
        std::ofstream(folder / "attempt=1.log") << "x";
    }

    std::vector<std::string> runs() {
        std::vector<std::string> names;
        for (const auto& run : store_->list_runs({}).items) names.push_back(run.run_id.str());
        return names;
    }

    asio::io_context io_;
    async::BlockingPool pool_{1};
    support::ManualClock clock_;
    std::unique_ptr<store::RunStore> store_ = store::make_memory_store();
    fs::path root_;
    executor::Leftovers places_;
    std::vector<core::Timestamp> staged_;
};

TEST_F(HousekeepingTest, RemovesOldRunsWithTheirFolders) {
    ended("old", 50);
    ended("older", 90);
    ended("recent", 1);
    once({.runs = hours(48)});
    EXPECT_THAT(runs(), ElementsAre("recent"));
    EXPECT_FALSE(fs::exists(places_.logs / "dag_id=d" / "run_id=old"));
    EXPECT_TRUE(fs::exists(places_.logs / "dag_id=d" / "run_id=recent"));
}

TEST_F(HousekeepingTest, KeepsEverythingWhereNothingIsSaid) {
    ended("old", 5000);
    once({});
    EXPECT_THAT(runs(), ElementsAre("old"));
    EXPECT_TRUE(fs::exists(places_.logs / "dag_id=d" / "run_id=old" / "task_id=a"));
    EXPECT_THAT(staged_, IsEmpty());
}

TEST_F(HousekeepingTest, RemovesXComsAndRecords) {
    ended("old", 50);
    ended("recent", 1);
    store::SkippedFiresRecord skipped;
    skipped.dag_id = core::DagId("d");
    skipped.count = 1;
    skipped.recorded_at = clock_.now() - hours(50);
    ASSERT_TRUE(store_->commit({.skipped = {skipped}}));
    core::Dag dag = store_->get_dag(core::DagId("d"))->dag;
    for (const char* version : {"v-unused", "v-now"}) {
        dag.version = version;
        store_->save_dags({dag}, false, clock_.now() - hours(50));
    }
    once({.xcoms = hours(48), .records = hours(48)});
    EXPECT_FALSE(store_->get_dag_version(core::DagId("d"), "v-unused"));
    EXPECT_TRUE(store_->get_dag_version(core::DagId("d"), "v-now"));
    EXPECT_THAT(store_->list_xcoms(core::DagId("d"), core::RunId("old")), IsEmpty());
    EXPECT_EQ(store_->list_xcoms(core::DagId("d"), core::RunId("recent")).size(), 1U);
    EXPECT_EQ(store_->list_skipped_fires(core::DagId("d"), {}).total, 0U);
}

TEST_F(HousekeepingTest, RemovesOldLogsAndStagedTables) {
    ended("r", 1);
    clock_.set(core::SystemClock().now() + hours(72));
    once({.logs = hours(48), .staged = hours(7)});
    EXPECT_FALSE(fs::exists(places_.logs / "dag_id=d"));
    EXPECT_THAT(runs(), ElementsAre("r"));
    EXPECT_THAT(staged_, ElementsAre(clock_.now() - hours(7)));
}

TEST(RetentionSettings, AreThoseOfTheConfiguration) {
    const auto config = config::Config::load(
        {{"REEL_HOME", "/nowhere"},
         {"REEL__CORE__RETENTION_RUNS", "30d"},
         {"REEL__CORE__RETENTION_XCOMS", "7d"}}
    );
    ASSERT_TRUE(config);
    const Retention retention = read_retention(*config);
    EXPECT_EQ(retention.runs, hours(24 * 30));
    EXPECT_EQ(retention.xcoms, hours(24 * 7));
    EXPECT_EQ(retention.logs, hours(24 * 90));
    EXPECT_EQ(retention.records, hours(24 * 365));
    EXPECT_EQ(retention.staged, hours(72));
}

}  // namespace
}  // namespace reel::daemon
