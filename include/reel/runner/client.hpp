#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// What a runner holds when a worker (re)connects: nothing that it ever started is forgotten before
/// it is acknowledged.
struct RunnerInventory {
    std::vector<ProcessStart> running;
    std::vector<ProcessExit> ended;  ///< journaled, not acknowledged yet
};

struct RunnerEvents {
    std::function<void(const ProcessStart&)> on_start;
    std::function<void(const ProcessExit&)> on_exit;
    /// The connection broke and could not be mended: the runner process itself is gone. Its tasks
    /// are in the hands of init; the next attach() starts a new runner, which reads the old one's
    /// journal.
    std::function<void(const std::string& reason)> on_lost;
};

/// The worker's end. Belongs to one loop; calls only write to a queue and return.
class RunnerClient {
  public:
    virtual ~RunnerClient() = default;
    /// Connects to the runner of the folder, starting one (in a session of its own) when none
    /// answers.
    virtual boost::asio::awaitable<core::Result<RunnerInventory>> attach() = 0;
    /// It may be started next: its log may be opened already. A hint, which may be lost.
    virtual void expect(const ProcessSpec& spec) = 0;
    virtual void start(ProcessSpec spec) = 0;
    /// SIGTERM to the group, SIGKILL after the grace; ends with an on_exit of
    /// ProcessEnd::cancelled. Unknown: ignored.
    virtual void cancel(core::AttemptId attempt) = 0;
    /// The exit is stored elsewhere now; the journal may forget it.
    virtual void acknowledge(core::AttemptId attempt) = 0;
    /// Closes the connection. With `end_when_idle` the runner ends once nothing runs any more (a
    /// graceful stop); without it the runner waits for a worker to come back.
    virtual boost::asio::awaitable<void> detach(bool end_when_idle) = 0;
};

struct RunnerOptions {
    std::filesystem::path
        directory;  ///< $REEL_HOME/run: runner.sock, runner.lock, journal/ (mode 0700)
    std::filesystem::path program;  ///< what to start as `program --directory …`: reel-runner
    core::Duration lease =
        std::chrono::seconds(300);  ///< tasks are ended when no worker was heard of for that long
    /// Whether a shell that is often needed is forked from one that stands ready, instead of
    /// started anew.
    bool fork_shells = true;
    /// Whether the worker may still hold its tasks; without that the runner hears no heartbeat.
    /// Empty: always.
    std::function<bool()> may_hold = {};
};

[[nodiscard]] std::unique_ptr<RunnerClient> make_runner_client(
    const boost::asio::any_io_executor& executor, RunnerOptions options, RunnerEvents events
);

/// The runner process itself: serves `options.directory` until idle and told to end, or until its
/// lease is over. Gives the process' exit status. Errors (folder taken by a live runner) go to
/// stderr.
int run_runner(const RunnerOptions& options);

}  // namespace reel::runner
