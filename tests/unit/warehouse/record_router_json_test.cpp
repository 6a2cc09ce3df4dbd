#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording_sink.hpp"
#include "warehouse/source/json_records.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto json_tables = R"({
  "movies": {"key": "movie_id", "columns": {
      "movie_id": {"from": "id", "type": "integer"},
      "title": {"type": "text", "not_null": true},
      "city": {"from": ["studio.city", "city"]}}},
  "genres": {"each": "genres", "columns": {
      "genre_id": {"from": "id", "type": "integer"}, "name": "text"}},
  "movie_genres": {"each": "genres", "columns": {
      "movie_id": {"from": "/id", "type": "integer"},
      "genre_id": {"from": "id", "type": "integer"}}}
})";

class RecordRouterJsonTest : public testing::Test {
  protected:
    void SetUp() override { use(json_tables); }

    void use(const std::string& text) {
        spec = parse_stage_spec({R"({"source": {"path": "a", "format": "jsonl"}, "tables": )" +
                                 text + "}"})
                   .value();
        bound = bind_columns(spec, {}).value();
        router = std::make_unique<RecordRouter>(bound, sink);
    }
    void take(const std::string& text) {
        Record record;
        judge.fill(text, record);
        router->take(record);
    }

    StageSpec spec;
    std::vector<BoundTable> bound;
    RecordingSink sink;
    JsonJudge judge;
    std::unique_ptr<RecordRouter> router;
};

TEST_F(RecordRouterJsonTest, FeedsAllTablesFromOneObject) {
    take(R"({"id": 1, "title": "Heat", "studio": {"city": "LA"},
             "genres": [{"id": 80, "name": "Crime"}, {"id": 18}]})");
    EXPECT_THAT(sink.rows[0], ElementsAre("1|Heat|LA"));
    EXPECT_THAT(sink.rows[1], ElementsAre("80|Crime", "18|NULL"));
    EXPECT_THAT(sink.rows[2], ElementsAre("1|80", "1|18"));
    EXPECT_THAT(sink.rejected, IsEmpty());
    EXPECT_EQ(router->account().tables[1].elements_read, 2U);
    EXPECT_EQ(router->account().tables[0].staged, 1U);
}

TEST_F(RecordRouterJsonTest, TakesAKeyWithDotsBeforeAPath) {
    take(R"({"id": 1, "title": "a", "studio.city": "Rome", "studio": {"city": "LA"}})");
    take(R"({"id": 2, "title": "b", "studio": "none", "city": "Oslo"})");
    take(R"({"id": 3, "title": "c", "studio": {"city": null}, "city": "Oslo"})");
    EXPECT_THAT(sink.rows[0], ElementsAre("1|a|Rome", "2|b|Oslo", "3|c|NULL"));
}

TEST_F(RecordRouterJsonTest, TakesWhatIsMissingForNull) {
    take(R"({"id": 1, "title": null})");
    take(R"({"id": 2})");
    take(R"({"title": "x"})");
    EXPECT_THAT(sink.rows[0], IsEmpty());
    ASSERT_EQ(sink.rejected.size(), 3U);
    EXPECT_EQ(sink.rejected[0].rule, "not_null");
    EXPECT_EQ(sink.rejected[1].column, "title");
    EXPECT_EQ(sink.rejected[2].rule, "key");
}

TEST_F(RecordRouterJsonTest, KeepsAnEmptyText) {
    take(R"({"id": 1, "title": "", "genres": null})");
    EXPECT_THAT(sink.rows[0], ElementsAre("1||NULL"));
    EXPECT_THAT(sink.rejected, IsEmpty());
}

TEST_F(RecordRouterJsonTest, ReadsAListThatIsAText) {
    take(R"({"id": 1, "title": "a", "genres": "[{'id': 80, 'name': None}]"})");
    take(R"({"id": 2, "title": "b", "genres": "[{\"id\": 18}]"})");
    take(R"({"id": 3, "title": "c", "genres": ""})");
    EXPECT_THAT(sink.rows[1], ElementsAre("80|NULL", "18|NULL"));
    EXPECT_THAT(sink.rows[0].size(), 3U);
}

TEST_F(RecordRouterJsonTest, RejectsARecordWhoseListIsNone) {
    take(R"({"id": 1, "title": "a", "genres": {"id": 80}})");
    take(R"({"id": 2, "title": "b", "genres": "[{"})");
    EXPECT_THAT(sink.rows, IsEmpty());
    ASSERT_EQ(sink.rejected.size(), 2U);
    EXPECT_EQ(sink.rejected[0].rule, "list");
    EXPECT_EQ(sink.rejected[0].reason, "a list was expected, not a map");
    EXPECT_EQ(sink.rejected[0].value, R"({"id":80})");
    EXPECT_THAT(sink.rejected[1].reason, HasSubstr("not a Python literal or JSON"));
    EXPECT_EQ(router->account().tables[0].quarantined, 2U);
}

TEST_F(RecordRouterJsonTest, RejectsAnElementAlone) {
    take(R"({"id": 1, "title": "a", "genres": [{"id": "x"}, 7, {"id": 18}]})");
    EXPECT_THAT(sink.rows[2], ElementsAre("1|18"));
    ASSERT_EQ(sink.rejected.size(), 4U);
    EXPECT_EQ(sink.rejected[0].element, 0);
    EXPECT_EQ(sink.rejected[1].rule, "element");
}

TEST_F(RecordRouterJsonTest, HoldsValuesToTheirTypes) {
    take(R"({"id": "1", "title": "a"})");
    take(R"({"id": 1.5, "title": "b"})");
    take(R"({"id": true, "title": "c"})");
    EXPECT_THAT(sink.rows[0], ElementsAre("1|a|NULL"));
    EXPECT_EQ(sink.rejected.size(), 2U);
}

TEST_F(RecordRouterJsonTest, KeepsNestedValuesAsJson) {
    use(R"({"t": {"columns": {"id": "integer", "raw": {"from": "studio", "type": "json"}}}})");
    take(R"({"id": 1, "studio": {"city": ["LA", 1.50]}})");
    EXPECT_THAT(sink.rows[0], ElementsAre(R"(1|{"city":["LA",1.5]})"));
}

TEST_F(RecordRouterJsonTest, FindsListsByPathAndAlternative) {
    use(R"({"t": {"each": ["items", "order.items"], "columns": {"v": "integer"}}})");
    take(R"({"order": {"items": [{"v": 1}]}})");
    take(R"({"items": [{"v": 2}]})");
    take("{}");
    EXPECT_THAT(sink.rows[0], ElementsAre("1", "2"));
}

TEST_F(RecordRouterJsonTest, KnowsWhichKeysNoObjectHad) {
    EXPECT_THAT(router->keys().missing(), IsEmpty());
    take(R"({"id": 1, "title": "a", "genres": [{"id": 80}]})");
    EXPECT_THAT(
        router->keys().missing(),
        ElementsAre("tables.movies.city: 'studio.city'", "tables.genres.name: 'name'")
    );
    SeenKeys all = router->keys();
    use(json_tables);
    take(R"({"id": 2, "title": "b", "city": null, "genres": []})");
    all.add(router->keys());
    EXPECT_THAT(all.missing(), ElementsAre("tables.genres.name: 'name'"));
}

TEST_F(RecordRouterJsonTest, RejectsWhatIsNotJson) {
    take("{nonsense}");
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].table, "*");
    EXPECT_EQ(sink.rejected[0].rule, "record");
    EXPECT_THAT(sink.rejected[0].reason, HasSubstr("not JSON"));
}

}  // namespace

}  // namespace reel::warehouse
