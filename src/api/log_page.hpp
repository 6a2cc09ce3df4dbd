#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace reel::api {

/// A stretch of a log file.
struct LogPage {
    std::string text{};      ///< whole lines, but for one that is longer than a page
    std::uint64_t next = 0;  ///< the offset behind it
    bool at_end = false;     ///< nothing of the file lies behind it
    bool missing = false;    ///< there is no such file
};

/// Reads at most `limit` bytes from `offset`. While a task still runs (`complete` is false), a last
/// line without its line end waits for the next page.
[[nodiscard]] LogPage read_log_page(
    const std::filesystem::path& file, std::uint64_t offset, std::size_t limit, bool complete
);

/// Whether the end of a log has the first line of a text; false where there is no log.
[[nodiscard]] bool log_tells(const std::filesystem::path& file, std::string_view text);

/// The lines as Airflow's structured messages: the stamp that Reel writes at the front of its own
/// becomes `timestamp`.
[[nodiscard]] nlohmann::json log_messages(const std::string& text);

}  // namespace reel::api
