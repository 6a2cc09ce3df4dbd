#include <gmock/gmock.h>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class UpsertRefusalsTest : public UpsertTest {};

TEST_F(UpsertRefusalsTest, LeavesNoLedgerRowWhenTheLoadFails) {
    stage_rows("1,a\n");
    exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text CHECK (name <> 'a'))"
    );
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::conflict);
    EXPECT_THAT(error.where, HasSubstr("m.t"));
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "0");
}

TEST_F(UpsertRefusalsTest, ShowsKeysThatComeTwice) {
    const auto error = upsert_error(
        R"({"query": "select i % 3 as id, i as n from generate_series(1, 9) as i",
            "into": "m.t", "key": "id"})"
    );
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("3 keys (id) come more than once: (0) × 3"));
    EXPECT_THAT(error.hint, HasSubstr("DISTINCT ON"));
    EXPECT_EQ(scalar("SELECT to_regclass('m.t')"), "NULL");
}

TEST_F(UpsertRefusalsTest, RefusesNullInTheKey) {
    exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer UNIQUE, name text)");
    const auto error = upsert_error(
        R"({"query": "select null::integer as id, 'x' as name", "into": "m.t", "key": "id"})"
    );
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("1 rows have NULL in the key (id)"));
}

TEST_F(UpsertRefusalsTest, NamesColumnsThatDoNotFit) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, nmae text, must integer NOT "
        "NULL)"
    );
    stage_rows("1,a\n");
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_EQ(error.where, "m.t");
    EXPECT_THAT(error.message, HasSubstr("no column 'name' (did you mean 'nmae'?)"));
    EXPECT_THAT(error.message, HasSubstr("no column 'must', which must not be NULL"));
}

TEST_F(UpsertRefusalsTest, NeedsAUniqueConstraintOnTheKey) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer, name text);"
        "CREATE UNIQUE INDEX ON m.t (id, name); CREATE UNIQUE INDEX ON m.t (id) WHERE id > 5"
    );
    stage_rows("1,a\n");
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("no primary key or unique constraint on (id)"));
    EXPECT_EQ(error.hint, R"(ALTER TABLE "m"."t" ADD PRIMARY KEY ("id"))");
}

TEST_F(UpsertRefusalsTest, RefusesAViewAsTarget) {
    exec("CREATE SCHEMA m; CREATE VIEW m.t AS SELECT 1 AS id, 'a'::text AS name");
    stage_rows("1,a\n");
    EXPECT_THAT(upsert_error(into_t).message, HasSubstr("is no table"));
}

TEST_F(UpsertRefusalsTest, FailsWhenATriggerSwallowsRows) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text);"
        "CREATE FUNCTION m.swallow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER s BEFORE INSERT ON m.t FOR EACH ROW EXECUTE FUNCTION m.swallow()"
    );
    stage_rows("1,a\n2,b\n");
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::internal);
    EXPECT_THAT(error.message, HasSubstr("rows do not add up: 2 in the source, but 1 inserted"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "0");
}

TEST_F(UpsertRefusalsTest, MissesARowThatATriggerKeepsFromTheRows) {
    // Unlike an unchanged row, it is not there.
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text);"
        "INSERT INTO m.t VALUES (1, 'a'); CREATE FUNCTION m.swallow() RETURNS trigger LANGUAGE "
        "plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER s BEFORE INSERT ON m.t FOR EACH ROW EXECUTE FUNCTION m.swallow()"
    );
    stage_rows("1,a\n2,b\n");
    EXPECT_THAT(
        upsert_error(into_t).message,
        HasSubstr("2 in the source, but 0 inserted + 0 updated + 1 unchanged")
    );
}

TEST_F(UpsertRefusalsTest, MissesRowsThatTheStagedTableHasLost) {
    exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text)");
    for (const std::string before : {"", "1,a\n"}) {
        stage_rows(before + "2,b\n3,c\n");
        exec("DELETE FROM " + staged["stage.t"].physical + " WHERE id = 3");
        const auto error = upsert_error(into_t);
        EXPECT_EQ(error.code, core::Errc::internal);
        EXPECT_THAT(error.message, HasSubstr("rows do not add up"));
        exec("INSERT INTO m.t VALUES (1, 'a') ON CONFLICT DO NOTHING");
    }
}

TEST_F(UpsertRefusalsTest, SaysThatStagedDataIsGone) {
    stage_rows("1,a\n");
    const auto gone = drop_staged(uri, core::DagId("movies"), core::RunId("r1"), core::Duration(0));
    ASSERT_TRUE(gone.has_value());
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::not_found);
    EXPECT_THAT(error.message, HasSubstr("staged table 'stage.t' is gone"));
}

TEST_F(UpsertRefusalsTest, ReportsWrongSqlAsTheUsersMistake) {
    const auto error = upsert_error(R"({"query": "select nothing from nowhere", "into": "m.t"})");
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("nowhere"));
}

TEST_F(UpsertRefusalsTest, RefusesTwoStatementsInAQuery) {
    const auto error =
        upsert_error(R"({"query": "select 1 as a; drop schema reel cascade", "into": "m.t"})");
    EXPECT_THAT(error.message, HasSubstr("multiple commands"));
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "0");
}

TEST_F(UpsertRefusalsTest, NamesAMissingParent) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.parent (id integer PRIMARY KEY);"
        "CREATE TABLE m.t (id integer PRIMARY KEY REFERENCES m.parent, name text)"
    );
    stage_rows("1,a\n");
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::conflict);
    EXPECT_THAT(error.message, HasSubstr("(id)=(1) is not present"));
    EXPECT_THAT(error.hint, HasSubstr("referenced table first"));
}

TEST_F(UpsertRefusalsTest, IsUnavailableWhenTheConnectionIsLost) {
    stage_rows("1,a\n");
    exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text)");
    const auto error = upsert_error(
        R"({"query": "select 1 as id, pg_terminate_backend(pg_backend_pid())::text as name",
            "into": "m.t", "key": "id"})"
    );
    EXPECT_EQ(error.code, core::Errc::unavailable);
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "0");
}

}  // namespace

}  // namespace reel::warehouse
