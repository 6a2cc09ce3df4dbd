#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "warehouse/quality/check.hpp"
#include "warehouse/types/column_type.hpp"

namespace reel::warehouse {

/// What a test says of a value; `unknown` where only the server can tell.
enum class FieldVerdict { holds, broken, unknown };

/// One condition on a value as binary COPY has it (its bytes, without the length), told as the
/// server would tell it. Used by several threads.
class FieldRule {
  public:
    virtual ~FieldRule() = default;
    [[nodiscard]] virtual FieldVerdict judge(std::string_view field) const = 0;
};

/// A test, or why only the server can make it: "text is ordered by the server's collation".
using MadeRule = std::expected<std::shared_ptr<const FieldRule>, std::string>;

/// Of a rule about the value of one column, so of any but is_null and repeats.
[[nodiscard]] MadeRule make_field_rule(const RowRule& rule, const ColumnType& type);

}  // namespace reel::warehouse
