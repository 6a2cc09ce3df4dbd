#include <gmock/gmock.h>

#include "replay_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

constexpr const char* nested = R"({"source": "m.csv", "rejects": "99", "tables": {
    "movies": {"into": "s.movies", "key": ["id"],
               "columns": {"id": "integer", "budget": "integer"}},
    "genres": {"into": "s.genres", "mode": "append", "each": "genres",
               "columns": {"movie": {"from": "/id", "type": "integer"},
                           "genre": {"from": "id", "type": "integer"}}}}})";
constexpr const char* nested_of_texts = R"({"source": "m.csv", "tables": {
    "movies": {"into": "s.movies", "key": ["id"],
               "columns": {"id": "integer",
                           "budget": {"type": "integer", "null_values": ["big"]}}},
    "genres": {"into": "s.genres", "mode": "append", "each": "genres",
               "columns": {"movie": {"from": "/id", "type": "integer"},
                           "genre": {"from": "id", "type": "integer",
                                     "null_values": ["none"]}}}}})";

class ReplayPublishTest : public ReplayTest {};

TEST_F(ReplayPublishTest, AddsOnlyTheElementThatIsMissing) {
    put("m.csv", "id,budget,genres\n1,5,\"[{'id': 7}, {'id': 'none'}, {'id': 9}]\"\n");
    load_spec_ok(nested);
    EXPECT_EQ(rows_of("s.genres"), "(1,7) (1,9)");
    const auto report = replay_ok(nested_of_texts);
    EXPECT_EQ(outcome(report), "1 1 0 0");
    EXPECT_EQ(rows_of("s.genres"), "(1,) (1,7) (1,9)") << "an append";
    EXPECT_EQ(rows_of("s.movies"), "(1,5)");
    EXPECT_EQ(report.at(0).at("read"), 0) << "the record itself went in before";
    EXPECT_EQ(report.at(1).at("read"), 1);
}

TEST_F(ReplayPublishTest, AddsAllOfARecordThatWasRejectedAsAWhole) {
    put("m.csv", "id,budget,genres\n1,big,\"[{'id': 7}, {'id': 'few'}, {'id': 9}]\"\n");
    load_spec_ok(nested);
    EXPECT_EQ(outcome(replay_ok(nested_of_texts)), "1 1 0 1");
    EXPECT_EQ(rows_of("s.movies"), "(1,)");
    EXPECT_EQ(rows_of("s.genres"), "(1,7) (1,9)");
    EXPECT_EQ(
        scalar(
            "SELECT table_name || ' ' || element || ' ' || column_name || ' ' || value || ' ' || "
            "line || ' ' || run_id FROM reel.quarantine WHERE replayed_at IS NULL"
        ),
        "genres 1 genre few 2 " + run
    );
    std::string mended = nested_of_texts;
    mended.replace(mended.find("[\"none\"]"), 8, "[\"few\"]");
    EXPECT_EQ(outcome(replay_ok(mended)), "1 1 0 0");
    EXPECT_EQ(rows_of("s.genres"), "(1,) (1,7) (1,9)");
    EXPECT_EQ(rows_of("s.movies"), "(1,)");
}

TEST_F(ReplayPublishTest, AnElementOfNoTableOrBehindTheListStays) {
    put("m.csv", "id,budget,genres\n1,5,\"[{'id': 7}, {'id': 'none'}]\"\n");
    load_spec_ok(nested);
    replay_ok(R"({"source": "m.csv", "tables": {"movies": {"into": "s.movies", "key": ["id"],
        "columns": {"id": "integer", "budget": "integer"}}}})");
    EXPECT_THAT(scalar("SELECT reason FROM reel.quarantine"), HasSubstr("no table 'genres'"));
    ASSERT_TRUE(edit_reject(uri, 1000001, "1,5,[{'id': 7}]"));
    replay_ok(nested_of_texts);
    EXPECT_EQ(scalar("SELECT reason FROM reel.quarantine"), "the list has 1 elements");
    ASSERT_TRUE(edit_reject(uri, 1000001, "1,5,[{'id': 7}"));
    replay_ok(nested_of_texts);
    EXPECT_THAT(scalar("SELECT reason FROM reel.quarantine"), HasSubstr("not a Python literal"));
    ASSERT_TRUE(edit_reject(uri, 1000001, "1,5"));
    replay_ok(nested_of_texts);
    EXPECT_THAT(scalar("SELECT reason FROM reel.quarantine"), HasSubstr("2 fields"));
    ASSERT_TRUE(edit_reject(uri, 1000001, "1,5,\"[{'id': 7}, 8]\""));
    replay_ok(nested_of_texts);
    EXPECT_THAT(scalar("SELECT reason FROM reel.quarantine"), HasSubstr("a map was expected"));
    EXPECT_EQ(rows_of("s.genres"), "(1,7)");
}

