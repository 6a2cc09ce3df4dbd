#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "integration/daemon/program.hpp"
#include "unit/config/temporary_home.hpp"

namespace reel::daemon {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* dags = R"(
good:
  params: {who: {type: string, default: world}, count: {type: integer, default: 1}}
  schedule: "@daily"
  tasks:
    - {task_id: greet, operator: bash, bash_command: "echo hello {{ params.who }} of {{ ds }}"}
    - {task_id: echo, operator: bash, bash_command: "echo got {{ ti.xcom_pull('greet') }}", dependencies: [greet]}
    - {task_id: skip, operator: bash, bash_command: "exit 99"}
    - {task_id: after, operator: bash, bash_command: "echo never", dependencies: [skip]}
bad:
  tasks:
    - {task_id: breaks, operator: bash, bash_command: "echo going down; exit 3"}
    - {task_id: after, operator: bash, bash_command: "echo never", dependencies: [breaks]}
again:
  tasks:
    - {task_id: flaky, operator: bash, bash_command: "echo this is try {{ ti.try_number }}; exit 3", retries: 2, retry_delay: 0}
long:
  tasks: [{task_id: nap, operator: bash, bash_command: "echo $$ > pid; sleep 600"}]
secret:
  tasks:
    - {task_id: ask, operator: bash, bash_command: "echo {{ var.value.colour }} and {{ var.value.get('none', 'default') }}"}
    - {task_id: lost, operator: bash, bash_command: "echo {{ var.value.nowhere }}"}
mapped:
  schedule: {__type__: airflow.timetables.interval.CronDataIntervalTimetable, cron: "0 0 * * *", timezone: UTC}
  tasks:
    - {task_id: gen, operator: bash, bash_command: "echo [5,6]"}
    - task_id: words
      operator: bash
      partial: {bash_command: "echo word $W from {{ data_interval_start | ds }} at {{ map_index }}"}
      expand: {env: [{W: one}, {W: two}, {W: three}]}
    - {task_id: over, operator: bash, bash_command: "echo n", expand: {env: "+gen"}, dependencies: [gen]}
)";

/// `dags test`, `tasks test` and `tasks render` as a user's terminal sees them.
class ForegroundProgram : public ::testing::Test {
  protected:
    ForegroundProgram() {
        fs::create_directories(home_.path() / "dags");
        fs::create_directories(home_.path() / "tmp");
        home_.write("dags/all.yaml", dags);
    }
    int run(const std::vector<std::string>& words) {
        Program program(words, environment_);
        const int status = program.end();
        output_ = program.output();
        return status;
    }

    config::TemporaryHome home_;
    std::map<std::string, std::string> environment_{
        {"REEL_HOME", home_.path().string()}, {"TMPDIR", (home_.path() / "tmp").string()}
    };
    std::string output_;
};

TEST_F(ForegroundProgram, ShowsTheLogOfEachTaskAndSucceeds) {
    EXPECT_EQ(run({"dags", "test", "good", "2026-01-31"}), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("hello world of 2026-01-31\n"));
    EXPECT_THAT(output_, HasSubstr("got hello world of 2026-01-31\n"));
    EXPECT_THAT(output_, HasSubstr("greet success\n"));
    EXPECT_THAT(output_, HasSubstr("skip skipped"));
    EXPECT_THAT(output_, HasSubstr("after skipped"));
    EXPECT_THAT(output_, Not(HasSubstr("| never")));
    EXPECT_THAT(output_, EndsWith("good manual__2026-01-31T00:00:00+00:00: success\n"));
}

TEST_F(ForegroundProgram, LeavesNothingBehind) {
    EXPECT_EQ(run({"dags", "test", "bad"}), 1) << output_;
    EXPECT_TRUE(fs::is_empty(home_.path() / "tmp"));
    for (const char* const name : {"run", "pg", "logs", "data", "jwt_secret"}) {
        EXPECT_FALSE(fs::exists(home_.path() / name)) << name;
    }
}

TEST_F(ForegroundProgram, FailsWithTheReasonAndTheLog) {
    EXPECT_EQ(run({"dags", "test", "bad"}), 1);
    EXPECT_THAT(output_, HasSubstr("going down\n"));
    EXPECT_THAT(output_, ContainsRegex("breaks failed: .*3"));
    EXPECT_THAT(output_, HasSubstr("after upstream_failed"));
    EXPECT_THAT(output_, EndsWith(": failed\n"));
}

TEST_F(ForegroundProgram, ShowsTheLogOfEveryTryHoweverSoonTheNextBegins) {
    EXPECT_EQ(run({"dags", "test", "again"}), 1);
    for (const char* const line : {"this is try 1\n", "this is try 2\n", "this is try 3\n"}) {
        const std::size_t first = output_.find(line);
        ASSERT_NE(first, std::string::npos) << output_;
        EXPECT_EQ(output_.find(line, first + 1), std::string::npos) << output_;
    }
    EXPECT_THAT(output_, ContainsRegex("flaky failed: .*3"));
}

TEST_F(ForegroundProgram, TakesConfAsTheServerDoes) {
    EXPECT_EQ(run({"dags", "test", "good", "-c", R"({"who": "Reel"})"}), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("hello Reel of "));
    EXPECT_EQ(run({"dags", "test", "good", "-c", R"({"count": "many"})"}), 1);
    EXPECT_THAT(output_, HasSubstr("error: "));
    EXPECT_THAT(output_, HasSubstr("count"));
    EXPECT_THAT(output_, Not(HasSubstr("greet")));
}

