#include "warehouse/stage/copy_targets.hpp"

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
    const std::vector<std::string>& physical
) {
    std::vector<CopySink::Target> targets;
    targets.reserve(physical.size());
    for (std::size_t t = 0; t < physical.size(); ++t) {
        const auto& spec = *tables[t].spec;
        targets.push_back(
            {copy_sql(physical[t], spec),
             static_cast<std::uint16_t>(spec.columns.size()),
             !spec.key.empty(),
             KeyOrder::of(spec),
             checks_in_flight(checks[t].plan)}
        );
    }
    return targets;
}

}  // namespace reel::warehouse