TEST_F(ReplayPublishTest, IsAllOrNothing) {
    put("m.csv", "id,budget,genres\n1,big,\"[{'id': 7}]\"\n2,5,[]\n");
    load_spec_ok(nested);
    exec("ALTER TABLE s.genres ADD CONSTRAINT seven CHECK (genre <> 7)");
    const auto before = scalar("SELECT md5(string_agg(q::text, '')) FROM reel.quarantine AS q");
    const auto failed = try_replay(plan_of(nested_of_texts));
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().describe(), HasSubstr("seven"));
    EXPECT_EQ(rows_of("s.movies"), "(2,5)") << "it was published before the other failed";
    EXPECT_EQ(scalar("SELECT md5(string_agg(q::text, '')) FROM reel.quarantine AS q"), before);
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads WHERE dag_id = 'reel-quarantine'"), "0");
    exec("ALTER TABLE s.genres DROP CONSTRAINT seven");
    EXPECT_EQ(outcome(replay_ok(nested_of_texts)), "1 1 0 0");
    EXPECT_EQ(rows_of("s.movies"), "(1,) (2,5)");
    EXPECT_EQ(rows_of("s.genres"), "(1,7)");
}

TEST_F(ReplayPublishTest, TakesNothingAway) {
    put("t.csv", "id,day,n\n1,2020-01-01,1\n2,2020-01-01,x\n3,2020-01-02,3\n");
    const std::string columns = R"("columns": {"id": "integer", "day": "date", "n": "integer"}})";
    const auto plan = [&](const std::string& stage, const std::string& upsert) {
        return LoadPlan{.stage_task = "stage", .stage = {stage}, .upserts = {{upsert}}};
    };
    const std::string stage =
        R"({"source": "t.csv", "rejects": "9", "tables": {"t": {)" + columns + "}}";
    const std::vector<std::pair<std::string, std::string>> modes{
        {R"("into": "s.r", "mode": "replace")", "s.r"},
        {R"("into": "s.k", "mode": "replace", "key": ["id"])", "s.k"},
        {R"("into": "s.w", "mode": "delete_insert", "window": "day")", "s.w"},
        {R"("into": "s.m", "mode": "upsert", "key": ["id"], "delete_missing": "hard",
            "checks": [{"row_count": {"min": 2}}, {"not_null": "id"}])",
         "s.m"},
    };
    for (const auto& [mode, table] : modes) {
        const auto upsert = R"({"from": "stage.t", )" + mode + "}";
        load_ok(plan(stage, upsert));
        Json task = Json::parse(upsert);
        task["operator"] = "upsert";
        Json tasks = Json::array({Json::parse(stage), task});
        tasks[0]["operator"] = "stage";
        tasks[0]["task_id"] = "stage";
        tasks[0]["tables"]["t"]["columns"]["n"] = {{"type", "integer"}, {"null_values", {"x"}}};
        EXPECT_EQ(outcome(replay_ok(tasks.dump(), {.filter = {.run_id = run}})), "1 1 0 0");
        EXPECT_EQ(rows_of(table), "(1,2020-01-01,1) (2,2020-01-01,) (3,2020-01-02,3)") << mode;
    }
}

