#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "reel/config/config.hpp"

namespace reel::config {

/// One option that a file or the environment gives, its value not yet checked.
struct Setting {
    const Option* option = nullptr;
    std::string value;
    Origin origin = Origin::default_value;
    std::string where;  ///< "reel.yaml:3:5", "REEL__API__PORT"
};

/// What a source gives, and every mistake in it, one line each.
struct Settings {
    std::vector<Setting> found;
    std::vector<std::string> mistakes;
};

/// Null for an option that is not declared.
[[nodiscard]] const Option* find_option(std::string_view section, std::string_view key);

/// "section.key".
[[nodiscard]] std::string full_name(const Option& option);

/// The YAML file: a map of sections, each a map of its keys. A file that is not there gives
/// nothing.
[[nodiscard]] Settings read_settings_file(const std::filesystem::path& file);

/// Every REEL__… variable.
[[nodiscard]] Settings read_settings_environment(const Environment& environment);

/// The whole text of a file, or in the system's words why it cannot be read.
[[nodiscard]] std::expected<std::string, std::string> read_text(const std::filesystem::path& file);

/// "unknown option 'core.paralelism'; did you mean 'core.parallelism'?"
[[nodiscard]] std::string unknown_option(std::string_view section, std::string_view key);

}  // namespace reel::config
