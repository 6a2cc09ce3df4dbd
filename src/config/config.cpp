#include "reel/config/config.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "settings.hpp"
#include "value_check.hpp"

namespace reel::config {
namespace {

[[noreturn]] void abort_undeclared(std::string_view section, std::string_view key) {
    fmt::print(stderr, "bug: the option {}.{} is not declared\n", section, key);
    std::abort();
}

std::string find_variable(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? "" : found->second;
}

core::Result<std::filesystem::path> find_home(const Environment& environment) {
    const std::string named = find_variable(environment, "REEL_HOME");
    const std::string user_home = find_variable(environment, "HOME");
    if (named.empty() && user_home.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            "neither REEL_HOME nor HOME is set",
            "set REEL_HOME to the folder where Reel is to keep its files"
        );
    }
    const std::filesystem::path home =
        named.empty() ? std::filesystem::path(user_home) / ".reel" : std::filesystem::path(named);
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(home, error);
    return (error ? home : absolute).lexically_normal();
}

std::string expand_path(std::string value, const std::filesystem::path& home) {
    constexpr std::string_view variable = "$REEL_HOME";
    if (value.starts_with(variable)) {
        value.replace(0, variable.size(), home.string());
    }
    return value;
}

}  // namespace

core::Result<Config> Config::load(const Environment& environment) {
    core::Result<std::filesystem::path> home = find_home(environment);
    if (!home) {
        return std::unexpected(home.error());
    }
    Config config;
    config.home_ = *std::move(home);
    config.environment_ = environment;
    for (const Option& option : all_options()) {
        config.values_[full_name(option)] = {
            expand_path(std::string(option.default_value), config.home_), Origin::default_value
        };
    }
    std::vector<std::string> mistakes;
    for (const Settings& settings :
         {read_settings_file(config.home_ / "reel.yaml"), read_settings_environment(environment)}) {
        mistakes.insert(mistakes.end(), settings.mistakes.begin(), settings.mistakes.end());
        for (const Setting& setting : settings.found) {
            if (const auto mistake = find_mistake(*setting.option, setting.value)) {
                mistakes.push_back(
                    fmt::format("{}: {} {}", setting.where, full_name(*setting.option), *mistake)
                );
                continue;
            }
            const bool is_path = setting.option->type == OptionType::path;
            config.values_[full_name(*setting.option)] = {
                is_path ? expand_path(setting.value, config.home_) : setting.value, setting.origin
            };
        }
    }
    if (!mistakes.empty()) {
        return core::fail(
            core::Errc::invalid_argument, fmt::format("{}", fmt::join(mistakes, "\n"))
        );
    }
    return config;
}

const Config::Value& Config::value(std::string_view section, std::string_view key) const {
    const auto found = values_.find(fmt::format("{}.{}", section, key));
    if (found == values_.end()) {
        abort_undeclared(section, key);
    }
    return found->second;
}

const std::string& Config::text(std::string_view section, std::string_view key) const {
    return value(section, key).text;
}

long long Config::integer(std::string_view section, std::string_view key) const {
    const std::optional<long long> number = parse_integer(text(section, key));
    if (!number) {
        abort_undeclared(section, key);
    }
    return *number;
}

bool Config::boolean(std::string_view section, std::string_view key) const {
    const std::optional<bool> truth = parse_boolean(text(section, key));
    if (!truth) {
        abort_undeclared(section, key);
    }
    return *truth;
}

core::Duration Config::duration(std::string_view section, std::string_view key) const {
    const core::Result<core::Duration> duration = core::parse_duration(text(section, key));
    if (!duration) {
        abort_undeclared(section, key);
    }
    return *duration;
}

std::filesystem::path Config::path(std::string_view section, std::string_view key) const {
    return std::filesystem::absolute(text(section, key)).lexically_normal();
}

Origin Config::origin(std::string_view section, std::string_view key) const {
    return value(section, key).origin;
}

}  // namespace reel::config
