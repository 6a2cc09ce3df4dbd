#include <fmt/format.h>
#include <unistd.h>

#include <expected>

#include "settings.hpp"

#include "reel/core/ascii.hpp"

namespace reel::config {
namespace {

constexpr std::string_view prefix = "REEL__";
constexpr std::string_view file_suffix = "_file";

// All lines count (a key may have several) but for the line break that an editor leaves behind.
std::expected<std::string, std::string> read_secret(const std::string& path) {
    auto text = read_text(path);
    while (text && (text->ends_with('\n') || text->ends_with('\r'))) {
        text->pop_back();
    }
    return text;
}

void read_variable(const std::string& name, const std::string& value, Settings& settings) {
    const std::string rest = core::lowered(std::string_view(name).substr(prefix.size()));
    const std::size_t border = rest.find("__");
    if (border == std::string::npos) {
        settings.mistakes.push_back(fmt::format("{}: must be REEL__SECTION__KEY", name));
        return;
    }
    const std::string section = rest.substr(0, border);
    const std::string key = rest.substr(border + 2);
    if (const Option* option = find_option(section, key)) {
        settings.found.push_back({option, value, Origin::environment, name});
        return;
    }
    const Option* secret =
        key.ends_with(file_suffix)
            ? find_option(section, key.substr(0, key.size() - file_suffix.size()))
            : nullptr;
    if (secret == nullptr || !secret->secret) {
        settings.mistakes.push_back(fmt::format("{}: {}", name, unknown_option(section, key)));
        return;
    }
    if (auto text = read_secret(value)) {
        settings.found.push_back({secret, *std::move(text), Origin::environment, name});
    } else {
        settings.mistakes.push_back(
            fmt::format("{}: cannot read the file '{}': {}", name, value, text.error())
        );
    }
}

void report_doubles(Settings& settings) {
    for (auto one = settings.found.begin(); one != settings.found.end(); ++one) {
        const auto other = std::find_if(std::next(one), settings.found.end(), [&](const auto& it) {
            return it.option == one->option;
        });
        if (other != settings.found.end()) {
            settings.mistakes.push_back(
                fmt::format("{} and {} are both set; keep one", one->where, other->where)
            );
        }
    }
}

}  // namespace

Environment process_environment() {
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t border = text.find('=');
        if (border != std::string_view::npos) {
            environment.emplace(text.substr(0, border), text.substr(border + 1));
        }
    }
    return environment;
}

Settings read_settings_environment(const Environment& environment) {
    Settings settings;
    for (const auto& [name, value] : environment) {
        if (name.starts_with(prefix) && !value.empty()) {
            read_variable(name, value, settings);
        }
    }
    report_doubles(settings);
    return settings;
}

}  // namespace reel::config
