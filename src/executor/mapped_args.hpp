#pragma once

#include <functional>
#include <map>
#include <string>

#include "json.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// What an upstream has pushed: the element list of a mapping.
using FindOutput =
    std::function<core::Result<Json>(const std::string& task_id, const std::string& key)>;

/// One argument that the mapping gives to one instance.
struct MappedArg {
    Json value;
    bool is_from_file = false;  ///< it may hold templates
};

/// The arguments of the instance `order.key.map_index` by name; empty for a task that is not
/// mapped. The last source turns fastest; an object is mapped over as its [key, value] pairs. An
/// error where a source has no such element any more.
[[nodiscard]] core::Result<std::map<std::string, MappedArg>> mapped_args(
    const scheduler::AttemptOrder& order, const FindOutput& find_output
);

}  // namespace reel::executor
