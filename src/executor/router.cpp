#include "router.hpp"

#include <utility>

namespace reel::executor {

namespace asio = boost::asio;

Router::Router(
    std::unique_ptr<ProcessExecutor> processes,
    std::shared_ptr<Waits> waits,
    std::shared_ptr<Names> names
)
    : processes_(std::move(processes)), waits_(std::move(waits)), names_(std::move(names)) {}

Router::~Router() {
    names_->abandon();
    waits_->join();
}

void Router::listen(scheduler::TaskListener listener) {
    listener_ = std::move(listener);
    names_->listen(listener_.ended);
    const scheduler::TaskListener own{
        .started = listener_.started,
        .ended = [this](scheduler::AttemptEnded event) { ended(std::move(event)); },
    };
    waits_->listen(own);
    processes_->listen(own);
}

/// Of what was ended on request, or lost, nothing is asked any more.
void Router::ended(scheduler::AttemptEnded event) {
    auto unnamed = unnamed_.extract(event.attempt);
    const bool is_over = event.outcome == scheduler::TaskOutcome::cancelled ||
                         event.outcome == scheduler::TaskOutcome::lost;
    if (unnamed && !is_over) {
        names_->name(std::move(unnamed.mapped()), std::move(event));
    } else if (listener_.ended) {
        listener_.ended(std::move(event));
    }
}

void Router::remember(const scheduler::AttemptOrder& order) {
    runs_[order.attempt] = {order.key.dag_id, order.key.run_id, order.run.logical_date};
    if (is_named(order)) {
        unnamed_[order.attempt] = order;
    }
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

void Router::assets_have_news(const std::vector<std::string>& uris) {
    for (const std::string& uri : uris) {
        waits_->has_news(uri);
    }
}

void Router::run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) {
    waits_->moved(run.dag_id, run.run_id, run.logical_date);
    processes_->run_ended(run, std::move(dag));
}

std::optional<std::string> Router::explain(core::AttemptId attempt) const {
    auto waits = waits_->explain(attempt);
    return waits ? waits : processes_->explain(attempt);
}

void Router::abandon() {
    names_->abandon();
    waits_->abandon();
    processes_->abandon();
}

asio::awaitable<void> Router::stop(bool end_runner_when_idle) {
    names_->abandon();
    co_await waits_->stop();
    co_await processes_->stop(end_runner_when_idle);
}

}  // namespace reel::executor
