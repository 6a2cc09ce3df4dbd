#include "warehouse/stage/record_router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording_sink.hpp"
#include "warehouse/stage/quarantine.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto tables = R"({
  "movies": {"key": "movie_id", "columns": {
      "movie_id": {"from": "id", "type": "integer"},
      "title": {"type": "text", "not_null": true}}},
  "genres": {"each": "genres", "key": "genre_id", "columns": {
      "genre_id": {"from": "id", "type": "integer"}, "name": "text"}},
  "movie_genres": {"each": "genres", "key": ["movie_id", "genre_id"], "columns": {
      "movie_id": {"from": "/id", "type": "integer"},
      "genre_id": {"from": "id", "type": "integer"}}}
})";

class RecordRouterTest : public testing::Test {
  protected:
    void SetUp() override { use(tables, {"id", "title", "genres"}); }

    void use(const std::string& text, const std::vector<std::string>& header) {
        spec = parse_stage_spec({R"({"source": "a", "tables": )" + text + "}"}).value();
        bound = bind_columns(spec, header).value();
        router = std::make_unique<RecordRouter>(bound, sink);
    }

    void take(const std::vector<std::string>& cells) {
        Record record;
        record.number = ++taken;
        for (const auto& cell : cells) {
            record.cells.push_back({cell, false});
        }
        router->take(record);
    }

    void take_problem(const std::string& problem) {
        Record record;
        record.number = ++taken;
        record.problem = problem;
        router->take(record);
    }

    const TableAccount& account(std::size_t table) { return router->account().tables[table]; }

    StageSpec spec;
    std::vector<BoundTable> bound;
    RecordingSink sink;
    std::unique_ptr<RecordRouter> router;
    std::uint64_t taken = 0;
};

TEST_F(RecordRouterTest, FeedsEveryTableFromOneRecord) {
    take({"7", "Heat", "[{'id': 1, 'name': 'Drama'}, {'id': 2, 'name': 'Crime'}]"});
    EXPECT_THAT(sink.rows[0], ElementsAre("7|Heat"));
    EXPECT_THAT(sink.rows[1], ElementsAre("1|Drama", "2|Crime"));
    EXPECT_THAT(sink.rows[2], ElementsAre("7|1", "7|2"));
    EXPECT_THAT(sink.rejected, IsEmpty());
}

TEST_F(RecordRouterTest, ReadsJsonListsToo) {
    take({"7", "Heat", R"([{"id": 1, "name": null}])"});
    EXPECT_THAT(sink.rows[1], ElementsAre("1|NULL"));
}

TEST_F(RecordRouterTest, TakesEmptyListsAsNoElements) {
    for (const auto* list : {"", "  ", "[]", "None", "null"}) {
        take({"7", "Heat", list});
    }
    EXPECT_EQ(sink.rows[0].size(), 5U);
    EXPECT_THAT(sink.rows[1], IsEmpty());
    EXPECT_EQ(account(1).elements_read, 0U);
    EXPECT_THAT(sink.rejected, IsEmpty());
}

TEST_F(RecordRouterTest, RejectsARecordOfTheWrongTypeForEveryTable) {
    take({"1997-08-20", "x", "[{'id': 1, 'name': 'Drama'}]"});
    EXPECT_THAT(sink.rows, IsEmpty());
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].table, "movies");
    EXPECT_EQ(sink.rejected[0].column, "movie_id");
    EXPECT_EQ(sink.rejected[0].rule, "type");
    EXPECT_THAT(sink.rejected[0].reason, HasSubstr("integer: "));
    EXPECT_EQ(sink.rejected[0].value, "1997-08-20");
}

TEST_F(RecordRouterTest, RejectsAnIdThatIsOutOfRange) {
    take({"99999999999", "x", ""});
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].rule, "type");
    EXPECT_THAT(sink.rejected[0].reason, HasSubstr("out of range"));
}

TEST_F(RecordRouterTest, RejectsNullsThatMayNotBe) {
    take({"", "x", ""});
    take({"7", "", ""});
    ASSERT_EQ(sink.rejected.size(), 2U);
    EXPECT_EQ(sink.rejected[0].rule, "key");
    EXPECT_EQ(sink.rejected[0].value, "NULL");
    EXPECT_EQ(sink.rejected[1].rule, "not_null");
    EXPECT_EQ(sink.rejected[1].column, "title");
}

TEST_F(RecordRouterTest, RejectsUnreadableRecordsAsAWhole) {
    take_problem("10 fields, but the header has 24");
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].table, "*");
    EXPECT_EQ(sink.rejected[0].rule, "record");
    EXPECT_EQ(sink.rejected[0].reason, "10 fields, but the header has 24");
}

TEST_F(RecordRouterTest, RejectsARecordWhoseListCannotBeParsedForEveryTable) {
    take({"7", "Heat", "[{'id': 1"});
    EXPECT_THAT(sink.rows, IsEmpty());
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].table, "genres");
    EXPECT_EQ(sink.rejected[0].column, "genres");
    EXPECT_EQ(sink.rejected[0].rule, "list");
    EXPECT_EQ(sink.rejected[0].value, "[{'id': 1");
}

