// The program that the executor's integration tests start for one built-in operator.

#include <string_view>
#include <vector>

#include "reel/executor/process_executor.hpp"

int main(int count, char** words) {
    const std::vector<std::string_view> args(words + 1, words + count);
    if (args.size() == 2 && args[0] == "task" && args[1] == "exec") {
        return reel::executor::task_exec();
    }
    return 64;
}
