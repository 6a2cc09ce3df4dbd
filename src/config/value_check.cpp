#include "value_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "reel/core/ascii.hpp"
#include "reel/core/did_you_mean.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/time.hpp"

namespace reel::config {
namespace {

using Mistake = std::optional<std::string>;

std::vector<std::string> split_choices(std::string_view choices) {
    std::vector<std::string> words;
    for (std::size_t start = 0; start <= choices.size();) {
        const std::size_t end = std::min(choices.find('|', start), choices.size());
        words.emplace_back(choices.substr(start, end - start));
        start = end + 1;
    }
    return words;
}

Mistake check_integer(const Option& option, std::string_view value) {
    const std::optional<long long> number = parse_integer(value);
    if (!number) {
        return fmt::format("must be a whole number, not '{}'", value);
    }
    if (*number < option.minimum || *number > option.maximum) {
        return fmt::format(
            "must be between {} and {}, not {}", option.minimum, option.maximum, *number
        );
    }
    return std::nullopt;
}

Mistake check_duration(std::string_view value) {
    const core::Result<core::Duration> duration = core::parse_duration(value);
    if (!duration || *duration < core::Duration::zero()) {
        return fmt::format("must be a duration like 30s, 5m or PT1H, not '{}'", value);
    }
    return std::nullopt;
}

Mistake check_text(const Option& option, std::string_view value) {
    if (option.key == "default_timezone" && !core::is_known_timezone(std::string(value))) {
        return fmt::format("'{}' is not a time zone; name one like Europe/Berlin", value);
    }
    if (option.choices.empty()) {
        return std::nullopt;
    }
    const std::vector<std::string> words = split_choices(option.choices);
    if (std::ranges::find(words, value) != words.end()) {
        return std::nullopt;
    }
    const std::string mistake =
        fmt::format("must be one of {}, not '{}'", fmt::join(words, ", "), value);
    const std::string hint = core::did_you_mean(value, words);
    return hint.empty() ? mistake : mistake + "; " + hint;
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
    static constexpr std::array yes{"true", "t", "yes", "y", "on", "1"};
    static constexpr std::array no{"false", "f", "no", "n", "off", "0"};
    const std::string word = core::lowered(text);
    if (std::ranges::find(yes, word) != yes.end()) {
        return true;
    }
    if (std::ranges::find(no, word) != no.end()) {
        return false;
    }
    return std::nullopt;
}

std::optional<long long> parse_integer(std::string_view text) {
    long long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

std::optional<std::string> find_mistake(const Option& option, std::string_view value) {
    switch (option.type) {
        case OptionType::integer:
            return check_integer(option, value);
        case OptionType::boolean:
            return parse_boolean(value)
                       ? std::nullopt
                       : Mistake(fmt::format("must be true or false, not '{}'", value));
        case OptionType::duration:
            return check_duration(value);
        case OptionType::path:
            return value.empty() ? Mistake("must name a path") : std::nullopt;
        case OptionType::text:
            return check_text(option, value);
    }
    return std::nullopt;
}

}  // namespace reel::config
