#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reel/core/time.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/quality/kinds.hpp"
#include "warehouse/quality/metric.hpp"

namespace reel::warehouse {

namespace {

using Against = ChangeRule::Against;
using Test = core::Threshold::Test;

struct AgainstWord {
    std::string_view word;
    Against against;
    int runs;  ///< where nobody says
};

constexpr std::array against_words{
    AgainstWord{"last", Against::last, 1},
    AgainstWord{"mean", Against::mean, 7},
    AgainstWord{"mad", Against::mad, 14},
};

constexpr std::int64_t most_runs = 1000;

/// Whether the user says when it is bad, if not by bounds.
bool has_conditions(const CheckBuild& build) {
    return build.check.error_if || build.check.warn_if;
}

std::optional<Metric> read_metric(CheckBuild& build) {
    const auto text = build.args.required_text("of");
    if (text.empty()) {
        return std::nullopt;
    }
    auto metric = parse_metric(text);
    if (!metric) {
        build.args.mistake("of", metric.error());
        return std::nullopt;
    }
    return *std::move(metric);
}

ChangeRule read_rule(CheckBuild& build) {
    const auto word = build.args.text("against").value_or("last");
    const auto runs = build.args.count("runs");
    const auto* const known = std::ranges::find(against_words, word, &AgainstWord::word);
    if (known == against_words.end()) {
        build.args.mistake("against", fmt::format("'{}' is none of last, mean, mad", word));
        return {};
    }
    if (runs && (known->against == Against::last || *runs < 1 || *runs > most_runs)) {
        build.args.mistake("runs", "1 to 1000 were expected, with against: mean or mad");
        return {};
    }
    return {known->against, runs ? static_cast<int>(*runs) : known->runs};
}

/// `within: 20%`: neither 20 % less nor 20 % more.
bool read_within(CheckBuild& build) {
    auto& check = build.check;
    const auto text = build.args.text("within");
    if (!text) {
        return false;
    }
    const auto bound = core::parse_bound(*text);
    if (!bound || bound->bound < 0) {
        build.args.mistake("within", fmt::format("'{}' is no number like 100 or 20%", *text));
        return true;
    }
    check.bad = core::Threshold{Test::not_between, -bound->bound, bound->bound, bound->unit};
    check.expected = "±" + bound->text().substr(2);
    return true;
}

}  // namespace

void build_row_count(CheckBuild& build) {
    auto& check = build.check;
    measure_metric({"row_count", {}}, build.where, check);
    check.name = "row_count";
    if (!read_bounds(build) && !has_conditions(build)) {
        build.args.mistake("min", "one of min, max and equals is needed");
    }
}

void build_aggregate(CheckBuild& build) {
    auto& check = build.check;
    const auto metric = read_metric(build);
    const bool bounded = read_bounds(build) || has_conditions(build);
    if (!metric) {
        return;
    }
    measure_metric(*metric, build.where, check);
    check.name = to_string(*metric);
    check.percent_of = check.unit == CheckUnit::share ? PercentOf::whole : PercentOf::nothing;
    if (!bounded) {
        build.args.mistake("min", "one of min, max and equals is needed");
    }
}

void build_change(CheckBuild& build) {
    auto& check = build.check;
    const auto metric = read_metric(build);
    const auto rule = read_rule(build);
    const bool bounded = read_within(build) || read_bounds(build) || has_conditions(build);
    if (!metric) {
        return;
    }
    measure_metric(*metric, build.where, check);
    check.change = rule;
    check.name = fmt::format("change({})", to_string(*metric));
    check.percent_of = rule.against == Against::mad ? PercentOf::nothing : PercentOf::baseline;
    if (!bounded) {
        build.args.mistake("within", "one of within, min and max is needed");
    }
}

void build_freshness(CheckBuild& build) {
    auto& check = build.check;
    const auto column = one_column(build);
    check.name = fmt::format("freshness({})", column);
    check.unit = CheckUnit::age;
    check.measure = fmt::format(
        "extract(epoch FROM now() - (max({}){})::timestamptz)", of_table(column), filter(build)
    );
    const auto text = build.args.text("max_age");
    if (!text) {
        if (!has_conditions(build)) {
            build.args.mistake("max_age", "is required");
        }
        return;
    }
    const auto age = core::parse_duration(*text);
    if (!age) {
        return build.args.mistake("max_age", age.error());
    }
    check.bad = core::Threshold{
        Test::greater, std::chrono::duration<double>(*age).count(), 0, core::ThresholdUnit::seconds
    };
    check.expected = "<= " + core::format_duration(*age);
}

}  // namespace reel::warehouse
