#include <gmock/gmock.h>

#include <iterator>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// DAG "maker" makes "films" and reads "raw", "reader" waits for both.
class AssetsOutput : public CliTest {
  protected:
    AssetsOutput() {
        core::Dag maker = api::movies_dag("maker");
        maker.tasks[0].inlets = {core::make_asset("raw")};
        maker.tasks[0].outlets = {
            {.uri = "s3://films", .name = "films", .group = "tables", .extra = {R"({"x": 1})"}}
        };
        maker.tasks[1].outlets = maker.tasks[0].outlets;
        save(maker);
        core::Dag reader = api::movies_dag("reader");
        reader.asset_condition = core::parse_asset_condition("s3://films & raw").value();
        save(reader);
    }

    /// The words of every line that was printed.
    [[nodiscard]] std::vector<std::vector<std::string>> lines() const {
        std::vector<std::vector<std::string>> all;
        std::istringstream text(out_);
        for (std::string line; std::getline(text, line);) {
            std::istringstream words(line);
            all.emplace_back(
                std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()
            );
        }
        return all;
    }
};

}  // namespace

TEST_F(AssetsOutput, ListsInAirflowsColumns) {
    using Words = std::vector<std::string>;
    ASSERT_EQ(run({"assets", "list", "-o", "plain"}), 0) << err_;
    ASSERT_EQ(lines().size(), 3U) << out_;
    EXPECT_EQ(lines()[0], (Words{"name", "uri", "group", "producing_tasks", "scheduled_dags"}));
    EXPECT_EQ(lines()[1], (Words{"raw", "raw", "asset", "-", "reader"}));
    EXPECT_EQ(
        lines()[2],
        (Words{"films", "s3://films", "tables", "maker.clean,", "maker.extract", "reader"})
    );
}

TEST_F(AssetsOutput, SaysTheSameInATable) {
    ASSERT_EQ(run({"assets", "list"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("maker.clean, maker.extract | reader"));
    EXPECT_THAT(out_, HasSubstr("=+="));
}

TEST_F(AssetsOutput, GivesProgramsAirflowsObjects) {
    const auto listed = run_json({"assets", "list"});
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[1]["extra"]["x"], 1);
    EXPECT_EQ(listed[1]["scheduled_dags"][0]["dag_id"], "reader");
    EXPECT_EQ(listed[0]["consuming_tasks"][0]["task_id"], "extract");
    ASSERT_EQ(run({"assets", "list", "-o", "yaml"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr(R"("task_id":"clean")"));
}

TEST_F(AssetsOutput, ShowsOneForPeopleAndForPrograms) {
    ASSERT_EQ(run({"assets", "details", "--uri", "raw", "-o", "plain"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("maker.extract"));
    EXPECT_THAT(out_, Not(HasSubstr("films")));
    const auto shown = run_json({"assets", "details", "--name", "films"});
    EXPECT_EQ(shown[0]["group"], "tables");
    EXPECT_EQ(shown[0]["producing_tasks"][0]["dag_id"], "maker");
}

TEST_F(AssetsOutput, TellsANameFromAUri) {
    EXPECT_EQ(run({"assets", "details", "--name", "s3://films"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no asset with name 's3://films'"));
    EXPECT_EQ(run({"assets", "details", "--uri", "films"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no asset with URI 'films'"));
    EXPECT_EQ(run({"assets", "details", "--name", "FILMS"}), 1) << "letters count";
    EXPECT_TRUE(out_.empty());
}

TEST_F(AssetsOutput, FindsOneBehindTheFirstPageOfTheList) {
    core::Dag many = api::movies_dag("many");
    for (int i = 0; i < 230; ++i) {
        many.tasks[0].outlets.push_back(core::make_asset("s3://many/" + std::to_string(i)));
    }
    save(many);
    EXPECT_EQ(run_json({"assets", "list"}).size(), 232U);
    EXPECT_EQ(run_json({"assets", "details", "--uri", "s3://many/229"})[0]["uri"], "s3://many/229");
    EXPECT_GT(calls_.size(), 2U);
}

TEST_F(AssetsOutput, DoesNotKnowWhatNoDagNamesAnyMore) {
    store_->mark_stale_except({core::DagId("movies")});
    EXPECT_TRUE(run_json({"assets", "list"}).empty());
    EXPECT_EQ(run({"assets", "materialize", "--name", "films"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no asset with name 'films'"));
    EXPECT_TRUE(control_.triggered().empty());
}

TEST_F(AssetsOutput, ShowsTheRunThatMaterializes) {
    const auto started = run_json({"assets", "materialize", "--uri", "s3://films"});
    ASSERT_EQ(started.size(), 1U);
    EXPECT_EQ(started[0]["dag_id"], "maker");
    EXPECT_EQ(started[0]["state"], "queued");
    ASSERT_EQ(control_.triggered().size(), 1U);
    EXPECT_EQ(control_.triggered()[0].conf.text, "{}");
    EXPECT_FALSE(control_.triggered()[0].run_id) << "the scheduler names it";
}

TEST_F(AssetsOutput, TellsWhyNothingIsMaterialized) {
    core::Dag second = api::movies_dag("second");
    second.tasks[0].outlets = {core::make_asset("s3://films")};
    save(second);
    EXPECT_EQ(run({"assets", "materialize", "--name", "films"}), 1);
    EXPECT_THAT(err_, HasSubstr("More than one DAG materializes asset"));
    EXPECT_EQ(run({"assets", "materialize", "--uri", "raw"}), 1);
    EXPECT_THAT(err_, HasSubstr("No DAG materializes asset"));
    EXPECT_TRUE(control_.triggered().empty());
}

TEST_F(AssetsOutput, AsksNobodyWhereTheConfIsWrong) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"[1]", "--conf must be a JSON object, not array"},
        {"5", "--conf must be a JSON object, not number"},
        {"{x: 1}", "--conf is not valid JSON at"},
        {R"({"x": )", "--conf is not valid JSON at"},
    };
    for (const auto& [conf, message] : table) {
        EXPECT_EQ(run({"assets", "materialize", "--name", "films", "--conf", conf}), 1) << conf;
        EXPECT_THAT(err_, HasSubstr(message));
        EXPECT_THAT(err_, HasSubstr("in single quotes for the shell"));
    }
    EXPECT_TRUE(calls_.empty());
}

TEST_F(AssetsOutput, RefusesWordsThatItDoesNotKnow) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"assets"},
             {"assets", "remove"},
             {"assets", "list", "--name", "films"},
             {"assets", "list", "-o", "csv"},
             {"assets", "details", "films"},
             {"assets", "details", "--name", "films", "--uri", "s3://films"},
             {"assets", "details", "--uri", ""},
             {"assets", "materialize"},
         }) {
        EXPECT_EQ(run(words), 2) << testing::PrintToString(words);
        EXPECT_FALSE(err_.empty());
    }
    EXPECT_TRUE(calls_.empty());
}

}  // namespace reel::cli
