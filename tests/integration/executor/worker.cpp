#include "worker.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <fstream>
#include <iterator>

#include "reel/config/config.hpp"

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

constexpr auto patience = std::chrono::seconds(60);

fs::path make_folder() {
    static int count = 0;
    fs::path folder = fs::temp_directory_path() /
                      ("reel_worker_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    fs::create_directories(folder / "dags");
    return folder;
}

store::RunRecord a_run() {
    store::RunRecord run;
    run.dag_id = core::DagId("movies");
    run.run_id = core::RunId("manual__1");
    run.state = core::RunState::running;
    run.dag_version = "v1";
    run.conf = core::JsonText{"{}"};
    run.logical_date = std::chrono::sys_days(std::chrono::year(2024) / std::chrono::January / 31);
    run.run_after = *run.logical_date;
    return run;
}

}  // namespace

Worker::Worker() : root(make_folder()) {
    options.logs = root / "logs";
    options.data = root / "data";
    options.program = REEL_EXECUTOR_PROGRAM;
    options.environment = config::process_environment();
    options.environment["REEL__DATABASE__URL"] = "postgresql://u:env-secret@h/db";
    options.runner.directory = root / "run";
    options.runner.program = REEL_RUNNER_PROGRAM;
    options.runner.lease = std::chrono::seconds(60);
    make_executor();
}

Worker::~Worker() {
    stop();
    std::error_code ignored;
    fs::remove_all(root, ignored);
}

void Worker::make_executor() {
    executor = make_process_executor(io.get_executor(), pool, *store, options);
    executor->listen({
        .started = [this](const scheduler::AttemptStarted& event
                   ) { started[event.attempt] = event; },
        .ended = [this](const scheduler::AttemptEnded& event
                 ) { ended[event.attempt].push_back(event); },
    });
}

void Worker::run_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) {
            FAIL() << "it did not happen within a minute";
        }
        io.restart();
        io.run_one_for(std::chrono::milliseconds(100));
    }
}

void Worker::turn(const std::function<boost::asio::awaitable<void>()>& work) {
    bool done = false;
    boost::asio::co_spawn(io, work, [&](const std::exception_ptr& failure) {
        EXPECT_FALSE(failure);
        done = true;
    });
    run_until([&] { return done; });
}

scheduler::AttemptOrder Worker::order(const std::string& operator_name, const Json& args) {
    auto dag = std::make_shared<core::Dag>();
    dag->dag_id = core::DagId("movies");
    dag->version = "v1";
    dag->params = core::JsonText{"{}"};
    dag->fileloc = (root / "dags/movies.yaml").string();
    dag->relative_fileloc = "movies.yaml";
    core::Task task;
    task.task_id = core::TaskId("load");
    task.operator_name = operator_name;
    task.args = to_text(args);
    dag->tasks.push_back(std::move(task));
    scheduler::AttemptOrder order;
    order.attempt = next_++;
    order.try_number = static_cast<int>(order.attempt);
    order.run = a_run();
    order.key = {
        .dag_id = order.run.dag_id,
        .run_id = order.run.run_id,
        .task_id = core::TaskId("load"),
    };
    order.dag = std::move(dag);
    return order;
}

scheduler::AttemptEnded Worker::run(const std::string& operator_name, const Json& args) {
    return run(order(operator_name, args));
}

scheduler::AttemptEnded Worker::run(const scheduler::AttemptOrder& order) {
    last_ = order;
    executor->start(order);
    auto end = await_end(order.attempt);
    executor->release(order.attempt);
    return end;
}

scheduler::AttemptEnded Worker::await_end(core::AttemptId attempt) {
    run_until([&] { return ended.contains(attempt); });
    return ended.contains(attempt) ? ended.at(attempt).front() : scheduler::AttemptEnded{};
}

void Worker::crash_and_come_back() {
    executor.reset();
    make_executor();
}

void Worker::adopt(const std::vector<scheduler::AttemptOrder>& orders) {
    turn([&]() -> boost::asio::awaitable<void> { co_await executor->adopt(orders); });
}

void Worker::stop() {
    turn([&]() -> boost::asio::awaitable<void> { co_await executor->stop(true); });
}

void Worker::keep(const scheduler::AttemptOrder& order, const scheduler::AttemptEnded& end) {
    store->save_dags({*order.dag}, false, order.run.run_after);
    store::Commit commit;
    store::TaskInstanceRecord instance;
    instance.key = order.key;
    commit.new_runs = {{.run = order.run, .tasks = {instance}}};
    commit.xcoms = end.xcoms;
    const auto kept = store->commit(commit);
    ASSERT_TRUE(kept) << kept.error().describe();
}

fs::path Worker::write(const std::string& name, const std::string& text) const {
    const fs::path file = root / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

std::string Worker::log(const scheduler::AttemptOrder& order) const {
    std::ifstream file(log_path(options.logs, order.key, order.try_number), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace reel::executor
