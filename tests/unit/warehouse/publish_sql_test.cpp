#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/publish/compare_sql.hpp"
#include "warehouse/publish/missing_sql.hpp"
#include "warehouse/publish/new_table_sql.hpp"
#include "warehouse/publish/version_sql.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

MergeShape titles() {
    return {"m.t", "s.t", {{"id"}, {"title"}, {"doc", false}}, {"id"}, ""};
}

MergeShape bridge_of_two() {
    return {"m.t", "s.t", {{"a"}, {"b"}}, {"a", "b"}, ""};
}

PublishSpec publish_of(LoadMode mode, MissingRows missing = MissingRows::keep) {
    PublishSpec spec{"s.t", "", {"m", "t"}, mode, {"id"}, {}};
    spec.missing = missing;
    return spec;
}

const std::string noon = "2026-11-29 12:00:00+00";

TEST(CompareSql, FindsWhatIsNewOrDiffers) {
    EXPECT_EQ(
        find_changes_sql(titles()),
        R"(CREATE TEMP TABLE reel_changes ON COMMIT DROP AS )"
        R"(SELECT s."id", s."title", s."doc", t."id" IS NOT NULL AS _reel_there )"
        R"(FROM s.t AS s LEFT JOIN m.t AS t ON s."id" = t."id" )"
        R"(WHERE t."id" IS NULL OR (t."title", t."doc"::text) IS DISTINCT FROM )"
        R"((s."title", s."doc"::text))"
    );
}

TEST(CompareSql, FindsOnlyWhatIsNewWhereTheKeyIsAllThereIs) {
    EXPECT_THAT(find_changes_sql(bridge_of_two()), testing::EndsWith(R"(WHERE t."a" IS NULL)"));
}

TEST(CompareSql, LooksAtPartOfTheTarget) {
    EXPECT_THAT(
        find_changes_sql(titles(), current_versions),
        HasSubstr(R"(ON s."id" = t."id" AND t."is_current" WHERE)")
    );
}

TEST(CompareSql, MergesTheChangesAlone) {
    EXPECT_EQ(from_changes(titles()).source, "pg_temp.reel_changes");
    EXPECT_THAT(
        on_conflict_sql(from_changes(bridge_of_two())),
        HasSubstr(R"(SELECT "a", "b" FROM pg_temp.reel_changes ON CONFLICT)")
    );
    EXPECT_EQ(
        count_there_sql(),
        "SELECT count(*) AS there FROM pg_temp.reel_changes AS s WHERE s._reel_there"
    );
}

TEST(CompareSql, TakesBackAMarkOfWhatIsThereAgain) {
    auto shape = titles();
    shape.deleted_mark = "deleted_at";
    EXPECT_THAT(
        find_changes_sql(shape),
        HasSubstr(R"((t."title", t."doc"::text, t."deleted_at") IS DISTINCT FROM )"
                  R"((s."title", s."doc"::text, NULL))")
    );
    EXPECT_THAT(on_conflict_sql(shape), HasSubstr(R"("deleted_at" = NULL WHERE)"));
    auto bridge = bridge_of_two();
    bridge.deleted_mark = "deleted_at";
    EXPECT_THAT(on_conflict_sql(bridge), HasSubstr(R"(DO UPDATE SET "deleted_at" = NULL WHERE)"));
}

TEST(SampleSql, TakesAboutThreeThousandRows) {
    EXPECT_THAT(sample_sql(titles(), 3'000'000), HasSubstr("TABLESAMPLE SYSTEM (0.100000)"));
    EXPECT_THAT(sample_sql(titles(), 100), HasSubstr("TABLESAMPLE SYSTEM (100.000000)"));
    EXPECT_THAT(sample_sql(titles(), 0), HasSubstr("TABLESAMPLE SYSTEM (100.000000)"));
    EXPECT_THAT(
        sample_sql(titles(), 100), HasSubstr(R"(count(t."id") FILTER (WHERE NOT ((t."title")")
    );
    EXPECT_THAT(sample_sql(bridge_of_two(), 100), Not(HasSubstr("FILTER")));
}

TEST(MissingSql, CountsWhatTheSourceLacks) {
    EXPECT_EQ(
        count_missing_sql(titles(), publish_of(LoadMode::upsert, MissingRows::hard)),
        R"(SELECT count(*) AS live, count(*) FILTER (WHERE s."id" IS NULL) AS missing )"
        R"(FROM m.t AS t LEFT JOIN s.t AS s ON s."id" = t."id")"
    );
    EXPECT_THAT(
        count_missing_sql(titles(), publish_of(LoadMode::upsert, MissingRows::soft)),
        testing::EndsWith(R"( WHERE t."deleted_at" IS NULL)")
    );
    EXPECT_THAT(
        count_missing_sql(titles(), publish_of(LoadMode::scd2, MissingRows::soft)),
        testing::EndsWith(R"( WHERE t."is_current")")
    );
}

TEST(MissingSql, DeletesThem) {
    EXPECT_EQ(
        delete_missing_sql(titles()),
        R"(DELETE FROM m.t AS t WHERE NOT EXISTS (SELECT 1 FROM s.t AS s WHERE s."id" = t."id"))"
    );
    auto keyless = titles();
    keyless.key.clear();
    EXPECT_EQ(delete_missing_sql(keyless), "DELETE FROM m.t");
}

