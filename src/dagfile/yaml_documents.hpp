#pragma once

#include <yaml-cpp/mark.h>

#include <optional>
#include <string>

namespace reel::dagfile {

/// Where a document begins that YAML::LoadAll would read again and again until the memory is full:
/// yaml-cpp leaves a comma that is in no list or map where it is, and takes it for the beginning of
/// the next document. The comma behind the last bracket of a file that is JSON is enough. Throws
/// YAML::Exception.
[[nodiscard]] std::optional<YAML::Mark> find_endless_document(const std::string& text);

}  // namespace reel::dagfile
