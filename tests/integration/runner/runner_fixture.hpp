#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/runner/client.hpp"

namespace reel::runner {

/// A worker of a runner in a fresh folder, with every event it got.
class TestWorker final {
  public:
    explicit TestWorker(RunnerOptions options);

    core::Result<RunnerInventory> try_attach();
    RunnerInventory attach();
    void detach(bool end_when_idle);
    RunnerClient& client() { return *client_; }

    /// Runs the loop until the condition holds; false when it did not within 20 seconds.
    bool run_until(const std::function<bool()>& condition);
    ProcessExit wait_exit(core::AttemptId attempt);
    ProcessStart wait_start(core::AttemptId attempt);
    /// Like a killed worker: the connection is simply gone.
    void vanish();

    std::map<core::AttemptId, ProcessStart> starts;
    std::map<core::AttemptId, ProcessExit> exits;
    int exit_events = 0;
    std::vector<std::string> losses;

  private:
    boost::asio::io_context io_;
    std::unique_ptr<RunnerClient> client_;
};

class RunnerTest : public testing::Test {
  protected:
    RunnerTest();
    ~RunnerTest() override;

    [[nodiscard]] RunnerOptions options() const;
    [[nodiscard]] ProcessSpec shell(core::AttemptId attempt, const std::string& script) const;
    [[nodiscard]] std::filesystem::path log_of(core::AttemptId attempt) const;
    [[nodiscard]] std::optional<int> runner_pid() const;
    void kill_runner(int signal) const;
    /// Waits until the process is gone (or a zombie).
    [[nodiscard]] static bool wait_gone(int pid);
    [[nodiscard]] static bool is_alive(int pid);
    [[nodiscard]] static std::string read(const std::filesystem::path& file);
    /// Waits until the file holds a whole line; the pids that test processes announce.
    [[nodiscard]] static int wait_pid_in(const std::filesystem::path& file);
    /// How many attempts the journal holds.
    [[nodiscard]] std::size_t journaled() const;

    std::filesystem::path folder;
    core::Duration lease = std::chrono::seconds(60);
};

}  // namespace reel::runner
