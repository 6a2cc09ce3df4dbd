#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dispatch_book.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/async/nudge.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/worker/steady_ticks.hpp"

namespace reel::worker {

class Listener;

/// What a dispatcher needs of the world, so that tests can stand in for it.
struct DispatcherParts {
    std::unique_ptr<store::DispatchStore> store;
    std::unique_ptr<executor::ProcessExecutor> local;
    std::shared_ptr<Listener> listener;  ///< null: nobody is listened to
    Ticks ticks;
};

/// Brings the book's work to the store and the store's news to the listener, on one loop. Kept
/// alive by its own coroutines, so it may outlive the executor that made it; after abandon() it
/// calls nobody.
class Dispatcher final : public std::enable_shared_from_this<Dispatcher> {
  public:
    Dispatcher(
        const boost::asio::any_io_executor& executor,
        async::BlockingPool& pool,
        DispatcherParts parts
    );

    void listen(scheduler::TaskListener listener);
    void start(scheduler::AttemptOrder order);
    void cancel(core::AttemptId attempt);
    void release(core::AttemptId attempt);
    void end_lingering(std::vector<store::LingeringAttempt> attempts) {
        lingering_ = std::move(attempts);
    }
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders);
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag);
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const;
    /// The store may have news.
    void wake() { nudge_.notify(); }
    void abandon();
    boost::asio::awaitable<void> stop(bool end_runner_when_idle);

  private:
    using Coroutine = std::function<boost::asio::awaitable<void>()>;
    using Turn = boost::asio::awaitable<void> (Dispatcher::*)();

    void spawn(std::string what, Coroutine coroutine);
    boost::asio::awaitable<bool> attempt_turn(Turn turn);
    boost::asio::awaitable<void> take_stock();
    boost::asio::awaitable<void> keep_turning();
    boost::asio::awaitable<void> turn();
    boost::asio::awaitable<void> tell();
    boost::asio::awaitable<void> read();
    boost::asio::awaitable<void> sweep();

    boost::asio::any_io_executor io_;
    async::BlockingPool& pool_;
    DispatcherParts parts_;
    scheduler::TaskListener listener_;
    DispatchBook book_;
    DispatchWork unsent_;
    std::vector<store::DispatchRecord> there_;
    std::vector<store::LingeringAttempt> lingering_;  ///< until adopt()
    std::optional<std::vector<store::WorkerRecord>> workers_;
    std::optional<std::chrono::steady_clock::time_point> swept_at_;
    async::Nudge nudge_;
    int failures_ = 0;
    bool stopping_ = false;
};

}  // namespace reel::worker
