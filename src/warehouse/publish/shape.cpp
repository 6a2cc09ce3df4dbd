#include "warehouse/publish/shape.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/publish/evolution.hpp"
#include "warehouse/publish/version_sql.hpp"

namespace reel::warehouse {

namespace {

std::vector<std::string> column_names(const std::vector<CatalogColumn>& columns) {
    const auto names = columns | std::views::transform(&CatalogColumn::name);
    return {names.begin(), names.end()};
}

bool contains(const std::vector<CatalogColumn>& columns, const std::string& name) {
    return std::ranges::find(columns, name, &CatalogColumn::name) != columns.end();
}

bool is_comparable(const std::string& type) {
    return type != "json" && type != "xml";
}

/// Whether a value of one type is stored in the other without a change.
bool is_kept(const std::string& from, const std::string& into) {
    const auto is_integer = [](const std::string& type) {
        return type == "smallint" || type == "integer" || type == "bigint";
    };
    return from == into || (is_integer(from) && is_integer(into)) ||
           (into == "text" && from.starts_with("character varying")) ||
           (into == "numeric" && from.starts_with("numeric"));
}

/// Columns of the target that the publish itself fills.
std::vector<std::string> own_columns(const PublishSpec& spec) {
    if (spec.mode == LoadMode::scd2) {
        return {
            std::string(valid_from_column),
            std::string(valid_to_column),
            std::string(is_current_column)
        };
    }
    return spec.missing == MissingRows::soft ? std::vector{std::string(deleted_column)}
                                             : std::vector<std::string>{};
}

std::string mark_of(const PublishSpec& spec) {
    const bool marks = spec.mode == LoadMode::upsert && spec.missing == MissingRows::soft;
    return marks ? std::string(deleted_column) : std::string();
}

bool is_own(const PublishSpec& spec, const std::string& name) {
    const auto own = own_columns(spec);
    return std::ranges::find(own, name) != own.end();
}

/// The source must leave alone what the publish itself fills.
core::Result<void> check_own_columns(
    const PublishSpec& spec, const std::vector<CatalogColumn>& source_columns
) {
    for (const auto& name : own_columns(spec)) {
        if (contains(source_columns, name)) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("the source has a column '{}', which the publish fills itself", name),
                "leave it out or give it another name",
                spec.into.readable()
            );
        }
    }
    return {};
}

/// What is wrong between one column of the source and the target; "" for nothing.
std::string misfit(
    const PublishSpec& spec,
    const CatalogColumn& column,
    const std::vector<CatalogColumn>& target_columns
) {
    const auto target = std::ranges::find(target_columns, column.name, &CatalogColumn::name);
    if (target == target_columns.end()) {
        const auto guess = did_you_mean(column.name, column_names(target_columns));
        return fmt::format("the table has no column '{}'{}", column.name, guess);
    }
    if (target->written_by_server) {
        return fmt::format("the server alone writes column '{}'", column.name);
    }
    if (spec.mode == LoadMode::scd2 && !is_kept(column.type, target->type)) {
        return fmt::format(
            "column '{}' is {}, but {} in the table, so each load would find another version",
            column.name,
            column.type,
            target->type
        );
    }
    return {};
}

/// What the target has and the source does not supply.
std::vector<std::string> unfilled(
    const PublishSpec& spec,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
) {
    std::vector<std::string> problems;
    for (const auto& column : target_columns) {
        const bool needed = column.not_null && !column.filled_by_server &&
                            !column.written_by_server && !is_own(spec, column.name);
        if (needed && !contains(source_columns, column.name)) {
            problems.push_back(
                fmt::format("the source has no column '{}', which must not be NULL", column.name)
            );
        }
    }
    for (const auto& name : own_columns(spec)) {
        if (!contains(target_columns, name)) {
            problems.push_back(fmt::format(
                "the table has no column '{}' ({})",
                name,
                name == is_current_column ? "boolean" : "timestamptz"
            ));
        }
    }
    return problems;
}

core::Result<void> check_key(
    const PublishSpec& spec, const std::vector<std::string>& source, const std::string& side
) {
    for (const auto& part : spec.key) {
        if (std::ranges::find(source, part) == source.end()) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("{} has no key column '{}'{}", side, part, did_you_mean(part, source)),
                fmt::format("it has: {}", comma_list(source)),
                spec.into.readable()
            );
        }
    }
    return {};
}

}  // namespace

core::Result<MergeShape> match_columns(
    const PublishSpec& spec,
    const std::string& source,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
) {
    if (const auto own = check_own_columns(spec, source_columns); !own) {
        return std::unexpected(own.error());
    }
    auto shape = MergeShape{spec.into.quoted(), source, {}, spec.key, mark_of(spec)};
    std::vector<std::string> problems;
    const auto left_out = left_out_columns(spec, source_columns, target_columns);
    for (const auto& column : source_columns) {
        if (std::ranges::find(left_out, column.name) != left_out.end()) {
            continue;
        }
        if (auto problem = misfit(spec, column, target_columns); !problem.empty()) {
            problems.push_back(std::move(problem));
            continue;
        }
        const auto& type =
            std::ranges::find(target_columns, column.name, &CatalogColumn::name)->type;
        shape.columns.push_back({column.name, is_comparable(type), is_kept(column.type, type)});
    }
    for (auto& problem : unfilled(spec, source_columns, target_columns)) {
        problems.push_back(std::move(problem));
    }
    if (!problems.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("the columns do not fit: {}", fmt::join(problems, "; ")),
            fmt::format(
                "the source has {}; the table has {}",
                comma_list(column_names(source_columns)),
                comma_list(column_names(target_columns))
            ),
            spec.into.readable()
        );
    }
    if (const auto key = check_key(spec, column_names(source_columns), "the source"); !key) {
        return std::unexpected(key.error());
    }
    return shape;
}

core::Result<MergeShape> shape_of_new(
    const PublishSpec& spec,
    const std::string& source,
    const std::vector<CatalogColumn>& source_columns
) {
    if (const auto key = check_key(spec, column_names(source_columns), "the source"); !key) {
        return std::unexpected(key.error());
    }
    if (const auto own = check_own_columns(spec, source_columns); !own) {
        return std::unexpected(own.error());
    }
    auto shape = MergeShape{spec.into.quoted(), source, {}, spec.key, mark_of(spec)};
    for (const auto& column : source_columns) {
        shape.columns.push_back({column.name, is_comparable(column.type)});
    }
    return shape;
}

}  // namespace reel::warehouse
