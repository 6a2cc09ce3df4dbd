#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "warehouse/quality/import/dbt_tests.hpp"

/// What the translations of dbt's tests share.
namespace reel::warehouse::dbt {

struct Translation {
    std::string_view name;
    Json (*carry_out)(DbtTest& test);
};

/// The tests of package dbt_expectations.
[[nodiscard]] std::span<const Translation> expectations();

/// {kind: body}
[[nodiscard]] Json body_of(const std::string& kind, Json body);
[[nodiscard]] std::string needed_column(DbtTest& test);
[[nodiscard]] std::string quoted_column(DbtTest& test);
[[nodiscard]] Json expression(const std::string& condition);
[[nodiscard]] Json expression_is_true(DbtTest& test);
/// `min_value` and `max_value` are pieces of SQL: 5, '2024-01-01'::date, current_date.
[[nodiscard]] Json between(DbtTest& test, const std::string& what, bool strictly);
[[nodiscard]] Json of_columns(const std::string& kind, DbtTest& test);
[[nodiscard]] Json accepted_values(DbtTest& test, std::string_view values, std::string_view quote);
[[nodiscard]] Json refused_values(DbtTest& test, std::string_view values, std::string_view quote);
/// GROUP BY, as the packages compare rows, takes one NULL for another.
[[nodiscard]] Json unique_rows(DbtTest& test, std::string_view key);
[[nodiscard]] Json recent(DbtTest& test, const std::string& column);

/// "2d" of 2 and "day"; nothing for what has no fixed length.
[[nodiscard]] std::optional<std::string> span_text(
    const std::string& count, const std::string& period
);

}  // namespace reel::warehouse::dbt
