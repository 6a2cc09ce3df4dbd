#include "warehouse/quality/options.hpp"

#include <fmt/format.h>

#include "warehouse/quality/history.hpp"

namespace reel::warehouse {

namespace {

std::optional<core::Threshold> read_threshold(ArgReader& args, std::string_view key) {
    const auto text = args.text(key);
    if (!text) {
        return std::nullopt;
    }
    const auto threshold = core::parse_threshold(*text);
    if (!threshold) {
        args.mistake(key, threshold.error());
        return std::nullopt;
    }
    return *threshold;
}

/// What is wrong with a threshold for this check's number; "" for nothing.
std::string misfit(const Check& check, const core::Threshold& threshold) {
    if (threshold.unit == core::ThresholdUnit::percent && check.percent_of == PercentOf::nothing) {
        return "is a percentage of nothing here; write a number";
    }
    const bool is_age = check.unit == CheckUnit::age && !check.change;
    if (threshold.unit == core::ThresholdUnit::seconds && !is_age) {
        return "is a time, which only the age of freshness is";
    }
    return "";
}

void check_fit(
    ArgReader& args,
    std::string_view key,
    const Check& check,
    const std::optional<core::Threshold>& threshold
) {
    const auto why = threshold ? misfit(check, *threshold) : "";
    if (!why.empty()) {
        args.mistake(key, fmt::format("'{}' {}", threshold->text(), why));
    }
}

/// "fail if > 1000, warn if != 0"
std::string expectation(const Check& check) {
    std::string text;
    if (check.error_if) {
        text = "fail if " + check.error_if->text();
    }
    if (check.warn_if && check.warn_if != check.error_if) {
        text += fmt::format("{}warn if {}", text.empty() ? "" : ", ", check.warn_if->text());
    }
    return text;
}

}  // namespace

void read_options(ArgReader& args, Check& check) {
    const auto severity = args.text("severity").value_or("error");
    if (severity != "error" && severity != "warn") {
        args.mistake("severity", fmt::format("'{}' is neither error nor warn", severity));
    }
    check.severity = severity == "warn" ? Severity::warn : Severity::error;
    check.error_if = read_threshold(args, "error_if");
    check.warn_if = read_threshold(args, "warn_if");
    check.limit = args.count("limit");
    if (check.limit == 0) {
        args.mistake("limit", "at least 1 was expected");
    }
    check.store_failures = args.flag("store_failures").value_or(false);
}

void settle_thresholds(ArgReader& args, Check& check) {
    const bool own = check.error_if || check.warn_if;
    check_fit(args, "error_if", check, check.error_if);
    check_fit(args, "warn_if", check, check.warn_if);
    check_fit(args, "max", check, check.bad);
    if (check.severity == Severity::warn) {
        check.error_if.reset();
    } else if (!check.error_if) {
        check.error_if = check.bad;
    }
    if (!check.warn_if) {
        check.warn_if = check.bad;
    }
    if (own) {
        check.expected = expectation(check);
    }
    if (check.change) {
        check.expected += " against " + describe(*check.change);
    }
    if (check.store_failures && check.failing.empty()) {
        args.mistake("store_failures", "has no rows to store: the check is about one number");
    }
}

}  // namespace reel::warehouse
