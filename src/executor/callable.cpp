#include "callable.hpp"

#include <fmt/format.h>

#include "dag_files.hpp"

namespace reel::executor {

core::Error missing_argument(const core::TaskId& task, std::string_view argument) {
    return core::Error{
        .code = core::Errc::invalid_argument,
        .message = fmt::format("'{}' is missing or no text", argument),
        .where = task.str(),
        .hint = {},
    };
}

core::Result<Callable> find_callable(
    const core::Dag& dag, const Json& args, const core::TaskId& task
) {
    const std::string file = text_of(args, "python_callable_file");
    const std::string dotted = text_of(args, "python_callable");
    const std::string name = text_of(args, "python_callable_name", file.empty() ? "" : dotted);
    if (!file.empty()) {
        if (name.empty()) {
            return std::unexpected(missing_argument(task, "python_callable_name"));
        }
        const auto path = find_file(dag, file);
        if (!path) {
            return std::unexpected(path.error());
        }
        return Callable{.file = path->string(), .module = {}, .name = name};
    }
    const std::size_t dot = dotted.rfind('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == dotted.size()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' does not name a Python callable", dotted),
            "write python_callable: package.module.function, or python_callable_name and "
            "python_callable_file",
            task.str()
        );
    }
    return Callable{.file = {}, .module = dotted.substr(0, dot), .name = dotted.substr(dot + 1)};
}

}  // namespace reel::executor
