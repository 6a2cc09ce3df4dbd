#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

/// "the last run", "the mean of 7 runs": what a change is told against.
[[nodiscard]] std::string describe(const ChangeRule& rule);

/// What a check measured before, the newest first, one number per run and none of this run. What a
/// failed check measured does not count: bad data must not become what the next is held against.
[[nodiscard]] std::vector<double> read_history(
    postgres::Link& link, const Check& check, const LoadIdentity& identity
);

/// How far a number is from what came before.
struct Change {
    double baseline = 0;
    double by = 0;  ///< as the number itself, or in deviations (`mad`); infinite where those are 0
};

/// Nothing when there is too little to compare with: one number, three for `mad`.
[[nodiscard]] std::optional<Change> compare(
    const ChangeRule& rule, double number, const std::vector<double>& earlier
);

}  // namespace reel::warehouse
