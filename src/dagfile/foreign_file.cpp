#include "foreign_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace reel::dagfile {

namespace {

// docs.getdbt.com, "Properties": what may stand at the top of a properties file, each a list.
constexpr std::array<std::string_view, 13> dbt_lists{
    "models",
    "sources",
    "seeds",
    "snapshots",
    "analyses",
    "macros",
    "exposures",
    "metrics",
    "groups",
    "unit_tests",
    "data_tests",
    "semantic_models",
    "saved_queries"
};

// docs.soda.io, "SodaCL".
constexpr std::array<std::string_view, 4> soda_headings{
    "checks for ", "for each ", "filter ", "configurations for "
};

bool is_of_dbt(const Entry& entry) {
    if (entry.key == "version") return !entry.value.is_map();
    return entry.value.is_list() && std::ranges::find(dbt_lists, entry.key) != dbt_lists.end();
}

bool is_of_soda(const Entry& entry) {
    return std::ranges::any_of(soda_headings, [&](std::string_view heading) {
        return entry.key.starts_with(heading);
    });
}

}  // namespace

bool holds_checks(const Node& root) {
    const bool has_list =
        std::ranges::any_of(root.entries, [](const Entry& entry) { return entry.value.is_list(); });
    return (has_list && std::ranges::all_of(root.entries, is_of_dbt)) ||
           (!root.entries.empty() && std::ranges::all_of(root.entries, is_of_soda));
}

bool holds_assets(const Node& root) {
    return root.entries.size() == 1 && root.entries.front().value.is_list() &&
           (root.entries.front().key == "datasets" || root.entries.front().key == "assets");
}

}  // namespace reel::dagfile
