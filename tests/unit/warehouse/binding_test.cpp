#include "warehouse/stage/binding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

StageSpec spec_of(const std::string& tables) {
    return parse_stage_spec({R"({"source": "a", "tables": )" + tables + "}"}).value();
}

TEST(BindColumns, FindsTheCellOfEachColumn) {
    const auto spec = spec_of(R"({"t": {"key": "k", "columns": {"k": {"from": "id"}, "b": {}}}})");
    const auto tables = bind_columns(spec, {"b", "x", "id"}).value();
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_FALSE(tables[0].each_cell.has_value());
    EXPECT_EQ(tables[0].columns[0].cell, 2U);
    EXPECT_TRUE(tables[0].columns[0].in_key);
    EXPECT_EQ(tables[0].columns[1].cell, 0U);
    EXPECT_FALSE(tables[0].columns[1].in_key);
}

TEST(BindColumns, TakesTheFirstAlternativeThatExists) {
    const auto spec =
        spec_of(R"({"t": {"columns": {"d": {"from": ["DATE", "Date", "observation_date"]}}}})");
    EXPECT_EQ(bind_columns(spec, {"observation_date", "x"}).value()[0].columns[0].cell, 0U);
    EXPECT_EQ(bind_columns(spec, {"x", "observation_date", "DATE"}).value()[0].columns[0].cell, 2U);
}

TEST(BindColumns, TellsElementKeysFromColumnsOfTheRecord) {
    const auto spec = spec_of(
        R"({"t": {"each": "genres", "columns": {"movie": {"from": "/id"},
            "genre": {"from": ["id", "genre"]}}}})"
    );
    const auto tables = bind_columns(spec, {"id", "genres"}).value();
    EXPECT_EQ(tables[0].each_cell, 1U);
    EXPECT_EQ(tables[0].columns[0].cell, 0U);
    EXPECT_FALSE(tables[0].columns[1].cell.has_value());
    EXPECT_THAT(tables[0].columns[1].keys, ElementsAre("id", "genre"));
}

TEST(BindColumns, AcceptsTheSlashInATableOfRecords) {
    const auto spec = spec_of(R"({"t": {"columns": {"k": {"from": "/id"}}}})");
    const auto tables = bind_columns(spec, {"id"}).value();
    EXPECT_EQ(tables[0].columns[0].cell, 0U);
    EXPECT_THAT(tables[0].columns[0].keys, IsEmpty());
}

TEST(BindColumns, ListsAllThatIsMissingWithTheHeader) {
    const auto spec = spec_of(
        R"({"t": {"columns": {"title": {}, "k": {"from": ["idd", "key"]}}},
            "u": {"each": "genre", "columns": {"m": {"from": "/movie"}}}})"
    );
    const auto failed = bind_columns(spec, {"id", "tilte", "genres"});
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, core::Errc::corrupt_data);
    const auto& message = failed.error().message;
    EXPECT_THAT(message, HasSubstr("nothing was loaded"));
    EXPECT_THAT(message, HasSubstr("tables.t.title: no column 'title' (did you mean 'tilte'?)"));
    EXPECT_THAT(message, HasSubstr("tables.t.k: no column 'idd' or 'key'"));
    EXPECT_THAT(message, HasSubstr("tables.u.each: no column 'genre' (did you mean 'genres'?)"));
    EXPECT_THAT(message, HasSubstr("tables.u.m: no column 'movie'"));
    EXPECT_EQ(failed.error().hint, "the header has: id, tilte, genres");
}

TEST(BindColumns, ComparesNamesExactly) {
    const auto spec = spec_of(R"({"t": {"columns": {"id": {}}}})");
    EXPECT_FALSE(bind_columns(spec, {"ID"}).has_value());
}

TEST(BindColumns, TakesEveryNameForAKeyWhereRecordsHaveNoCells) {
    const auto spec = parse_stage_spec({R"({"source": {"path": "a", "format": "jsonl"}, "tables": {
                            "t": {"columns": {"id": {}, "city": {"from": ["/a.city", "city"]}}},
                            "u": {"each": "list", "columns": {"t": {"from": "/id"}, "v": {}}}}})"})
                          .value();
    const auto tables = bind_columns(spec, {}).value();
    EXPECT_THAT(tables[0].columns[0].keys, ElementsAre("id"));
    EXPECT_TRUE(tables[0].columns[0].of_record);
    EXPECT_FALSE(tables[0].columns[0].cell.has_value());
    EXPECT_THAT(tables[0].columns[1].keys, ElementsAre("a.city", "city"));
    EXPECT_FALSE(tables[1].each_cell.has_value());
    EXPECT_TRUE(tables[1].has_each());
    EXPECT_TRUE(tables[1].columns[0].of_record);
    EXPECT_THAT(tables[1].columns[0].keys, ElementsAre("id"));
    EXPECT_FALSE(tables[1].columns[1].of_record);
}

TEST(CheckSameHeader, TellsTheDifference) {
    EXPECT_TRUE(check_same_header({"id", "name"}, {"id", "name"}));
    const auto other = check_same_header({"id", "name", "x"}, {"id", "title", "x", "y"});
    EXPECT_EQ(
        other.error().message,
        "the header is not that of the first file: it lacks name, it has also title, y"
    );
    EXPECT_EQ(other.error().hint, "the first file's header has: id, name, x");
    EXPECT_THAT(
        check_same_header({"a", "b"}, {"b", "a"}).error().message, HasSubstr("another order")
    );
    EXPECT_THAT(check_same_header({"a", "b"}, {"a"}).error().message, HasSubstr("it lacks b"));
}

}  // namespace

}  // namespace reel::warehouse
