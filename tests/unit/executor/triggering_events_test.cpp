#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "executor/context.hpp"
#include "executor/lookups.hpp"
#include "executor/render.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// DAG "movies" waits for s3://a and s3://b; over a store that holds what its runs consumed.
class TriggeringEvents : public testing::Test {
  protected:
    TriggeringEvents() {
        core::Dag dag = *order.dag;
        dag.asset_condition = core::parse_asset_condition("s3://a | s3://b").value();
        dag.tasks[0].inlets = {{.uri = "s3://a", .name = "films", .group = "tables"}};
        store->save_dags({dag}, false, a_date());
        order.run.type = core::RunType::asset_triggered;
    }

    void add_run(const std::string& run_id, const std::vector<store::AssetEventRecord>& events) {
        store::Commit commit;
        store::NewRun added{.run = order.run, .tasks = {}};
        added.run.run_id = core::RunId(run_id);
        added.run.logical_date.reset();
        added.run.dag_version = order.dag->version;
        for (const store::AssetEventRecord& event : events) {
            commit.asset_events.push_back({.event = event, .queued_for = {order.run.dag_id}});
            added.consumed_events.push_back(event.id);
        }
        commit.new_runs = {added};
        const auto done = store->commit(commit);
        ASSERT_TRUE(done) << done.error().describe();
    }

    static store::AssetEventRecord an_event(
        std::int64_t id, const char* uri = "s3://a", const char* extra = "{}"
    ) {
        return {.id = id, .uri = uri, .timestamp = a_date(), .extra = {extra}, .source = {}};
    }

    std::vector<std::int64_t> events_of(const std::string& run_id) {
        store::RunRecord run = order.run;
        run.run_id = core::RunId(run_id);
        StoreLookups lookups(order, *store, connections);
        std::vector<std::int64_t> ids;
        for (const auto& view : lookups.triggering_asset_events(run)) ids.push_back(view.event.id);
        return ids;
    }

    std::string echoed(const std::string& words, const std::string& run_id) {
        auto of_run = an_order("bash", Json{{"bash_command", words}});
        of_run.run = order.run;
        of_run.run.run_id = core::RunId(run_id);
        const auto rendered = render_arguments(of_run, *store, connections);
        return rendered ? rendered->args["bash_command"].get<std::string>()
                        : "error: " + rendered.error().message;
    }

    std::unique_ptr<store::RunStore> store = store::make_memory_store();
    config::Environment environment;
    SecretMask mask;
    Connections connections{environment, *store, {}, mask};
    scheduler::AttemptOrder order = an_order("bash", Json::object());
};

}  // namespace

TEST_F(TriggeringEvents, AreThoseOfTheRunAndOfNoOther) {
    add_run("r1", {an_event(1), an_event(2, "s3://b")});
    add_run("r2", {an_event(3)});
    EXPECT_THAT(events_of("r1"), ElementsAre(1, 2));
    EXPECT_THAT(events_of("r2"), ElementsAre(3));
    EXPECT_THAT(events_of("r3"), IsEmpty());
}

TEST_F(TriggeringEvents, AreNotLookedUpForARunThatSomethingElseStarted) {
    add_run("r1", {an_event(1)});
    for (const auto type :
         {core::RunType::manual,
          core::RunType::scheduled,
          core::RunType::backfill,
          core::RunType::asset_materialization}) {
        order.run.type = type;
        EXPECT_THAT(events_of("r1"), IsEmpty()) << core::to_string(type);
    }
}

TEST_F(TriggeringEvents, AreTheFirstThousandOfMany) {
    std::vector<store::AssetEventRecord> many;
    for (std::int64_t id = 1; id <= 1005; ++id) many.push_back(an_event(id));
    add_run("r1", many);
    const auto ids = events_of("r1");
    ASSERT_THAT(ids, SizeIs(1000));
    EXPECT_EQ(ids.front(), 1);
    EXPECT_EQ(ids.back(), 1000);
}

TEST_F(TriggeringEvents, CanBeGoneThroughInATemplate) {
    add_run(
        "r1",
        {an_event(1, "s3://a", R"({"rows": 5})"),
         an_event(2, "s3://b", R"({"rows": 7})"),
         an_event(3, "s3://a", R"({"rows": 6})")}
    );
    EXPECT_EQ(
        echoed(
            "{% for e in triggering_asset_events['s3://a'] %}{{ e.extra.rows }};{% endfor %}", "r1"
        ),
        "5;6;"
    );
    EXPECT_EQ(
        echoed(
            "{% for uri, all in triggering_asset_events.items() %}{{ uri }}={{ all | length }} {% "
            "endfor %}",
            "r1"
        ),
        "s3://a=2 s3://b=1 "
    );
    EXPECT_EQ(echoed("{{ triggering_asset_events['s3://a'][0].name }}", "r1"), "films");
    EXPECT_EQ(echoed("{{ triggering_asset_events['s3://a'][0].group }}", "r1"), "tables");
}

TEST_F(TriggeringEvents, ThatAreNotThereAreAMistakeInTheTemplate) {
    add_run("r1", {an_event(1)});
    EXPECT_THAT(
        echoed("{{ triggering_asset_events['s3://b'][0].extra.rows }}", "r1"), HasSubstr("error: ")
    );
    EXPECT_EQ(echoed("{{ 's3://b' in triggering_asset_events }}", "r1"), "False");
}

TEST_F(TriggeringEvents, AreALostDatabaseLaterWhereItIsLost) {
    FakeStore lost;
    lost.away = 1;
    Connections of_lost(environment, lost, {}, mask);
    StoreLookups lookups(order, lost, of_lost);
    EXPECT_THAT(lookups.triggering_asset_events(order.run), IsEmpty());
    EXPECT_THROW(lookups.rethrow_failure(), postgres::DatabaseError);
}

TEST_F(TriggeringEvents, OfOneAssetStandInTheOrderInWhichTheyHappened) {
    std::vector<store::AssetEventView> views;
    for (const std::int64_t id : {4, 5, 9}) {
        views.push_back({.event = an_event(id), .asset_id = 1, .name = "n", .group = "g"});
        views.back().event.timestamp += std::chrono::hours(id);
    }
    const Json events = template_context(order, {}, views)["triggering_asset_events"]["s3://a"];
    ASSERT_THAT(events, SizeIs(3));
    EXPECT_EQ(events[0]["timestamp"], "2024-01-31T11:00:00+00:00");
    EXPECT_EQ(events[2]["timestamp"], "2024-01-31T16:00:00+00:00");
}

TEST_F(TriggeringEvents, WithAnExtraThatIsNoObjectHaveAnEmptyOne) {
    for (const char* extra : {"", "[1]", "null", "{", "5"}) {
        const store::AssetEventView view{.event = an_event(1, "s3://a", extra)};
        const Json events = template_context(order, {}, {view})["triggering_asset_events"];
        EXPECT_EQ(events["s3://a"][0]["extra"], Json::object()) << extra;
    }
}

}  // namespace reel::executor
