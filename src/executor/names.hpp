#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>

#include "reel/async/blocking_pool.hpp"
#include "reel/executor/process_executor.hpp"

namespace reel::executor {

/// What naming needs of the world, so that tests can stand in for it.
struct NamePorts {
    std::shared_ptr<const core::Clock> clock;
    /// How long to wait before the next try, after `tries` (from 1) in vain.
    std::function<core::Duration(int tries)> backoff;
};

/// Whether the end of this attempt waits for the name of its instance.
[[nodiscard]] bool is_named(const scheduler::AttemptOrder& order);

/// The end of an attempt together with the name that was found. As in Airflow a task that succeeded
/// and cannot be named has failed; one that failed keeps its own reason.
[[nodiscard]] scheduler::AttemptEnded with_name(
    scheduler::AttemptEnded ended, const core::Result<std::string>& name
);

/// Gives instances of mapped tasks their names between their end and the report of it. On one loop,
/// kept alive by its own coroutines; after abandon() it calls nobody.
class Names final : public std::enable_shared_from_this<Names> {
  public:
    Names(
        const boost::asio::any_io_executor& executor,
        async::BlockingPool& pool,
        store::RunStore& store,
        ExecutorOptions options,
        NamePorts ports
    );

    void listen(std::function<void(scheduler::AttemptEnded)> done) { done_ = std::move(done); }
    /// Leads to one call of the listener, never from inside this one.
    void name(scheduler::AttemptOrder order, scheduler::AttemptEnded ended);
    void abandon();

  private:
    struct Unnamed {
        scheduler::AttemptOrder order;
        scheduler::AttemptEnded ended;
    };

    boost::asio::awaitable<void> find_name(std::shared_ptr<const Unnamed> instance);
    /// Errc::unavailable: the metadata database did not answer.
    [[nodiscard]] core::Result<std::string> look(const Unnamed& instance);
    void write_log(const Unnamed& instance, const core::Result<std::string>& name) const;
    boost::asio::awaitable<void> pause(int tries);

    boost::asio::any_io_executor io_;
    async::BlockingPool& pool_;
    store::RunStore& store_;
    const ExecutorOptions options_;
    const NamePorts ports_;
    std::function<void(scheduler::AttemptEnded)> done_;
    std::set<std::shared_ptr<boost::asio::steady_timer>> pauses_;
    bool stopping_ = false;
};

}  // namespace reel::executor
