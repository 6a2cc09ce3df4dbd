#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "reel/runner/client.hpp"

/// `runner_program runner --directory D --lease-seconds N [--no-fork-shells]`: the runner without
/// the rest of reel.
int main(int count, char** values) {
    reel::runner::RunnerOptions options;
    int lease_seconds = 300;
    for (int i = 2; i + 1 < count; i += 2) {
        const std::string_view name = values[i];
        const std::string_view value = values[i + 1];
        if (name == "--directory") options.directory = value;
        if (name == "--lease-seconds") {
            std::from_chars(value.data(), value.data() + value.size(), lease_seconds);
        }
    }
    if (count < 2 || std::string_view(values[1]) != "runner" || options.directory.empty()) {
        std::fputs("usage: runner_program runner --directory D --lease-seconds N\n", stderr);
        return 2;
    }
    options.fork_shells = std::string_view(values[count - 1]) != "--no-fork-shells";
    options.lease = std::chrono::seconds(lease_seconds);
    return reel::runner::run_runner(options);
}
