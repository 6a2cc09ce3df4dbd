// The program that the executor's integration tests start: a runner, or one built-in operator.

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "reel/executor/process_executor.hpp"
#include "reel/runner/client.hpp"

int main(int count, char** words) {
    const std::vector<std::string_view> args(words + 1, words + count);
    if (args.size() == 2 && args[0] == "task" && args[1] == "exec") {
        return reel::executor::task_exec();
    }
    if (args.size() == 5 && args[0] == "runner" && args[1] == "--directory" &&
        args[3] == "--lease-seconds") {
        return reel::runner::run_runner({
            .directory = args[2],
            .program = words[0],
            .lease = std::chrono::seconds(std::atoi(words[5])),
        });
    }
    return 64;
}
