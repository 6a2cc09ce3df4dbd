#include "values.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace reel::dagfile {
namespace {

using core::Errc;

struct Unit {
    std::string_view name;
    double seconds;
};

constexpr std::array units{
    Unit{"days", 86400},
    Unit{"seconds", 1},
    Unit{"microseconds", 1e-6},
    Unit{"milliseconds", 1e-3},
    Unit{"minutes", 60},
    Unit{"hours", 3600},
    Unit{"weeks", 604800},
};

constexpr double longest_seconds = 3.2e9;  // a century

core::Result<core::Duration> to_duration(double seconds) {
    if (!(std::abs(seconds) <= longest_seconds)) {
        return core::fail(Errc::invalid_argument, "is longer than a century");
    }
    if (seconds < 0) {
        return core::fail(Errc::invalid_argument, "must not be negative");
    }
    return core::Duration(std::llround(seconds * 1e6));
}

const Unit* find_unit(std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) {
            return &unit;
        }
    }
    return nullptr;
}

/// Python's order of a timedelta's arguments without names.
constexpr std::array<std::string_view, 7> in_order{
    "days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"
};

core::Result<double> sum_in_order(const Node& arguments) {
    double seconds = 0;
    bool fits = arguments.is_list() && arguments.items.size() <= in_order.size();
    for (std::size_t i = 0; fits && i < arguments.items.size(); ++i) {
        const auto amount = arguments.items[i].as_number();
        fits = amount.has_value();
        seconds += amount.value_or(0) * find_unit(in_order[i])->seconds;
    }
    if (!fits) {
        return core::fail(
            Errc::invalid_argument,
            "'__args__' of a timedelta must be numbers: days, seconds, …",
            "write it as 5m, PT5M or a number of seconds"
        );
    }
    return seconds;
}

core::Result<core::Duration> read_timedelta(const Node& node) {
    double seconds = 0;
    for (const Entry& entry : node.entries) {
        if (entry.key == "__type__") {
            continue;
        }
        if (entry.key == "__args__") {
            const auto sum = sum_in_order(entry.value);
            if (!sum) {
                return std::unexpected(sum.error());
            }
            seconds += *sum;
            continue;
        }
        const Unit* unit = find_unit(entry.key);
        const std::optional<double> amount = entry.value.as_number();
        if (unit == nullptr || !amount) {
            return core::fail(
                Errc::invalid_argument,
                fmt::format("'{}' is no part of a timedelta", entry.key),
                "write it as 5m, PT5M or a number of seconds"
            );
        }
        seconds += *amount * unit->seconds;
    }
    return to_duration(seconds);
}

/// "2 days" → 172,800 s; the unit's last 's' may be missing.
std::optional<core::Duration> parse_relative(std::string_view text) {
    long long amount = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    const std::string_view rest = text.substr(static_cast<std::size_t>(stop - text.data()));
    if (error != std::errc() || !rest.starts_with(' ') || amount < 0 || amount > 100'000) {
        return std::nullopt;
    }
    std::string name(rest.substr(1));
    name += name.ends_with('s') ? "" : "s";
    const Unit* unit = find_unit(name);
    if (unit == nullptr || unit->seconds < 1) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<core::Duration>(
        std::chrono::seconds(amount * std::llround(unit->seconds))
    );
}

}  // namespace

bool has_type(const Node& node, std::string_view type) {
    const Node* found = node.find("__type__");
    return found != nullptr && found->is_text() && found->text == type;
}

core::Result<core::Duration> read_duration(const Node& node) {
    if (const std::optional<double> seconds = node.as_number()) {
        return to_duration(*seconds);
    }
    if (has_type(node, "datetime.timedelta")) {
        return read_timedelta(node);
    }
    if (node.is_text()) {
        const core::Result<core::Duration> parsed = core::parse_duration(node.text);
        if (parsed && *parsed >= core::Duration::zero()) {
            return *parsed;
        }
    }
    if (const Node* type = node.find("__type__")) {
        return core::fail(
            Errc::invalid_argument,
            fmt::format("is a '{}', which is not supported", type->text),
            "of Python's types only datetime.timedelta is"
        );
    }
    return core::fail(
        Errc::invalid_argument,
        fmt::format("must be a duration, not {}", describe_value(node)),
        "write it as 5m, PT5M or a number of seconds"
    );
}

core::Result<core::Timestamp> read_date(const Node& node, const DateContext& context) {
    const std::string hint = "write it as 2024-01-31, 2024-01-31T07:00 or '2 days'";
    if (!node.is_text()) {
        return core::fail(
            Errc::invalid_argument,
            fmt::format("must be a date, not {}", describe_value(node)),
            hint
        );
    }
    if (const std::optional<core::Duration> ago = parse_relative(node.text)) {
        return std::chrono::floor<std::chrono::days>(context.now) - *ago;
    }
    core::Result<core::Timestamp> parsed = core::parse_timestamp(node.text, context.timezone);
    if (!parsed) {
        return core::fail(
            Errc::invalid_argument,
            fmt::format("must be a date, not {}", describe_value(node)),
            hint
        );
    }
    return parsed;
}

std::optional<core::Timestamp> read_optional_date(const Node* node, const DateContext& context) {
    if (node == nullptr) return std::nullopt;
    const auto date = read_date(*node, context);
    return date ? std::optional(*date) : std::nullopt;
}

double read_backoff(const Node& node) {
    if (const std::optional<bool> doubles = node.as_boolean()) {
        return *doubles ? 2 : 0;
    }
    return node.as_number().value_or(0);
}

}  // namespace reel::dagfile
