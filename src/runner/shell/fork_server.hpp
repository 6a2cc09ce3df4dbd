#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/runner/unique_fd.hpp"
#include "spare.hpp"

namespace reel::runner {

/// A shell that stands right before its main() and forks (preload.cpp): a few spares, ahead of
/// their use. Ends when it is dropped, with the spares that nobody has taken.
class ForkServer final {
  public:
    /// Starts one and does not wait for it. `argv` is that of all its children.
    [[nodiscard]] static core::Result<ForkServer> launch(
        const std::string& program, const std::vector<std::string>& argv
    );

    enum class State { starting, ready, gone };
    /// Does not wait.
    [[nodiscard]] State look();

    /// While it is ready: waits for one where none stands by. nullopt: there is none, as when it is
    /// gone.
    [[nodiscard]] std::optional<Spare> take();
    /// Asks for more where few are left.
    void refill();

  private:
    ForkServer(UniqueFd pidfd, UniqueFd socket)
        : pidfd_(std::move(pidfd)), socket_(std::move(socket)) {}
    void hear();
    void give_up();

    UniqueFd pidfd_;  ///< the process itself is reaped like any stray
    UniqueFd socket_;
    State state_ = State::starting;
    std::deque<Spare> asked_;  ///< without a pid yet
    std::deque<Spare> spares_;
};

}  // namespace reel::runner
