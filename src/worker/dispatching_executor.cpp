#include "dispatching_executor.hpp"

#include <chrono>
#include <utility>

#include "listener.hpp"

namespace reel::worker {

namespace asio = boost::asio;

namespace {

class DispatchingExecutor final : public executor::ProcessExecutor {
  public:
    explicit DispatchingExecutor(std::shared_ptr<Dispatcher> dispatcher)
        : dispatcher_(std::move(dispatcher)) {}
    ~DispatchingExecutor() override { dispatcher_->abandon(); }
    DispatchingExecutor(const DispatchingExecutor&) = delete;
    DispatchingExecutor& operator=(const DispatchingExecutor&) = delete;

    void listen(scheduler::TaskListener listener) override {
        dispatcher_->listen(std::move(listener));
    }
    void start(scheduler::AttemptOrder order) override { dispatcher_->start(std::move(order)); }
    void cancel(core::AttemptId attempt) override { dispatcher_->cancel(attempt); }
    void release(core::AttemptId attempt) override { dispatcher_->release(attempt); }
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts) override {
        dispatcher_->end_lingering(attempts);
    }
    asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override {
        const auto dispatcher = dispatcher_;
        co_await dispatcher->adopt(std::move(orders));
    }
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) override {
        dispatcher_->run_ended(run, std::move(dag));
    }
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const override {
        return dispatcher_->explain(attempt);
    }
    void abandon() override { dispatcher_->abandon(); }
    asio::awaitable<void> stop(bool end_runner_when_idle) override {
        const auto dispatcher = dispatcher_;
        co_await dispatcher->stop(end_runner_when_idle);
    }

  private:
    std::shared_ptr<Dispatcher> dispatcher_;
};

}  // namespace

std::unique_ptr<executor::ProcessExecutor> make_dispatching_executor(
    const asio::any_io_executor& executor, async::BlockingPool& pool, DispatcherParts parts
) {
    return std::make_unique<DispatchingExecutor>(
        std::make_shared<Dispatcher>(executor, pool, std::move(parts))
    );
}

std::unique_ptr<executor::ProcessExecutor> make_dispatching_executor(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    std::unique_ptr<store::DispatchStore> store,
    std::unique_ptr<executor::ProcessExecutor> local,
    const std::string& database_uri
) {
    DispatcherParts parts{
        .store = std::move(store),
        .local = std::move(local),
        .listener = nullptr,
        .ticks = std::chrono::steady_clock::now,
    };
    if (!database_uri.empty()) {
        parts.listener = std::make_shared<Listener>(
            executor, pool, database_uri, std::vector<std::string>{store::report_channel}
        );
    }
    return make_dispatching_executor(executor, pool, std::move(parts));
}

}  // namespace reel::worker
