#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/infer/distinct_values.hpp"
#include "warehouse/infer/list_facts.hpp"
#include "warehouse/infer/value_kind.hpp"

namespace reel::warehouse {

/// How often something was seen, and where first.
struct Seen {
    std::uint64_t count = 0;
    std::string first;  ///< the value, shortened
    std::uint64_t first_line = 0;

    void add(std::string_view value, std::uint64_t line);
};

/// All that one pass over a column tells, in memory that does not depend on the file.
struct ColumnFacts {
    /// `most_distinct` is how many different values are told apart.
    explicit ColumnFacts(std::string_view column, std::size_t most_distinct)
        : name(column), distinct(most_distinct) {}

    std::string name;          ///< in the file's header
    std::uint64_t empty = 0;   ///< cells that are NULL
    std::uint64_t blanks = 0;  ///< empty strings of JSON, which are no NULL
    std::uint64_t values = 0;  ///< other cells, null words among them
    std::size_t least_bytes = std::numeric_limits<std::size_t>::max();
    std::size_t most_bytes = 0;
    std::array<Seen, value_kinds> kinds;  ///< of values that are no null words
    std::array<Seen, traps> trapped;      ///< of kind text
    std::array<std::uint64_t, null_words.size()> words{};
    std::int64_t least = std::numeric_limits<std::int64_t>::max();  ///< of integers
    std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
    int integer_digits = 0;   ///< most of an integer or decimal
    int fraction_digits = 0;  ///< most of a decimal
    bool is_exact_double = true;
    bool has_infinity = false;
    std::uint8_t date_formats = 0xFF;  ///< that read all dates that are not ISO
    bool is_json = true;               ///< jsonb takes all lists
    std::uint64_t padded = 0;          ///< values with blanks around them
    bool ascends = true;               ///< each value is an integer and greater than the one before
    ListFacts list;
    std::vector<std::string> examples;  ///< the first different values, shortened
    DistinctValues distinct;

    /// One value of a record that names its own; null and missing ones do not come here.
    void take(const literal::Value& value, std::uint64_t line, ValueClassifier& classifier);
    /// One cell, as its record has it.
    void take(std::string_view text, std::uint64_t line, ValueClassifier& classifier);

    [[nodiscard]] const Seen& of(ValueKind kind) const {
        return kinds[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] const Seen& of(Trap trap) const {
        return trapped[static_cast<std::size_t>(trap)];
    }
    /// Values that are null words.
    [[nodiscard]] std::uint64_t null_word_values() const;
    /// Whether no value comes twice; unknown where there were too many of them.
    [[nodiscard]] std::optional<bool> is_unique() const;

  private:
    void take_shape(const ValueShape& shape, std::string_view text, std::uint64_t line);
};

/// A value in quotes and in one line, not too long.
[[nodiscard]] std::string quoted_example(std::string_view text);

}  // namespace reel::warehouse