TEST_F(ReplayPublishTest, PublishesQueriesAndVersionsInOneTransaction) {
    put("t.csv", "id,n\n1,1\n2,x\n3,3\n");
    const std::string stage = R"({"source": "t.csv", "rejects": "9",
        "tables": {"t": {"key": ["id"], "columns": {"id": "integer", "n": "integer"}}}})";
    const auto scd2 = [](const std::string& into) {
        return R"({"from": "stage.t", "mode": "scd2", "key": ["id"], "into": ")" + into + "\"}";
    };
    load_ok({.stage_task = "stage", .stage = {stage}, .upserts = {{scd2("s.a")}, {scd2("s.b")}}});
    Json document = Json::parse(stage);
    document["tables"]["t"]["columns"]["n"] = {{"type", "integer"}, {"null_values", {"x"}}};
    LoadPlan plan{.stage_task = "stage", .stage = {document.dump()}, .upserts = {}};
    for (const char* const into : {"s.ids", "s.more_ids"}) {
        plan.upserts.push_back({Json{
            {"query", "select id from " + replay_relation("t")}, {"into", into}, {"key", {"id"}}
        }.dump()});
    }
    plan.upserts.push_back({scd2("s.a")});
    plan.upserts.push_back({scd2("s.b")});
    const auto report = replay_ok(plan);
    EXPECT_EQ(outcome(report), "1 1 0 0");
    EXPECT_EQ(rows_of("s.ids") + rows_of("s.more_ids"), "(2)(2)");
    for (const char* const table : {"s.a", "s.b"}) {
        EXPECT_EQ(
            scalar(
                std::string("SELECT string_agg(id || coalesce(n, 0)::text, ' ' ORDER BY id) "
                            "FROM ") +
                table + " WHERE is_current"
            ),
            "11 20 33"
        );
    }
}

// A template in the place of `mode` is rendered after the spec was made one that only adds.
TEST_F(ReplayPublishTest, TakesNoRowsAwayWhateverATemplateGave) {
    const std::string spec = R"({"source": "t.csv", "rejects": 9, "tables": {"t": {"into": "s.t",
        "key": ["id"], "columns": {"id": "integer", "n": "integer"}}}})";
    put("t.csv", "id,n\n1,1\n2,x\n");
    load_spec_ok(spec);
    for (const char* const mode : {"replace", "delete_insert"}) {
        auto plan = plan_of(spec);
        Json upsert = Json::parse(plan.upserts.at(0).text);
        upsert["mode"] = mode;
        if (upsert["mode"] == "delete_insert") upsert["window"] = "id";
        plan.upserts.at(0).text = upsert.dump();
        const auto replayed = try_replay(plan);
        ASSERT_FALSE(replayed) << mode;
        EXPECT_THAT(replayed.error().describe(), HasSubstr("takes no rows away")) << mode;
    }
    EXPECT_EQ(rows_of("s.t"), "(1,1)");
}

TEST_F(ReplayPublishTest, NewColumnsComeAlong) {
    const auto spec = [](const std::string& column) {
        return R"({"source": "t.csv", "rejects": 9, "tables": {"t": {"into": "s.t", "key": ["id"],
            "contract": {"columns": "evolve"}, "columns": {"id": "integer", "n": )" +
               column + "}}}}";
    };
    const auto strict = spec(R"("integer")");
    const auto mended = spec(R"({"type": "integer", "null_values": ["x"]})");
    put("t.csv", "id,n\n1,x\n2,2\n");
    load_spec_ok(strict);
    const auto first = run;
    put("t.csv", "id,n,more\n3,x,a\n4,4,b\n");
    load_spec_ok(strict);
    const auto both = try_replay(plan_of(mended));
    ASSERT_FALSE(both);
    EXPECT_THAT(both.error().describe(), HasSubstr("replay each run by itself"));
    EXPECT_EQ(outcome(replay_ok(mended, {.filter = {.run_id = run}})), "1 1 0 0");
    EXPECT_EQ(outcome(replay_ok(mended, {.filter = {.run_id = first}})), "1 1 0 0");
    EXPECT_EQ(rows_of("s.t"), "(1,,) (2,2,) (3,,a) (4,4,b)");
}

TEST_F(ReplayPublishTest, SaysThatNewerRowsMayGiveWay) {
    const std::string spec = R"({"source": "t.csv", "rejects": "9", "tables": {"t": {"into": "s.t",
        "key": ["id"], "columns": {"id": "integer", "n": "integer"}}}})";
    put("t.csv", "id,n\n1,x\n");
    load_spec_ok(spec);
    const auto first = run;
    put("t.csv", "id,n\n1,2\n");
    load_spec_ok(spec);
    ASSERT_TRUE(edit_reject(uri, 1000001, "1,1"));
    replay_ok(spec, {.filter = {.run_id = first}});
    EXPECT_TRUE(logged("note: s.t was loaded 2 times since")) << log.back();
    EXPECT_EQ(rows_of("s.t"), "(1,1)");
}

}  // namespace
}  // namespace reel::warehouse
