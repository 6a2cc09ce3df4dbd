#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cron.hpp"
#include "reel/core/ascii.hpp"
#include "reel/core/did_you_mean.hpp"
#include "reel/core/schedule.hpp"

namespace reel::core {

namespace {

using Words = std::vector<std::string_view>;

/// One of the five fields: what it is called and what it may hold.
struct Field {
    std::string_view name;
    unsigned low;
    unsigned high;
    std::string_view hint;
    std::span<const std::string_view> names{};  ///< of the values from `first_named` on
    unsigned first_named = 0;
};

constexpr std::array<std::string_view, 12> month_names{
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
};
constexpr std::array<std::string_view, 7> day_names{
    "sun", "mon", "tue", "wed", "thu", "fri", "sat"
};

constexpr Field minute_field{
    "minute", 0, 59, "0-59, *, ranges (0-29), steps (*/5) and lists (0,30)"
};
constexpr Field hour_field{"hour", 0, 23, "0-23, *, ranges (9-17), steps (*/2) and lists (6,18)"};
constexpr Field day_field{
    "day of month", 1, 31, "1-31, *, ?, L (the last day), ranges, steps and lists"
};
constexpr Field month_field{
    "month", 1, 12, "1-12, jan-dec, *, ranges, steps and lists", month_names, 1
};
constexpr Field weekday_field{
    "day of week",
    0,
    7,
    "0-7 (0 and 7 are Sunday), sun-sat, *, ?, 5#2 (the second Friday), 5L (the last Friday), "
    "ranges, steps and lists",
    day_names,
    0
};

std::unexpected<Error> bad_field(const Field& field, std::string_view text, std::string_view why) {
    return fail(
        Errc::invalid_argument,
        fmt::format("cron field '{}': {} in '{}'", field.name, why, text),
        fmt::format("{} takes {}", field.name, field.hint)
    );
}

Words split(std::string_view text, char separator) {
    Words words;
    for (;;) {
        const std::size_t at = text.find(separator);
        words.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return words;
        text.remove_prefix(at + 1);
    }
}

std::optional<unsigned> parse_number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<unsigned> parse_value(const Field& field, std::string_view text) {
    const auto number = parse_number(text);
    if (number && *number >= field.low && *number <= field.high) return *number;
    if (number) return bad_field(field, text, "out of range");
    const auto named = std::ranges::find(field.names, lowered(text));
    if (text.empty() || named == field.names.end()) return bad_field(field, text, "not a value");
    return static_cast<unsigned>(named - field.names.begin()) + field.first_named;
}

std::uint64_t bits_between(const Field& field, unsigned from, unsigned to, unsigned step) {
    // A range that runs backwards wraps round: fri-mon, 22-2. Sunday's two numbers are one day.
    const bool week = field.high == 7;
    const unsigned count = week ? 7 : field.high - field.low + 1;
    const unsigned length = (to >= from ? to - from : to + count - from) + 1;
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < length; i += step) {
        bits |= 1ULL << ((from - field.low + i) % count + field.low);
    }
    return bits;
}

/// One item of a list: "*", "7", "1-5", "*/10", "5/10", "1-30/10".
Result<std::uint64_t> parse_item(const Field& field, std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view range = text.substr(0, slash);
    unsigned step = 1;
    if (slash != std::string_view::npos) {
        const auto number = parse_number(text.substr(slash + 1));
        if (!number || *number == 0) return bad_field(field, text, "a step must be 1 or more");
        if (*number > field.high) {
            return bad_field(field, text, "the step leaves the field's range");
        }
        step = *number;
    }
    const unsigned top = field.high == 7 ? 6 : field.high;
    if (range == "*") return bits_between(field, field.low, top, step);
    const std::size_t dash = range.find('-');
    const auto from = parse_value(field, range.substr(0, dash));
    if (!from) return std::unexpected(from.error());
    if (dash != std::string_view::npos) {
        const auto to = parse_value(field, range.substr(dash + 1));
        if (!to) return std::unexpected(to.error());
        return bits_between(field, *from, *to, step);
    }
    // "5/10" counts from 5 to the field's end.
    const bool open = slash != std::string_view::npos;
    return bits_between(field, *from, open ? std::max(top, *from) : *from, step);
}

Result<std::uint64_t> parse_list(const Field& field, std::string_view text) {
    std::uint64_t bits = 0;
    for (const std::string_view item : split(text, ',')) {
        const auto parsed = parse_item(field, item);
        if (!parsed) return parsed;
        bits |= *parsed;
    }
    return bits;
}

Result<void> parse_days(std::string_view text, CronFields& fields) {
    for (const std::string_view item : split(text == "?" ? "*" : text, ',')) {
        if (item == "L" || item == "l") {
            fields.last_day = true;
            continue;
        }
        const auto bits = parse_item(day_field, item);
        if (!bits) return std::unexpected(bits.error());
        fields.days |= *bits;
    }
    return {};
}

/// "5L" and "L5" are the month's last Friday; "5#2" its second.
Result<void> parse_weekday_item(std::string_view item, CronFields& fields) {
    const std::size_t hash = item.find('#');
    if (hash != std::string_view::npos) {
        const auto day = parse_value(weekday_field, item.substr(0, hash));
        if (!day) return std::unexpected(day.error());
        const auto nth = parse_number(item.substr(hash + 1));
        if (!nth || *nth < 1 || *nth > 5) {
            return bad_field(weekday_field, item, "the number behind # must be 1 to 5");
        }
        fields.nth_weekdays[*nth] |= 1ULL << *day % 7;
        return {};
    }
    const bool leads = !item.empty() && (item.front() == 'L' || item.front() == 'l');
    const bool trails = !item.empty() && (item.back() == 'L' || item.back() == 'l');
    if (leads || trails) {
        const auto day =
            parse_value(weekday_field, leads ? item.substr(1) : item.substr(0, item.size() - 1));
        if (!day) return bad_field(weekday_field, item, "L needs a day");
        fields.last_weekdays |= 1ULL << *day % 7;
        return {};
    }
    const auto bits = parse_item(weekday_field, item);
    if (!bits) return std::unexpected(bits.error());
    fields.weekdays |= *bits;
    return {};
}

Result<void> parse_weekdays(std::string_view text, CronFields& fields) {
    for (const std::string_view item : split(text == "?" ? "*" : text, ',')) {
        if (auto parsed = parse_weekday_item(item, fields); !parsed) return parsed;
    }
    return {};
}

bool has_star(std::string_view text) {
    return std::ranges::any_of(split(text, ','), [](std::string_view item) {
        return item == "*" || item == "?";
    });
}

/// croniter's rule: a field that names all its values is a "*" only when the other one has a star.
void decide_limits(std::string_view days, std::string_view weekdays, CronFields& fields) {
    const auto has_any_star = [](std::string_view text) {
        return text.find_first_of("*?") != std::string_view::npos;
    };
    const bool all_days = fields.days == bits_between(day_field, 1, 31, 1);
    const bool all_weekdays = fields.weekdays == bits_between(weekday_field, 0, 6, 1);
    fields.limits_days = !has_star(days) && !(all_days && has_any_star(weekdays));
    fields.limits_weekdays = !has_star(weekdays) && !(all_weekdays && has_any_star(days));
}

/// What stands between blanks of any kind, as in a crontab.
Words words_of(std::string_view text) {
    Words words;
    while (!(text = trim(text)).empty()) {
        const auto end = std::ranges::find_if(text, is_blank);
        words.emplace_back(text.begin(), end);
        text.remove_prefix(words.back().size());
    }
    return words;
}

const std::vector<std::pair<std::string, std::string>>& presets() {
    static const std::vector<std::pair<std::string, std::string>> all{
        {"@hourly", "0 * * * *"},
        {"@daily", "0 0 * * *"},
        {"@midnight", "0 0 * * *"},
        {"@weekly", "0 0 * * 0"},
        {"@monthly", "0 0 1 * *"},
        {"@quarterly", "0 0 1 */3 *"},
        {"@yearly", "0 0 1 1 *"},
        {"@annually", "0 0 1 1 *"}
    };
    return all;
}

std::string form_hint(const Words& words) {
    std::vector<std::string> names{"@once", "@continuous"};
    for (const auto& [name, cron] : presets()) names.push_back(name);
    const bool means_preset = words.size() == 1 && words[0].starts_with('@');
    const std::string guess = means_preset ? did_you_mean(words[0], names) : "";
    return guess.empty()
               ? "write minute, hour, day of month, month, day of week (\"0 7 * * *\") or "
                 "a preset: @hourly, @daily, @weekly, @monthly, @quarterly, @yearly"
               : guess;
}

/// "0 0 30 2 *" is well formed and never comes.
Result<void> check_some_day_exists(const CronFields& fields, std::string_view days) {
    if (fields.limits_weekdays || fields.last_day) return {};
    for (unsigned month = 1; month <= 12; ++month) {
        if ((fields.months >> month & 1) == 0) continue;
        const auto last =
            (std::chrono::year(2024) / static_cast<int>(month) / std::chrono::last).day();
        if ((fields.days & ((2ULL << static_cast<unsigned>(last)) - 1)) != 0) return {};
    }
    return bad_field(day_field, days, "none of the chosen months has such a day");
}

}  // namespace

