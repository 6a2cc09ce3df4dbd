#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warehouse/literal/value.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/binding.hpp"

namespace reel::warehouse {

/// Which rule was broken where. `rule` is one of record, type, not_null, key, list, element,
/// columns.
struct Violation {
    std::string column;  ///< empty when the record as a whole is meant
    std::string rule;
    std::string reason;
    std::optional<std::string> value;  ///< as it stood in the file; unset for NULL
};

/// The value of an object under the first of the keys that it has; nullptr where it has none. A key
/// with dots in it is also a path: `address.city`.
[[nodiscard]] const literal::Value* find_value(
    const literal::Value& object, const std::vector<std::string>& keys
);

/// What became of one row's values.
struct EncodedRow {
    std::optional<Violation> violation;  ///< then there is no row
    std::vector<std::string> discarded;  ///< columns whose values the contract made NULL or ignored
};

/// Appends the fields of one row (of binary COPY) to `out`. `element` is nullptr for tables without
/// `each`. On a violation `out` holds a part of the row.
[[nodiscard]] EncodedRow encode_row(
    const BoundTable& table, const Record& record, const literal::Value* element, std::string& out
);

}  // namespace reel::warehouse
