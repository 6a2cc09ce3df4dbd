#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/quality/check.hpp"
#include "warehouse/stage/field_rule.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Which checks of a staged table are counted while its rows are read, and how.
struct RowCheckPlan {
    struct Step {
        std::size_t check = 0;
        std::shared_ptr<const FieldRule> test;  ///< null: it is NULL that breaks the check
    };
    struct Counting {
        bool in_flight = false;
        bool by_key = false;  ///< the staged key leaves nothing to count
        std::string reason;   ///< why, for people
    };

    std::vector<std::vector<Step>> columns;  ///< up to the last that has any
    std::vector<Counting> counting;          ///< by check
};

/// Whether the check asks that something repeats nowhere which holds a whole key of rows that have
/// each key once.
[[nodiscard]] bool is_kept_by_key(const Check& check, const std::vector<std::string>& key);
inline constexpr const char* kept_by_staged_key = "the staged key keeps it";

/// Decides it for each of the table's checks.
[[nodiscard]] RowCheckPlan plan_row_checks(
    const StageTableSpec& table, const std::vector<Check>& checks
);

/// Counts the rows that break checks, as they pass in the form that COPY sends.
class RowChecks final {
  public:
    struct Count {
        std::uint64_t broken = 0;
        bool is_unknown = false;  ///< some rows are the server's to judge

        bool operator==(const Count&) const = default;
    };

    explicit RowChecks(const RowCheckPlan& plan)
        : columns_(plan.columns), counts_(plan.counting.size()), last_(plan.counting.size()) {}

    /// The fields of the next row.
    void see(std::string_view fields);
    /// What another one saw of the same table.
    void add(const RowChecks& other);
    /// By check; nothing for those that are not counted here.
    [[nodiscard]] const std::vector<Count>& counts() const { return counts_; }

  private:
    void mark(std::size_t check);

    std::vector<std::vector<RowCheckPlan::Step>> columns_;
    std::vector<Count> counts_;
    std::vector<std::uint64_t> last_;  ///< the row that broke each check last
    std::uint64_t row_ = 0;
};

}  // namespace reel::warehouse
