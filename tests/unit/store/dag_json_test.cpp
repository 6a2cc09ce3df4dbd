#include "reel/store/dag_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace reel::store {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

core::Task a_whole_task() {
    core::Task task;
    task.task_id = core::TaskId("load");
    task.operator_name = "stage";
    task.args.text =
        "{\"z\": 1.50, \"a\": [1e3, null, \"\\u00fc ü\"],\n\"big\": 99999999999999999999}";
    task.upstream = {0, 2};
    task.downstream = {3};
    task.group = "g.h";
    task.owner = "ann";
    task.doc_md = "# doc\n";
    task.display_name = "Load it";
    task.trigger_rule = core::TriggerRule::none_failed_min_one_success;
    task.retries = 5;
    task.retry_delay = std::chrono::microseconds(1'500'001);
    task.retry_exponential_backoff = 1.1;
    task.max_retry_delay = minutes(7);
    task.execution_timeout = seconds(9);
    task.priority_weight = -3;
    task.weight_rule = core::WeightRule::absolute;
    task.pool = "small";
    task.pool_slots = 2;
    task.queue = "gpu";
    task.do_xcom_push = false;
    task.inlets = {core::make_asset("s3://raw")};
    task.outlets = {
        {.uri = "s3://a", .name = "sales", .group = "tables", .extra = {"{\"z\": 1.50}"}}
    };
    task.params.text = "{\"z\": {\"default\": 1.50}}";
    task.wait_for_past_depends_before_skipping = true;
    task.start_date = core::Timestamp(std::chrono::microseconds(1'704'067'200'000'001));
    task.callbacks[core::CallbackEvent::failure] = {
        {.kind = core::CallbackKind::slack, .args = {"{\"url\": \"{{ var.value.x }}\"}"}},
        {.kind = core::CallbackKind::command, .args = {"{\"command\": \"echo\"}"}},
    };
    task.callbacks[core::CallbackEvent::execute] = {{.args = {"{}"}}};
    task.position = {"/dags/movies.yaml", 12, 5};
    return task;
}

core::Dag a_whole_dag() {
    core::Dag dag;
    dag.dag_id = core::DagId("movies");
    dag.display_name = "The Movies";
    dag.description = "it's \"x\"";
    dag.schedule = core::CronSchedule{"0 7 * * *"};
    dag.asset_condition = core::parse_asset_condition("(a & b) | (c & (d | e))").value();
    dag.timezone = "Europe/Berlin";
    dag.start_date = core::Timestamp(std::chrono::microseconds(1'704'067'200'000'001));
    dag.end_date = core::Timestamp(std::chrono::microseconds(-1));
    dag.catchup = true;
    dag.max_active_runs = 1;
    dag.max_active_tasks = 2;
    dag.dagrun_timeout = minutes(30);
    dag.is_paused_upon_creation = false;
    dag.fail_fast = true;
    dag.doc_md = "doc";
    dag.tags = {"b", "a"};
    dag.params.text = "{\"b\": {\"default\": 1.0}, \"a\": {}}";
    dag.default_args.text = "{\"retries\": 5}";
    dag.tasks = {a_whole_task(), core::Task{.task_id = core::TaskId("plain")}};
    dag.callbacks[core::CallbackEvent::success] = {
        {.kind = core::CallbackKind::http, .args = {"{\"url\": \"http://h\"}"}}
    };
    dag.deadlines = {
        {.reference = core::Deadline::Reference::dagrun_queued_at,
         .interval = minutes(5),
         .callbacks = {{.kind = core::CallbackKind::email, .args = {"{\"to\": \"a@b\"}"}}}},
        {.reference = core::Deadline::Reference::fixed_datetime,
         .fixed_at = core::Timestamp(std::chrono::microseconds(1'704'067'200'000'001)),
         .interval = std::chrono::microseconds(1)},
    };
    dag.fileloc = "/dags/movies.yaml";
    dag.relative_fileloc = "movies.yaml";
    dag.version = std::string(64, 'a');
    return dag;
}

void expect_equal(const core::Task& a, const core::Task& b) {
    EXPECT_EQ(a.task_id, b.task_id);
    EXPECT_EQ(a.operator_name, b.operator_name);
    EXPECT_EQ(a.args, b.args);
    EXPECT_EQ(a.upstream, b.upstream);
    EXPECT_EQ(a.downstream, b.downstream);
    EXPECT_EQ(a.group, b.group);
    EXPECT_EQ(a.owner, b.owner);
    EXPECT_EQ(a.doc_md, b.doc_md);
    EXPECT_EQ(a.display_name, b.display_name);
    EXPECT_EQ(a.trigger_rule, b.trigger_rule);
    EXPECT_EQ(a.retries, b.retries);
    EXPECT_EQ(a.retry_delay, b.retry_delay);
    EXPECT_EQ(a.retry_exponential_backoff, b.retry_exponential_backoff);
    EXPECT_EQ(a.max_retry_delay, b.max_retry_delay);
    EXPECT_EQ(a.execution_timeout, b.execution_timeout);
    EXPECT_EQ(a.priority_weight, b.priority_weight);
    EXPECT_EQ(a.weight_rule, b.weight_rule);
    EXPECT_EQ(a.pool, b.pool);
    EXPECT_EQ(a.pool_slots, b.pool_slots);
    EXPECT_EQ(a.queue, b.queue);
    EXPECT_EQ(a.wait_for_past_depends_before_skipping, b.wait_for_past_depends_before_skipping);
    EXPECT_EQ(a.params, b.params);
    EXPECT_EQ(a.start_date, b.start_date);
    EXPECT_EQ(a.end_date, b.end_date);
    EXPECT_EQ(a.do_xcom_push, b.do_xcom_push);
    EXPECT_EQ(a.position, b.position);
}

TEST(DagJson, GivesBackEveryFieldOfADag) {
    const core::Dag dag = a_whole_dag();
    const core::Dag back = dag_from_json(dag_to_json(dag)).value();
    EXPECT_EQ(back.dag_id, dag.dag_id);
    EXPECT_EQ(back.display_name, dag.display_name);
    EXPECT_EQ(back.description, dag.description);
    EXPECT_EQ(back.schedule, dag.schedule);
    EXPECT_EQ(back.timezone, dag.timezone);
    EXPECT_EQ(back.start_date, dag.start_date);
    EXPECT_EQ(back.end_date, dag.end_date);
    EXPECT_EQ(back.catchup, dag.catchup);
    EXPECT_EQ(back.max_active_runs, dag.max_active_runs);
    EXPECT_EQ(back.max_active_tasks, dag.max_active_tasks);
    EXPECT_EQ(back.dagrun_timeout, dag.dagrun_timeout);
    EXPECT_EQ(back.is_paused_upon_creation, dag.is_paused_upon_creation);
    EXPECT_EQ(back.fail_fast, dag.fail_fast);
    EXPECT_EQ(back.doc_md, dag.doc_md);
    EXPECT_EQ(back.tags, dag.tags);
    EXPECT_EQ(back.params, dag.params);
    EXPECT_EQ(back.default_args, dag.default_args);
    EXPECT_EQ(back.fileloc, dag.fileloc);
    EXPECT_EQ(back.relative_fileloc, dag.relative_fileloc);
    EXPECT_EQ(back.version, dag.version);
}

TEST(DagJson, GivesBackEveryFieldOfItsTasks) {
    const core::Dag dag = a_whole_dag();
    const core::Dag back = dag_from_json(dag_to_json(dag)).value();
    ASSERT_EQ(back.tasks.size(), 2U);
    expect_equal(back.tasks[0], dag.tasks[0]);
    expect_equal(back.tasks[1], dag.tasks[1]);
}

TEST(DagJson, GivesBackEverySchedule) {
    core::Dag dag;
    for (const core::Schedule& schedule :
         {core::Schedule(core::NoSchedule{}),
          core::Schedule(core::OnceSchedule{}),
          core::Schedule(core::CronSchedule{"@x 'y'"}),
          core::Schedule(core::CronSchedule{
              .expression = "0 7 * * *",
              .others = {"0 9 * * *", "1 1 1 1 *"},
              .timezone = "Asia/Tokyo"
          }),
          core::Schedule(core::ContinuousSchedule{}),
          core::Schedule(core::EventsSchedule{
              {core::Timestamp(minutes(-1)), core::Timestamp(seconds(7))}, "finals"
          }),
          core::Schedule(core::EventsSchedule{}),
          core::Schedule(core::CalendarSchedule{{.months = 1}}),
          core::Schedule(core::CalendarSchedule{
              {.years = 1,
               .months = -2,
               .days = 3,
               .leap_days = -1,
               .time = seconds(4),
               .year = 2030,
               .month = 5,
               .day = 6,
               .hour = 7,
               .minute = 8,
               .second = 9,
               .microsecond = 10,
               .weekday = 0,
               .nth = -2}
          }),
          core::Schedule(core::DeltaSchedule{minutes(5)})}) {
        dag.schedule = schedule;
        EXPECT_EQ(dag_from_json(dag_to_json(dag))->schedule, schedule);
    }
}

TEST(DagJson, GivesBackHowTheScheduleIsRead) {
    core::Dag dag;
    for (const auto gap : {core::GapRule::shift, core::GapRule::skip}) {
        for (const auto overlap :
             {core::OverlapRule::first, core::OverlapRule::both, core::OverlapRule::last}) {
            dag.dst = {.gap = gap, .overlap = overlap};
            EXPECT_EQ(dag_from_json(dag_to_json(dag))->dst, dag.dst);
        }
    }
    dag.dst = {};
    dag.intervals = {.between_fires = true, .length = core::Duration(seconds(3))};
    dag.schedule_jitter = minutes(5);
    dag.run_immediately = core::Duration::max();
    EXPECT_EQ(dag_from_json(dag_to_json(dag)).value(), dag);
    dag.intervals.length = core::CalendarDelta{.months = 1};
    EXPECT_EQ(dag_from_json(dag_to_json(dag)).value(), dag);
}

TEST(DagJson, ReadsWhatAnEarlierVersionWrote) {
    auto form = nlohmann::json::parse(dag_to_json(a_whole_dag()).text);
    for (const char* name : {"dst", "intervals", "schedule_jitter", "run_immediately"}) {
        form.erase(name);
    }
    EXPECT_EQ(dag_from_json({form.dump()}).value(), a_whole_dag());
}

TEST(DagJson, GivesBackWhatIsNotSet) {
    const core::Dag back = dag_from_json(dag_to_json(core::Dag())).value();
    EXPECT_EQ(back.start_date, std::nullopt);
    EXPECT_EQ(back.end_date, std::nullopt);
    EXPECT_EQ(back.dagrun_timeout, std::nullopt);
    EXPECT_EQ(back.is_paused_upon_creation, std::nullopt);
    EXPECT_TRUE(back.tasks.empty());
}

TEST(DagJson, IsTheSameTextForTheSameDag) {
    EXPECT_EQ(dag_to_json(a_whole_dag()), dag_to_json(a_whole_dag()));
}

TEST(DagJson, SurvivesTextThatIsNotUtf8) {
    core::Dag dag = a_whole_dag();
    dag.description = "a\xff";
    EXPECT_THAT(dag_from_json(dag_to_json(dag))->description, testing::StartsWith("a"));
}

TEST(DagJson, OtherTextIsCorruptData) {
    std::string unknown_rule = dag_to_json(a_whole_dag()).text;
    unknown_rule.replace(unknown_rule.find("none_failed_min_one_success"), 4, "some");
    for (const std::string& text :
         {std::string(),
          std::string("null"),
          std::string("{"),
          std::string("[]"),
          std::string("{\"dag_id\": 1}"),
          std::string("{\"dag_id\": \"x\"}"),
          unknown_rule}) {
        const auto dag = dag_from_json({text});
        ASSERT_FALSE(dag) << text;
        EXPECT_EQ(dag.error().code, core::Errc::corrupt_data);
    }
}

}  // namespace

}  // namespace reel::store
