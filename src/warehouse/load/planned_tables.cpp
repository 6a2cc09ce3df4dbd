#include "warehouse/load/planned_tables.hpp"

#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

std::map<std::string, StagedTable> planned_tables(
    const StageSpec& spec, const std::string& stage_task, const LoadIdentity& identity
) {
    std::map<std::string, StagedTable> tables;
    for (const auto& table : spec.tables) {
        tables[stage_task + "." + table.name] = {
            .physical = staging_table(identity, table.name),
            .columns = columns_json(table),
            .key = key_json(table)
        };
    }
    return tables;
}

}  // namespace reel::warehouse
