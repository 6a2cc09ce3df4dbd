#include <gmock/gmock.h>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// Staged tables that nobody reads but the one upsert.
class TakeOverTest : public UpsertTest {
  protected:
    /// In the order of its key, so that none of its rows has a number.
    void stage_for_one(const std::string& rows) {
        stage_rows(rows);
        staged["stage.t"].has_one_reader = true;
    }
    std::string file_of(const std::string& table) {
        return scalar("SELECT pg_relation_filenode('" + table + "')");
    }
    std::string physical() { return staged["stage.t"].physical; }
};

TEST_F(TakeOverTest, MakesTheStagedTableTheTarget) {
    stage_for_one("1,a\n2,\n3,c\n");
    const auto file = file_of(physical());
    const auto report = upsert_ok(into_t);
    EXPECT_EQ(report["strategy"], "take_over");
    EXPECT_EQ(report["reason"], "the table is new; the staged one becomes it");
    EXPECT_TRUE(logged("m.t: take_over (the table is new; the staged one becomes it)"));
    EXPECT_EQ(counts(report), "3 0 0 0");
    EXPECT_EQ(content(), "1=a 2=NULL 3=c");
    EXPECT_EQ(file_of("m.t"), file) << "no row was copied";
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(
        scalar("SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' "
               "ORDER BY ordinal_position) FROM information_schema.columns "
               "WHERE table_schema = 'm'"),
        "id integer NO, name text YES"
    );
    EXPECT_EQ(
        scalar("SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
               "WHERE conrelid = 'm.t'::regclass"),
        "t_pkey PRIMARY KEY (id)"
    );
    EXPECT_EQ(scalar("SELECT relpersistence FROM pg_class WHERE oid = 'm.t'::regclass"), "p");
    EXPECT_EQ(
        scalar("SELECT n_distinct FROM pg_stats WHERE tablename = 't' AND attname = 'id'"), "-1"
    ) << "it came with statistics";
}

TEST_F(TakeOverTest, HappensOnce) {
    stage_for_one("1,a\n2,b\n");
    upsert_ok(into_t);
    ++attempt;
    const auto again = upsert_ok(into_t);
    EXPECT_EQ(again["already_loaded"], true);
    EXPECT_EQ(again["inserted"], 2);
    EXPECT_EQ(content(), "1=a 2=b");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "1");
    EXPECT_TRUE(drop_staged(uri, core::DagId("movies"), core::RunId(run), {}));
    EXPECT_EQ(content(), "1=a 2=b") << "what was staged is not dropped any more";
}

TEST_F(TakeOverTest, LeavesWhatIsMergedAlone) {
    stage_for_one("1,a\n2,b\n");
    upsert_ok(into_t);
    stage_for_one("2,z\n3,c\n");
    EXPECT_EQ(counts(upsert_ok(into_t)), "1 1 0 0");
    EXPECT_EQ(content(), "1=a 2=z 3=c");
    EXPECT_EQ(staging_tables(), "1");
}

TEST_F(TakeOverTest, CopiesWhatOthersReadToo) {
    stage_rows("1,a\n");
    const auto report = upsert_ok(into_t);
    EXPECT_EQ(report["strategy"], "create");
    EXPECT_EQ(report["reason"], "the table is new; others read the staged one, too");
    EXPECT_EQ(staging_tables(), "1");
}

TEST_F(TakeOverTest, NeedsNoKey) {
    stage_for_one("1,a\n2,b\n");
    const auto report = upsert_ok(R"({"from": "stage.t", "into": "m.log", "mode": "append"})");
    EXPECT_EQ(report["strategy"], "take_over");
    EXPECT_EQ(counts(report), "2 0 0 0");
    EXPECT_EQ(content("m.log"), "1=a 2=b");
    EXPECT_EQ(scalar("SELECT count(*) FROM pg_index WHERE indrelid = 'm.log'::regclass"), "0");
}

TEST_F(TakeOverTest, CountsWhatIsThereAndNotWhatStatisticsSay) {
    stage_for_one("1,a\n2,b\n");
    exec("CREATE INDEX ON " + physical() + " (name); DELETE FROM " + physical() + " WHERE id = 2");
    const auto error = upsert_error(R"({"from": "stage.t", "into": "m.log", "mode": "append"})");
    EXPECT_THAT(error.message, HasSubstr("2 in the source, but 1 inserted"));
}

TEST_F(TakeOverTest, MarksRowsThatGoMissingLater) {
    const std::string args = R"({"from": "stage.t", "into": "m.t", "key": "id",
        "delete_missing": "soft", "max_deleted": "100%"})";
    stage_for_one("1,a\n2,b\n");
    EXPECT_EQ(upsert_ok(args)["strategy"], "take_over");
    stage_for_one("1,a\n");
    EXPECT_EQ(counts(upsert_ok(args)), "0 0 1 1");
    EXPECT_EQ(scalar("SELECT string_agg(id::text, ' ') FROM m.t WHERE deleted_at IS NULL"), "1");
}

TEST_F(TakeOverTest, CopiesWhereTheSchemaGrantsRightsToNewTables) {
    exec(
        "CREATE SCHEMA m; DROP ROLE IF EXISTS reel_take_over_reader; CREATE ROLE "
        "reel_take_over_reader;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA m GRANT SELECT ON TABLES TO reel_take_over_reader"
    );
    stage_for_one("1,a\n");
    const auto report = upsert_ok(into_t);
    EXPECT_EQ(report["strategy"], "create");
    EXPECT_THAT(report["reason"].get<std::string>(), HasSubstr("grants rights"));
    EXPECT_EQ(scalar("SELECT has_table_privilege('reel_take_over_reader', 'm.t', 'SELECT')"), "t");
    exec(
        "DROP SCHEMA m CASCADE; DROP OWNED BY reel_take_over_reader; DROP ROLE "
        "reel_take_over_reader"
    );
}

TEST_F(TakeOverTest, CopiesWhereMuchOfWhatWasStagedIsDead) {
    stage_for_one("2,b\n1,a\n2,c\n");
    const auto report = upsert_ok(into_t);
    EXPECT_EQ(report["strategy"], "create");
    EXPECT_EQ(report["reason"], "the table is new; 34 % of the staged one is dead");
    EXPECT_EQ(content(), "1=a 2=c");
}

TEST_F(TakeOverTest, SeesThatStagedRowsAreGone) {
    const std::string append = R"({"from": "stage.t", "into": "m.t", "mode": "append"})";
    for (const auto& args : {into_t, append}) {
        stage_for_one("1,a\n2,b\n3,c\n");
        exec("DELETE FROM " + physical() + " WHERE id = 2");
        const auto error = upsert_error(args);
        EXPECT_EQ(error.code, core::Errc::internal);
        EXPECT_THAT(
            error.message, HasSubstr("rows do not add up: 3 in the source, but 2 inserted")
        );
        EXPECT_EQ(scalar("SELECT to_regclass('m.t') IS NULL"), "t");
        EXPECT_EQ(scalar("SELECT count(*) FROM " + physical()), "2") << "it is where it was";
    }
}

TEST_F(TakeOverTest, TakesNothingWhereACheckFails) {
    stage_for_one("1,a\n2,\n");
    const auto error = upsert_error(
        R"({"from": "stage.t", "into": "m.t", "key": "id", "checks": [{"not_null": "name"}]})"
    );
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(scalar("SELECT to_regclass('m.t') IS NULL"), "t");
    EXPECT_EQ(staging_tables(), "1");
}

}  // namespace

}  // namespace reel::warehouse
