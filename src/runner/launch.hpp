#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/runner/client.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// A runner process that was started and is reaped when it ends before we do.
class LaunchedRunner final {
  public:
    /// In a session of its own, so that nothing that ends the worker's terminal or group reaches
    /// it; stdout and stderr go to runner.log in its folder.
    [[nodiscard]] static core::Result<LaunchedRunner> launch(const RunnerOptions& options);

    /// Its wait status once it has ended (the first call that sees it reaps it).
    [[nodiscard]] std::optional<int> poll_exit();
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }

  private:
    pid_t pid_ = 0;
    UniqueFd pidfd_;
    std::optional<int> status_;
};

/// The few variables that a runner may need to start (library paths, locale); connections and
/// variables that the worker's environment defines stay with the worker.
[[nodiscard]] std::vector<std::string> runner_environment(const char* const* environment);

/// What the runner last said, for an error's text.
[[nodiscard]] std::string last_words(const std::filesystem::path& directory);

}  // namespace reel::runner
