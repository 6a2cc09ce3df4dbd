#include "warehouse/stage/copy_targets.hpp"

#include <cstdint>
#include <optional>

#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

namespace {

std::optional<RowChecks> checks_in_flight(const RowCheckPlan& plan) {
    if (plan.columns.empty()) {
        return std::nullopt;
    }
    return RowChecks(plan);
}

}  // namespace

std::vector<std::string> physical_names(
    const LoadIdentity& identity, const std::vector<BoundTable>& tables
) {
    std::vector<std::string> names;
    names.reserve(tables.size());
    for (const auto& table : tables) {
        names.push_back(staging_table(identity, table.spec->name));
    }
    return names;
}

std::vector<CopySink::Target> copy_targets(
    const std::vector<BoundTable>& tables,
    const std::vector<TableChecks>& checks,
    const std::vector<std::string>& physical,
    std::deque<std::atomic<bool>>& must_number
) {
    std::vector<CopySink::Target> targets;
    targets.reserve(physical.size());
    for (std::size_t t = 0; t < physical.size(); ++t) {
        const auto& spec = *tables[t].spec;
        auto order = KeyOrder::of(spec);
        targets.push_back(
            {.copy_statement = copy_sql(physical[t], spec),
             .fields = static_cast<std::uint16_t>(spec.columns.size()),
             .numbered = !spec.key.empty(),
             .order = order,
             .checks = checks_in_flight(checks[t].plan),
             .repeats = RepeatedRows::of(spec),
             .must_number = order ? &must_number[t] : nullptr}
        );
    }
    return targets;
}

}  // namespace reel::warehouse
