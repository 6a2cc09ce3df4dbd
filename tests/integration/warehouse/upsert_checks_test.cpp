#include <gmock/gmock.h>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class UpsertChecksTest : public UpsertTest {
  protected:
    static std::string into(const std::string& checks) {
        return R"({"from": "stage.t", "into": "m.t", "key": "id", "checks": [)" + checks + "]}";
    }
};

TEST_F(UpsertChecksTest, PublishNothingWhereOneFails) {
    stage_rows("1,a\n");
    upsert_ok(into_t);
    stage_rows("1,b\n2,\n");
    const auto error = upsert_error(into(R"({"row_count": 2}, {"not_null": "name"})"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("1 of 2 checks failed"));
    EXPECT_THAT(error.message, HasSubstr("m.t not_null(name): 1, expected 0 rows"));
    EXPECT_THAT(error.hint, HasSubstr("nothing was published"));
    EXPECT_EQ(content(), "1=a");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "1");
    EXPECT_EQ(
        scalar("SELECT string_agg(status || ' ' || task_id, ',' ORDER BY id) "
               "FROM reel.quality_results"),
        "pass upsert,fail upsert"
    );
}

TEST_F(UpsertChecksTest, MakeNotEvenTheTableWhereOneFails) {
    stage_rows("1,a\n");
    upsert_error(into(R"({"row_count": 2})"));
    EXPECT_EQ(scalar("SELECT to_regclass('m.t') IS NULL"), "t");
}

TEST_F(UpsertChecksTest, KeepTheRowsThatFailed) {
    stage_rows("1,a\n2,\n");
    upsert_error(into(R"({"not_null": "name", "store_failures": true})"));
    const auto table = scalar("SELECT failures_table FROM reel.quality_results");
    EXPECT_EQ(scalar("SELECT string_agg(id::text, ' ') FROM " + table), "2");
}

TEST_F(UpsertChecksTest, WarnAndPublish) {
    stage_rows("1,a\n2,\n");
    const auto report = upsert_ok(into(R"({"not_null": "name", "severity": "warn"})"));
    EXPECT_EQ(counts(report), "2 0 0 0");
    EXPECT_EQ(report["checks"][0]["status"], "warn");
    EXPECT_EQ(report["checks"][0]["table"], "m.t");
    EXPECT_EQ(content(), "1=a 2=NULL");
    EXPECT_TRUE(logged("warn    m.t    not_null(name)"));
    EXPECT_EQ(scalar("SELECT status FROM reel.quality_results"), "warn");
}

TEST_F(UpsertChecksTest, LookForNothingThatTheStagedKeyKeeps) {
    stage_rows("1,a\n2,b\n");
    const auto report = upsert_ok(into(R"({"unique": "id"}, {"unique": ["name", "id"]},
        {"unique": "name"})"));
    std::string told;
    for (const auto& check : report["checks"]) {
        told += check["status"].get<std::string>() + " " + check["message"].dump() + "\n";
    }
    EXPECT_EQ(
        told, "pass \"the staged key keeps it\"\npass \"the staged key keeps it\"\npass \"\"\n"
    );
}

TEST_F(UpsertChecksTest, AreNotMadeAgainForWhatIsLoaded) {
    stage_rows("1,a\n");
    upsert_ok(into(R"({"row_count": 1})"));
    const auto report = upsert_ok(into(R"({"row_count": 1})"));
    EXPECT_EQ(report["already_loaded"], true);
    EXPECT_FALSE(report.contains("checks"));
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quality_results"), "1");
}

TEST_F(UpsertChecksTest, LookAtTheRowsOfAQuery) {
    const std::string query =
        R"({"query": "select i as id, 'n' as name from generate_series(1, 3) as i", "into": "m.t",
            "key": "id", "checks": [{"row_count": )";
    upsert_error(query + R"(4}, {"sql": "select * from pg_temp.reel_query where id > 2"}]})");
    EXPECT_EQ(scalar("SELECT string_agg(value, ',' ORDER BY id) FROM reel.quality_results"), "3,1");
    EXPECT_EQ(scalar("SELECT to_regclass('m.t') IS NULL"), "t");
    EXPECT_EQ(counts(upsert_ok(query + "3}]}")), "3 0 0 0");
}

TEST_F(UpsertChecksTest, CannotChangeAnything) {
    exec(
        "CREATE TABLE public.seen (x int); CREATE FUNCTION public.see() RETURNS int LANGUAGE sql "
        "AS 'INSERT INTO public.seen VALUES (1) RETURNING 1'"
    );
    stage_rows("1,a\n");
    const auto error = upsert_error(into(R"({"sql": "select public.see() as x"})"));
    EXPECT_THAT(error.message, HasSubstr("read-only"));
    EXPECT_EQ(scalar("SELECT count(*) FROM public.seen"), "0");
    EXPECT_EQ(counts(upsert_ok(into(R"({"sql": "select 1 as x where false"})"))), "1 0 0 0");
}

TEST_F(UpsertChecksTest, AreReadWithEverythingElse) {
    stage_rows("1,a\n");
    const auto error = upsert_error(
        R"({"from": "stage.t", "into": "m.t", "mode": "merge", "checks": [{"uniqe": "id"}]})"
    );
    EXPECT_THAT(error.message, HasSubstr("mode: 'merge'"));
    EXPECT_THAT(error.message, HasSubstr("checks[0]: there is no check 'uniqe'"));
    const auto empty = upsert_error(R"({"from": "stage.t", "into": "m.t", "checks": []})");
    EXPECT_THAT(empty.message, HasSubstr("checks: a list of checks was expected"));
}

}  // namespace

}  // namespace reel::warehouse
