#include "settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "reel/core/did_you_mean.hpp"

namespace reel::config {

const Option* find_option(std::string_view section, std::string_view key) {
    const auto found = std::ranges::find_if(all_options(), [&](const Option& option) {
        return option.section == section && option.key == key;
    });
    return found == all_options().end() ? nullptr : &*found;
}

std::string full_name(const Option& option) {
    return fmt::format("{}.{}", option.section, option.key);
}

std::expected<std::string, std::string> read_text(const std::filesystem::path& file) {
    std::error_code error;
    // A folder opens like a file, but throws when it is read.
    if (std::filesystem::is_directory(file, error)) {
        return std::unexpected(std::strerror(EISDIR));
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return std::unexpected(std::strerror(errno));
    }
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string unknown_option(std::string_view section, std::string_view key) {
    std::vector<std::string> names;
    for (const Option& option : all_options()) {
        names.push_back(full_name(option));
    }
    const std::string name = fmt::format("{}.{}", section, key);
    const std::string hint = core::did_you_mean(name, names);
    return fmt::format(
        "unknown option '{}'; {}", name, hint.empty() ? "'reel config list' shows all" : hint
    );
}

}  // namespace reel::config
