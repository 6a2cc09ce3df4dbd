#include "warehouse/publish/evolution.hpp"

#include <algorithm>
#include <climits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/types/column_type.hpp"

namespace reel::warehouse {

namespace {

/// What a column must become to hold another type's values as well: its own type where it holds
/// them, none where only the server knows.
using Wider = std::optional<std::string>;

bool is_whole(BaseType base) {
    return base == BaseType::smallint || base == BaseType::integer || base == BaseType::bigint;
}

bool is_string(BaseType base) {
    return base == BaseType::text || base == BaseType::varchar;
}

bool is_float(BaseType base) {
    return base == BaseType::real || base == BaseType::double_precision;
}

std::string wider_numeric(const ColumnType& from, const ColumnType& into) {
    if (!from.precision || !into.precision) return "numeric";
    const int scale = std::max(from.scale, into.scale);
    const int digits = std::max(*from.precision - from.scale, *into.precision - into.scale);
    return fmt::format("numeric({},{})", digits + scale, scale);
}

Wider wider_type(const std::string& from_text, const std::string& into_text) {
    const auto from = parse_column_type(from_text);
    const auto into = parse_column_type(into_text);
    if (from_text == into_text) return into_text;
    if (!from || !into) return std::nullopt;
    if (*from == *into) return into_text;
    // The enumerators of a family stand in the order of their width.
    const bool is_ordered = (is_whole(from->base) && is_whole(into->base)) ||
                            (is_float(from->base) && is_float(into->base));
    if (is_ordered) return from->base <= into->base ? into_text : from->sql();
    if (is_string(from->base) && is_string(into->base)) {
        const bool holds = from->length.value_or(INT_MAX) <= into->length.value_or(INT_MAX);
        return holds ? into_text : from->sql();
    }
    if (from->base == BaseType::numeric && into->base == BaseType::numeric) {
        const auto wider = wider_numeric(*from, *into);
        return parse_column_type(wider).value_or(*from) == *into ? into_text : wider;
    }
    return std::nullopt;
}

std::string alter_sql(const PublishSpec& spec, std::string_view what) {
    return fmt::format("ALTER TABLE {} {}", spec.into.quoted(), what);
}

}  // namespace

core::Result<Evolution> plan_evolution(
    const PublishSpec& spec,
    const std::vector<CatalogColumn>& source_columns,
    std::vector<CatalogColumn> target_columns
) {
    const Contract& contract = spec.contract;
    Evolution plan{.sql = {}, .columns = std::move(target_columns)};
    std::vector<std::string> frozen;
    for (const auto& column : source_columns) {
        const auto name = quote_identifier(column.name);
        const auto target = std::ranges::find(plan.columns, column.name, &CatalogColumn::name);
        if (target == plan.columns.end()) {
            if (!contract.columns_are(ContractWord::evolve)) continue;
            plan.sql.push_back(alter_sql(spec, fmt::format("ADD COLUMN {} {}", name, column.type)));
            plan.columns.push_back({.name = column.name, .type = column.type});
            continue;
        }
        const Wider wider = wider_type(column.type, target->type);
        if (wider == target->type) continue;
        if (contract.types_are(ContractWord::freeze)) {
            frozen.push_back(fmt::format(
                "column '{}' is {}, but {} in the table", column.name, column.type, target->type
            ));
        } else if (wider && contract.types_are(ContractWord::evolve)) {
            plan.sql.push_back(alter_sql(spec, fmt::format("ALTER COLUMN {} TYPE {}", name, *wider))
            );
            target->type = *wider;
        }
    }
    if (!frozen.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("the contract freezes the types: {}", fmt::join(frozen, "; ")),
            "declare the type that the table has, or let `contract.data_type: evolve` widen it",
            spec.into.readable()
        );
    }
    return plan;
}

std::vector<std::string> left_out_columns(
    const PublishSpec& spec,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
) {
    std::vector<std::string> names;
    if (!spec.contract.columns_are(ContractWord::discard_value)) return names;
    for (const auto& column : source_columns) {
        const bool is_there =
            std::ranges::find(target_columns, column.name, &CatalogColumn::name) !=
            target_columns.end();
        const bool is_key = std::ranges::find(spec.key, column.name) != spec.key.end();
        if (!is_there && !is_key) names.push_back(column.name);
    }
    return names;
}

}  // namespace reel::warehouse
