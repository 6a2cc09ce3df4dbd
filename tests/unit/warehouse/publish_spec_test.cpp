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
    EXPECT_THAT(
        message, HasSubstr("mode: 'merge' is none of upsert, append, replace, delete_insert, scd2")
    );
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

constexpr std::string_view into_window = R"({"from": "stage.rows", "into": "a.b",
    "mode": "delete_insert", "window": )";

Window window_of(const std::string& text) {
    return parsed(std::string(into_window) + text + "}").window.value();
}

std::string window_mistakes(const std::string& text) {
    return mistakes_of(std::string(into_window) + text + "}");
}

TEST(PublishSpec, ReplacesAWindow) {
    const auto bounded = window_of(R"({"column": "day", "from": "2026-01-01", "until": 5})");
    EXPECT_EQ(bounded.column, "day");
    EXPECT_EQ(bounded.from, "2026-01-01");
    EXPECT_EQ(bounded.until, "5");
    EXPECT_EQ(window_of(R"("day")").column, "day");
    EXPECT_EQ(window_of(R"("day")").from, std::nullopt);
    EXPECT_EQ(window_of(R"({"where": "day > 5"})").where, "day > 5");
}

TEST(PublishSpec, NeedsOneWayToSayTheWindow) {
    EXPECT_THAT(window_mistakes("{}"), HasSubstr("window: exactly one of 'where' and 'column'"));
    EXPECT_THAT(window_mistakes(R"({"where": "x", "column": "y"})"), HasSubstr("exactly one of"));
    EXPECT_THAT(
        window_mistakes(R"({"where": "x", "from": 5})"), HasSubstr("are bounds of a 'column'")
    );
    EXPECT_THAT(window_mistakes(R"({"colum": "x"})"), HasSubstr("did you mean 'column'?"));
    EXPECT_THAT(window_mistakes("[5]"), HasSubstr("window: a map was expected, not a list"));
    EXPECT_THAT(
        mistakes_of(R"({"from": "stage.rows", "into": "a.b", "mode": "delete_insert"})"),
        HasSubstr("window: mode delete_insert needs one")
    );
    EXPECT_THAT(
        mistakes_of(R"({"from": "stage.rows", "into": "a.b", "window": "day"})"),
        HasSubstr("window: only mode delete_insert has one")
    );
}

TEST(PublishSpec, DeletesWhatIsMissingUpToHalfOfTheTable) {
    const std::string upsert = R"({"from": "stage.movies", "into": "a.b", "mode": "upsert")";
    EXPECT_EQ(parsed(upsert + "}").missing, MissingRows::keep);
    const auto soft = parsed(upsert + R"(, "delete_missing": "soft"})");
    EXPECT_EQ(soft.missing, MissingRows::soft);
    EXPECT_EQ(soft.max_deleted.readable(), "50%");
    const auto hard = parsed(upsert + R"(, "delete_missing": "hard", "max_deleted": "1%"})");
    EXPECT_EQ(hard.missing, MissingRows::hard);
    EXPECT_EQ(hard.max_deleted.readable(), "1%");
    EXPECT_EQ(
        parsed(upsert + R"(, "delete_missing": "hard", "max_deleted": 7})").max_deleted.readable(),
        "7"
    );
}

TEST(PublishSpec, KnowsWhereNothingCanBeMissing) {
    const auto mistake = [](const std::string& rest) {
        return mistakes_of(R"({"from": "stage.movies", "into": "a.b", )" + rest + "}");
    };
    EXPECT_THAT(
        mistake(R"("mode": "upsert", "delete_missing": "yes")"), HasSubstr("'yes' is none of hard")
    );
    EXPECT_THAT(
        mistake(R"("mode": "append", "delete_missing": "hard")"),
        HasSubstr("only modes upsert and scd2 look for missing rows")
    );
    EXPECT_THAT(
        mistake(R"("mode": "replace", "delete_missing": "hard")"),
        HasSubstr("mode replace deletes what the source lacks anyway")
    );
    EXPECT_THAT(
        mistake(R"("mode": "scd2", "delete_missing": "hard")"),
        HasSubstr("soft ends the current version")
    );
    EXPECT_THAT(
        mistake(R"("mode": "upsert", "max_deleted": "10%")"), HasSubstr("which is not there")
    );
    EXPECT_THAT(
        mistake(R"("mode": "upsert", "delete_missing": "hard", "max_deleted": "few")"),
        HasSubstr("max_deleted: 'few' is neither a count (12) nor a share (1%)")
    );
}

TEST(PublishSpec, KeepsVersionsByTheStagedKey) {
    const auto spec = parsed(R"({"from": "stage.movies", "into": "a.b", "mode": "scd2"})");
    EXPECT_EQ(spec.mode, LoadMode::scd2);
    EXPECT_THAT(spec.key, ElementsAre("movie_id"));
    EXPECT_THAT(
        mistakes_of(R"({"from": "stage.rows", "into": "a.b", "mode": "scd2"})"),
        HasSubstr("key: mode scd2 needs a key")
    );
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
    other = spec;
    other.missing = MissingRows::soft;
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
    other.missing = MissingRows::hard;
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
}

TEST_F(LoadIdTest, DiffersByWindow) {
    spec.mode = LoadMode::delete_insert;
    spec.window = Window{"", "day", "2026-01-01", "2026-02-01"};
    const auto id = load_id(spec, identity, {"s1"});
    auto other = spec;
    other.window->until = "2026-03-01";
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
    other = spec;
    other.window->column = "month";
    EXPECT_NE(load_id(other, identity, {"s1"}), id);
}

TEST_F(LoadIdTest, IsWhatItWasForWhatThereAlwaysWas) {
    // A task that is tried again over an upgrade must find its load.
    EXPECT_EQ(load_id(spec, identity, {"s1"}), "96cf239c16fdeda0");
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
