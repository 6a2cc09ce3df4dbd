#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "support/manual_clock.hpp"

namespace reel::cli {

/// Command lines with what stands behind them in `reel-server`, and no server to talk to.
class CommandCase : public ::testing::Test {
  protected:
    int run(const std::vector<std::string>& words) {
        std::istringstream in;
        std::ostringstream out;
        std::ostringstream err;
        const int status = run_command(
            words,
            {.in = in,
             .out = out,
             .err = err,
             .server = server_side(server_),
             .environment = environment_,
             .clock = clock_,
             .connect = [](const Address&) { return nullptr; },
             .pause = [](core::Duration) { return true; },
             .err_is_terminal = err_is_terminal_}
        );
        out_ = out.str();
        err_ = err.str();
        return status;
    }

    ServerCommands server_;
    bool err_is_terminal_ = false;
    config::Environment environment_{{"REEL_HOME", "/nowhere"}};
    support::ManualClock clock_;
    std::string out_;
    std::string err_;
};

}  // namespace reel::cli
