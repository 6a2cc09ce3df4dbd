#pragma once

#include <optional>
#include <string>

#include "warehouse/literal/value.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/binding.hpp"

namespace reel::warehouse {

/// Which rule was broken where. `rule` is one of record, type, not_null, key, list, element.
struct Violation {
    std::string column;  ///< empty when the record as a whole is meant
    std::string rule;
    std::string reason;
    std::optional<std::string> value;  ///< as it stood in the file; unset for NULL
};

/// Appends the fields of one row (of binary COPY) to `out`. `element` is nullptr for tables without
/// `each`. On a violation `out` holds a part of the row.
[[nodiscard]] std::optional<Violation> encode_row(
    const BoundTable& table, const Record& record, const literal::Value* element, std::string& out
);

}  // namespace reel::warehouse
