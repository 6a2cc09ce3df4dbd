#include "warehouse/publish/clauses.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

auto outside_of_key(const MergeShape& shape) {
    return shape.columns | std::views::filter([&shape](const MergeColumn& column) {
               return std::ranges::find(shape.key, column.name) == shape.key.end();
           });
}

std::string compared(const MergeColumn& column, std::string_view alias) {
    return fmt::format(
        "{}.{}{}", alias, quote_identifier(column.name), column.comparable ? "" : "::text"
    );
}

}  // namespace

std::vector<std::string> names_of(const MergeShape& shape) {
    const auto names = shape.columns | std::views::transform(&MergeColumn::name);
    return {names.begin(), names.end()};
}

std::string key_matches(const MergeShape& shape, std::string_view left, std::string_view right) {
    std::string out;
    for (const auto& part : shape.key) {
        const auto name = quote_identifier(part);
        out += fmt::format("{}{}.{} = {}.{}", out.empty() ? "" : " AND ", left, name, right, name);
    }
    return out;
}

std::string differs(const MergeShape& shape, std::string_view source) {
    std::vector<std::string> there;
    std::vector<std::string> here;
    for (const auto& column : outside_of_key(shape)) {
        there.push_back(compared(column, "t"));
        here.push_back(compared(column, source));
    }
    if (!shape.deleted_mark.empty()) {
        there.push_back("t." + quote_identifier(shape.deleted_mark));
        here.emplace_back("NULL");
    }
    return there.empty()
               ? ""
               : fmt::format(
                     "({}) IS DISTINCT FROM ({})", fmt::join(there, ", "), fmt::join(here, ", ")
                 );
}

std::string assignments(const MergeShape& shape, std::string_view source) {
    std::vector<std::string> list;
    for (const auto& column : outside_of_key(shape)) {
        const auto name = quote_identifier(column.name);
        list.push_back(fmt::format("{} = {}.{}", name, source, name));
    }
    if (!shape.deleted_mark.empty()) {
        list.push_back(quote_identifier(shape.deleted_mark) + " = NULL");
    }
    return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace reel::warehouse
