#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class BackfillCli : public CliTest {
  protected:
    BackfillCli() { save(api::movies_dag()); }

    std::vector<std::string> create(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{
            "backfill",
            "create",
            "--dag-id",
            "movies",
            "--from-date",
            "2026-01-01",
            "--to-date",
            "2026-01-03"
        };
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
};

}  // namespace

TEST_F(BackfillCli, CreateListPauseUnpauseCancel) {
    const auto made = run_json(create());
    ASSERT_THAT(made, SizeIs(1));
    EXPECT_EQ(made[0]["max_active_runs"], 10);
    EXPECT_EQ(made[0]["to_date"], "2026-01-03T00:00:00Z");
    const std::string id = std::to_string(made[0]["id"].get<int>());
    EXPECT_EQ(run_json({"backfill", "pause", id})[0]["is_paused"], true);
    EXPECT_EQ(run_json({"backfill", "unpause", id})[0]["is_paused"], false);
    EXPECT_NE(run_json({"backfill", "cancel", id})[0]["completed_at"], nullptr);
    EXPECT_EQ(run({"backfill", "cancel", id}), 1);
    EXPECT_THAT(err_, HasSubstr("already completed"));
    EXPECT_EQ(run_json({"backfill", "list", "movies"})[0]["id"], made[0]["id"]);
    EXPECT_EQ(run({"backfill", "list", "movies"}), 0);
    EXPECT_THAT(out_, HasSubstr("reprocess_behavior"));
}

TEST_F(BackfillCli, PassOnEveryOption) {
    run_json(create(
        {"--max-active-runs",
         "2",
         "--run-backwards",
         "--reprocess-behavior",
         "failed",
         "--run-on-latest-version",
         "--dag-run-conf",
         R"({"k": 1})"}
    ));
    const auto& request = control_.backfills().at(0);
    EXPECT_EQ(request.max_active_runs, 2);
    EXPECT_TRUE(request.run_backwards);
    EXPECT_EQ(request.reprocess_behavior, core::ReprocessBehavior::failed);
    EXPECT_EQ(nlohmann::json::parse(request.dag_run_conf.text), nlohmann::json({{"k", 1}}));
}

TEST_F(BackfillCli, SaysThatTheDagIsPaused) {
    const auto made = run_json(create());
    EXPECT_EQ(err_, "");
    ASSERT_TRUE(store_->set_paused(core::DagId("movies"), true));
    (void)run_json({"backfill", "cancel", std::to_string(made[0]["id"].get<int>())});
    EXPECT_EQ(run(create()), 0) << err_;
    EXPECT_THAT(err_, HasSubstr("movies is paused"));
}

TEST_F(BackfillCli, DryRunListsDates) {
    EXPECT_EQ(run(create({"--dry-run", "-o", "plain"})), 0) << err_;
    EXPECT_EQ(out_, "logical_date\n2026-01-01T00:00:00Z\n2026-01-03T00:00:00Z\n");
    EXPECT_THAT(run_json({"backfill", "list", "movies"}), SizeIs(0));
}

TEST_F(BackfillCli, ShowTheTypeOfARunInTheListOfRuns) {
    store::RunRecord filled = add_run("mine");
    filled.run_id = core::RunId("backfill__x");
    filled.type = core::RunType::backfill;
    ASSERT_TRUE(store_->commit({.new_runs = {{.run = filled, .tasks = {}}}}));
    EXPECT_EQ(run({"dags", "list-runs", "movies", "-o", "plain"}), 0);
    EXPECT_THAT(out_, HasSubstr("backfill__x  backfill"));
    const auto others = run_json({"dags", "list-runs", "movies", "--no-backfill"});
    ASSERT_THAT(others, SizeIs(1));
    EXPECT_EQ(others[0]["dag_run_id"], "mine");
}

TEST_F(BackfillCli, SayWhatIsWrong) {
    EXPECT_EQ(run({"backfill", "create", "--dag-id", "movies"}), 2);
    EXPECT_THAT(err_, HasSubstr("--from-date"));
    EXPECT_EQ(run(create({"--reprocess-behavior", "all"})), 2);
    EXPECT_EQ(run(create({"--max-active-runs", "0"})), 2);
    EXPECT_EQ(run(create({"--dag-run-conf", "{"})), 1);
    EXPECT_THAT(err_, HasSubstr("--dag-run-conf"));
    EXPECT_EQ(
        run({"backfill", "create", "--dag-id", "d", "--from-date", "soon", "--to-date", "x"}), 1
    );
    EXPECT_THAT(err_, HasSubstr("--from-date"));
    EXPECT_EQ(run(create({"--no-run-on-latest-version"})), 1);
    EXPECT_THAT(err_, HasSubstr("latest version"));
    EXPECT_EQ(run({"backfill", "pause", "x"}), 1);
    EXPECT_THAT(err_, HasSubstr("Could not find backfill with id x"));
    EXPECT_TRUE(control_.backfills().empty());
}

}  // namespace reel::cli
