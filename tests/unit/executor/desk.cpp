#include "desk.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace reel::executor {

Desk::Desk(const std::function<void(ExecutorOptions&)>& adjust) {
    if (adjust) adjust(options);
    ExecutorPorts ports{
        .make_client = [this](runner::RunnerEvents events
                       ) { return support::make_fake_runner_client(runner, std::move(events)); },
        .drop_staged =
            [this](
                const std::string& uri, const core::DagId&, const core::RunId&, core::Duration
            ) -> core::Result<int> {
            dropped.push_back(uri);
            return 1;
        },
        .clock = clock,
        .hostname = "host1",
        .backoff =
            [this](int tries) {
                pauses.push_back(tries);
                return core::Duration::zero();
            },
        .patience = 3,
    };
    executor = make_process_executor(io.get_executor(), pool, store, options, std::move(ports));
    executor->listen({
        .started = [this](const scheduler::AttemptStarted& event) { started.push_back(event); },
        .ended = [this](const scheduler::AttemptEnded& event) { ended.push_back(event); },
    });
}

void Desk::run() {
    io.restart();
    io.run();
}

void Desk::start(const scheduler::AttemptOrder& order) {
    executor->start(order);
    run();
}

void Desk::adopt(std::vector<scheduler::AttemptOrder> orders) {
    boost::asio::co_spawn(
        io,
        [this, orders = std::move(orders)]() -> boost::asio::awaitable<void> {
            co_await executor->adopt(orders);
            adopted = true;
        },
        [](const std::exception_ptr& failure) {
            if (failure) {
                std::rethrow_exception(failure);
            }
        }
    );
    run();
}

std::string Desk::log() const {
    return scratch.read("logs/dag_id=movies/run_id=manual__1/task_id=load.attempt=1.log");
}

scheduler::AttemptOrder bash_order(core::AttemptId attempt, const std::string& command) {
    auto order = an_order("bash", Json{{"bash_command", command}});
    order.attempt = attempt;
    return order;
}

}  // namespace reel::executor
