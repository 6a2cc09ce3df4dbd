#pragma once

#include <string>

#include "context.hpp"

namespace reel::cli {

struct LogOptions {
    std::string dag_id;
    std::string run;
    std::string task_id;
    int try_number = 0;  ///< 0: the latest
    int map_index = -1;
    bool follow = false;
};

/// The error that there is no such task instance, with a hint where it is one of a mapped task and
/// nobody said which. `path` ends with the task.
[[nodiscard]] core::Error missing_instance(
    ApiClient& api, std::vector<std::string> path, int map_index, core::Error error
);

/// Prints a log as it was written; with `follow` on through later tries until the task has
/// ended (the try, where one is named) or Ctrl-C.
[[nodiscard]] core::Result<int> print_log(Context& context, const LogOptions& options);

}  // namespace reel::cli