TEST(MissingSql, MarksThemOnce) {
    EXPECT_EQ(
        retire_missing_sql(titles(), publish_of(LoadMode::upsert, MissingRows::soft), noon),
        R"(UPDATE m.t AS t SET "deleted_at" = '2026-11-29 12:00:00+00' )"
        R"(WHERE t."deleted_at" IS NULL AND NOT EXISTS )"
        R"((SELECT 1 FROM s.t AS s WHERE s."id" = t."id"))"
    );
}

TEST(MissingSql, EndsTheirVersions) {
    EXPECT_EQ(
        retire_missing_sql(titles(), publish_of(LoadMode::scd2, MissingRows::soft), noon),
        R"(UPDATE m.t AS t SET "valid_to" = '2026-11-29 12:00:00+00', "is_current" = false )"
        R"(WHERE t."is_current" AND NOT EXISTS (SELECT 1 FROM s.t AS s WHERE s."id" = t."id"))"
    );
}

TEST(WindowSql, HasItsEndOutside) {
    const Window january{"", "day", "2026-01-01", "2026-02-01"};
    EXPECT_EQ(
        delete_window_sql(titles(), january),
        R"(DELETE FROM m.t WHERE "day" >= '2026-01-01' AND "day" < '2026-02-01')"
    );
    EXPECT_EQ(
        count_outside_sql(titles(), january),
        R"(SELECT count(*) AS outside FROM s.t WHERE )"
        R"(("day" >= '2026-01-01' AND "day" < '2026-02-01') IS NOT TRUE)"
    );
    EXPECT_THAT(
        delete_window_sql(titles(), {"", "day", std::nullopt, "it's"}),
        testing::EndsWith(R"(WHERE "day" < 'it''s')")
    );
}

TEST(WindowSql, IsWhatTheSourceHasWithoutBounds) {
    const Window days{"", "day", std::nullopt, std::nullopt};
    EXPECT_EQ(
        delete_window_sql(titles(), days),
        R"(DELETE FROM m.t WHERE "day" IN (SELECT s."day" FROM s.t AS s))"
    );
    EXPECT_THAT(
        count_outside_sql(titles(), days), testing::EndsWith(R"(("day" IS NOT NULL) IS NOT TRUE)")
    );
}

TEST(WindowSql, TakesACondition) {
    EXPECT_EQ(
        delete_window_sql(titles(), {"a = 1 OR b = 2", "", std::nullopt, std::nullopt}),
        "DELETE FROM m.t WHERE (a = 1 OR b = 2)"
    );
}

TEST(VersionSql, EndsTheCurrentVersionAndAddsTheNext) {
    EXPECT_EQ(
        end_changed_sql(titles(), noon),
        R"(UPDATE m.t AS t SET "valid_to" = '2026-11-29 12:00:00+00', "is_current" = false )"
        R"(FROM pg_temp.reel_changes AS s WHERE s._reel_there AND t."id" = s."id" )"
        R"(AND t."is_current")"
    );
    EXPECT_EQ(
        insert_versions_sql(bridge_of_two(), noon),
        R"(INSERT INTO m.t ("a", "b", "valid_from", "is_current") )"
        R"(SELECT "a", "b", '2026-11-29 12:00:00+00', true FROM pg_temp.reel_changes)"
    );
}

TEST(NewTableSql, TakesTheRowsWithIt) {
    EXPECT_EQ(
        create_filled_sql(titles(), publish_of(LoadMode::upsert), noon),
        R"(CREATE TABLE m.t AS SELECT "id", "title", "doc" FROM s.t)"
    );
    auto marked = titles();
    marked.deleted_mark = "deleted_at";
    EXPECT_THAT(
        create_filled_sql(marked, publish_of(LoadMode::upsert, MissingRows::soft), noon),
        HasSubstr(R"("doc", NULL::timestamptz AS "deleted_at" FROM)")
    );
    EXPECT_THAT(
        create_filled_sql(titles(), publish_of(LoadMode::scd2), noon),
        HasSubstr(R"('2026-11-29 12:00:00+00'::timestamptz AS "valid_from", )"
                  R"(NULL::timestamptz AS "valid_to", true AS "is_current" FROM)")
    );
}

TEST(NewTableSql, IsConstrainedByOneScan) {
    EXPECT_THAT(
        constrain_sql(publish_of(LoadMode::upsert), {"id", "title"}),
        ElementsAre(
            R"(ALTER TABLE "m"."t" ALTER COLUMN "title" SET NOT NULL, ADD PRIMARY KEY ("id"))"
        )
    );
    auto keyless = publish_of(LoadMode::append);
    keyless.key.clear();
    EXPECT_THAT(constrain_sql(keyless, {}), IsEmpty());
}

TEST(NewTableSql, KeepsOneCurrentVersionPerKey) {
    EXPECT_THAT(
        constrain_sql(publish_of(LoadMode::scd2), {}),
        ElementsAre(
            R"(ALTER TABLE "m"."t" ALTER COLUMN "is_current" SET NOT NULL, )"
            R"(ADD PRIMARY KEY ("id", "valid_from"))",
            R"(CREATE UNIQUE INDEX ON "m"."t" ("id") WHERE "is_current")"
        )
    );
}

}  // namespace

}  // namespace reel::warehouse
