#include "executor/context.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace reel::executor {

TEST(Context, SpellsTheLogicalDateAsAirflowDoes) {
    const Json context = template_context(an_order("bash", Json::object()));
    EXPECT_EQ(context["ds"], "2024-01-31");
    EXPECT_EQ(context["ds_nodash"], "20240131");
    EXPECT_EQ(context["ts"], "2024-01-31T07:00:00+00:00");
    EXPECT_EQ(context["ts_nodash"], "20240131T070000");
    EXPECT_EQ(context["ts_nodash_with_tz"], "20240131T070000+0000");
    EXPECT_EQ(context["logical_date"], "2024-01-31T07:00:00+00:00");
    EXPECT_EQ(context["task_instance_key_str"], "movies__load__20240131");
}

TEST(Context, KeepsMicrosecondsWhereAirflowKeepsThem) {
    auto order = an_order("bash", Json::object());
    order.run.logical_date = a_date() + std::chrono::microseconds(123456);
    const Json context = template_context(order);
    EXPECT_EQ(context["ts"], "2024-01-31T07:00:00.123456+00:00");
    EXPECT_EQ(context["ts_nodash"], "20240131T070000");
    EXPECT_EQ(context["ts_nodash_with_tz"], "20240131T070000.123456+0000");
}

TEST(Context, UsesTheMomentARunWasDueWhereItHasNoLogicalDate) {
    auto order = an_order("bash", Json::object());
    order.run.logical_date.reset();
    const Json context = template_context(order);
    EXPECT_EQ(context["ts"], "2024-01-31T08:00:00+00:00");
    EXPECT_EQ(context["data_interval_start"], "2024-01-31T08:00:00+00:00");
    EXPECT_TRUE(context["dag_run"]["logical_date"].is_null());
}

TEST(Context, TakesTheDataIntervalOfTheRun) {
    auto order = an_order("bash", Json::object());
    order.run.data_interval = core::DataInterval{
        .start = a_date() - std::chrono::hours(24),
        .end = a_date(),
    };
    const Json context = template_context(order);
    EXPECT_EQ(context["data_interval_start"], "2024-01-30T07:00:00+00:00");
    EXPECT_EQ(context["data_interval_end"], "2024-01-31T07:00:00+00:00");
    EXPECT_EQ(context["dag_run"]["data_interval_end"], "2024-01-31T07:00:00+00:00");
}

TEST(Context, HoldsExactlyAirflowsNames) {
    const Json context = template_context(an_order("bash", Json::object()));
    std::vector<std::string> names;
    for (const auto& [name, value] : context.items()) {
        names.push_back(name);
    }
    const std::vector<std::string> expected{
        "ds",
        "ds_nodash",
        "ts",
        "ts_nodash",
        "ts_nodash_with_tz",
        "logical_date",
        "data_interval_start",
        "data_interval_end",
        "run_id",
        "dag_run",
        "dag",
        "params",
        "conf",
        "triggering_asset_events",
        "test_mode",
        "task",
        "ti",
        "task_instance",
        "map_index",
        "try_number",
        "inlets",
        "outlets",
        "task_instance_key_str",
    };
    EXPECT_EQ(names, expected);
}

TEST(Context, NamesTheAssetsOfTheTask) {
    const auto order = an_order("bash", Json::object(), [](core::Dag& dag) {
        dag.tasks[0].inlets = {core::make_asset("s3://raw")};
        dag.tasks[0].outlets = {
            {.uri = "s3://a", .name = "sales", .group = "tables", .extra = {R"({"x": 1})"}}
        };
    });
    const Json context = template_context(order);
    EXPECT_EQ(context["inlets"][0]["uri"], "s3://raw");
    EXPECT_EQ(
        context["outlets"],
        Json::parse(R"([{"name":"sales","uri":"s3://a","group":"tables","extra":{"x":1}}])")
    );
    EXPECT_EQ(context["triggering_asset_events"], Json::object());
}

TEST(Context, HoldsTheEventsThatStartedTheRun) {
    store::AssetEventView task_made{
        .event = {.id = 1, .uri = "s3://a", .timestamp = a_date()}, .name = "sales", .group = "g"
    };
    task_made.event.source =
        core::TaskKey{core::DagId("p"), core::RunId("r"), core::TaskId("t"), 2};
    store::AssetEventView by_hand = task_made;
    by_hand.event.source.reset();
    by_hand.event.extra.text = R"({"rows": 5})";
    const Json context =
        template_context(an_order("bash", Json::object()), {}, {task_made, by_hand});
    const Json& events = context["triggering_asset_events"]["s3://a"];
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0]["source_dag_id"], "p");
    EXPECT_EQ(events[0]["source_map_index"], 2);
    EXPECT_EQ(events[0]["name"], "sales");
    EXPECT_EQ(events[0]["timestamp"], "2024-01-31T07:00:00+00:00");
    EXPECT_TRUE(events[1]["source_dag_id"].is_null());
    EXPECT_EQ(events[1]["source_map_index"], -1);
    EXPECT_EQ(events[1]["extra"]["rows"], 5);
}

