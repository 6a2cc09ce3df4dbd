#pragma once

#include <filesystem>
#include <functional>
#include <sstream>

#include "cli/command_line.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::cli {

/// The command line against the real API, over a store in memory and without a socket.
class CliTest : public api::ApiTest {
  protected:
    CliTest();

    /// Runs `reel <words…>`; what it printed is in out_ and err_.
    int run(const std::vector<std::string>& words);
    nlohmann::json run_json(std::vector<std::string> words, int status = 0);

    config::Environment environment_;
    ServerCommands server_;
    std::string out_;
    std::string err_;
    std::string input_;
    bool terminal_ = false;
    /// Runs what `reel` is, and not reel-server; counts how often it would have become that.
    bool is_reel_ = false;
    int handed_over_ = 0;
    /// Called at each pause with its number from 1; true stands for Ctrl-C.
    std::function<bool(int)> on_pause_ = [](int) { return true; };
    std::filesystem::path processes_ = "/proc";
    /// What connects to the server; the API by default.
    std::function<std::unique_ptr<Transport>(const Address&)> connect_;
    std::vector<HttpCall> calls_;

  private:
    class ApiTransport;
};

}  // namespace reel::cli
