#include "warehouse/publish/version_sql.hpp"

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/publish/clauses.hpp"
#include "warehouse/publish/compare_sql.hpp"

namespace reel::warehouse {

std::string end_version(const std::string& at) {
    return fmt::format(
        "{} = {}, {} = false",
        quote_identifier(valid_to_column),
        quote_literal(at),
        quote_identifier(is_current_column)
    );
}

std::string end_changed_sql(const MergeShape& shape, const std::string& at) {
    return fmt::format(
        "UPDATE {} AS t SET {} FROM {} AS s WHERE {} AND {} AND {}",
        shape.target,
        end_version(at),
        changes_relation,
        is_there,
        key_matches(shape, "t", "s"),
        current_versions
    );
}

std::string insert_versions_sql(const MergeShape& shape, const std::string& at) {
    const auto names = quote_list(names_of(shape));
    return fmt::format(
        "INSERT INTO {} ({}, {}, {}) SELECT {}, {}, true FROM {}",
        shape.target,
        names,
        quote_identifier(valid_from_column),
        quote_identifier(is_current_column),
        names,
        quote_literal(at),
        changes_relation
    );
}

}  // namespace reel::warehouse
