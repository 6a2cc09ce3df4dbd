#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reel/core/time.hpp"

namespace reel::cli {

/// A run and its tasks as the REST API gives them.
struct RunPicture {
    nlohmann::json run;
    nlohmann::json tasks;
    std::string reason{};  ///< why it is still queued; may be empty
};

struct ProgressStyle {
    bool colour = false;
    std::size_t rows = 24;
    std::size_t columns = 80;
};

/// "extract", or "extract[3]" for one of a mapped task.
[[nodiscard]] std::string task_name(const nlohmann::json& task);

/// The picture for a terminal, one string per line: the run, then each task with a symbol, its
/// state and how long it took; with too many tasks for the screen, what moves comes first.
[[nodiscard]] std::vector<std::string> progress_lines(
    const RunPicture& picture, core::Timestamp now, const ProgressStyle& style
);

/// For where nothing can be redrawn: a line per task that is in another state than before
/// ("12:00:01 stage_movies running"). `seen` holds the states told so far.
[[nodiscard]] std::vector<std::string> change_lines(
    const RunPicture& picture, std::map<std::string, std::string>& seen, core::Timestamp now
);

/// "movies manual__… success in 12.3s: 9 success, 1 skipped".
[[nodiscard]] std::string summary_line(const RunPicture& picture);

/// Moves up over `before` lines and draws the new ones in their place.
[[nodiscard]] std::string redraw(const std::vector<std::string>& lines, std::size_t before);

}  // namespace reel::cli
