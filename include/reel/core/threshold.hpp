#pragma once

#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::core {

/// What a bound is told in.
enum class ThresholdUnit {
    number,
    percent,  ///< 5 is 5 %
    seconds,  ///< written as a duration: 12h
};

/// A condition on one number, in the words of SQL that dbt's `warn_if` takes.
struct Threshold {
    enum class Test {
        equal,
        not_equal,
        less,
        at_most,
        greater,
        at_least,
        between,  ///< both bounds belong to it
        not_between,
    };

    Test test = Test::not_equal;
    double bound = 0;
    double upper = 0;  ///< of between and not_between
    ThresholdUnit unit = ThresholdUnit::number;

    /// `value` is in the threshold's unit.
    [[nodiscard]] bool holds(double value) const;
    /// Holds where this one does not.
    [[nodiscard]] Threshold negated() const;
    /// As a person would write it: "> 5%", "between 1 and 12h"; parse_threshold reads it again.
    [[nodiscard]] std::string text() const;

    bool operator==(const Threshold&) const = default;
};

/// "> 10", "!=0", ">= 5 %", "> 12h", "between 1 and 3", "not between -5% and 20%".
[[nodiscard]] Result<Threshold> parse_threshold(std::string_view text);

/// A bound alone: "10", "-5.5%", "12h". Gives a threshold `= bound`.
[[nodiscard]] Result<Threshold> parse_bound(std::string_view text);

/// "10", "0.25", "20000000": at most ten digits that count, no exponent where it can be helped.
[[nodiscard]] std::string number_text(double number);

}  // namespace reel::core
