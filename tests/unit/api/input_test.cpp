#include "api/input.hpp"

#include <gtest/gtest.h>

namespace reel::api {

namespace {

Url url_of(const std::string& query) {
    return parse_target("/x?" + query).value();
}

std::string first_type(const Outcome<void>& outcome) {
    return outcome ? "" : outcome.error().detail.at(0).at("type").get<std::string>();
}

}  // namespace

TEST(QueryReader, PagesAsAirflowDoes) {
    const auto page = [](const std::string& query) {
        const Url url = url_of(query);
        QueryReader reader(url);
        const store::Page read = reader.page();
        EXPECT_TRUE(reader.finish().has_value()) << query;
        return std::pair(read.limit, read.offset);
    };
    EXPECT_EQ(page(""), std::pair(std::size_t{50}, std::size_t{0}));
    EXPECT_EQ(page("limit=7&offset=3"), std::pair(std::size_t{7}, std::size_t{3}));
    EXPECT_EQ(page("limit=1000"), std::pair(std::size_t{100}, std::size_t{0}));
    EXPECT_EQ(page("limit=0"), std::pair(std::size_t{50}, std::size_t{0}));
}

TEST(QueryReader, ReportsEveryMistakeAtOnce) {
    const Url url = url_of("limit=x&offset=-1&paused=maybe&at=yesterday&other=1");
    QueryReader reader(url);
    reader.page();
    reader.boolean("paused");
    reader.time("at");
    const auto outcome = reader.finish();
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().status, 422);
    ASSERT_EQ(outcome.error().detail.size(), 5U);
    EXPECT_EQ(outcome.error().detail[0]["loc"], (nlohmann::json{"query", "limit"}));
    EXPECT_EQ(outcome.error().detail[3]["type"], "datetime_parsing");
    EXPECT_EQ(outcome.error().detail[4]["loc"][1], "other");
    EXPECT_EQ(outcome.error().detail[4]["type"], "extra_forbidden");
}

TEST(QueryReader, ReadsBooleansAndTimes) {
    const Url url = url_of("a=true&b=FALSE&c=1&d=no&t=2026-01-31T07:00:00%2B01:00");
    QueryReader reader(url);
    EXPECT_EQ(reader.boolean("a"), true);
    EXPECT_EQ(reader.boolean("b"), false);
    EXPECT_EQ(reader.boolean("c"), true);
    EXPECT_EQ(reader.boolean("d"), false);
    EXPECT_EQ(reader.boolean("absent"), std::nullopt);
    const auto at = reader.time("t");
    ASSERT_TRUE(at.has_value());
    EXPECT_EQ(core::format_api(*at), "2026-01-31T06:00:00Z");
    EXPECT_TRUE(reader.finish().has_value());
}

TEST(QueryReader, OrdersByAllowedFieldsOnly) {
    const auto order = [](const std::string& query, std::string& type) {
        const Url url = url_of(query);
        QueryReader reader(url);
        const std::string read = reader.order_by({"id", "state"}, "id");
        type = first_type(reader.finish());
        return read;
    };
    std::string type;
    EXPECT_EQ(order("", type), "id");
    EXPECT_EQ(order("order_by=-state", type), "-state");
    EXPECT_EQ(type, "");
    order("order_by=color", type);
    EXPECT_EQ(type, "value_error");
    order("order_by=id&order_by=state", type);
    EXPECT_EQ(type, "value_error");
}

TEST(QueryReader, KnowsTheWordsOfAnEnumeration) {
    const Url url = url_of("state=running&state=failed&bad=sleeping");
    QueryReader reader(url);
    EXPECT_EQ(
        reader.choices("state", core::parse_run_state),
        (std::vector{core::RunState::running, core::RunState::failed})
    );
    EXPECT_TRUE(reader.choices("bad", core::parse_run_state).empty());
    EXPECT_EQ(first_type(reader.finish()), "enum");
}

TEST(BodyReader, RefusesWhatIsNoJsonObject) {
    for (const char* const body : {"", "{", "[]", "1", "\"x\"", "null", "{\"a\":1}x", "{'a': 1}"}) {
        const auto reader = BodyReader::open(body);
        ASSERT_FALSE(reader.has_value()) << body;
        EXPECT_EQ(reader.error().status, 422) << body;
    }
}

