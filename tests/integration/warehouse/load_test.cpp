#include <gmock/gmock.h>

#include "load_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

TEST_F(LoadTest, AccountsForEveryRecordAndLeavesNothingStaged) {
    put("t.csv", "id,name\n1,a\n2,b\n2,c\n");
    const auto inferred = infer_file("t.csv", {.into = "s.t", .key = {"id"}});
    EXPECT_EQ(account(load_ok(inferred.plan)), "3 0 1 2 2 0 0");
    EXPECT_EQ(account(load_ok(inferred.plan)), "3 0 1 2 0 0 2");
    put("t.csv", "id,name\n1,z\n3,d\n");
    EXPECT_EQ(account(load_ok(inferred.plan)), "2 0 0 2 1 1 0");
    EXPECT_EQ(scalar("SELECT string_agg(id || name, ' ' ORDER BY id) FROM s.t"), "1z 2c 3d");
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads WHERE task_id = 'load'"), "3");
}

TEST_F(LoadTest, AppendsWithoutAKeyAndReplacesWhereAsked) {
    put("t.csv", "v\n1\n1\n");
    const auto inferred = infer_file("t.csv", {.into = "s.t"});
    EXPECT_EQ(account(load_ok(inferred.plan)), "2 0 0 2 2 0 0");
    EXPECT_EQ(account(load_ok(inferred.plan)), "2 0 0 2 2 0 0");
    EXPECT_EQ(scalar("SELECT count(*) FROM s.t"), "4");
    const auto replacing = infer_file("t.csv", {.into = "s.t", .mode = "replace"});
    EXPECT_EQ(load_ok(replacing.plan)[0].at("deleted"), 4);
    EXPECT_EQ(scalar("SELECT count(*) FROM s.t"), "2");
}

TEST_F(LoadTest, TakesAnyNamesOfColumns) {
    put("t.csv", "/id,\"a \"\"b\"\"\",select,Ünï,select \n1,x,y,z,w\n");
    const auto plain = infer_file("t.csv", {.into = "My Schema.A table"});
    EXPECT_EQ(account(load_ok(plain.plan)), "1 0 0 1 1 0 0");
    EXPECT_EQ(
        scalar(R"(SELECT concat(id, a_b, "select", "Ünï", select_2) FROM "My Schema"."A table")"),
        "1xyzw"
    );
}

TEST_F(LoadTest, PublishesNothingWhenTooMuchIsRejected) {
    put("t.csv", "id,name\n1,a\n2\n");
    auto inferred = infer_file("t.csv", {.into = "s.t", .rejects = "0"});
    const auto report = try_load(inferred.plan);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::corrupt_data);
    EXPECT_THAT(report.error().message, HasSubstr("more than the limit of 0"));
    EXPECT_EQ(scalar("SELECT to_regclass('s.t') IS NULL"), "t");
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "1") << "what was wrong is kept";
    inferred = infer_file("t.csv", {.into = "s.t"});
    EXPECT_EQ(account(load_ok(inferred.plan)), "2 1 0 1 1 0 0") << "as many as it had seen";
}

TEST_F(LoadTest, LeavesNothingStagedWhenPublishingFails) {
    exec("CREATE SCHEMA s; CREATE TABLE s.t (other integer NOT NULL)");
    put("t.csv", "id\n1\n");
    const auto inferred = infer_file("t.csv", {.into = "s.t"});
    const auto report = try_load(inferred.plan);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, HasSubstr("no column 'id'"));
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(LoadTest, TakesTheStagedTableOnlyAtItsLastPublish) {
    put("t.csv", "id,name\n1,a\n2,b\n");
    auto plan = infer_file("t.csv", {.into = "s.t", .key = {"id"}}).plan;
    plan.upserts.push_back(
        {R"({"from": ")" + plan.stage_task + R"(.t", "into": "s.log", "mode": "append"})"}
    );
    const auto report = load_ok(plan);
    EXPECT_EQ(report[0].at("strategy"), "create");
    EXPECT_EQ(report[1].at("strategy"), "take_over");
    EXPECT_EQ(account(report, 1), "2 0 0 2 2 0 0");
    EXPECT_EQ(scalar("SELECT count(*) FROM s.t NATURAL JOIN s.log"), "2");
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(LoadTest, LoadsSeveralTablesOfOneFile) {
    put("m.csv", "id,genres\n1,\"[{'id': 5, 'name': 'x'}, {'id': 6, 'name': 'y'}]\"\n2,[]\n");
    const LoadPlan plan{
        .stage_task = "stage",
        .stage = {R"({"source": "m.csv", "tables": {
            "m": {"key": "id", "columns": {"id": "integer"}},
            "g": {"each": "genres", "key": "gid",
                  "columns": {"gid": {"from": "id", "type": "integer"}, "name": "text"}}}})"},
        .upserts =
            {{R"({"from": "stage.m", "into": "s.m", "key": "id"})"},
             {R"({"from": "stage.g", "into": "s.g", "key": "gid"})"}}
    };
    const auto report = load_ok(plan);
    EXPECT_EQ(account(report, 0), "2 0 0 2 2 0 0");
    EXPECT_EQ(account(report, 1), "2 0 0 2 2 0 0");
    EXPECT_EQ(report[1].at("table"), "s.g");
}

