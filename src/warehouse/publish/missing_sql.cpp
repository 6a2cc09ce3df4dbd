#include "warehouse/publish/missing_sql.hpp"

#include <vector>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/publish/clauses.hpp"
#include "warehouse/publish/version_sql.hpp"

namespace reel::warehouse {

namespace {

/// Which rows of the target count; "" for all.
std::string live(const PublishSpec& spec) {
    if (spec.mode == LoadMode::scd2) {
        return std::string(current_versions);
    }
    return spec.missing == MissingRows::soft
               ? fmt::format("t.{} IS NULL", quote_identifier(deleted_column))
               : "";
}

std::string is_missing(const MergeShape& shape) {
    return fmt::format(
        "NOT EXISTS (SELECT 1 FROM {} AS s WHERE {})", shape.source, key_matches(shape, "s", "t")
    );
}

/// Of a column without bounds, the window is every value that the source has there.
std::string in_window(const Window& window, const std::string& without_bounds) {
    if (!window.where.empty()) {
        return fmt::format("({})", window.where);
    }
    const auto column = quote_identifier(window.column);
    std::vector<std::string> bounds;
    if (window.from) {
        bounds.push_back(fmt::format("{} >= {}", column, quote_literal(*window.from)));
    }
    if (window.until) {
        bounds.push_back(fmt::format("{} < {}", column, quote_literal(*window.until)));
    }
    return bounds.empty() ? fmt::format("{} {}", column, without_bounds)
                          : fmt::format("{}", fmt::join(bounds, " AND "));
}

}  // namespace

std::string count_missing_sql(const MergeShape& shape, const PublishSpec& spec) {
    const auto counted = live(spec);
    return fmt::format(
        "SELECT count(*) AS live, count(*) FILTER (WHERE s.{} IS NULL) AS missing FROM {} AS t "
        "LEFT JOIN {} AS s ON {}{}{}",
        quote_identifier(shape.key.front()),
        shape.target,
        shape.source,
        key_matches(shape, "s", "t"),
        counted.empty() ? "" : " WHERE ",
        counted
    );
}

std::string delete_missing_sql(const MergeShape& shape) {
    return shape.key.empty()
               ? "DELETE FROM " + shape.target
               : fmt::format("DELETE FROM {} AS t WHERE {}", shape.target, is_missing(shape));
}

std::string retire_missing_sql(
    const MergeShape& shape, const PublishSpec& spec, const std::string& at
) {
    const auto set =
        spec.mode == LoadMode::scd2
            ? end_version(at)
            : fmt::format("{} = {}", quote_identifier(deleted_column), quote_literal(at));
    return fmt::format(
        "UPDATE {} AS t SET {} WHERE {} AND {}", shape.target, set, live(spec), is_missing(shape)
    );
}

std::string delete_window_sql(const MergeShape& shape, const Window& window) {
    const auto among_the_sources =
        fmt::format("IN (SELECT s.{} FROM {} AS s)", quote_identifier(window.column), shape.source);
    return fmt::format(
        "DELETE FROM {} WHERE {}", shape.target, in_window(window, among_the_sources)
    );
}

std::string count_outside_sql(const MergeShape& shape, const Window& window) {
    return fmt::format(
        "SELECT count(*) AS outside FROM {} WHERE ({}) IS NOT TRUE",
        shape.source,
        in_window(window, "IS NOT NULL")
    );
}

}  // namespace reel::warehouse
