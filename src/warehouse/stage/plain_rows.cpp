#include "warehouse/stage/plain_rows.hpp"

namespace reel::warehouse {

std::optional<PlainRows> PlainRows::of(const std::vector<BoundTable>& tables, char quote) {
    PlainRows rows(quote);
    for (const BoundTable& table : tables) {
        if (table.has_each() || !table.new_cells.empty()) return std::nullopt;
        auto& columns = rows.tables_.emplace_back();
        columns.reserve(table.columns.size());
        for (const BoundColumn& bound : table.columns) {
            const ColumnSpec& spec = *bound.spec;
            if (!bound.cell || spec.encoder.plain().kind == PlainKind::none) return std::nullopt;
            columns.push_back({
                .cell = *bound.cell,
                .field = spec.encoder.plain(),
                .may_be_null = !spec.not_null && !bound.in_key,
                .empty_is_null = spec.empty_as_null.value_or(true),
                .null_values = spec.null_values.empty() ? nullptr : &spec.null_values,
            });
        }
    }
    return rows;
}

}  // namespace reel::warehouse
