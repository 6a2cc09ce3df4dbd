#include "warehouse/publish/merge_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/publish/shape.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;
using testing::Not;

MergeShape movies() {
    return {"m.t", "s.t", {{"id", true}, {"title", true}, {"doc", false}}, {"id"}, ""};
}

TEST(OnConflictSql, TouchesOnlyRowsThatDiffer) {
    EXPECT_EQ(
        on_conflict_sql(movies()),
        R"(WITH merged AS (INSERT INTO m.t AS t ("id", "title", "doc") )"
        R"(SELECT "id", "title", "doc" FROM s.t ON CONFLICT ("id") )"
        R"(DO UPDATE SET "title" = excluded."title", "doc" = excluded."doc" )"
        R"(WHERE (t."title", t."doc"::text) IS DISTINCT FROM )"
        R"((excluded."title", excluded."doc"::text) RETURNING (t.xmax = 0) AS is_new) )"
        R"(SELECT count(*) FILTER (WHERE is_new) AS inserted, )"
        R"(count(*) FILTER (WHERE NOT is_new) AS updated FROM merged)"
    );
}

TEST(OnConflictSql, DoesNothingOnConflictWhenTheKeyIsAllThereIs) {
    const MergeShape bridge{"m.t", "s.t", {{"a", true}, {"b", true}}, {"a", "b"}, ""};
    EXPECT_THAT(
        on_conflict_sql(bridge), HasSubstr(R"(ON CONFLICT ("a", "b") DO NOTHING RETURNING)")
    );
    EXPECT_THAT(on_conflict_sql(bridge), Not(HasSubstr("UPDATE")));
}

TEST(OnConflictSql, TellsByTheTableBeforehandWhatIsNewInPartitions) {
    auto shape = movies();
    shape.is_partitioned = true;
    EXPECT_THAT(
        on_conflict_sql(shape),
        testing::EndsWith(
            R"( RETURNING t."id") SELECT count(*) - count(t."id") AS inserted, )"
            R"(count(t."id") AS updated FROM merged AS m LEFT JOIN m.t AS t ON m."id" = t."id")"
        )
    );
}

TEST(MergeSql, WritesWhatIsNewOrDiffers) {
    EXPECT_EQ(
        merge_sql(movies()),
        R"(MERGE INTO m.t AS t USING s.t AS s ON s."id" = t."id" )"
        R"(WHEN MATCHED AND (t."title", t."doc"::text) IS DISTINCT FROM )"
        R"((s."title", s."doc"::text) )"
        R"(THEN UPDATE SET "title" = s."title", "doc" = s."doc" )"
        R"(WHEN NOT MATCHED THEN INSERT ("id", "title", "doc") )"
        R"(VALUES (s."id", s."title", s."doc"))"
    );
}

TEST(MergeSql, OnlyInsertsWhereTheKeyIsAllThereIs) {
    const MergeShape bridge{"m.t", "s.t", {{"a", true}, {"b", true}}, {"a", "b"}, ""};
    EXPECT_EQ(
        merge_sql(bridge),
        R"(MERGE INTO m.t AS t USING s.t AS s ON s."a" = t."a" AND s."b" = t."b" )"
        R"(WHEN NOT MATCHED THEN INSERT ("a", "b") VALUES (s."a", s."b"))"
    );
}

TEST(AppendSql, NamesItsColumns) {
    EXPECT_EQ(
        append_sql(movies()),
        R"(INSERT INTO m.t ("id", "title", "doc") SELECT "id", "title", "doc" FROM s.t)"
    );
}

TEST(NullKeysSql, LooksAtEveryPart) {
    auto shape = movies();
    shape.key = {"id", "title"};
    EXPECT_EQ(
        null_keys_sql(shape),
        R"(SELECT count(*) AS total FROM s.t WHERE "id" IS NULL OR "title" IS NULL)"
    );
}