std::string expand_preset(std::string_view expression) {
    const std::string_view word = trim(expression);
    const auto found =
        std::ranges::find(presets(), word, &std::pair<std::string, std::string>::first);
    return found == presets().end() ? std::string(word) : found->second;
}

Result<CronFields> parse_cron(std::string_view expression) {
    const Words words = words_of(expression);
    if (words.size() != 5) {
        return fail(
            Errc::invalid_argument,
            fmt::format(
                "'{}' is not a cron expression: {} fields, not 5", expression, words.size()
            ),
            form_hint(words)
        );
    }
    CronFields fields;
    const auto minutes = parse_list(minute_field, words[0]);
    if (!minutes) return std::unexpected(minutes.error());
    const auto hours = parse_list(hour_field, words[1]);
    if (!hours) return std::unexpected(hours.error());
    if (auto days = parse_days(words[2], fields); !days) return std::unexpected(days.error());
    const auto months = parse_list(month_field, words[3]);
    if (!months) return std::unexpected(months.error());
    if (auto days = parse_weekdays(words[4], fields); !days) return std::unexpected(days.error());
    decide_limits(words[2], words[4], fields);
    fields.minutes = *minutes;
    fields.hours = *hours;
    fields.months = *months;
    if (auto exists = check_some_day_exists(fields, words[2]); !exists) {
        return std::unexpected(exists.error());
    }
    return fields;
}

Result<void> validate_cron(std::string_view expression) {
    const auto fields = parse_cron(expand_preset(expression));
    if (!fields) return std::unexpected(fields.error());
    return {};
}

}  // namespace reel::core
