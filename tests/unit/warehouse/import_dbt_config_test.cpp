#include "warehouse/quality/import/dbt_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reel/dagfile/yaml_file.hpp"
#include "warehouse/quality/import/dbt_words.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

dagfile::Node node_of(const std::string& text) {
    return dagfile::parse_yaml(text, "f.yml").value();
}

std::string mistakes_in(const Mistakes& mistakes) {
    return mistakes.empty() ? "" : mistakes.to_error("q").message;
}

/// "source/name" of what `to` names, or the mistake.
std::string relation_of(const std::string& to) {
    const auto map = node_of("to: " + to);
    Mistakes mistakes;
    NodeReader reader(map, "test", mistakes);
    const auto named = dbt::read_relation(reader, "to");
    return named ? named->source + "/" + named->name : mistakes_in(mistakes);
}

TEST(DbtRelation, IsARefOrASource) {
    EXPECT_EQ(relation_of("ref('movies')"), "/movies");
    EXPECT_EQ(relation_of(R"('ref("movies")')"), "/movies");
    EXPECT_EQ(relation_of(R"("{{ ref('movies') }}")"), "/movies");
    EXPECT_EQ(relation_of("ref('package', 'movies')"), "/movies");
    EXPECT_EQ(relation_of("source('raw', 'ratings')"), "raw/ratings");
    EXPECT_EQ(relation_of(R"("{{source( 'raw','ratings' )}}")"), "raw/ratings");
}

TEST(DbtRelation, IsNothingElse) {
    for (const std::string to :
         {"movies", "m.movies", "source('raw')", "ref('a','b','c')", "refer", "ref('a'", "''"}) {
        EXPECT_THAT(relation_of(to), HasSubstr("f.yml:1:1: test")) << to;
    }
}

/// What the config of a `unique` test makes of its translation.
std::string with_config(const std::string& body, const std::string& kind = "unique") {
    Mistakes mistakes;
    const auto node = node_of("unique: " + body);
    const auto call = dbt::read_call(node, "t", mistakes);
    if (!call) {
        return mistakes_in(mistakes);
    }
    Json check{{kind, Json::object()}};
    if (!dbt::add_config(*call, "t", check, mistakes)) {
        return "off";
    }
    check.erase(kind);
    return mistakes.empty() ? check.dump() : mistakes_in(mistakes);
}

TEST(DbtConfig, StandsInTheTestOrInItsConfig) {
    EXPECT_EQ(with_config("{}"), "{}");
    EXPECT_EQ(with_config("{severity: Warn}"), R"({"severity":"warn"})");
    EXPECT_EQ(with_config("{config: {severity: error}}"), R"({"severity":"error"})");
    EXPECT_EQ(with_config("{where: a, config: {where: b}}"), R"j({"where":"(a) AND (b)"})j");
    EXPECT_EQ(with_config("{config: {limit: 20}}"), R"({"limit":20})");
    EXPECT_EQ(
        with_config("{config: {error_if: '>10', warn_if: '>5'}}"),
        R"({"warn_if":">5","error_if":">10"})"
    );
    EXPECT_EQ(with_config("{config: {tags: [a], meta: {b: c}, fail_calc: count(*)}}"), "{}");
    EXPECT_EQ(with_config("{config: {enabled: false}}"), "off");
    EXPECT_EQ(with_config("{enabled: false}"), "off");
}

TEST(DbtConfig, StoresFailuresAsATableOrNotAtAll) {
    EXPECT_EQ(with_config("{config: {store_failures: true}}"), R"({"store_failures":true})");
    EXPECT_EQ(with_config("{config: {store_failures: false}}"), "{}");
    EXPECT_EQ(with_config("{config: {store_failures_as: table}}"), R"({"store_failures":true})");
    EXPECT_EQ(with_config("{config: {store_failures: true, store_failures_as: ephemeral}}"), "{}");
    EXPECT_THAT(with_config("{config: {store_failures_as: view}}"), HasSubstr("as 'view'"));
}

TEST(DbtConfig, RefusesWhatChangesTheMeaning) {
    EXPECT_THAT(with_config("{config: {fail_calc: max(n)}}"), HasSubstr("the fail_calc 'max(n)'"));
    EXPECT_THAT(with_config("{config: {sevrity: warn}}"), HasSubstr("'sevrity' is not supported"));
    EXPECT_THAT(
        with_config("{config: {where: \"{{ var('x') }}\"}}"), HasSubstr("needs dbt's Jinja")
    );
    EXPECT_THAT(
        with_config("{arguments: {}, colour: red}"), HasSubstr("'colour' is not supported")
    );
    for (const std::string kind : {"aggregate", "row_count", "freshness"}) {
        EXPECT_THAT(
            with_config("{config: {warn_if: '>5'}}", kind), HasSubstr("does not count rows")
        );
    }
}

