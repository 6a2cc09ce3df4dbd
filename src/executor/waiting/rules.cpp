#include "rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::executor {

namespace {

constexpr core::Duration shortest_interval = std::chrono::milliseconds(100);
constexpr core::Duration longest_interval = std::chrono::days(7);

}  // namespace

core::Result<std::optional<core::Duration>> duration_of(const Json& args, const std::string& name) {
    const Json value = args.value(name, Json());
    if (value.is_null()) {
        return std::nullopt;
    }
    if (value.is_number()) {
        return core::Duration(std::llround(value.get<double>() * 1e6));
    }
    auto parsed = value.is_string() ? core::parse_duration(value.get<std::string>())
                                    : core::fail(core::Errc::invalid_argument, "is no duration");
    if (!parsed) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}': {}", name, parsed.error().message),
            parsed.error().hint
        );
    }
    return *parsed;
}

bool flag_of(const Json& args, const std::string& name, bool fallback) {
    const Json value = args.value(name, Json());
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_string()) {
        return value == "true" || value == "True" || value == "1";
    }
    return fallback;
}

std::vector<std::string> words_of(const Json& args, const std::string& name) {
    const Json value = args.value(name, Json());
    std::vector<std::string> words;
    for (const Json& word : value.is_array() ? value : Json::array({value})) {
        if (word.is_string()) {
            words.push_back(word.get<std::string>());
        } else if (word.is_number()) {
            words.push_back(dump(word));
        }
    }
    return words;
}

core::Result<WaitRules> parse_wait_rules(const Json& args, std::optional<core::Duration> timeout) {
    const auto interval = duration_of(args, "poke_interval");
    const auto own_timeout = duration_of(args, "timeout");
    const auto max_wait = duration_of(args, "max_wait");
    for (const auto* duration : {&interval, &own_timeout, &max_wait}) {
        if (!*duration) {
            return std::unexpected(duration->error());
        }
    }
    WaitRules rules;
    rules.poke_interval = interval->value_or(rules.poke_interval);
    rules.timeout = own_timeout->has_value() ? *own_timeout : timeout;
    rules.max_wait = *max_wait;
    rules.over_all_tries = text_of(args, "mode") == "reschedule";
    rules.soft_fail = flag_of(args, "soft_fail");
    rules.never_fail = flag_of(args, "never_fail");
    rules.silent_fail = flag_of(args, "silent_fail");
    rules.exponential_backoff = flag_of(args, "exponential_backoff");
    return rules;
}

core::Duration pause_after(const WaitRules& rules, int looks) {
    core::Duration pause = std::clamp(rules.poke_interval, shortest_interval, longest_interval);
    if (rules.exponential_backoff) {
        const core::Duration longest = rules.max_wait.value_or(longest_interval);
        for (int doubled = 1; doubled < looks && pause < longest; ++doubled) {
            pause *= 2;
        }
        pause = std::clamp(pause, shortest_interval, std::max(longest, shortest_interval));
    }
    return pause;
}

}  // namespace reel::executor
