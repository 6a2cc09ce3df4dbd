#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

/// `error`: the check itself could not be made (no such column, wrong SQL).
enum class CheckStatus { pass, warn, fail, error };

[[nodiscard]] std::string_view to_string(CheckStatus status);

struct CheckResult {
    const Check* check = nullptr;
    CheckStatus status = CheckStatus::pass;
    std::optional<double> number;
    std::int64_t failures = 0;  ///< rows or keys; 1 for a bound that is not kept
    std::vector<std::string> examples;
    std::string message;  ///< of an error

    /// The number as people read it: "3,187", "2h 5m", "none".
    [[nodiscard]] std::string value() const;
};

/// Makes all checks in one snapshot that nothing changes, with one scan per table for all that can
/// share it. A check that cannot be made does not spoil the others. Results stand in the order of
/// the checks, which must outlive them. Throws DatabaseError only when the database is lost.
[[nodiscard]] std::vector<CheckResult> inspect(
    postgres::Link& link, const std::vector<Check>& checks
);

/// The shared scan's statement.
[[nodiscard]] std::string scan_sql(
    const std::string& relation, const std::vector<const Check*>& checks
);

/// Holds a check's number against its bounds.
void judge(CheckResult& result);

}  // namespace reel::warehouse
