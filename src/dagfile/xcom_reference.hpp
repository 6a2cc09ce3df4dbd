#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// dag-factory's "that task's output" as the value of an argument.
struct XComReference {
    std::string task;
    std::string key = "return_value";
};

/// `+task_id` or `+task_id["key"]`; nothing for any other text.
[[nodiscard]] std::optional<XComReference> parse_xcom_reference(std::string_view text);

/// {"__xcom__": {"task_id": …, "key": …}}, which the worker puts the value in place of.
[[nodiscard]] Node make_xcom_node(
    const core::SourcePosition& at, const std::string& task_id, const std::string& key
);

}  // namespace reel::dagfile
