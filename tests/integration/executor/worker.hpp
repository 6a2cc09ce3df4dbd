#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "executor/json.hpp"
#include "reel/executor/process_executor.hpp"

namespace reel::executor {

/// A whole worker with a real runner: executor, memory store, loop and folders of its own. Ends its
/// runner at the end.
class Worker {
  public:
    Worker();
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Turns the loop until `done`; fails the test after a minute.
    void run_until(const std::function<bool()>& done);
    /// Starts the only task of DAG "movies" and gives its end.
    scheduler::AttemptEnded run(const std::string& operator_name, const Json& args);
    scheduler::AttemptEnded run(const scheduler::AttemptOrder& order);
    [[nodiscard]] scheduler::AttemptOrder order(const std::string& operator_name, const Json& args);
    /// The end of an attempt that was started or adopted.
    scheduler::AttemptEnded await_end(core::AttemptId attempt);
    /// As a crash would: the executor is gone, its runner is not. A new one takes its place.
    void crash_and_come_back();
    void adopt(const std::vector<scheduler::AttemptOrder>& orders);
    void stop();
    /// Stores a run and what one attempt of it pushed, as the scheduler would.
    void keep(const scheduler::AttemptOrder& order, const scheduler::AttemptEnded& ended);

    std::filesystem::path write(const std::string& name, const std::string& text) const;
    [[nodiscard]] std::string log(const scheduler::AttemptOrder& order) const;
    [[nodiscard]] std::string last_log() const { return log(last_); }

    std::filesystem::path root;
    boost::asio::io_context io;
    async::BlockingPool pool{2};
    std::unique_ptr<store::RunStore> store = store::make_memory_store();
    ExecutorOptions options;
    std::unique_ptr<ProcessExecutor> executor;
    std::map<core::AttemptId, scheduler::AttemptStarted> started;
    std::map<core::AttemptId, std::vector<scheduler::AttemptEnded>> ended;

  private:
    void make_executor();
    void turn(const std::function<boost::asio::awaitable<void>()>& work);

    core::AttemptId next_ = 1;
    scheduler::AttemptOrder last_;
};

}  // namespace reel::executor
