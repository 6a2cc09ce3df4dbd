// reel-runner: the runner as a program of its own, with no library that it has no use for. Started
// by who has tasks to run (launch.cpp).

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>

#include "reel/runner/client.hpp"

int main(int argc, char** argv) {
    std::string directory;
    long long lease_seconds = 0;
    bool fork_shells = true;
    CLI::App app("Owns the processes of tasks. Started by the server.", "reel-runner");
    app.add_option("--directory", directory, "the runner's folder, $REEL_HOME/run")->required();
    app.add_option("--lease-seconds", lease_seconds, "how long tasks run on without a server")
        ->required();
    app.add_flag("!--no-fork-shells", fork_shells, "start each shell anew");
    CLI11_PARSE(app, argc, argv);
    return reel::runner::run_runner(
        {.directory = directory,
         .program = {},
         .lease = std::chrono::seconds(lease_seconds),
         .fork_shells = fork_shells}
    );
}
