#include "warehouse/publish/merge_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/publish/target.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;
using testing::Not;

MergeShape movies() {
    return {"m.t", "s.t", {{"id", true}, {"title", true}, {"doc", false}}, {"id"}};
}

TEST(MergeSql, TouchesOnlyRowsThatDiffer) {
    EXPECT_EQ(
        merge_sql(movies()),
        R"(WITH merged AS (INSERT INTO m.t AS t ("id", "title", "doc") )"
        R"(SELECT "id", "title", "doc" FROM s.t ON CONFLICT ("id") )"
        R"(DO UPDATE SET "title" = excluded."title", "doc" = excluded."doc" )"
        R"(WHERE (t."title", t."doc"::text) IS DISTINCT FROM )"
        R"((excluded."title", excluded."doc"::text) RETURNING (t.xmax = 0) AS is_new) )"
        R"(SELECT count(*) FILTER (WHERE is_new) AS inserted, )"
        R"(count(*) FILTER (WHERE NOT is_new) AS updated FROM merged)"
    );
}

TEST(MergeSql, DoesNothingOnConflictWhenTheKeyIsAllThereIs) {
    const MergeShape bridge{"m.t", "s.t", {{"a", true}, {"b", true}}, {"a", "b"}};
    EXPECT_THAT(merge_sql(bridge), HasSubstr(R"(ON CONFLICT ("a", "b") DO NOTHING RETURNING)"));
    EXPECT_THAT(merge_sql(bridge), Not(HasSubstr("UPDATE")));
}

TEST(AppendSql, NamesItsColumns) {
    EXPECT_EQ(
        append_sql(movies()),
        R"(INSERT INTO m.t ("id", "title", "doc") SELECT "id", "title", "doc" FROM s.t)"
    );
}

TEST(DeleteMissingSql, KeepsRowsThatTheSourceHas) {
    EXPECT_EQ(
        delete_missing_sql(movies()),
        R"(DELETE FROM m.t AS t WHERE NOT EXISTS (SELECT 1 FROM s.t AS s WHERE s."id" = t."id"))"
    );
}

TEST(DeleteMissingSql, DeletesAllWithoutAKey) {
    auto shape = movies();
    shape.key.clear();
    EXPECT_EQ(delete_missing_sql(shape), "DELETE FROM m.t");
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

TEST(MatchColumns, NeedsTheKeyInTheSource) {
    const auto failed =
        match_columns(spec(), "s.t", {column("ids")}, {column("id"), column("ids")});
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("no key column 'id'"));
}

}  // namespace

}  // namespace reel::warehouse
