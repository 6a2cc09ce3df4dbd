#pragma once

#include <string>
#include <string_view>

#include "json.hpp"
#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::executor {

/// The function that a `python` task calls: of a file, or of a module.
struct Callable {
    std::string file;
    std::string module;
    std::string name;
};

/// By the rendered arguments of a task.
[[nodiscard]] core::Result<Callable> find_callable(
    const core::Dag& dag, const Json& args, const core::TaskId& task
);

[[nodiscard]] core::Error missing_argument(const core::TaskId& task, std::string_view argument);

}  // namespace reel::executor
