#include "executor/waiting/asset_sensor.hpp"

#include <gmock/gmock.h>

#include "wait_desk.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

namespace {

const Json sales{{"asset", "s3://sales"}};

core::Result<AssetWish> parse(
    const Json& args, const std::function<void(store::RunRecord&)>& change = {}
) {
    auto order = an_order("sensor.asset", args);
    if (change) {
        change(order.run);
    }
    return parse_asset_wish(order, args);
}

store::StateAnswer an_event(core::Timestamp at) {
    store::AssetEventRecord event{.id = 7, .uri = "s3://sales", .timestamp = at};
    event.extra = {R"({"rows": 3})"};
    event.source = core::TaskKey{core::DagId("maker"), core::RunId("r"), core::TaskId("load"), -1};
    return {.event = event};
}

}  // namespace

TEST(AssetSensor, CountsEventsFromTheStartOfTheDataInterval) {
    const auto wish = parse(sales, [](store::RunRecord& run) {
        run.data_interval = core::DataInterval{.start = a_date() - 24h, .end = a_date()};
    });
    EXPECT_EQ(wish->uri, "s3://sales");
    EXPECT_EQ(wish->after, a_date() - 24h);
}

TEST(AssetSensor, WithoutAnIntervalFromTheMomentOfTheRun) {
    const auto without = [](store::RunRecord& run) { run.data_interval.reset(); };
    EXPECT_EQ(parse(sales, without)->after, a_date()) << "its logical date";
}

TEST(AssetSensor, CountsFromWhereItIsToldTo) {
    Json args = sales;
    args["after"] = "2024-01-30 06:00";
    EXPECT_EQ(parse(args)->after, a_date() - 25h);
    args["after"] = "yesterday";
    EXPECT_FALSE(parse(args));
}

TEST(AssetSensor, TakesAnAssetInAllItsForms) {
    EXPECT_EQ(parse({{"asset", {{"uri", "s3://a"}, {"name", "x"}}}})->uri, "s3://a");
    EXPECT_EQ(parse({{"asset", {{"name", "x"}}}})->uri, "x");
    const auto none = parse({{"asset", "two words"}});
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("'two words' is no asset"));
}

TEST(AssetSensor, IsMetByAnEventThatIsNotTooOld) {
    const AssetWish wish{.uri = "s3://sales", .after = a_date()};
    EXPECT_EQ(judge_asset(wish, {}).finding, Finding::not_yet);
    EXPECT_EQ(judge_asset(wish, an_event(a_date() - 1us)).finding, Finding::not_yet);
    const Poke poke = judge_asset(wish, an_event(a_date()));
    EXPECT_EQ(poke.finding, Finding::met);
    const Json& event = poke.xcoms.at("return_value");
    EXPECT_EQ(event["uri"], "s3://sales");
    EXPECT_EQ(event["extra"]["rows"], 3);
    EXPECT_EQ(event["source_dag_id"], "maker");
    EXPECT_EQ(event["timestamp"], core::format_iso(a_date()));
}

TEST(AssetSensor, AnEventByHandHasNoSource) {
    store::StateAnswer answer = an_event(a_date());
    answer.event->source.reset();
    const Poke poke = judge_asset({.uri = "s3://sales", .after = a_date()}, answer);
    EXPECT_EQ(poke.xcoms.at("return_value")["source_task_id"], nullptr);
}

TEST(AssetSensor, AsksAtItsIntervalAndAtOnceWhenThereIsNews) {
    WaitDesk desk;
    desk.start(wait_order("sensor.asset", sales));
    ASSERT_THAT(desk.store.questions, SizeIs(1));
    EXPECT_EQ(desk.store.questions[0][0].asset, "s3://sales");
    desk.clock->advance(1s);
    desk.waits->has_news("s3://other");
    desk.run();
    EXPECT_THAT(desk.store.questions, SizeIs(1));
    desk.store.on_question = [&](const auto&) { return an_event(desk.clock->now() + 1h); };
    desk.waits->has_news("s3://sales");
    desk.run();
    EXPECT_THAT(desk.store.questions, SizeIs(2)) << "without time passing";
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    ASSERT_THAT(desk.only_end().xcoms, SizeIs(1));
    EXPECT_THAT(desk.log(), HasSubstr("waits for an event of asset 's3://sales' since"));
}

TEST(AssetSensor, ThatHasEndedIsToldNothing) {
    WaitDesk desk;
    desk.start(wait_order("sensor.asset", sales));
    desk.waits->cancel(17);
    desk.waits->has_news("s3://sales");
    desk.run();
    EXPECT_THAT(desk.store.questions, SizeIs(1));
    EXPECT_THAT(desk.ended, SizeIs(1));
}

TEST(AssetSensor, TimesOutAsEverySensorDoes) {
    WaitDesk desk;
    Json args = sales;
    args["timeout"] = 30;
    desk.start(wait_order("sensor.asset", args));
    desk.pass(30s);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.only_end().message, HasSubstr("it has had no event yet"));
}

TEST(AssetSensor, ThatNamesNoAssetFailsForGood) {
    WaitDesk desk;
    desk.start(wait_order("sensor.asset", {{"asset", "{{ ' ' }}"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
}

}  // namespace reel::executor
