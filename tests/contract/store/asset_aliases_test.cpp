#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

NewAssetEvent an_event(std::int64_t id, const std::string& uri, std::vector<std::string> aliases) {
    NewAssetEvent added{
        .event = {.id = id, .uri = uri, .timestamp = at(1, static_cast<int>(id))},
        .queued_for = {core::DagId("consumer")},
        .aliases = std::move(aliases)
    };
    added.event.source = key_of("producer", "p1", "extract");
    return added;
}

StateQuestion of_asset(const std::string& uri) {
    StateQuestion question;
    question.asset = uri;
    return question;
}

/// "producer" names assets for "daily" and "weekly", "consumer" waits for "daily" and "raw".
class AliasContract : public RunStoreContract {
  protected:
    void SetUp() override {
        RunStoreContract::SetUp();
        core::Dag producer = a_dag("producer");
        producer.tasks[0].outlet_aliases = {"daily", "weekly"};
        core::Dag consumer = a_dag("consumer");
        consumer.asset_condition = core::AssetExpression{
            .kind = core::AssetExpression::Kind::all,
            .asset = {},
            .operands = {core::make_alias("daily"), {.asset = core::make_asset("raw")}}
        };
        store->save_dags({producer, consumer}, false, at(0));
    }

    [[nodiscard]] std::vector<std::string> aliases_of(const std::string& uri) {
        std::vector<std::string> names;
        for (const AssetRecord& record : store->list_assets()) {
            if (record.asset.uri != uri) continue;
            for (const AssetAliasRecord& alias : record.aliases) names.push_back(alias.name);
        }
        return names;
    }
};

TEST_P(AliasContract, AliasesAreThoseThatDagsName) {
    std::vector<std::string> names;
    for (const AssetAliasRecord& alias : store->list_asset_aliases()) names.push_back(alias.name);
    EXPECT_THAT(names, testing::UnorderedElementsAre("daily", "weekly"));
    const auto before = store->list_asset_aliases();
    EXPECT_LT(before[0].id, before[1].id);
    store->save_dags({a_dag("producer"), a_dag("third")}, false, at(1));
    EXPECT_EQ(store->list_asset_aliases(), before) << "never removed, and made once";
    EXPECT_THAT(store->list_assets(), SizeIs(1)) << "an alias is no asset";
}

TEST_P(AliasContract, AnEventByAnAliasMakesItsAsset) {
    ASSERT_TRUE(store->commit({.asset_events = {an_event(1, "s3://1", {"daily"})}}));
    ASSERT_THAT(store->list_assets(), SizeIs(2));
    const AssetRecord made = store->list_assets()[1];
    EXPECT_EQ(made.asset, core::make_asset("s3://1"));
    EXPECT_EQ(made.created_at, at(1, 1));
    EXPECT_TRUE(made.is_active);
    EXPECT_EQ(made.last_event_id, 1);
    EXPECT_THAT(aliases_of("s3://1"), ElementsAre("daily"));
    EXPECT_THAT(store->list_queued_asset_events(core::DagId("consumer"), {}), SizeIs(1));
}

TEST_P(AliasContract, WithoutAnAliasAnUnknownAssetIsRefused) {
    EXPECT_EQ(
        code_of(store->commit({.asset_events = {an_event(1, "s3://1", {})}})), Errc::not_found
    );
    EXPECT_THAT(store->list_assets(), SizeIs(1));
}

TEST_P(AliasContract, AnAssetThatDagsNameGetsTheNameToo) {
    ASSERT_TRUE(store->commit({.asset_events = {an_event(1, "raw", {"daily", "weekly"})}}));
    EXPECT_THAT(store->list_assets(), SizeIs(1));
    EXPECT_THAT(aliases_of("raw"), testing::UnorderedElementsAre("daily", "weekly"));
}

TEST_P(AliasContract, CommittedAgainItChangesNothing) {
    const Commit commit{
        .asset_events = {an_event(1, "s3://1", {"daily"}), an_event(2, "s3://1", {"weekly"})}
    };
    ASSERT_TRUE(store->commit(commit));
    const auto assets = store->list_assets();
    EXPECT_TRUE(store->commit(commit)) << "the answer may have been lost";
    EXPECT_EQ(store->list_assets(), assets);
    EXPECT_THAT(aliases_of("s3://1"), testing::UnorderedElementsAre("daily", "weekly"));
}

TEST_P(AliasContract, ARestartLearnsWhatTheyStandFor) {
    EXPECT_THAT(store->load_asset_state().aliased, IsEmpty());
    ASSERT_TRUE(store->commit(
        {.asset_events = {an_event(1, "s3://1", {"daily"}), an_event(2, "s3://2", {"daily"})}}
    ));
    const core::AliasedAssets expected{{"daily", {"s3://1", "s3://2"}}};
    EXPECT_EQ(store->load_asset_state().aliased, expected);
}

TEST_P(AliasContract, TheLatestEventOfAnAssetIsFoundBesideStates) {
    ASSERT_TRUE(store->commit(
        {.asset_events =
             {an_event(1, "s3://1", {"daily"}),
              an_event(2, "raw", {"daily"}),
              an_event(3, "s3://1", {"daily"})}}
    ));
    save_dag("movies");
    start_run("movies", "r1", 1);
    const auto answers = store->find_states(
        {of_asset("s3://1"),
         {.dag_id = core::DagId("movies"), .run_id = core::RunId("r1")},
         of_asset("raw"),
         of_asset("s3://1"),
         of_asset("nothing")}
    );
    ASSERT_THAT(answers, SizeIs(5));
    EXPECT_EQ(answers[0].event, an_event(3, "s3://1", {}).event);
    EXPECT_FALSE(answers[0].run);
    EXPECT_EQ(answers[1].run, core::RunState::queued);
    EXPECT_FALSE(answers[1].event);
    EXPECT_EQ(answers[2].event->id, 2);
    EXPECT_EQ(answers[3].event, answers[0].event);
    EXPECT_FALSE(answers[4].event);
}

TEST_P(AliasContract, AnAssetWithoutEventsHasNoLatest) {
    EXPECT_FALSE(store->find_states({of_asset("raw")})[0].event);
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    AliasContract,
    testing::Values("memory", "postgres"),
    [](const testing::TestParamInfo<std::string>& info) { return info.param; }
);

}  // namespace
}  // namespace reel::store
