#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "reel/core/result.hpp"
#include "reel/postgres/link.hpp"
#include "warehouse/publish/ledger.hpp"
#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/plan.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// Brings the rows into the target by a plan, inside the publishing transaction, and counts what
/// became of each. Throws DatabaseError.
class TargetWriter final {
  public:
    /// All must outlive it. `at` is the moment of the publish, as text.
    TargetWriter(
        postgres::Link& link,
        const PublishSpec& spec,
        const MergeShape& shape,
        const std::string& at
    )
        : link_(link), spec_(spec), shape_(shape), at_(at) {}

    /// An error where deletions exceed their limit, rows lie outside of the window, or the counts
    /// do not add up to `rows`.
    [[nodiscard]] core::Result<PublishCounts> write(const PublishPlan& plan, std::int64_t rows);

  private:
    [[nodiscard]] core::Result<void> clear();
    [[nodiscard]] core::Result<void> clear_missing();
    [[nodiscard]] core::Result<void> check_window() const;
    [[nodiscard]] core::Result<void> put(const PublishPlan& plan);
    void insert();
    void merge();
    void put_else_by_conflict(const std::function<bool()>& put);
    [[nodiscard]] bool put_alone(const std::function<bool()>& put);
    void put_by_conflict(const MergeShape& shape);
    void count_unchanged(const MergeShape& shape, std::int64_t written);
    void compare(bool in_order);
    [[nodiscard]] core::Result<void> add_versions();
    [[nodiscard]] std::int64_t find_changes(std::string_view among);
    std::int64_t affected(const std::string& statement);
    std::int64_t count(const std::string& statement, std::string_view column);

    postgres::Link& link_;
    const PublishSpec& spec_;
    const MergeShape& shape_;
    const std::string& at_;
    PublishCounts counts_;
};

}  // namespace reel::warehouse
