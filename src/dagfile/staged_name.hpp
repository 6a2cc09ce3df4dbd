#pragma once

#include <optional>
#include <string>

namespace reel::dagfile {

/// "stage.movies" → "stage", "movies"; a task's name may hold dots, a table's may not.
struct StagedName {
    std::string task;
    std::string table;
};

/// Nothing for what has no dot, or nothing before or behind it.
[[nodiscard]] std::optional<StagedName> split_staged(const std::string& text);

/// Writes another name into every staged('…') of a template; the same text elsewhere stays.
void rename_staged(std::string& text, const std::string& from, const std::string& to);

}  // namespace reel::dagfile
