#include "warehouse/infer/column_counts.hpp"

#include <algorithm>

namespace reel::warehouse {

namespace {

std::uint64_t values_taken_for_null(const ColumnFacts& facts, const ColumnChoice& choice) {
    return choice.null_values.empty() ? 0 : facts.null_word_values();
}

}  // namespace

std::uint64_t nulls_of(const ColumnFacts& facts, const ColumnChoice& choice) {
    return facts.empty + values_taken_for_null(facts, choice) +
           (needs_empty_as_null(facts, choice) ? facts.blanks : 0);
}

std::uint64_t values_of(const ColumnFacts& facts, const ColumnChoice& choice) {
    return facts.empty + facts.blanks + facts.values - nulls_of(facts, choice);
}

bool needs_empty_as_null(const ColumnFacts& facts, const ColumnChoice& choice) {
    return facts.blanks > 0 && choice.type.base != BaseType::text;
}

std::size_t distinct_of(const ColumnFacts& facts, const ColumnChoice& choice) {
    const auto words = static_cast<std::size_t>(std::ranges::count_if(facts.words, [](auto count) {
        return count > 0;
    }));
    const std::size_t blank = needs_empty_as_null(facts, choice) ? 1 : 0;
    return facts.distinct.count() - (choice.null_values.empty() ? 0 : words) - blank;
}

}  // namespace reel::warehouse