TEST(DbtCall, KnowsThreeForms) {
    Mistakes mistakes;
    const auto bare = dbt::read_call(node_of("unique"), "t", mistakes).value();
    EXPECT_EQ(bare.name, "unique");
    EXPECT_TRUE(bare.arguments.is_map());
    const auto body = dbt::read_call(node_of("a.b: {x: 1}"), "t", mistakes).value();
    EXPECT_EQ(body.name, "a.b");
    EXPECT_FALSE(body.apart);
    EXPECT_EQ(body.arguments.find("x")->text, "1");
    const auto apart =
        dbt::read_call(node_of("{test_name: u, arguments: {x: 1}}"), "t", mistakes).value();
    EXPECT_EQ(apart.name, "u");
    EXPECT_TRUE(apart.apart);
    EXPECT_EQ(apart.arguments.find("x")->text, "1");
    EXPECT_EQ(dbt::read_call(node_of("unique:"), "t", mistakes)->name, "unique");
    EXPECT_TRUE(mistakes.empty());
    EXPECT_FALSE(dbt::read_call(node_of("[unique]"), "t", mistakes));
    EXPECT_FALSE(dbt::read_call(node_of("{unique: , not_null: }"), "t", mistakes));
    EXPECT_EQ(mistakes.count(), 2U);
}

std::string freshness_of(const std::string& rule, const std::string& field = "at") {
    const auto node = node_of(rule);
    Mistakes mistakes;
    NodeReader reader(node, "freshness", mistakes);
    const auto check = dbt::read_freshness(reader, field);
    return check ? check->dump() : mistakes_in(mistakes);
}

TEST(DbtFreshness, IsAnAgeWithOneOrTwoBounds) {
    EXPECT_EQ(
        freshness_of("{warn_after: {count: 1, period: day}}"),
        R"({"freshness":{"column":"at","severity":"warn","warn_if":"> 1d"}})"
    );
    EXPECT_EQ(
        freshness_of("{error_after: {count: 90, period: minute}, filter: x > 1}"),
        R"({"freshness":{"column":"at","severity":"error","error_if":"> 90m","where":"x > 1"}})"
    );
    EXPECT_EQ(freshness_of("{warn_after: {}}"), "");
    EXPECT_THAT(freshness_of("{warn_after: {count: 1, period: year}}"), HasSubstr("needs count"));
    EXPECT_THAT(freshness_of("{warn_after: {count: 1}}"), HasSubstr("needs count and period"));
    EXPECT_THAT(
        freshness_of("{warn_after: {count: 1, period: day}}", ""), HasSubstr("no loaded_at_field")
    );
}

TEST(DbtSpan, HasAFixedLength) {
    EXPECT_EQ(dbt::span_text("2", "day"), "2d");
    EXPECT_EQ(dbt::span_text("3", "week"), "3w");
    EXPECT_EQ(dbt::span_text("3", "month"), std::nullopt);
    EXPECT_EQ(dbt::span_text("-1", "day"), std::nullopt);
    EXPECT_EQ(dbt::span_text("", "day"), std::nullopt);
}

TEST(NodeReader, TellsUnknownKeysAndWrongValuesWithTheirPlaces) {
    const auto map = node_of("a: 1\nb: [x]\nc: {y: 1}\nd: 5\nee: 1\n");
    Mistakes mistakes;
    NodeReader reader(map, "thing", mistakes);
    EXPECT_EQ(reader.text("a"), "1");
    EXPECT_EQ(reader.scalars("a"), Json::array({1}));
    EXPECT_EQ(reader.list("b").size(), 1U);
    EXPECT_TRUE(mistakes.empty());
    EXPECT_EQ(reader.text("b"), std::nullopt);
    EXPECT_EQ(reader.flag("d"), std::nullopt);
    EXPECT_TRUE(reader.scalars("c").empty());
    EXPECT_TRUE(reader.list("d").empty());
    EXPECT_EQ(reader.required_text("e"), "");
    reader.finish();
    EXPECT_EQ(
        mistakes_in(mistakes),
        "q: 6 mistakes\n  f.yml:2:4: thing 'b' must be text\n"
        "  f.yml:4:4: thing 'd' must be true or false\n"
        "  f.yml:3:4: thing 'c' must be a list of values\n"
        "  f.yml:4:4: thing 'd' must be a list\n"
        "  f.yml:1:1: thing lacks 'e'\n"
        "  f.yml:5:1: thing: 'ee' is not supported"
    );
}

}  // namespace

}  // namespace reel::warehouse
