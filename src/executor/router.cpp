#include "router.hpp"

#include <utility>

namespace reel::executor {

namespace asio = boost::asio;

Router::Router(std::unique_ptr<ProcessExecutor> processes, std::shared_ptr<Waits> waits)
    : processes_(std::move(processes)), waits_(std::move(waits)) {}

void Router::listen(scheduler::TaskListener listener) {
    waits_->listen(listener);
    processes_->listen(std::move(listener));
}

void Router::remember(const scheduler::AttemptOrder& order) {
    runs_[order.attempt] = {order.key.dag_id, order.key.run_id, order.run.logical_date};
}

void Router::start(scheduler::AttemptOrder order) {
    remember(order);
    if (scheduler::waits_without_process(order.task())) {
        waits_->start(std::move(order));
    } else {
        processes_->start(std::move(order));
    }
}

/// Whoever does not know an attempt ignores it.
void Router::cancel(core::AttemptId attempt) {
    waits_->cancel(attempt);
    processes_->cancel(attempt);
}

void Router::release(core::AttemptId attempt) {
    processes_->release(attempt);
    if (const auto found = runs_.extract(attempt)) {
        const RunName& run = found.mapped();
        waits_->moved(run.dag_id, run.run_id, run.logical_date);
    }
}

asio::awaitable<void> Router::adopt(std::vector<scheduler::AttemptOrder> orders) {
    std::vector<scheduler::AttemptOrder> processes;
    for (scheduler::AttemptOrder& order : orders) {
        remember(order);
        if (scheduler::waits_without_process(order.task())) {
            waits_->adopt(std::move(order));
        } else {
            processes.push_back(std::move(order));
        }
    }
    co_await processes_->adopt(std::move(processes));
}

void Router::run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) {
    waits_->moved(run.dag_id, run.run_id, run.logical_date);
    processes_->run_ended(run, std::move(dag));
}

std::optional<std::string> Router::explain(core::AttemptId attempt) const {
    return waits_->explain(attempt);
}

void Router::abandon() {
    waits_->abandon();
    processes_->abandon();
}

asio::awaitable<void> Router::stop(bool end_runner_when_idle) {
    co_await waits_->stop();
    co_await processes_->stop(end_runner_when_idle);
}

}  // namespace reel::executor