TEST_F(LoadTest, LeavesTheServerKnowingItsTargets) {
    std::string file = "id,list\n";
    for (int i = 0; i < 5000; ++i)
        file += std::to_string(i) + ",[{'n': " + std::to_string(i) + "}]\n";
    put("m.csv", file);
    load_ok(
        {.stage_task = "stage",
         .stage = {R"({"source": "m.csv", "tables": {"m": {"columns": {"id": "integer"}},
                       "n": {"each": "list", "columns": {"n": "integer"}}}})"},
         .upserts =
             {{R"({"from": "stage.m", "into": "s.m"})"}, {R"({"from": "stage.n", "into": "s.n"})"}}}
    );
    EXPECT_EQ(
        scalar(
            "SELECT string_agg(relname || ' ' || reltuples, ', ' ORDER BY relname) FROM pg_class "
            "WHERE relnamespace = 's'::regnamespace AND relkind = 'r'"
        ),
        "m 5000, n 5000"
    );
    EXPECT_EQ(
        scalar("SELECT count(*) FROM pg_stats WHERE schemaname = 's' AND "
               "array_length(histogram_bounds::text::text[], 1) > 100"),
        "2"
    ) << "more than a staged table needs";
}

TEST_F(LoadTest, ExplainsWithoutWritingAnything) {
    put("t.csv", "id,name\n1,a\n2,b\n");
    const auto plan = infer_file("t.csv", {.into = "s.t"}).plan;
    const auto explained = explain_load(plan, context("load"));
    ASSERT_TRUE(explained) << explained.error().describe();
    const auto steps = Json::parse(explained->text);
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].at("step"), "read");
    EXPECT_THAT(steps[0].at("what").get<std::string>(), HasSubstr("2 columns"));
    EXPECT_THAT(steps[1].at("sql").get<std::string>(), HasSubstr("FROM STDIN (FORMAT binary)"));
    EXPECT_EQ(steps[2].at("what"), "upsert into s.t");
    EXPECT_EQ(steps[2].at("reason"), "the table is new; the staged one becomes it");
    EXPECT_THAT(steps[2].at("sql").get<std::string>(), HasSubstr("SET SCHEMA \"s\""));
    EXPECT_THAT(steps[2].at("sql").get<std::string>(), HasSubstr("ADD PRIMARY KEY"));
    EXPECT_EQ(scalar("SELECT count(*) FROM pg_namespace WHERE nspname IN ('s', 'reel')"), "0");
    load_ok(plan);
    const auto again = Json::parse(explain_load(plan, context("load"))->text);
    EXPECT_THAT(again[2].at("reason").get<std::string>(), HasSubstr("the table has about"));
    EXPECT_THAT(again[2].at("sql").get<std::string>(), HasSubstr("ON CONFLICT"));
    EXPECT_EQ(scalar("SELECT count(*) FROM s.t"), "2");
}

TEST_F(LoadTest, ExplainsEachModeByItsStatements) {
    put("t.csv", "id,name\n1,a\n2,b\n");
    const auto step = [&](const std::string& mode, const std::string& more = "") {
        auto plan = infer_file("t.csv", {.into = "s.t"}).plan;
        plan.upserts = {
            {R"({"from": ")" + plan.stage_task + R"(.t", "into": "s.t", "mode": ")" + mode +
             R"(", "key": "id")" + more + "}"}
        };
        const auto explained = explain_load(plan, context("load"));
        EXPECT_TRUE(explained) << explained.error().describe();
        const auto last = explained ? Json::parse(explained->text).back() : Json::object();
        return last.value("reason", "") + " | " + last.value("sql", "");
    };
    EXPECT_THAT(step("scd2"), HasSubstr("valid_from")) << "the table is new";
    exec("CREATE SCHEMA s; CREATE TABLE s.t (id integer PRIMARY KEY, name text)");
    EXPECT_THAT(step("upsert"), testing::StartsWith("the table is empty | INSERT INTO"));
    EXPECT_THAT(step("append"), testing::StartsWith("mode append adds every row | INSERT INTO"));
    EXPECT_THAT(step("replace"), HasSubstr("DELETE FROM"));
    exec("INSERT INTO s.t VALUES (1, 'a')");
    EXPECT_THAT(step("upsert", R"(, "delete_missing": "hard")"), HasSubstr("DELETE FROM"));
    EXPECT_THAT(step("upsert"), HasSubstr("ON CONFLICT"));
    EXPECT_THAT(step("delete_insert", R"(, "window": {"where": "id > 0"})"), HasSubstr("id > 0"));
    EXPECT_EQ(scalar("SELECT count(*) FROM s.t"), "1");
}

TEST_F(LoadTest, ExplainFindsMistakesBeforeALoadDoes) {
    put("t.csv", "id,name\n1,a\n");
    const auto plan = infer_file("t.csv", {.into = "s.t"}).plan;
    exec("CREATE SCHEMA s; CREATE TABLE s.t (id integer PRIMARY KEY)");
    const auto explained = explain_load(plan, context("load"));
    ASSERT_FALSE(explained);
    EXPECT_THAT(explained.error().message, HasSubstr("the table has no column 'name'"));
    put("t.csv", "other\n1\n");
    const auto header = explain_load(plan, context("load"));
    ASSERT_FALSE(header);
    EXPECT_THAT(header.error().message, HasSubstr("header does not fit"));
}

}  // namespace
}  // namespace reel::warehouse
