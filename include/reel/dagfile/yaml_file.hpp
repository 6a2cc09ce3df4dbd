#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

// YAML that is no DAG file, read with the same care: YAML 1.2's scalars, places, no key twice. All
// mistakes stand in one error, each with "name:line:column".

/// `name` is what the text goes by in places. An empty text gives a null node.
[[nodiscard]] core::Result<Node> parse_yaml(std::string_view text, const std::string& name);

/// Places begin with the name as given. An error where it is no readable file below 16 MiB.
[[nodiscard]] core::Result<Node> read_yaml_file(const std::filesystem::path& path);

}  // namespace reel::dagfile
