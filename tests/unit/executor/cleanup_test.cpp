#include "executor/cleanup.hpp"

#include <gtest/gtest.h>

#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

class CleanupTest : public testing::Test {
  protected:
    CleanupTest() {
        run.state = core::RunState::success;
        scratch.write(kept, "x");
        drop = [this](
                   const std::string& uri,
                   const core::DagId& dag_id,
                   const core::RunId& run_id,
                   core::Duration keep
               ) -> core::Result<int> {
            dropped.push_back(uri + " " + dag_id.str() + " " + run_id.str());
            kept_for = keep;
            return answer;
        };
    }

    void clean(const std::function<void(core::Dag&)>& change) {
        clean_up_run(run, an_order("bash", {}, change).dag, store, options, drop);
    }
    [[nodiscard]] bool has_data() const { return std::filesystem::exists(scratch.path() / kept); }

    static constexpr const char* kept = "data/dag_id=movies/run_id=manual__1/movies.csv";
    Scratch scratch;
    ExecutorOptions options = options_below(scratch.path());
    FakeStore store;
    store::RunRecord run = a_run();
    DropStaged drop;
    core::Result<int> answer = 1;
    std::vector<std::string> dropped;
    core::Duration kept_for{};
};

}  // namespace

TEST_F(CleanupTest, RemovesDataAndStagingOfARunThatSucceeded) {
    options.default_warehouse_uri = "postgresql://h/w";
    clean([](core::Dag& dag) {
        add_task(dag, "stage_a", "stage");
        add_task(dag, "stage_b", "stage");
    });
    EXPECT_FALSE(has_data());
    EXPECT_EQ(dropped, std::vector<std::string>{"postgresql://h/w movies manual__1"});
    EXPECT_EQ(kept_for, std::chrono::hours(72));
}

TEST_F(CleanupTest, VisitsEveryDatabaseThatWasStagedTo) {
    options.environment["REEL_CONN_MART_MOVIES"] = "postgresql://h/mart";
    options.default_warehouse_uri = "postgresql://h/w";
    clean([](core::Dag& dag) {
        add_task(dag, "stage_a", "stage");
        add_task(dag, "stage_b", "stage");
        dag.tasks.back().args = core::JsonText{R"({"conn_id": "mart_{{ dag.dag_id }}"})"};
    });
    EXPECT_EQ(dropped.size(), 2U);
}

TEST_F(CleanupTest, KeepsEverythingOfARunThatFailed) {
    run.state = core::RunState::failed;
    clean([](core::Dag& dag) { add_task(dag, "stage_a", "stage"); });
    EXPECT_TRUE(has_data());
    EXPECT_TRUE(dropped.empty());
}

TEST_F(CleanupTest, AsksNoDatabaseForADagWithoutStageTasks) {
    clean({});
    EXPECT_FALSE(has_data());
    EXPECT_TRUE(dropped.empty());
    EXPECT_EQ(store.look_ups, 0);
}

TEST_F(CleanupTest, LeavesTheDataOfOtherRunsAlone) {
    scratch.write("data/dag_id=movies/run_id=manual__2/movies.csv", "x");
    scratch.write("data/cache/a", "x");
    clean({});
    EXPECT_TRUE(std::filesystem::exists(scratch.path() / "data/dag_id=movies/run_id=manual__2"));
    EXPECT_TRUE(std::filesystem::exists(scratch.path() / "data/cache/a"));
}

TEST_F(CleanupTest, OnlyLogsWhatGoesWrong) {
    store.away = 1;
    clean([](core::Dag& dag) { add_task(dag, "stage_a", "stage"); });
    EXPECT_TRUE(dropped.empty());
    clean([](core::Dag& dag) { add_task(dag, "stage_a", "stage"); });
    EXPECT_TRUE(dropped.empty()) << "there is no connection";
    store.add_database("warehouse", "word");
    answer = core::fail(core::Errc::unavailable, "no answer");
    clean([](core::Dag& dag) { add_task(dag, "stage_a", "stage"); });
    EXPECT_EQ(dropped.size(), 1U);
}

}  // namespace reel::executor