TEST_F(RecordRouterTest, RejectsAListColumnThatHoldsNoList) {
    take({"7", "Heat", "{'id': 1}"});
    take({"8", "Heat", "False"});
    ASSERT_EQ(sink.rejected.size(), 2U);
    EXPECT_EQ(sink.rejected[0].reason, "a list was expected, not a map");
    EXPECT_EQ(sink.rejected[1].reason, "a list was expected, not a boolean");
    EXPECT_THAT(sink.rows, IsEmpty());
}

TEST_F(RecordRouterTest, RejectsOneElementAlone) {
    take({"7", "Heat", "[{'id': 'x', 'name': 'Drama'}, 5, {'name': 'none'}, {'id': 2}]"});
    EXPECT_THAT(sink.rows[0], ElementsAre("7|Heat"));
    EXPECT_THAT(sink.rows[1], ElementsAre("2|NULL"));
    EXPECT_THAT(sink.rows[2], ElementsAre("7|2"));
    ASSERT_EQ(sink.rejected.size(), 6U);
    EXPECT_EQ(sink.rejected[0].table, "genres");
    EXPECT_EQ(sink.rejected[0].element, 0);
    EXPECT_EQ(sink.rejected[0].value, "x");
    EXPECT_EQ(sink.rejected[1].rule, "element");
    EXPECT_EQ(sink.rejected[1].reason, "a map was expected, not integer");
    EXPECT_EQ(sink.rejected[2].rule, "key");
    EXPECT_EQ(sink.rejected[2].element, 2);
    EXPECT_EQ(sink.rejected[3].table, "movie_genres");
}

TEST_F(RecordRouterTest, AccountsForEveryElementOfEveryTable) {
    take({"7", "Heat", "[{'id': 1}, {'id': 'x'}]"});
    take({"8", "", "[{'id': 1}]"});
    take_problem("NUL");
    take({"9", "Ran", "oops"});
    take({"10", "Big", ""});
    const auto& file = router->account();
    EXPECT_EQ(file.records_read, 5U);
    EXPECT_EQ(file.records_quarantined, 3U);
    EXPECT_EQ(file.elements_quarantined, 2U);
    EXPECT_EQ(account(0).elements_read, 5U);
    EXPECT_EQ(account(0).staged, 2U);
    EXPECT_EQ(account(0).quarantined, 3U);
    EXPECT_EQ(account(1).elements_read, 2U);
    EXPECT_EQ(account(1).staged, 1U);
    EXPECT_EQ(account(1).quarantined, 1U);
    for (const auto& table : file.tables) {
        EXPECT_TRUE(table.balances()) << table.table;
    }
}

TEST_F(RecordRouterTest, TakesEmptyCellsAsTheColumnSays) {
    use(R"({"t": {"columns": {"a": {}, "b": {"empty_as_null": false},
            "c": {"null_values": [".", "NA"], "type": "integer"}}}})",
        {"a", "b", "c"});
    take({"", "", "."});
    take({"x", "y", "5"});
    take({"x", "y", ""});
    EXPECT_THAT(sink.rows[0], ElementsAre("NULL||NULL", "x|y|5", "x|y|NULL"));
}

TEST_F(RecordRouterTest, RejectsAnEmptyCellThatIsAValueButNoNumber) {
    use(R"({"t": {"columns": {"a": {"type": "integer", "empty_as_null": false}}}})", {"a"});
    take({""});
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].rule, "type");
    EXPECT_EQ(sink.rejected[0].value, "");
}

TEST_F(RecordRouterTest, KeepsEmptyStringsOfElementsUnlessToldOtherwise) {
    use(R"({"t": {"each": "l", "columns": {"a": {}, "b": {"empty_as_null": true},
            "c": {"null_values": "-"}}}})",
        {"l"});
    take({R"([{"a": "", "b": "", "c": "-"}])"});
    EXPECT_THAT(sink.rows[0], ElementsAre("|NULL|NULL"));
}

TEST_F(RecordRouterTest, TakesTheFirstKeyOfAnElementThatExists) {
    use(R"({"t": {"each": "l", "columns": {"a": {"from": ["x", "y"]}}}})", {"l"});
    take({R"([{"y": "second"}, {"x": "first", "y": "second"}, {}])"});
    EXPECT_THAT(sink.rows[0], ElementsAre("second", "first", "NULL"));
}

TEST_F(RecordRouterTest, WritesNestedValuesAsJson) {
    use(R"({"t": {"each": "l", "columns": {"a": {"type": "text"}}}})", {"l"});
    take({"[{'a': [1, None]}]"});
    EXPECT_THAT(sink.rows[0], ElementsAre("[1,null]"));
}

}  // namespace

}  // namespace reel::warehouse
