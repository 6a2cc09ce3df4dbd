#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "reel/async/nudge.hpp"
#include "reel/runner/protocol.hpp"
#include "spawn.hpp"

namespace reel::runner {

/// What is still needed of a spec once its process runs; nothing secret.
struct SupervisedSpec {
    core::AttemptId attempt = 0;
    core::Timestamp started_at;
    std::optional<core::Duration> timeout;
    core::Duration kill_grace{};
    std::filesystem::path log_file;
};

/// One running attempt and its process group, until none of it is left.
class SupervisedProcess final {
  public:
    SupervisedProcess(
        const boost::asio::any_io_executor& io, SupervisedSpec spec, SpawnedProcess process
    );

    [[nodiscard]] ProcessStart start() const;
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// SIGTERM to the group now, SIGKILL after the grace. The first reason counts; without effect
    /// once the process has ended.
    void stop(ProcessEnd reason, std::string message);

    /// Waits for the end. Runs once; the object must outlive it.
    boost::asio::awaitable<ProcessExit> run();

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    void watch();
    void act(SteadyTime now);
    [[nodiscard]] SteadyTime next_step() const;
    [[nodiscard]] ProcessExit reap() const;
    [[nodiscard]] std::string timeout_message() const;
    boost::asio::awaitable<void> end_leftovers();
    boost::asio::awaitable<bool> group_gone_within(std::chrono::nanoseconds limit);
    void collect(ProcessExit& exit) const;

    SupervisedSpec spec_;
    pid_t pid_;
    boost::asio::posix::stream_descriptor pidfd_;
    UniqueFd output_;
    LogFile log_;
    async::Nudge nudge_;
    bool ended_ = false;
    std::optional<ProcessEnd> stopped_as_;
    std::string stop_message_;
    std::optional<SteadyTime> deadline_;
    std::optional<SteadyTime> kill_at_;  ///< set once SIGTERM was sent
};

/// Wall time in the resolution that everything is stored in.
[[nodiscard]] core::Timestamp wall_now();

}  // namespace reel::runner
