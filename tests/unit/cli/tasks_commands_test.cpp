#include <algorithm>
#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

class TasksCli : public CliTest {
  protected:
    TasksCli() { add_run("r1"); }

    void set_extract(core::TaskState state) {
        change_task("r1", "extract", [&](store::TaskInstanceRecord& task) {
            task.state = state;
            task.try_number = 1;
            task.attempt = 1;
        });
    }
    void start_extract() {
        set_extract(core::TaskState::scheduled);
        set_extract(core::TaskState::queued);
        set_extract(core::TaskState::running);
    }
    /// "load" becomes a mapped task of three instances.
    void expand_load() {
        const core::TaskKey placeholder{
            core::DagId("movies"), core::RunId("r1"), core::TaskId("load"), -1
        };
        store::Expansion expansion{.placeholder = placeholder, .instances = {}};
        for (int index = 0; index < 3; ++index) {
            store::TaskInstanceRecord record;
            record.key = placeholder;
            record.key.map_index = index;
            expansion.instances.push_back(record);
        }
        store::Commit commit;
        commit.expansions.push_back(expansion);
        EXPECT_TRUE(store_->commit(commit));
    }
    void write_log(const std::string& text) {
        std::filesystem::create_directories(folder_ / "logs/extract");
        std::ofstream(folder_ / "logs/extract/1.log", std::ios::app) << text;
    }
};

}  // namespace

TEST_F(TasksCli, ListsTasksAndStates) {
    EXPECT_EQ(run({"tasks", "list", "movies", "-o", "plain"}), 0) << err_;
    EXPECT_NE(out_.find("extract  bash           all_success   clean, audit"), std::string::npos)
        << out_;
    EXPECT_EQ(run_json({"tasks", "list", "movies"}).size(), 4U);
    EXPECT_EQ(run({"tasks", "state", "movies", "extract", "r1"}), 0) << err_;
    EXPECT_EQ(out_, "none\n");
    start_extract();
    EXPECT_EQ(run({"tasks", "state", "movies", "extract", "r1"}), 0);
    EXPECT_EQ(out_, "running\n");
    const auto states = run_json({"tasks", "states-for-dag-run", "movies", "r1"});
    ASSERT_EQ(states.size(), 4U);
    EXPECT_EQ(states[0]["task_id"], "extract");
    EXPECT_EQ(states[0]["state"], "running");
    EXPECT_EQ(states[0]["map_index"], -1);
}

TEST_F(TasksCli, AsksWhichInstanceOfAMappedTaskIsMeant) {
    expand_load();
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"tasks", "logs", "movies", "r1", "load"}, {"tasks", "state", "movies", "load", "r1"}
         }) {
        EXPECT_EQ(run(words), 1);
        EXPECT_NE(
            err_.find("hint: it is mapped: say which with --map-index 0 to 2"), std::string::npos
        ) << err_;
    }
}

TEST_F(TasksCli, ShowsTheInstancesOfAMappedTaskTogether) {
    expand_load();
    std::vector<std::string> names;
    for (const auto& task : run_json({"tasks", "states-for-dag-run", "movies", "r1"})) {
        names.push_back(
            task["task_id"].get<std::string>() + std::to_string(task["map_index"].get<int>())
        );
    }
    const auto first = std::ranges::find(names, "load0");
    ASSERT_LT(first + 2, names.end());
    EXPECT_EQ(first[1], "load1");
    EXPECT_EQ(first[2], "load2");
}

TEST_F(TasksCli, NamesTheInstancesThatHaveNames) {
    EXPECT_EQ(run({"tasks", "states-for-dag-run", "movies", "r1"}), 0);
    EXPECT_EQ(out_.find("rendered_map_index"), std::string::npos) << out_;
    change_task("r1", "extract", [](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::scheduled;
        task.rendered_map_index = "eu-west";
    });
    const auto states = run_json({"tasks", "states-for-dag-run", "movies", "r1"});
    EXPECT_EQ(states[0]["rendered_map_index"], "eu-west");
    EXPECT_EQ(states[1]["rendered_map_index"], nullptr);
    EXPECT_EQ(run({"tasks", "states-for-dag-run", "movies", "r1"}), 0);
    EXPECT_NE(out_.find("eu-west"), std::string::npos) << out_;
}

