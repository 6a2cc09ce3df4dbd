#include <gmock/gmock.h>

#include <string>

#include "warehouse/infer/column_names.hpp"
#include "warehouse/infer/distinct_values.hpp"
#include "warehouse/infer/list_facts.hpp"
#include "warehouse/infer/spec_yaml.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::warehouse {
namespace {

using testing::ElementsAre;

TEST(DistinctValues, CountExactlyUpToTheirLimit) {
    DistinctValues values(1000);
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 1000; ++i) EXPECT_EQ(values.add(std::to_string(i)), round == 0) << i;
    }
    EXPECT_TRUE(values.is_exact());
    EXPECT_TRUE(values.repeats());
    EXPECT_EQ(values.count(), 1000U);
    EXPECT_TRUE(values.add("another"));
    EXPECT_FALSE(values.is_exact());
    EXPECT_EQ(values.count(), 1000U);
    EXPECT_TRUE(values.add("0")) << "what is known no more counts as new";
}

TEST(DistinctValues, TakeAnyHash) {
    DistinctValues values(10);
    EXPECT_TRUE(values.add_hash(0));
    EXPECT_FALSE(values.add_hash(0));
    EXPECT_TRUE(values.add_hash(64)) << "the same place";
    EXPECT_TRUE(values.add_hash(128));
    EXPECT_EQ(values.count(), 3U);
}

TEST(ColumnNames, AreWhatSqlTakesWithoutQuotes) {
    EXPECT_EQ(sql_name("userId", ""), "user_id");
    EXPECT_EQ(sql_name("Release Date", ""), "release_date");
    EXPECT_EQ(sql_name("TMDB-ID", ""), "tmdb_id");
    EXPECT_EQ(sql_name("HTTPStatus", ""), "http_status");
    EXPECT_EQ(sql_name("CUSR0000SS62031", ""), "cusr0000ss62031");
    EXPECT_EQ(sql_name("imdb_id", ""), "imdb_id");
    EXPECT_EQ(sql_name("movieId2", ""), "movie_id2");
    EXPECT_EQ(sql_name(" % of total ", ""), "of_total");
    EXPECT_EQ(sql_name("2020", ""), "_2020");
    EXPECT_EQ(sql_name("größe", ""), "größe");
    EXPECT_EQ(sql_name("???", "column_3"), "column_3");
    EXPECT_EQ(sql_name(std::string(100, 'a'), "").size(), 63U);
    EXPECT_EQ(sql_name(std::string(62, 'a') + "é", ""), std::string(62, 'a'));
}

TEST(ColumnNames, AreAllDifferent) {
    EXPECT_THAT(
        column_names({"a", "A", "a_2", "A ", "!", "?"}),
        ElementsAre("a", "a_2", "a_2_2", "a_3", "column_5", "column_6")
    );
    const std::string longest(80, 'x');
    EXPECT_THAT(
        column_names({longest, longest + "y"}),
        ElementsAre(std::string(63, 'x'), std::string(61, 'x') + "_2")
    );
}

std::string list_facts_of(const std::vector<std::string>& cells) {
    ListFacts facts;
    for (const auto& cell : cells) facts.take(literal::parse_list_column(cell).value());
    return facts.describe();
}

TEST(ListFacts, NameTheKeysWithTheirKinds) {
    EXPECT_EQ(
        list_facts_of(
            {"[{'id': 18, 'name': 'Drama'}]", "[{'id': 35, 'name': 'Comedy'}, {'id': 1.5}]"}
        ),
        "lists of maps, 3 elements in all, at most 2; keys: id (integer or number), name (string, "
        "not always)"
    );
    EXPECT_EQ(list_facts_of({"{'a': None}"}), "maps; keys: a (null, not always)");
    EXPECT_EQ(list_facts_of({"[1, 2]", "[]"}), "lists of values, 2 elements in all, at most 2");
    EXPECT_EQ(
        list_facts_of({"[1, {'a': 1}]", "{'b': 1}"}),
        "lists of maps and values, 2 elements in all, at most 2; 1 maps; keys: a (integer, not "
        "always), b (integer, not always)"
    );
}

TEST(ListFacts, StayBoundedWhateverTheKeys) {
    ListFacts facts;
    for (int i = 0; i < 1000; ++i) {
        facts.take(literal::parse_list_column("{'k" + std::to_string(i) + "': 1}").value());
    }
    EXPECT_EQ(facts.keys.size(), 40U);
    ListFacts of_long_keys;
    of_long_keys.take(literal::parse_list_column("{'" + std::string(101, 'k') + "': 1}").value());
    EXPECT_TRUE(of_long_keys.keys.empty());
    EXPECT_TRUE(of_long_keys.has_more_keys);
    EXPECT_TRUE(facts.describe().ends_with(" and more"));
}

TEST(FlowYaml, QuotesWhatYamlWouldReadOtherwise) {
    const auto written = [](const char* json) { return flow_yaml(Json::parse(json)); };
    EXPECT_EQ(
        written(R"({"type": "double precision", "not_null": true})"),
        "{type: double precision, not_null: true}"
    );
    EXPECT_EQ(written(R"j({"type": "numeric(8,3)"})j"), R"j({type: "numeric(8,3)"})j");
    EXPECT_EQ(
        written(R"(["yes", "NULL", "1", "", "a b", "a: b", "#x", "é"])"),
        R"(["yes", "NULL", "1", "", a b, "a: b", "#x", "é"])"
    );
    EXPECT_EQ(
        written(R"({"from": "a\nb", "n": 3, "e": [], "o": {}})"),
        R"({from: "a\nb", "n": 3, e: [], o: {}})"
    );
}

}  // namespace
}  // namespace reel::warehouse
