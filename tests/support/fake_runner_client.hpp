#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "reel/runner/client.hpp"

namespace reel::support {

/// What a FakeRunnerClient was asked for and what it answers. Outlives the client.
struct FakeRunner {
    std::vector<runner::ProcessSpec> expected;
    std::vector<runner::ProcessSpec> started;
    std::vector<core::AttemptId> cancelled;
    std::vector<core::AttemptId> acknowledged;
    std::deque<core::Result<runner::RunnerInventory>> attachments;  ///< next answers of attach();
                                                                    ///< then an empty inventory
    int attached = 0;                                               ///< calls of attach()
    std::function<void()> on_attach;  ///< while the answer is on its way
    std::optional<bool> detached;     ///< `end_when_idle`, once it was left
    runner::RunnerEvents events;

    void tell_started(core::AttemptId attempt, int pid = 4711) const;
    /// Exit by itself with a status, an output on descriptor 4 and a last line.
    void tell_exited(
        core::AttemptId attempt,
        int code,
        const std::string& output = {},
        const std::string& last_line = {}
    ) const;
    void tell_ended(runner::ProcessExit exit) const { events.on_exit(exit); }
};

/// Times of every process that the fake tells about.
[[nodiscard]] core::Timestamp fake_start();
[[nodiscard]] core::Timestamp fake_end();
[[nodiscard]] runner::ProcessExit an_exit(
    core::AttemptId attempt, runner::ProcessEnd end, int code = 0
);

/// Records; starts nothing.
[[nodiscard]] std::unique_ptr<runner::RunnerClient> make_fake_runner_client(
    FakeRunner& record, runner::RunnerEvents events
);

}  // namespace reel::support
