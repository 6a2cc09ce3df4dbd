#include "warehouse/publish/spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/publish/ledger.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

OperationContext context() {
    OperationContext context;
    context.identity = {{core::DagId("d"), core::RunId("r"), core::TaskId("t"), -1}, 1, 5};
    context.staged["stage.movies"] = {R"("reel_staging"."m")", {"[]"}, {R"(["movie_id"])"}};
    context.staged["stage.rows"] = {R"("reel_staging"."r")", {"[]"}, {"[]"}};
    return context;
}

PublishSpec parsed(const std::string& text) {
    auto spec = parse_publish_spec({text}, context());
    EXPECT_TRUE(spec.has_value()) << spec.error().describe();
    return spec.value();
}

std::string mistakes_of(const std::string& text) {
    const auto spec = parse_publish_spec({text}, context());
    EXPECT_FALSE(spec.has_value()) << text;
    return spec ? "" : spec.error().message;
}

TEST(PublishSpec, UpsertsWhenThereIsAKey) {
    const auto spec =
        parsed(R"({"from": "stage.movies", "into": "movies.movies", "key": ["movie_id"]})");
    EXPECT_EQ(spec.from, "stage.movies");
    EXPECT_EQ(spec.into, (TableName{"movies", "movies"}));
    EXPECT_EQ(spec.mode, LoadMode::upsert);
    EXPECT_THAT(spec.key, ElementsAre("movie_id"));
}

TEST(PublishSpec, AppendsWhenThereIsNone) {
    const auto spec = parsed(R"({"from": "stage.movies", "into": "a.b"})");
    EXPECT_EQ(spec.mode, LoadMode::append);
    EXPECT_THAT(spec.key, IsEmpty());
}

TEST(PublishSpec, TakesTheStagedKeyForAnExplicitUpsert) {
    EXPECT_THAT(
        parsed(R"({"from": "stage.movies", "into": "a.b", "mode": "upsert"})").key,
        ElementsAre("movie_id")
    );
    EXPECT_THAT(
        mistakes_of(R"({"from": "stage.rows", "into": "a.b", "mode": "upsert"})"),
        HasSubstr("key: mode upsert needs a key")
    );
    EXPECT_THAT(
        mistakes_of(R"({"query": "select 1", "into": "a.b", "mode": "upsert"})"),
        HasSubstr("key: mode upsert needs a key")
    );
}

TEST(PublishSpec, ReplacesWithAndWithoutAKey) {
    EXPECT_EQ(
        parsed(R"({"from": "stage.rows", "into": "a.b", "mode": "replace"})").mode,
        LoadMode::replace
    );
    EXPECT_THAT(
        parsed(R"({"from": "stage.rows", "into": "a.b", "mode": "replace", "key": "k"})").key,
        ElementsAre("k")
    );
}

TEST(PublishSpec, CutsTheSemicolonOfAQuery) {
    EXPECT_EQ(parsed(R"({"query": "select 1 as a ;\n ; ", "into": "a.b"})").query, "select 1 as a");
}

TEST(PublishSpec, ReportsAllMistakesAtOnce) {
    const auto message =
        mistakes_of(R"({"from": "stage.movie", "into": "a.b.c", "mode": "merge", "keey": "x"})");
    EXPECT_THAT(message, HasSubstr("4 mistakes"));
    EXPECT_THAT(message, HasSubstr("no staged table 'stage.movie' (did you mean 'stage.movies'?)"));
    EXPECT_THAT(message, HasSubstr("into: 'a.b.c' is not a table name"));
    EXPECT_THAT(message, HasSubstr("mode: 'merge' is none of upsert, append, replace"));
    EXPECT_THAT(message, HasSubstr("keey: unknown key (did you mean 'key'?)"));
}

TEST(PublishSpec, NeedsExactlyOneSource) {
    EXPECT_THAT(mistakes_of(R"({"into": "a.b"})"), HasSubstr("exactly one of 'from' and 'query'"));
    EXPECT_THAT(
        mistakes_of(R"({"from": "stage.rows", "query": "select 1", "into": "a.b"})"),
        HasSubstr("exactly one of 'from' and 'query'")
    );
    EXPECT_THAT(mistakes_of(R"({"query": " ; ", "into": "a.b"})"), HasSubstr("exactly one"));
    EXPECT_THAT(mistakes_of(R"({"from": "stage.rows"})"), HasSubstr("into: is required"));
}

class LoadIdTest : public testing::Test {
  protected:
    PublishSpec spec = parsed(R"({"from": "stage.movies", "into": "a.b", "key": "k"})");
    LoadIdentity identity = context().identity;
};

TEST_F(LoadIdTest, IsTheSameForEveryAttemptOnTheSameStagedData) {
    const auto id = load_id(spec, identity, {"s1"});
    identity.attempt = 6;
    identity.try_number = 2;
    EXPECT_EQ(load_id(spec, identity, {"s1"}), id);
}

TEST_F(LoadIdTest, DiffersByDataTargetModeKeyAndQuery) {
    const auto id = load_id(spec, identity, {"s1"});
    EXPECT_NE(load_id(spec, identity, {"s2"}), id);
    auto other = spec;
    other.into.table = "c";
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
    other = spec;
    other.mode = LoadMode::replace;
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
    other = spec;
    other.key = {"k", "l"};
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
    other = spec;
    other.query = "select 1";
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
}

TEST_F(LoadIdTest, RepeatsAnUpsertWithoutStagedDataInEveryAttempt) {
    const auto id = load_id(spec, identity, {});
    identity.attempt = 6;
    EXPECT_NE(load_id(spec, identity, {}), id);
}

TEST_F(LoadIdTest, AppendsWithoutStagedDataOncePerTaskInstance) {
    spec.mode = LoadMode::append;
    const auto id = load_id(spec, identity, {});
    identity.attempt = 6;
    EXPECT_EQ(load_id(spec, identity, {}), id);
    identity.key.run_id = core::RunId("r2");
    EXPECT_NE(load_id(spec, identity, {}), id);
}

TEST(PublishCounts, BalanceWhenEveryRowWentSomewhere) {
    EXPECT_TRUE((PublishCounts{10, 4, 3, 2, 1, 0}).balances());
    EXPECT_TRUE((PublishCounts{10, 10, 0, 0, 0, 99}).balances());
    EXPECT_FALSE((PublishCounts{10, 4, 3, 2, 0, 0}).balances());
    EXPECT_FALSE((PublishCounts{10, 8, 4, -2, 0, 0}).balances());
}

}  // namespace

}  // namespace reel::warehouse