TEST_F(TasksCli, SaysWhatIsMissing) {
    EXPECT_EQ(run({"tasks", "list", "none"}), 1);
    EXPECT_EQ(run({"tasks", "state", "movies", "none", "r1"}), 1);
    EXPECT_NE(err_.find("task_id: `none` was not found"), std::string::npos) << err_;
    EXPECT_EQ(run({"tasks", "state", "movies", "extract", "none"}), 1);
    EXPECT_EQ(run({"tasks", "states-for-dag-run", "movies", "none"}), 1);
    EXPECT_EQ(run({"tasks", "logs", "movies", "none", "extract"}), 1);
    EXPECT_EQ(run({"tasks", "logs", "movies", "r1", "none"}), 1);
    EXPECT_EQ(run({"tasks", "logs", "movies", "r1", "extract", "--try", "7"}), 1);
    EXPECT_NE(err_.find("no try with number `7`"), std::string::npos) << err_;
}

TEST_F(TasksCli, PrintsALogAsItWasWritten) {
    start_extract();
    write_log("2026-01-01T00:00:00Z begin\n  indented\n");
    EXPECT_EQ(run({"tasks", "logs", "movies", "r1", "extract"}), 0) << err_;
    EXPECT_EQ(out_, "2026-01-01T00:00:00Z begin\n  indented\n");
    EXPECT_EQ(run({"tasks", "logs", "movies", "r1", "extract", "--try", "1"}), 0);
    EXPECT_EQ(out_, "2026-01-01T00:00:00Z begin\n  indented\n");
}

TEST_F(TasksCli, FollowsALogToItsEnd) {
    start_extract();
    write_log("one\n");
    on_pause_ = [&](int number) {
        if (number == 1) write_log("two\nthr");
        if (number == 2) write_log("ee");
        if (number == 3) set_extract(core::TaskState::success);
        return number > 10;
    };
    EXPECT_EQ(run({"tasks", "logs", "movies", "r1", "extract", "-f"}), 0) << err_;
    EXPECT_EQ(out_, "one\ntwo\nthree\n");
}

TEST_F(TasksCli, StopsFollowingAtCtrlC) {
    start_extract();
    write_log("one\n");
    EXPECT_EQ(run({"tasks", "logs", "movies", "r1", "extract", "-f"}), 0);
    EXPECT_EQ(out_, "one\n");
}

TEST_F(TasksCli, HandsTestsToTheDaemon) {
    TaskTestOptions told;
    server_.tasks_test = [&](const config::Config&, const TaskTestOptions& options) {
        told = options;
        return 0;
    };
    EXPECT_EQ(
        run(
            {"tasks", "test", "movies", "extract", "2026-01-31", "-t", R"({"x": 1})", "-f", "y.yaml"
            }
        ),
        0
    );
    EXPECT_EQ(told.task_id, "extract");
    EXPECT_EQ(told.params.text, R"({"x":1})");
    EXPECT_EQ(told.dag_file, "y.yaml");
    EXPECT_EQ(core::format_api(told.logical_date.value()), "2026-01-31T00:00:00Z");
    EXPECT_EQ(run({"tasks", "test", "movies", "extract", "-t", "{"}), 1);
    EXPECT_EQ(run({"tasks", "test", "movies", "extract", "soon"}), 1);
}

TEST_F(TasksCli, ShowsRenderedArguments) {
    server_.tasks_render = [](const config::Config&,
                              const TaskTestOptions& options) -> core::Result<core::JsonText> {
        if (options.task_id == "none") return core::fail(core::Errc::not_found, "no such task");
        return core::JsonText{R"({"bash_command": "echo 2026-01-31\nexit", "env": {"A": "1"}})"};
    };
    EXPECT_EQ(run({"tasks", "render", "movies", "extract"}), 0) << err_;
    EXPECT_EQ(out_, "# bash_command\necho 2026-01-31\nexit\n\n# env\n{\n  \"A\": \"1\"\n}\n\n");
    EXPECT_EQ(run_json({"tasks", "render", "movies", "extract"})[0]["env"]["A"], "1");
    EXPECT_EQ(run({"tasks", "render", "movies", "none"}), 1);
    EXPECT_EQ(err_, "error: no such task\n");
}

}  // namespace reel::cli