TEST(PresentSql, JoinsByTheWholeKey) {
    auto shape = movies();
    shape.key = {"id", "title"};
    EXPECT_EQ(
        present_sql(shape),
        R"(SELECT count(*) AS total FROM s.t AS s JOIN m.t AS t )"
        R"(ON s."id" = t."id" AND s."title" = t."title")"
    );
}

TEST(SourceRowsSql, CountsThem) {
    EXPECT_EQ(source_rows_sql(movies()), "SELECT count(*) AS total FROM s.t");
}

TEST(DuplicateKeysSql, ShowsFiveAndCountsAll) {
    const auto sql = duplicate_keys_sql(movies());
    EXPECT_THAT(sql, HasSubstr(R"(FROM s.t GROUP BY "id" HAVING count(*) > 1)"));
    EXPECT_THAT(sql, HasSubstr("LIMIT 5"));
    EXPECT_THAT(sql, HasSubstr("AS total"));
}

CatalogColumn column(const std::string& name) {
    return {name, "integer", false, false, false};
}

PublishSpec spec() {
    return {"s.t", "", {"m", "t"}, LoadMode::upsert, {"id"}, {}};
}

TEST(MatchColumns, TiesByName) {
    const auto shape =
        match_columns(spec(), "s.t", {column("id"), column("b")}, {column("b"), column("id")});
    ASSERT_TRUE(shape.has_value());
    EXPECT_EQ(shape->target, R"("m"."t")");
    ASSERT_EQ(shape->columns.size(), 2U);
    EXPECT_EQ(shape->columns[0].name, "id");
    EXPECT_TRUE(shape->columns[0].comparable);
}

TEST(MatchColumns, ComparesJsonAsText) {
    auto json = column("doc");
    json.type = "json";
    const auto shape = match_columns(spec(), "s.t", {column("id"), json}, {column("id"), json});
    ASSERT_TRUE(shape.has_value());
    EXPECT_FALSE(shape->columns[1].comparable);
}

TEST(MatchColumns, NamesWhatTheTableLacks) {
    const auto failed = match_columns(
        spec(), "s.t", {column("id"), column("tilte")}, {column("id"), column("title")}
    );
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().where, "m.t");
    EXPECT_THAT(
        failed.error().message, HasSubstr("the table has no column 'tilte' (did you mean 'title'?)")
    );
    EXPECT_EQ(failed.error().hint, "the source has id, tilte; the table has id, title");
}

TEST(MatchColumns, NamesWhatTheSourceLacksWhereItMatters) {
    auto needed = column("needed");
    needed.not_null = true;
    auto counted = needed;
    counted.name = "counted";
    counted.filled_by_server = true;
    auto generated = needed;
    generated.name = "generated";
    generated.written_by_server = true;
    const auto failed = match_columns(
        spec(), "s.t", {column("id")}, {column("id"), needed, counted, generated, column("free")}
    );
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("no column 'needed', which must not be NULL"));
    EXPECT_THAT(failed.error().message, Not(HasSubstr("counted")));
    EXPECT_THAT(failed.error().message, Not(HasSubstr("'generated'")));
    EXPECT_THAT(failed.error().message, Not(HasSubstr("'free'")));
}

TEST(MatchColumns, RefusesToWriteWhatTheServerWrites) {
    auto generated = column("g");
    generated.written_by_server = true;
    const auto failed =
        match_columns(spec(), "s.t", {column("id"), column("g")}, {column("id"), generated});
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("the server alone writes column 'g'"));
}

