#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/quality/check.hpp"
#include "warehouse/quality/history.hpp"

namespace reel::warehouse {

/// `error`: the check itself could not be made (no such column, wrong SQL).
enum class CheckStatus { pass, warn, fail, error };

[[nodiscard]] std::string_view to_string(CheckStatus status);

struct CheckResult {
    const Check* check = nullptr;
    CheckStatus status = CheckStatus::pass;
    std::optional<double> number;
    std::optional<double> total;   ///< rows that a percentage is of, where one is asked for
    std::optional<Change> change;  ///< of a `change` that had something to compare with
    bool is_known = false;         ///< nothing was measured
    bool counted = false;          ///< the user's query counts and shows no rows
    std::int64_t failures = 0;     ///< rows or keys; 1 for a bound that is not kept
    std::vector<std::string> examples;
    std::string message;      ///< of an error, or what there is to know beside
    double milliseconds = 0;  ///< of its statements; a shared scan counts for each that shares it
    std::string stored;       ///< the table that holds its failing rows, if it has any

    /// The number as people read it: "3,187", "2h 5m", "none".
    [[nodiscard]] std::string value() const;
    /// What shows the failing rows, or gives the number where no rows can be shown.
    [[nodiscard]] std::string sql() const;
};

/// What somebody knows of a check's number already.
struct KnownNumber {
    double number = 0;
    double total = 0;  ///< rows that a percentage is of
    std::string how;   ///< for people: "counted while the rows are read"
};

/// Makes all checks within the caller's open transaction, where nothing can be changed meanwhile,
/// with one scan per table for all that can share it. Numbers that are known (by the check's place)
/// are not measured. A check that cannot be made does not spoil the others. Results stand in the
/// order of the checks, which must outlive them. Throws DatabaseError only when the database is
/// lost.
[[nodiscard]] std::vector<CheckResult> inspect(
    postgres::Link& link,
    const std::vector<Check>& checks,
    const LoadIdentity& identity,
    const std::map<std::size_t, KnownNumber>& known = {}
);

/// Runs `work` so that its failure leaves the transaction usable; gives the failure's message.
[[nodiscard]] std::optional<std::string> attempt(
    postgres::Link& link, const std::function<void()>& work
);

/// One statement that measures all the expressions, in columns c0, c1, …
[[nodiscard]] std::string scan_sql(
    const std::string& relation, const std::vector<std::string>& measures
);

/// Sets status and failures from the number.
void judge(CheckResult& result);

}  // namespace reel::warehouse