TEST(Context, DescribesRunDagTaskAndTry) {
    auto order = an_order("bash", Json::object(), [](core::Dag& dag) {
        dag.description = "films";
        dag.tags = {"a", "b"};
        dag.tasks[0].owner = "data";
        dag.tasks[0].retries = 3;
    });
    order.try_number = 2;
    order.run.conf = core::JsonText{R"({"dataset": "x.zip"})"};
    const Json context = template_context(order);
    EXPECT_EQ(context["run_id"], "manual__1");
    EXPECT_EQ(context["dag_run"]["run_type"], "manual");
    EXPECT_EQ(context["dag_run"]["run_after"], "2024-01-31T08:00:00+00:00");
    EXPECT_EQ(context["dag_run"]["conf"]["dataset"], "x.zip");
    EXPECT_EQ(context["conf"]["dataset"], "x.zip");
    EXPECT_EQ(context["dag"]["dag_id"], "movies");
    EXPECT_EQ(context["dag"]["tags"], Json::array({"a", "b"}));
    EXPECT_EQ(context["task"]["task_id"], "load");
    EXPECT_EQ(context["task"]["owner"], "data");
    EXPECT_EQ(context["ti"]["try_number"], 2);
    EXPECT_EQ(context["task_instance"]["max_tries"], 3);
    EXPECT_EQ(context["map_index"], -1);
    EXPECT_EQ(context["test_mode"], false);
}

TEST(Context, HoldsTheWholeRun) {
    auto order = an_order("bash", Json::object());
    order.run.start_date = a_date() + std::chrono::hours(2);
    order.run.triggering_user = "admin";
    order.run.note = "again";
    const Json expected{
        {"dag_id", "movies"},
        {"run_id", "manual__1"},
        {"run_type", "manual"},
        {"state", "running"},
        {"triggered_by", "rest_api"},
        {"triggering_user_name", "admin"},
        {"conf", Json::object()},
        {"logical_date", "2024-01-31T07:00:00+00:00"},
        {"run_after", "2024-01-31T08:00:00+00:00"},
        {"data_interval_start", "2024-01-31T07:00:00+00:00"},
        {"data_interval_end", "2024-01-31T07:00:00+00:00"},
        {"queued_at", "2024-01-31T08:00:00+00:00"},
        {"start_date", "2024-01-31T09:00:00+00:00"},
        {"note", "again"},
    };
    EXPECT_EQ(template_context(order)["dag_run"], expected);
}

TEST(Context, LaysTheRunsConfOverTheDefaultsOfTheParams) {
    auto order = an_order("bash", Json::object(), [](core::Dag& dag) {
        dag.params = core::JsonText{
            R"({"dataset": {"type": "string", "default": "a.zip"},
                "limit": {"type": "integer", "default": 5},
                "required": {"type": "string"},
                "plain": 7})"
        };
    });
    order.run.conf = core::JsonText{R"({"dataset": "b.zip", "extra": [1]})"};
    const Json params = run_params(*order.dag, order.run);
    EXPECT_EQ(dump(params), R"({"dataset":"b.zip","limit":5,"plain":7,"extra":[1]})");
}

TEST(Context, LaysTheParamsOfATaskBetweenThoseOfTheDagAndTheConf) {
    auto order = an_order("bash", Json::object(), [](core::Dag& dag) {
        dag.params = core::JsonText{R"({"a": {"default": 1}, "b": {"default": 1}})"};
        dag.tasks[0].params =
            core::JsonText{R"({"b": {"default": 2}, "c": {"default": 2}, "d": {"default": 2}})"};
    });
    order.run.conf = core::JsonText{R"({"c": 3})"};
    EXPECT_EQ(dump(template_context(order)["params"]), R"({"a":1,"b":2,"c":3,"d":2})");
    EXPECT_EQ(
        dump(run_template_context(*order.dag, order.run)["params"]), R"({"a":1,"b":1,"c":3})"
    );
}

}  // namespace reel::executor
