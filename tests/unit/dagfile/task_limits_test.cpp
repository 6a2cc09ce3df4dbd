#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

TEST(TaskFields, SayHowManyMayRunAtOneTime) {
    const core::Task task = task_of(
        parse_one(bash_task(R"(    pool: small
    pool_slots: 2
    max_active_tis_per_dag: 3
    max_active_tis_per_dagrun: 4
    retry_exit_codes: [75, 111]
)")),
        "a"
    );
    EXPECT_EQ(task.pool, "small");
    EXPECT_EQ(task.pool_slots, 2);
    EXPECT_EQ(task.max_active_tis_per_dag, 3);
    EXPECT_EQ(task.max_active_tis_per_dagrun, 4);
    EXPECT_EQ(task.retry_exit_codes, (std::vector{75, 111}));
}

TEST(TaskFields, SayWhichWorkersTakeTheTask) {
    EXPECT_EQ(task_of(parse_one(bash_task("    queue: gpu\n")), "a").queue, "gpu");
    EXPECT_EQ(task_of(parse_one(bash_task("")), "a").queue, "default");
    const core::Dag dag = parse_one(
        "d:\n  default_args: {queue: loads}\n  tasks:\n"
        "  - {task_id: a, operator: empty}\n  - {task_id: b, operator: empty, queue: gpu}\n"
    );
    EXPECT_EQ(task_of(dag, "a").queue, "loads");
    EXPECT_EQ(task_of(dag, "b").queue, "gpu");
}

TEST(TaskFields, RefuseAQueueThatNoWorkerCanServe) {
    for (const char* const queue : {"''", "' '", "'a,b'", "[a]"}) {
        EXPECT_THAT(
            mistakes_in(bash_task(std::string("    queue: ") + queue + "\n")), testing::SizeIs(1)
        ) << queue;
    }
}

TEST(TaskFields, MayLookAtTheRunBefore) {
    const core::Dag dag = parse_one(bash_task("    wait_for_downstream: true\n"));
    EXPECT_TRUE(task_of(dag, "a").wait_for_downstream);
    EXPECT_FALSE(task_of(dag, "a").depends_on_past) << "it says the same and more";
    EXPECT_TRUE(task_of(parse_one(bash_task("    depends_on_past: true\n")), "a").depends_on_past);
    const core::Dag waits =
        parse_one(bash_task("    wait_for_past_depends_before_skipping: true\n"));
    EXPECT_TRUE(task_of(waits, "a").wait_for_past_depends_before_skipping);
}

TEST(TaskFields, SayFromWhenToWhenThereAreInstances) {
    const core::Dag dag = parse_one(R"(d:
  default_args: {start_date: 2024-01-01, end_date: 2026-01-01, timezone: Europe/Berlin}
  task_groups: {g: {default_args: {end_date: 2025-06-01}}}
  tasks:
    a: {operator: empty, start_date: 2024-07-01}
    b: {operator: empty, task_group_name: g}
    c: {operator: empty}
)");
    EXPECT_EQ(core::format_api(task_of(dag, "a").start_date.value()), "2024-06-30T22:00:00Z");
    EXPECT_FALSE(task_of(dag, "a").end_date);
    EXPECT_EQ(core::format_api(task_of(dag, "g.b").end_date.value()), "2025-05-31T22:00:00Z");
    EXPECT_FALSE(task_of(dag, "c").start_date) << "that of the default_args is the DAG's";
    EXPECT_TRUE(dag.start_date);
}

TEST(TaskFields, TakeTheDatesOfDefaultArgsWhereTheDagHasOthers) {
    const core::Dag dag = parse_one(R"(d:
  start_date: 2024-01-01
  end_date: 2026-01-01
  default_args: {start_date: 2024-06-01, end_date: 2026-01-01 00:00}
  task_groups: {g: {default_args: {start_date: 2025-01-01}}}
  tasks:
    a: {operator: empty, start_date: 2024-07-01}
    b: {operator: empty, task_group_name: g}
    c: {operator: empty}
)");
    const auto start_of = [&](const char* task) {
        return core::format_api(task_of(dag, task).start_date.value());
    };
    EXPECT_EQ(start_of("c"), "2024-06-01T00:00:00Z") << "as Airflow gives it to every task";
    EXPECT_EQ(start_of("g.b"), "2025-01-01T00:00:00Z");
    EXPECT_EQ(start_of("a"), "2024-07-01T00:00:00Z");
    EXPECT_EQ(core::format_api(dag.start_date.value()), "2024-01-01T00:00:00Z");
    EXPECT_FALSE(task_of(dag, "c").end_date) << "the same as the DAG's";
}

TEST(TaskFields, EndNotBeforeTheyStart) {
    EXPECT_THAT(
        mistakes_in(bash_task("    start_date: 2024-01-02\n    end_date: 2024-01-01\n")),
        testing::ElementsAre("7:5 end_date lies before start_date, in task 'a'")
    );
    EXPECT_THAT(
        mistakes_in(bash_task("    start_date: soon\n")),
        testing::ElementsAre("6:17 'start_date' of task 'a' must be a date, not the text 'soon'")
    );
}

TEST(TaskFields, SayHowInstancesAreNamed) {
    EXPECT_EQ(
        task_of(parse_one(bash_task("    map_index_template: '{{ task.env.REGION }}'\n")), "a")
            .map_index_template,
        "{{ task.env.REGION }}"
    );
    EXPECT_EQ(task_of(parse_one(bash_task("")), "a").map_index_template, "");
}

TEST(TaskFields, RefuseANameThatIsNoTemplate) {
    const auto mistakes = mistakes_in(bash_task("    map_index_template: '{{ ds'\n"));
    ASSERT_THAT(mistakes, testing::SizeIs(1));
    EXPECT_THAT(mistakes[0], testing::HasSubstr("'map_index_template' of task 'a' is no template"));
}

TEST(TaskFields, RefuseLimitsThatLetNothingRun) {
    EXPECT_THAT(
        mistakes_in(bash_task("    pool_slots: 0\n    max_active_tis_per_dag: 0\n    pool: ''\n")),
        testing::SizeIs(3)
    );
}

TEST(TaskFields, OfATeardownWaitForItsSetupUnlessToldOtherwise) {
    EXPECT_EQ(
        task_of(parse_one(bash_task("    is_teardown: true\n")), "a").trigger_rule,
        core::TriggerRule::all_done_setup_success
    );
    EXPECT_EQ(
        task_of(parse_one(bash_task("    is_teardown: true\n    trigger_rule: always\n")), "a")
            .trigger_rule,
        core::TriggerRule::always
    );
    EXPECT_TRUE(task_of(parse_one(bash_task("    is_setup: true\n")), "a").is_setup);
}

}  // namespace
}  // namespace reel::dagfile
