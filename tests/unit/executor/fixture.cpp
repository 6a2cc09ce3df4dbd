#include "fixture.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>

namespace reel::executor {

namespace fs = std::filesystem;

Scratch::Scratch() {
    static std::atomic<int> count = 0;
    path_ = fs::temp_directory_path() /
            ("reel_executor_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    fs::create_directories(path_);
}

Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path Scratch::write(const std::string& name, const std::string& text) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

std::string Scratch::read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    EXPECT_TRUE(file.good()) << name;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

core::Timestamp a_date() {
    return std::chrono::sys_days(std::chrono::year(2024) / std::chrono::January / 31) +
           std::chrono::hours(7);
}

store::RunRecord a_run() {
    store::RunRecord run;
    run.dag_id = core::DagId("movies");
    run.run_id = core::RunId("manual__1");
    run.state = core::RunState::running;
    run.conf = core::JsonText{"{}"};
    run.logical_date = a_date();
    run.run_after = a_date() + std::chrono::hours(1);
    run.queued_at = run.run_after;
    return run;
}

void add_task(core::Dag& dag, const std::string& task_id, const std::string& operator_name) {
    core::Task task;
    task.task_id = core::TaskId(task_id);
    task.display_name = task_id;
    task.operator_name = operator_name;
    task.args = core::JsonText{"{}"};
    dag.tasks.push_back(std::move(task));
}

scheduler::AttemptOrder an_order(
    const std::string& operator_name,
    const Json& args,
    const std::function<void(core::Dag&)>& change
) {
    auto dag = std::make_shared<core::Dag>();
    dag->dag_id = core::DagId("movies");
    dag->display_name = "movies";
    dag->params = core::JsonText{"{}"};
    dag->default_args = core::JsonText{"{}"};
    dag->fileloc = "/dags/movies.yaml";
    dag->relative_fileloc = "movies.yaml";
    add_task(*dag, "load", operator_name);
    dag->tasks[0].args = to_text(args);
    if (change) {
        change(*dag);
    }
    scheduler::AttemptOrder order;
    order.attempt = 17;
    order.key = core::TaskKey{
        .dag_id = core::DagId("movies"),
        .run_id = core::RunId("manual__1"),
        .task_id = core::TaskId("load"),
    };
    order.dag = dag;
    order.run = a_run();
    return order;
}

ExecutorOptions options_below(const fs::path& root) {
    ExecutorOptions options;
    options.logs = root / "logs";
    options.data = root / "data";
    options.program = "/opt/reel/bin/reel";
    options.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/home/reel"}};
    options.runner.directory = root / "run";
    options.runner.program = options.program;
    return options;
}

}  // namespace reel::executor
