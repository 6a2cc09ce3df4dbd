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

/// Prints a log as it was written; with `follow` on through later tries until the task has
/// ended (the try, where one is named) or Ctrl-C.
[[nodiscard]] core::Result<int> print_log(Context& context, const LogOptions& options);

}  // namespace reel::cli
