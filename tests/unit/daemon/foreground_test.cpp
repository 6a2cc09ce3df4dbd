#include "daemon/foreground.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/one_task.hpp"

namespace reel::daemon {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// A home with a DAG folder, removed with the test.
class FindDag : public testing::Test {
  protected:
    FindDag() {
        std::string name = (std::filesystem::temp_directory_path() / "reel-find-XXXXXX").string();
        home_ = mkdtemp(name.data());
        std::filesystem::create_directories(home_ / "dags");
    }
    ~FindDag() override {
        std::error_code ignored;
        std::filesystem::remove_all(home_, ignored);
    }

    std::string write(const std::string& name, const std::string& text) const {
        const auto file = home_ / "dags" / name;
        std::ofstream(file) << text;
        return file.string();
    }
    [[nodiscard]] config::Config config(config::Environment environment = {}) const {
        environment.emplace("REEL_HOME", home_.string());
        return config::Config::load(environment).value();
    }

    std::filesystem::path home_;
    const std::string tasks_ = "  tasks: [{task_id: a, operator: empty}]\n";
};

TEST_F(FindDag, LooksIntoTheDagFolderWhereNoFileIsNamed) {
    write("x.yaml", "movies:\n" + tasks_);
    const auto dag = find_dag(config(), "movies", "");
    ASSERT_TRUE(dag) << dag.error().describe();
    EXPECT_EQ(dag->relative_fileloc, "x.yaml");
}

TEST_F(FindDag, GivesTheDagTheConfiguredDefaults) {
    const std::string file = write("x.yaml", "d:\n  start_date: 2024-01-01\n" + tasks_);
    const auto configured = config(
        {{"REEL__CORE__DEFAULT_TIMEZONE", "Asia/Tokyo"},
         {"REEL__CORE__MAX_ACTIVE_RUNS_PER_DAG", "2"},
         {"REEL__CORE__MAX_ACTIVE_TASKS_PER_DAG", "3"}}
    );
    for (const std::string& place : {std::string(), file}) {
        const auto dag = find_dag(configured, "d", place);
        ASSERT_TRUE(dag) << dag.error().describe();
        EXPECT_EQ(dag->timezone, "Asia/Tokyo");
        EXPECT_EQ(dag->max_active_runs, 2);
        EXPECT_EQ(dag->max_active_tasks, 3);
        EXPECT_EQ(core::format_api(*dag->start_date), "2023-12-31T15:00:00Z");
    }
}

TEST_F(FindDag, NamesTheDagsThatAreThereForOneThatIsNot) {
    write("x.yaml", "one:\n" + tasks_ + "two:\n" + tasks_);
    const auto dag = find_dag(config(), "three", "");
    ASSERT_FALSE(dag);
    EXPECT_EQ(dag.error().code, core::Errc::not_found);
    EXPECT_EQ(dag.error().message, "there is no DAG 'three'");
    EXPECT_EQ(dag.error().hint, "found there: one, two");
    EXPECT_EQ(dag.error().where, (home_ / "dags").string());
}

TEST_F(FindDag, SaysWhenNoDagIsThereAtAll) {
    const auto dag = find_dag(config(), "d", "");
    ASSERT_FALSE(dag);
    EXPECT_EQ(dag.error().hint, "no DAG was found there");
}

TEST_F(FindDag, GivesTheMistakesOfABrokenOne) {
    write("x.yaml", "d:\n  catchup: maybe\n" + tasks_);
    const auto dag = find_dag(config(), "d", "");
    ASSERT_FALSE(dag);
    EXPECT_EQ(dag.error().code, core::Errc::invalid_argument);
    EXPECT_THAT(dag.error().message, HasSubstr("DAG 'd' cannot be loaded:\nx.yaml:2:12: "));
}

TEST_F(FindDag, DoesNotBlameTheMistakesOfAnotherDag) {
    write("x.yaml", "bad:\n  catchup: maybe\n" + tasks_);
    const auto dag = find_dag(config(), "d", "");
    ASSERT_FALSE(dag);
    EXPECT_EQ(dag.error().code, core::Errc::not_found);
}

TEST_F(FindDag, SaysWhichFileIsNotThere) {
    const auto dag = find_dag(config(), "d", "/nonexistent/x.yaml");
    ASSERT_FALSE(dag);
    EXPECT_EQ(dag.error().describe(), "/nonexistent/x.yaml: there is no such file");
}

core::Dag waiting_chain() {
    core::Dag dag;
    dag.dag_id = core::DagId("d");
    for (const char* name : {"wait_for_a", "load", "no_wait"}) {
        core::Task task;
        task.task_id = core::TaskId(name);
        task.operator_name = "bash";
        task.args = {R"({"bash_command": "false"})"};
        dag.tasks.push_back(task);
    }
    return dag;
}

std::vector<std::string> operators_of(const core::Result<core::Dag>& dag) {
    std::vector<std::string> names;
    for (const core::Task& task : dag->tasks) names.push_back(task.operator_name);
    return names;
}

TEST(WithoutTasks, LeavesOutThoseWhoseIdsBeginWithAMatch) {
    using testing::ElementsAre;
    const auto reduced = without_tasks(waiting_chain(), "wait");
    EXPECT_THAT(operators_of(reduced), ElementsAre("empty", "bash", "bash"));
    EXPECT_EQ(reduced->tasks[0].args.text, "{}");
    EXPECT_EQ(reduced->tasks[1], waiting_chain().tasks[1]);
    EXPECT_THAT(
        operators_of(without_tasks(waiting_chain(), ".*wait")),
        ElementsAre("empty", "bash", "empty")
    );
}

TEST(WithoutTasks, WithoutAPatternRunsAll) {
    EXPECT_EQ(without_tasks(waiting_chain(), "").value(), waiting_chain());
}

TEST(WithoutTasks, RefusesWhatIsNoPattern) {
    const auto reduced = without_tasks(waiting_chain(), "[");
    ASSERT_FALSE(reduced);
    EXPECT_EQ(reduced.error().message, "'[' is no regular expression");
}

core::Dag chain() {
    core::Dag dag;
    dag.dag_id = core::DagId("d");
    dag.tasks = {{.task_id = core::TaskId("a")}, {.task_id = core::TaskId("b")}};
    dag.tasks[0].downstream = {1};
    dag.tasks[1].upstream = {0};
    return dag;
}

TEST(OnlyTask, StandsAloneInItsDag) {
    const auto reduced = only_task(chain(), "b");
    ASSERT_TRUE(reduced);
    ASSERT_EQ(reduced->tasks.size(), 1U);
    EXPECT_EQ(reduced->tasks[0].task_id, core::TaskId("b"));
    EXPECT_THAT(reduced->tasks[0].upstream, IsEmpty());
    EXPECT_THAT(only_task(chain(), "a")->tasks[0].downstream, IsEmpty());
}

TEST(OnlyTask, ThatTheDagLacksIsAnErrorWithThoseItHas) {
    const auto reduced = only_task(chain(), "c");
    ASSERT_FALSE(reduced);
    EXPECT_EQ(reduced.error().message, "DAG 'd' has no task 'c'");
    EXPECT_EQ(reduced.error().hint, "its tasks: a, b");
}

core::Mapping over_a() {
    return {.sources = {{.argument = "x", .literal = {"null"}, .upstream = 0}}};
}

core::Mapping over_pairs() {
    return {
        .sources =
            {{.argument = "x", .literal = {"[1, 2, 3]"}},
             {.argument = "y", .literal = {R"({"k": 1, "l": 2})"}}}
    };
}

TEST(OnlyTask, ThatIsMappedOverWhatAnotherPushesNeedsARun) {
    core::Dag dag = chain();
    dag.tasks[1].mapping = over_a();
    const auto reduced = only_task(dag, "b");
    ASSERT_FALSE(reduced);
    EXPECT_EQ(
        reduced.error().message,
        "task 'b' is mapped over what 'a' pushes, which there is only in a run"
    );
    EXPECT_EQ(reduced.error().hint, "run both: reel dags test d");
    dag.tasks[1].mapping.reset();
    dag.groups = {{.group_id = "g", .mapping = over_a()}};
    dag.tasks[1].group = "g";
    EXPECT_FALSE(only_task(dag, "b"));
}

TEST(OnlyTask, HasNoGroupsButItsOwn) {
    core::Dag dag = chain();
    dag.groups = {
        {.group_id = "outer"},
        {.group_id = "inner", .parent = "outer", .mapping = over_pairs()},
        {.group_id = "other", .mapping = over_a()}
    };
    dag.tasks[1].group = "inner";
    const auto reduced = only_task(dag, "b");
    ASSERT_TRUE(reduced) << reduced.error().describe();
    ASSERT_EQ(reduced->groups.size(), 2U);
    EXPECT_EQ(reduced->groups[1].group_id, "inner");
    EXPECT_THAT(only_task(dag, "a")->groups, IsEmpty());
}

TEST(ChosenInstance, IsOneOfTheMappedOnes) {
    core::Dag dag = chain();
    EXPECT_EQ(chosen_instance(dag, std::nullopt).value(), -1);
    EXPECT_EQ(chosen_instance(dag, 0).error().message, "task 'a' is not mapped");
    dag.tasks[0].mapping = over_pairs();
    EXPECT_EQ(chosen_instance(dag, 5).value(), 5);
    for (const int wrong : {6, -1}) {
        const auto chosen = chosen_instance(dag, wrong);
        ASSERT_FALSE(chosen);
        EXPECT_EQ(chosen.error().message, "task 'a' has no map index " + std::to_string(wrong));
        EXPECT_EQ(chosen.error().hint, "--map-index 0 to 5");
    }
    EXPECT_EQ(
        chosen_instance(dag, std::nullopt).error().message,
        "task 'a' is mapped: which of its instances?"
    );
}

}  // namespace
}  // namespace reel::daemon
