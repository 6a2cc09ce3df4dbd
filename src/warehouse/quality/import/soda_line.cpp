#include "warehouse/quality/import/soda_line.hpp"

#include <charconv>

#include <fmt/format.h>

#include "warehouse/types/ascii.hpp"

namespace reel::warehouse::soda {

namespace {

constexpr std::string_view spaces = " \t\r\n";

/// The next word, which is taken from the front.
std::string_view next_word(std::string_view& text) {
    text = trim(text);
    const auto end = std::min(text.find_first_of(spaces), text.size());
    const auto word = text.substr(0, end);
    text = trim(text.substr(end));
    return word;
}

/// `a, "b c"` without the quotes.
std::vector<std::string> split_columns(std::string_view text) {
    std::vector<std::string> columns;
    for (std::size_t at = 0; at != std::string_view::npos;) {
        at = text.find(',');
        auto one = trim(text.substr(0, at));
        if (one.size() > 2 && one.starts_with('"') && one.ends_with('"')) {
            one = one.substr(1, one.size() - 2);
        }
        columns.emplace_back(one);
        text = at == std::string_view::npos ? text : text.substr(at + 1);
    }
    return columns;
}

std::unexpected<core::Error> no_check(std::string_view text, const std::string& why) {
    return core::fail(core::Errc::invalid_argument, fmt::format("'{}' {}", text, why));
}

/// "change avg last 7 percent for " is taken from the front.
core::Result<ChangeWords> take_change(std::string_view& rest, std::string_view whole) {
    ChangeWords words;
    for (auto word = next_word(rest); word != "for"; word = next_word(rest)) {
        if (word == "percent") {
            words.percent = true;
        } else if (word == "avg" && next_word(rest) == "last") {
            const auto count = next_word(rest);
            const auto parsed =
                std::from_chars(count.data(), count.data() + count.size(), words.runs);
            if (parsed.ec != std::errc{} || words.runs < 1) {
                return no_check(whole, "needs a number after 'last'");
            }
        } else {
            return no_check(
                whole, "is no change that is known here: only against the last run or 'avg last N'"
            );
        }
    }
    return words;
}

/// Percentages are written with and without their sign.
void set_percent(MetricLine& line) {
    const bool percent = line.metric.ends_with("_percent") || (line.change && line.change->percent);
    if (line.passes && percent && line.passes->unit == core::ThresholdUnit::number) {
        line.passes->unit = core::ThresholdUnit::percent;
    }
}

}  // namespace

core::Result<MetricLine> parse_metric_line(std::string_view text) {
    auto rest = trim(text);
    MetricLine line;
    if (rest.starts_with("change ")) {
        next_word(rest);
        const auto words = take_change(rest, text);
        if (!words) {
            return std::unexpected(words.error());
        }
        line.change = *words;
    }
    const auto end = std::min(rest.find_first_of(" \t\r\n(<>=!"), rest.size());
    line.metric = rest.substr(0, end);
    rest = trim(rest.substr(end));
    if (rest.starts_with('(')) {
        const auto close = rest.find(')');
        if (close == std::string_view::npos) {
            return no_check(text, "lacks a ')'");
        }
        line.columns = split_columns(rest.substr(1, close - 1));
        rest = trim(rest.substr(close + 1));
    }
    if (!rest.empty()) {
        const auto passes = core::parse_threshold(rest);
        if (!passes) {
            return no_check(text, fmt::format("is not understood: {}", passes.error().message));
        }
        line.passes = *passes;
    }
    set_percent(line);
    return line;
}

core::Result<ReferenceLine> parse_reference_line(std::string_view text) {
    constexpr std::string_view middle = ") must exist in ";
    auto rest = trim(text);
    const auto open = rest.find('(');
    const auto split = rest.find(middle);
    const auto last_open = rest.rfind('(');
    if (!rest.starts_with("values in") || open == std::string_view::npos ||
        split == std::string_view::npos || last_open < split || !rest.ends_with(')')) {
        return no_check(text, "is not 'values in (column) must exist in table (column)'");
    }
    const auto columns = split_columns(rest.substr(open + 1, split - open - 1));
    const auto begin = split + middle.size();
    const auto table = trim(rest.substr(begin, last_open - begin));
    const auto others = split_columns(rest.substr(last_open + 1, rest.size() - last_open - 2));
    if (columns.size() != 1 || others.size() != 1 || table.empty()) {
        return no_check(text, "is known here for one column only");
    }
    return ReferenceLine{columns.front(), std::string(table), others.front()};
}

core::Result<core::Threshold> parse_alert(std::string_view text) {
    auto rest = trim(text);
    auto behind = rest;
    if (next_word(behind) == "when") {
        rest = behind;
    }
    return core::parse_threshold(rest);
}

Dataset parse_dataset(std::string_view text) {
    const auto whole = trim(text);
    const auto open = whole.find('[');
    if (open == std::string_view::npos || !whole.ends_with(']')) {
        return {std::string(whole), {}};
    }
    return {
        std::string(trim(whole.substr(0, open))),
        std::string(trim(whole.substr(open + 1, whole.size() - open - 2)))
    };
}

}  // namespace reel::warehouse::soda
