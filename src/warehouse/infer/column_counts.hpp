#pragma once

#include "warehouse/infer/column_choice.hpp"

namespace reel::warehouse {

/// How many cells are NULL with this choice.
[[nodiscard]] std::uint64_t nulls_of(const ColumnFacts& facts, const ColumnChoice& choice);

/// How many are not NULL.
[[nodiscard]] std::uint64_t values_of(const ColumnFacts& facts, const ColumnChoice& choice);

/// Whether an empty string of JSON has to be NULL, for the type has no such value.
[[nodiscard]] bool needs_empty_as_null(const ColumnFacts& facts, const ColumnChoice& choice);

/// How many different values that are not NULL.
[[nodiscard]] std::size_t distinct_of(const ColumnFacts& facts, const ColumnChoice& choice);

}  // namespace reel::warehouse