TEST(MatchColumns, KnowsWhichTypesTakeAValueAsItIs) {
    const auto exact = [](const std::string& from, const std::string& into) {
        const CatalogColumn here{"b", from, false, false, false};
        const CatalogColumn there{"b", into, false, false, false};
        return match_columns(spec(), "s.t", {column("id"), here}, {column("id"), there})
            ->columns[1]
            .exact;
    };
    EXPECT_TRUE(exact("date", "date"));
    EXPECT_TRUE(exact("integer", "bigint"));
    EXPECT_TRUE(exact("bigint", "smallint"));  // one that does not fit is no equal one
    EXPECT_TRUE(exact("character varying(9)", "text"));
    EXPECT_TRUE(exact("numeric(4,2)", "numeric"));
    EXPECT_FALSE(exact("numeric(4,2)", "numeric(4,1)"));  // is rounded
    EXPECT_FALSE(exact("text", "character varying(9)"));
    EXPECT_FALSE(exact("timestamp with time zone", "date"));
}

CatalogColumn moment(const std::string& name) {
    return {name, "timestamp with time zone", false, false, false};
}

TEST(MatchColumns, FillsTheColumnsOfVersionsItself) {
    auto versions = spec();
    versions.mode = LoadMode::scd2;
    auto from = moment("valid_from");
    from.not_null = true;
    const CatalogColumn current{"is_current", "boolean", true, false, false};
    const auto shape = match_columns(
        versions, "s.t", {column("id")}, {column("id"), from, moment("valid_to"), current}
    );
    ASSERT_TRUE(shape.has_value()) << shape.error().describe();
    EXPECT_EQ(shape->columns.size(), 1U);
    const auto lacking = match_columns(versions, "s.t", {column("id")}, {column("id"), from});
    ASSERT_FALSE(lacking.has_value());
    EXPECT_THAT(lacking.error().message, HasSubstr("no column 'valid_to' (timestamptz)"));
    EXPECT_THAT(lacking.error().message, HasSubstr("no column 'is_current' (boolean)"));
    const auto taken = match_columns(versions, "s.t", {column("id"), from}, {column("id"), from});
    ASSERT_FALSE(taken.has_value());
    EXPECT_THAT(taken.error().message, HasSubstr("the source has a column 'valid_from'"));
}

TEST(MatchColumns, RefusesVersionsThatWouldNeverBeEqual) {
    auto versions = spec();
    versions.mode = LoadMode::scd2;
    const CatalogColumn exact{"b", "numeric(4,2)", false, false, false};
    const CatalogColumn rounded{"b", "numeric(4,1)", false, false, false};
    const auto failed = match_columns(
        versions,
        "s.t",
        {column("id"), exact},
        {column("id"), rounded, moment("valid_from"), moment("valid_to"), moment("is_current")}
    );
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(
        failed.error().message,
        HasSubstr("column 'b' is numeric(4,2), but numeric(4,1) in the table")
    );
}

TEST(MatchColumns, MarksWhatIsMissingInAColumnOfItsOwn) {
    auto soft = spec();
    soft.missing = MissingRows::soft;
    const auto shape =
        match_columns(soft, "s.t", {column("id")}, {column("id"), moment("deleted_at")});
    ASSERT_TRUE(shape.has_value()) << shape.error().describe();
    EXPECT_EQ(shape->deleted_mark, "deleted_at");
    const auto lacking = match_columns(soft, "s.t", {column("id")}, {column("id")});
    ASSERT_FALSE(lacking.has_value());
    EXPECT_THAT(lacking.error().message, HasSubstr("no column 'deleted_at' (timestamptz)"));
}

TEST(ShapeOfNew, TakesAllColumnsAndNeedsTheKeyAmongThem) {
    const auto shape = shape_of_new(spec(), "s.t", {column("id"), column("b")});
    ASSERT_TRUE(shape.has_value());
    EXPECT_EQ(shape->columns.size(), 2U);
    EXPECT_EQ(shape->target, R"("m"."t")");
    const auto failed = shape_of_new(spec(), "s.t", {column("b")});
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("no key column 'id'"));
}

TEST(MatchColumns, NeedsTheKeyInTheSource) {
    const auto failed =
        match_columns(spec(), "s.t", {column("ids")}, {column("id"), column("ids")});
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("no key column 'id'"));
}

}  // namespace

}  // namespace reel::warehouse