TEST(BodyReader, RefusesNulWhichNoDatabaseKeeps) {
    for (const char* const body :
         {R"({"a": "x\u0000"})", R"({"a\u0000": 1})", R"({"conf": {"deep": ["\u0000"]}})"}) {
        EXPECT_FALSE(BodyReader::open(body).has_value()) << body;
    }
    EXPECT_TRUE(BodyReader::open(R"({"a": "\\u0000"})").has_value());
}

TEST(BodyReader, RefusesABodyThatIsNestedWithoutEnd) {
    const std::string deep = R"({"conf": )" + std::string(1'000'000, '[');
    ASSERT_FALSE(BodyReader::open(deep).has_value());
    const std::string in_text = R"({"conf": ")" + std::string(1'000, '[') + "\\\"" + R"("})";
    EXPECT_TRUE(BodyReader::open(in_text).has_value());
}

TEST(BodyReader, ReadsEachTypeAndTreatsNullAsAbsent) {
    auto reader = BodyReader::open(
        R"({"t": "x", "n": null, "b": true, "i": 7, "o": {"k": 1}, "l": ["p", "q"], "any": [1]})"
    );
    ASSERT_TRUE(reader.has_value());
    EXPECT_EQ(reader->text("t"), "x");
    EXPECT_EQ(reader->text("n"), std::nullopt);
    EXPECT_TRUE(reader->has("n"));
    EXPECT_FALSE(reader->has("absent"));
    EXPECT_EQ(reader->boolean("b"), true);
    EXPECT_EQ(reader->integer("i", 0, 10), 7);
    EXPECT_EQ(reader->object("o"), (nlohmann::json{{"k", 1}}));
    EXPECT_EQ(reader->texts("l"), (std::vector<std::string>{"p", "q"}));
    EXPECT_EQ(reader->any("any"), nlohmann::json::array({1}));
    reader->only_null("n");
    EXPECT_TRUE(reader->finish().has_value());
}

TEST(BodyReader, ReportsWrongTypesMissingAndUnknownFields) {
    auto reader = BodyReader::open(
        R"({"t": 1, "b": "yes", "i": 1.5, "big": 18446744073709551615, "o": [], "l": [1], "d": "soon",
            "only": 1, "extra": 1})"
    );
    ASSERT_TRUE(reader.has_value());
    reader->text("t");
    reader->boolean("b");
    reader->integer("i", 0, 10);
    reader->integer("big", 0, 10);
    reader->object("o");
    reader->texts("l");
    reader->time("d");
    reader->only_null("only");
    reader->required_text("needed");
    const auto outcome = reader->finish();
    ASSERT_FALSE(outcome.has_value());
    std::vector<std::string> types;
    for (const auto& issue : outcome.error().detail) {
        EXPECT_EQ(issue["loc"][0], "body");
        types.push_back(issue["type"]);
    }
    EXPECT_EQ(
        types,
        (std::vector<std::string>{
            "string_type",
            "bool_type",
            "int_type",
            "int_type",
            "dict_type",
            "list_type",
            "datetime_parsing",
            "value_error",
            "missing",
            "extra_forbidden",
        })
    );
}

TEST(Like, MatchesAsSqlDoesWithoutCase) {
    EXPECT_TRUE(matches_like("movies", "mov%"));
    EXPECT_TRUE(matches_like("Movies", "%OVI%"));
    EXPECT_TRUE(matches_like("movies", "m_vies"));
    EXPECT_TRUE(matches_like("movies", "~"));
    EXPECT_TRUE(matches_like("movies", "%"));
    EXPECT_TRUE(matches_like("aXbXc", "a%b%c"));
    EXPECT_TRUE(matches_like("", "%%"));
    EXPECT_FALSE(matches_like("movies", "mov"));
    EXPECT_FALSE(matches_like("movies", "_"));
    EXPECT_FALSE(matches_like("", "_"));
}

}  // namespace reel::api
