#include "foreground_run.hpp"
#include "reel/async/quietly.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <fstream>

namespace reel::daemon {

namespace asio = boost::asio;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

constexpr auto look_interval = std::chrono::milliseconds(20);
constexpr int interrupted_status = 130;

}  // namespace

ForegroundRun::ForegroundRun(
    core::Dag dag,
    std::vector<core::Dag> others,
    store::RunRecord run,
    executor::ExecutorOptions options,
    std::optional<int> only_map_index
)
    : dag_(std::move(dag)),
      others_(std::move(others)),
      run_(std::move(run)),
      options_(std::move(options)),
      store_(store::make_memory_store()),
      only_map_index_(only_map_index),
      tasks_(executor::make_executor(io_.get_executor(), pool_, *store_, options_)),
      chosen_(io_.get_executor(), *tasks_, clock_, dag_.dag_id, only_map_index_),
      scheduler_(scheduler::make_scheduler(
          {.executor = io_.get_executor(),
           .pool = pool_,
           .store = *store_,
           .tasks = chosen_,
           .clock = clock_},
          {.paused_at_creation = false}
      )) {
    tasks_->reach(*scheduler_);
    // They run now, whatever their own schedules and pauses say.
    others_.push_back(dag_);
    for (core::Dag& each : others_) {
        each.schedule = core::NoSchedule{};
        each.asset_condition.reset();
        each.is_paused_upon_creation = false;
    }
}

int ForegroundRun::carry_out() {
    std::exception_ptr failure;
    asio::co_spawn(io_, main(), [&](const std::exception_ptr& error) { failure = error; });
    io_.run();
    if (failure) std::rethrow_exception(failure);
    if (interrupted_) return interrupted_status;
    const auto ended = store_->get_run(run_.dag_id, run_.run_id);
    if (!ended) return 1;
    fmt::print("{} {}: {}\n", run_.dag_id.str(), run_.run_id.str(), core::to_string(ended->state));
    return ended->state == core::RunState::success ? 0 : 1;
}

asio::awaitable<void> ForegroundRun::main() {
    co_await ((scheduler_->run() && drive()) || obey_signals());
    co_await tasks_->stop(true);
}

asio::awaitable<void> ForegroundRun::drive() {
    scheduler::Dags dags;
    for (core::Dag& each : others_) {
        dags.push_back(std::make_shared<const core::Dag>(std::move(each)));
    }
    co_await scheduler_->set_dags(std::move(dags));
    scheduler::TriggerRequest request;
    request.dag_id = run_.dag_id;
    request.run_id = run_.run_id;
    request.logical_date = run_.logical_date;
    request.data_interval = run_.data_interval;
    request.conf = run_.conf;
    request.triggered_by = run_.triggered_by;
    const auto triggered = co_await scheduler_->trigger(std::move(request));
    if (!triggered) {
        fmt::print(stderr, "error: {}\n", triggered.error().describe());
        scheduler_->stop();
        co_return;
    }
    asio::steady_timer timer(io_);
    for (auto run = *triggered; !core::is_finished(run.state);) {
        timer.expires_after(look_interval);
        co_await timer.async_wait(async::quietly);
        print_changes();
        run = store_->get_run(run_.dag_id, run_.run_id).value();
    }
    print_changes();
    scheduler_->stop();
}

asio::awaitable<void> ForegroundRun::obey_signals() {
    asio::signal_set signals(io_, SIGINT, SIGTERM);
    const auto [error, signal] = co_await signals.async_wait(async::quietly);
    if (error) co_return;
    interrupted_ = true;
    scheduler_->stop();
    scheduler_->interrupt_tasks();
    asio::steady_timer timer(io_);
    while (scheduler_->live_attempts() > 0) {
        timer.expires_after(look_interval);
        co_await timer.async_wait(async::quietly);
    }
}

void ForegroundRun::print_changes() {
    store::TaskInstanceFilter filter;
    filter.dag_id = run_.dag_id;
    filter.run_id = run_.run_id;
    filter.page = store::whole_list;
    for (const auto& task : store_->list_task_instances(filter).items) {
        if (!only_map_index_ || task.key.map_index == *only_map_index_) print_changes_of(task);
    }
}

void ForegroundRun::print_changes_of(const store::TaskInstanceRecord& task) {
    std::string name = task.key.task_id.str();
    if (task.key.map_index >= 0) name += fmt::format("[{}]", task.key.map_index);
    Shown& shown = shown_[name];
    if (shown.state == task.state && shown.try_number == task.try_number) return;
    shown.state = task.state;
    shown.try_number = task.try_number;
    // A retry without delay may begin between two looks: its forerunner has a log all the same.
    const bool ended = core::is_finished(task.state) || task.state == core::TaskState::up_for_retry;
    while (shown.printed_tries < task.try_number - (ended ? 0 : 1)) {
        print_log(task, ++shown.printed_tries);
    }
    if (task.state == core::TaskState::scheduled || task.state == core::TaskState::queued) return;
    fmt::print(
        "{} {}{}\n",
        name,
        core::to_string(task.state),
        task.message.empty() ? "" : ": " + task.message
    );
    std::fflush(stdout);
}

void ForegroundRun::print_log(const store::TaskInstanceRecord& task, int try_number) const {
    std::ifstream log(executor::log_path(options_.logs, task.key, try_number));
    for (std::string line; std::getline(log, line);) fmt::print("  | {}\n", line);
}

}  // namespace reel::daemon