TEST_F(ForegroundProgram, SaysWhatIsNotThere) {
    struct Case {
        std::vector<std::string> words;
        const char* told;
    };
    home_.write("dags/broken.yaml", "broken: {tasks: [{task_id: a, operator: bsh}]}\n");
    for (const Case& each : std::vector<Case>{
             {{"dags", "test", "none"}, "there is no DAG 'none'"},
             {{"dags", "test", "good", "-f", "/nowhere.yaml"},
              "/nowhere.yaml: there is no such file"},
             {{"dags", "test", "broken"}, "broken.yaml:1:"},
             {{"tasks", "test", "good", "none"}, "hint: its tasks: greet, echo, skip, after"},
             {{"tasks", "test", "none", "greet"}, "there is no DAG 'none'"},
             {{"tasks", "render", "good", "none"}, "has no task 'none'"},
             {{"tasks", "render", "broken", "a"}, "did you mean 'bash'"},
             {{"dags", "test", "good", "yesterdayish"}, "LOGICAL_DATE"},
             {{"tasks", "test", "good", "greet", "-t", "[1]"}, "--task-params must be a JSON object"
             }
         }) {
        EXPECT_EQ(run(each.words), 1) << each.told;
        EXPECT_THAT(output_, HasSubstr("error: "));
        EXPECT_THAT(output_, HasSubstr(each.told));
    }
}

TEST_F(ForegroundProgram, RunsOneTaskWithoutThoseBeforeAndBehindIt) {
    EXPECT_EQ(run({"tasks", "test", "bad", "after"}), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("never\n"));
    EXPECT_THAT(output_, Not(HasSubstr("breaks")));
    EXPECT_EQ(run({"tasks", "test", "good", "skip"}), 0) << "skipped is no failure";
    EXPECT_EQ(run({"tasks", "test", "bad", "breaks"}), 1);
    EXPECT_EQ(run({"tasks", "test", "good", "greet", "2026-02-01", "-t", R"({"who": "you"})"}), 0);
    EXPECT_THAT(output_, HasSubstr("hello you of 2026-02-01\n"));
}

TEST_F(ForegroundProgram, ReadsVariablesFromTheEnvironmentOnly) {
    environment_["REEL_VAR_COLOUR"] = "blue";
    EXPECT_EQ(run({"tasks", "test", "secret", "ask"}), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("blue and default\n"));
    EXPECT_EQ(run({"tasks", "test", "secret", "lost"}), 1);
    EXPECT_THAT(output_, HasSubstr("nowhere"));
    EXPECT_THAT(output_, HasSubstr("lost failed"));
}

TEST_F(ForegroundProgram, RendersWithoutRunning) {
    EXPECT_EQ(run({"tasks", "render", "good", "greet", "2026-01-31"}), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("# bash_command\necho hello world of 2026-01-31\n"));
    EXPECT_EQ(run({"tasks", "render", "good", "greet", "2026-01-31", "-o", "json"}), 0);
    EXPECT_EQ(nlohmann::json::parse(output_)[0]["bash_command"], "echo hello world of 2026-01-31");
    EXPECT_EQ(run({"tasks", "render", "secret", "lost"}), 1);
    EXPECT_THAT(output_, HasSubstr("error: "));
    EXPECT_THAT(output_, HasSubstr("nowhere"));
}

TEST_F(ForegroundProgram, RunsAllOrOneOfTheInstancesOfAMappedTask) {
    EXPECT_EQ(run({"tasks", "test", "mapped", "words", "2026-11-05"}), 0) << output_;
    for (const char* const line :
         {"word one from 2026-11-04 at 0\n",
          "word two from 2026-11-04 at 1\n",
          "word three from 2026-11-04 at 2\n",
          "words[2] success\n"}) {
        EXPECT_THAT(output_, HasSubstr(line));
    }
    EXPECT_EQ(run({"tasks", "test", "mapped", "words", "--map-index", "1"}), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("word two from "));
    EXPECT_THAT(output_, Not(HasSubstr("words[0]")));
    EXPECT_THAT(output_, Not(HasSubstr("word one")));
    EXPECT_EQ(run({"tasks", "test", "mapped", "words", "--map-index", "3"}), 1);
    EXPECT_THAT(output_, HasSubstr("task 'words' has no map index 3"));
    EXPECT_EQ(run({"tasks", "test", "mapped", "over", "--map-index", "0"}), 1);
    EXPECT_THAT(output_, HasSubstr("task 'over' is mapped over what 'gen' pushes"));
}

TEST_F(ForegroundProgram, RendersTheInstanceOfAMappedTask) {
    EXPECT_EQ(run({"tasks", "render", "mapped", "words", "2026-11-05", "--map-index", "2"}), 0)
        << output_;
    EXPECT_THAT(output_, HasSubstr("echo word $W from 2026-11-04 at 2\n"));
    EXPECT_THAT(output_, HasSubstr("\"W\": \"three\""));
    EXPECT_EQ(run({"tasks", "render", "mapped", "words"}), 1);
    EXPECT_THAT(output_, HasSubstr("which of its instances?"));
    EXPECT_EQ(run({"tasks", "render", "mapped", "over"}), 1);
    EXPECT_THAT(output_, HasSubstr("mapped over what 'gen' pushes"));
}

TEST_F(ForegroundProgram, EndsItsTasksAtCtrlC) {
    Program program({"dags", "test", "long"}, environment_);
    ASSERT_TRUE(program.wait_for("nap running\n")) << program.output();
    program.signal(SIGINT);
    EXPECT_EQ(program.end(), 130) << program.output();
    EXPECT_TRUE(fs::is_empty(home_.path() / "tmp")) << program.output();
}

}  // namespace
}  // namespace reel::daemon
