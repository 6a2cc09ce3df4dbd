#pragma once

#include <string>
#include <vector>

#include "warehouse/infer/column_facts.hpp"

namespace reel::warehouse {

/// The type of a column that takes every value it has as it stands.
struct ColumnChoice {
    ColumnType type;
    std::string format;                    ///< of a date that is not ISO
    std::vector<std::string> null_values;  ///< words that stand for NULL
    bool not_null = false;                 ///< no cell is empty or such a word
    std::string reason;                    ///< "whole numbers from 5 to 470,000"
    std::vector<std::string> notes;        ///< what a person should know before changing the type
};

/// Pure. A column of one kind gets that kind's type, one of several kinds the least that takes all,
/// and text where that would lose something.
[[nodiscard]] ColumnChoice choose_type(const ColumnFacts& facts);

/// Whether the values can be a key: a type with a usual equality, short, and nothing around them.
[[nodiscard]] bool may_be_key(const ColumnFacts& facts, const ColumnChoice& choice);

}  // namespace reel::warehouse
