#include "process_executor.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "branching.hpp"
#include "reel/warehouse/operations.hpp"
#include "router.hpp"

namespace reel::executor {

namespace asio = boost::asio;

namespace {

constexpr core::Duration first_pause = std::chrono::milliseconds(200);
constexpr core::Duration longest_pause = std::chrono::seconds(5);
constexpr int most_doublings = 5;

core::Duration doubling_pause(int tries) {
    const int doublings = std::clamp(tries - 1, 0, most_doublings);
    return std::min(first_pause * (1 << doublings), longest_pause);
}

class RunnerProcessExecutor final : public ProcessExecutor {
  public:
    explicit RunnerProcessExecutor(std::shared_ptr<Attempts> attempts)
        : attempts_(std::move(attempts)) {}
    ~RunnerProcessExecutor() override { attempts_->abandon(); }
    RunnerProcessExecutor(const RunnerProcessExecutor&) = delete;
    RunnerProcessExecutor& operator=(const RunnerProcessExecutor&) = delete;

    void listen(scheduler::TaskListener listener) override {
        attempts_->listen(std::move(listener));
    }
    void expect(const std::vector<scheduler::AttemptOrder>& orders) override {
        attempts_->expect(orders);
    }
    void start(scheduler::AttemptOrder order) override { attempts_->start(std::move(order)); }
    void cancel(core::AttemptId attempt) override { attempts_->cancel(attempt); }
    void release(core::AttemptId attempt) override { attempts_->release(attempt); }
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts) override {
        attempts_->end_lingering(attempts);
    }
    asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override {
        const auto attempts = attempts_;
        co_await attempts->adopt(std::move(orders));
    }
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) override {
        attempts_->run_ended(run, std::move(dag));
    }
    [[nodiscard]] std::size_t out_of_reach() const override { return attempts_->out_of_reach(); }
    void abandon() override { attempts_->abandon(); }
    asio::awaitable<void> stop(bool end_runner_when_idle) override {
        const auto attempts = attempts_;
        co_await attempts->stop(end_runner_when_idle);
    }

  private:
    std::shared_ptr<Attempts> attempts_;
};

}  // namespace

bool needs_process(const core::Task& task) {
    return task.operator_name != "empty" && !decides_by_arguments(task);
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::unique_ptr<ProcessExecutor> make_process_executor(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options,
    ExecutorPorts ports
) {
    auto attempts =
        std::make_shared<Attempts>(executor, pool, store, std::move(options), std::move(ports));
    attempts->open();
    return std::make_unique<RunnerProcessExecutor>(std::move(attempts));
}

std::unique_ptr<ProcessExecutor> make_process_executor(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options
) {
    ExecutorPorts ports{
        .make_client =
            [executor, runner = options.runner](runner::RunnerEvents events) {
                return runner::make_runner_client(executor, runner, std::move(events));
            },
        .drop_staged = warehouse::drop_staged,
        .clock = std::make_shared<core::SystemClock>(),
        .hostname = host_name(),
        .backoff = doubling_pause,
    };
    return make_process_executor(executor, pool, store, std::move(options), std::move(ports));
}

std::unique_ptr<Executor> make_executor(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    const ExecutorOptions& options,
    std::unique_ptr<ProcessExecutor> processes
) {
    WaitPorts ports{
        .clock = std::make_shared<core::SystemClock>(),
        .hostname = host_name(),
        .backoff = doubling_pause,
    };
    NamePorts name_ports{.clock = ports.clock, .backoff = doubling_pause};
    return std::make_unique<Router>(
        std::move(processes),
        std::make_shared<Waits>(executor, pool, store, options, std::move(ports)),
        std::make_shared<Names>(executor, pool, store, options, std::move(name_ports))
    );
}

std::unique_ptr<Executor> make_executor(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    const ExecutorOptions& options
) {
    return make_executor(
        executor, pool, store, options, make_process_executor(executor, pool, store, options)
    );
}

}  // namespace reel::executor
