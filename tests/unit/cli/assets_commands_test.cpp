#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;

class AssetsCli : public CliTest {
  protected:
    AssetsCli() {
        core::Dag maker = api::movies_dag("maker");
        maker.tasks[0].outlets = {{.uri = "s3://films", .name = "films"}};
        save(maker);
        core::Dag reader = api::movies_dag("reader");
        reader.asset_condition = core::parse_asset_condition("s3://films & s3://other").value();
        save(reader);
    }
};

}  // namespace

TEST_F(AssetsCli, ListWhoMakesAndWhoWaits) {
    EXPECT_EQ(run({"assets", "list", "-o", "plain"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("maker.extract"));
    EXPECT_THAT(out_, HasSubstr("reader"));
    const auto assets = run_json({"assets", "list"});
    ASSERT_EQ(assets.size(), 2U);
    EXPECT_EQ(assets[0]["producing_tasks"][0]["task_id"], "extract") << "Airflow's objects";
}

TEST_F(AssetsCli, ShowOneByNameOrUri) {
    EXPECT_EQ(run_json({"assets", "details", "--name", "films"})[0]["uri"], "s3://films");
    EXPECT_EQ(run_json({"assets", "details", "--uri", "s3://films"})[0]["name"], "films");
    EXPECT_EQ(run({"assets", "details", "--uri", "s3://films"}), 0);
    EXPECT_THAT(out_, HasSubstr("maker.extract"));
    EXPECT_EQ(run({"assets", "details", "--name", "none"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no asset with name 'none'"));
    EXPECT_THAT(err_, HasSubstr("reel assets list"));
}

TEST_F(AssetsCli, ListTheAliases) {
    EXPECT_TRUE(run_json({"assets", "list", "--alias"}).empty());
    core::Dag namer = api::movies_dag("namer");
    namer.tasks[0].outlet_aliases = {"daily"};
    save(namer);
    EXPECT_EQ(run_json({"assets", "list", "--alias"})[0]["name"], "daily");
    EXPECT_EQ(run({"assets", "list", "--alias"}), 0);
    EXPECT_THAT(out_, HasSubstr("daily"));
}

TEST_F(AssetsCli, WantANameOrAUri) {
    EXPECT_EQ(run({"assets", "details"}), 2);
    EXPECT_THAT(err_, HasSubstr("--name or --uri"));
    EXPECT_EQ(run({"assets", "materialize", "--name", "a", "--uri", "b"}), 2);
    EXPECT_EQ(run({"assets", "materialize", "--name", ""}), 2);
}

TEST_F(AssetsCli, RefuseANameThatTwoHave) {
    core::Dag second = api::movies_dag("second");
    second.tasks[0].outlets = {{.uri = "s3://more", .name = "films"}};
    save(second);
    EXPECT_EQ(run({"assets", "details", "--name", "films"}), 1);
    EXPECT_THAT(err_, HasSubstr("say --uri"));
}

TEST_F(AssetsCli, MaterializeStartsTheDagThatMakesIt) {
    EXPECT_EQ(run({"assets", "materialize", "--name", "films", "-c", R"({"dataset": "y"})"}), 0)
        << err_;
    ASSERT_EQ(control_.triggered().size(), 1U);
    EXPECT_EQ(control_.triggered()[0].dag_id, core::DagId("maker"));
    EXPECT_EQ(control_.triggered()[0].type, core::RunType::asset_materialization);
    EXPECT_EQ(control_.triggered()[0].triggered_by, core::TriggeredBy::cli);
    EXPECT_EQ(control_.triggered()[0].conf.text, R"({"dataset":"y"})");
    EXPECT_EQ(run({"assets", "materialize", "--uri", "s3://other"}), 1);
    EXPECT_THAT(err_, HasSubstr("No DAG materializes"));
    EXPECT_EQ(run({"assets", "materialize", "--name", "films", "-c", "[1]"}), 1);
    EXPECT_THAT(err_, HasSubstr("--conf"));
}

}  // namespace reel::cli
