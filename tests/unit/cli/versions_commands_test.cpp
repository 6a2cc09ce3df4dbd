#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class VersionsCli : public CliTest {
  protected:
    VersionsCli() {
        core::Dag dag = api::movies_dag("movies");
        save(dag);
        dag.version = std::string(64, 'b');
        dag.tasks[3].retries = 5;
        dag.tasks[1].task_id = core::TaskId("scrub");
        dag.description = "films and more";
        save(dag);
    }
};

}  // namespace

TEST_F(VersionsCli, ListTheLatestFirst) {
    const auto versions = run_json({"dags", "versions", "movies"});
    ASSERT_EQ(versions.size(), 2U);
    EXPECT_EQ(versions[0]["version_number"], 2);
    EXPECT_EQ(versions[1]["version_number"], 1);
    EXPECT_EQ(run({"dags", "versions", "none"}), 1);
}

TEST_F(VersionsCli, ShowWhatSetsTwoApart) {
    EXPECT_EQ(run({"dags", "diff", "movies"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("tasks added: scrub\n"));
    EXPECT_THAT(out_, HasSubstr("tasks removed: clean\n"));
    EXPECT_THAT(out_, HasSubstr("load (dependencies, retries)"));
    EXPECT_THAT(out_, HasSubstr("of the DAG itself: description\n"));
    EXPECT_THAT(out_, HasSubstr("--- movies version 1\n+++ movies version 2\n@@ "));
    EXPECT_THAT(out_, HasSubstr("-    retries: 2\n+    retries: 5\n"));
    EXPECT_EQ(run({"dags", "diff", "movies", "2", "1"}), 0);
    EXPECT_THAT(out_, HasSubstr("-    retries: 5\n+    retries: 2\n"));
}

TEST_F(VersionsCli, SayWhenThereIsNoDifference) {
    EXPECT_EQ(run({"dags", "diff", "movies", "1", "1"}), 0);
    EXPECT_EQ(out_, "versions 1 and 1 say the same\n");
}

TEST_F(VersionsCli, PrintADiffForPrograms) {
    const auto diff = run_json({"dags", "diff", "movies"});
    EXPECT_EQ(diff[0]["tasks_added"][0], "scrub");
    EXPECT_EQ(diff[0]["from_version"], 1);
}

TEST_F(VersionsCli, WantNumbersOfVersions) {
    EXPECT_EQ(run({"dags", "diff", "movies", "zero"}), 2);
    EXPECT_EQ(run({"dags", "diff", "movies", "0"}), 2);
    EXPECT_EQ(run({"dags", "diff", "movies", "9"}), 1);
    EXPECT_THAT(err_, HasSubstr("`9` was not found"));
    save(api::movies_dag("single"));
    EXPECT_EQ(run({"dags", "diff", "single"}), 1);
    EXPECT_THAT(err_, HasSubstr("only one version"));
}

}  // namespace reel::cli
