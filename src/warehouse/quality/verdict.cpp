#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "reel/core/time.hpp"
#include "warehouse/quality/inspect.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

double percent(double number, double whole) {
    if (number == 0) {
        return 0;
    }
    return whole == 0 ? std::copysign(std::numeric_limits<double>::infinity(), number)
                      : number / whole * 100;
}

/// The check's number in the unit of a threshold.
double in_unit_of(const core::Threshold& threshold, const CheckResult& result) {
    const double number = result.change ? result.change->by : *result.number;
    if (threshold.unit != core::ThresholdUnit::percent) {
        return number;
    }
    switch (result.check->percent_of) {
        case PercentOf::rows:
            return percent(number, result.total.value_or(0));
        case PercentOf::baseline:
            return percent(number, result.change ? std::abs(result.change->baseline) : 0);
        case PercentOf::whole:
        case PercentOf::nothing:
            return percent(number, 1);
    }
    return number;
}

bool is_broken(const std::optional<core::Threshold>& threshold, const CheckResult& result) {
    return threshold && (!result.number || threshold->holds(in_unit_of(*threshold, result)));
}

}  // namespace

std::string_view to_string(CheckStatus status) {
    switch (status) {
        case CheckStatus::pass:
            return "pass";
        case CheckStatus::warn:
            return "warn";
        case CheckStatus::fail:
            return "fail";
        case CheckStatus::error:
            return "error";
    }
    return "error";
}

std::string CheckResult::value() const {
    if (!number) {
        return "none";
    }
    switch (check->unit) {
        case CheckUnit::age:
            return core::format_duration(std::chrono::seconds(std::llround(*number)));
        case CheckUnit::share:
            return core::number_text(*number * 100) + "%";
        case CheckUnit::plain:
            return core::number_text(*number);
        case CheckUnit::rows:
            return grouped(std::llround(*number));
    }
    return "none";
}

std::string CheckResult::sql() const {
    if (!check->failing.empty()) {
        return check->failing;
    }
    return check->shape == CheckShape::aggregate ? scan_sql(check->relation, {check->measure})
                                                 : check->measure;
}

void judge(CheckResult& result) {
    const auto& check = *result.check;
    const bool nothing_to_compare = check.change && result.number && !result.change;
    if (nothing_to_compare) {
        return;
    }
    if (is_broken(check.error_if, result)) {
        result.status = CheckStatus::fail;
    } else if (is_broken(check.warn_if, result)) {
        result.status = CheckStatus::warn;
    }
    if (check.counts_failures && result.number) {
        result.failures = std::llround(*result.number);
    } else {
        result.failures = result.status == CheckStatus::pass ? 0 : 1;
    }
}

}  // namespace reel::warehouse
