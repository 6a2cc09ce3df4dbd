#include "warehouse/stage/report.hpp"

#include "warehouse/args.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

core::JsonText stage_report(const StageOutcome& outcome) {
    Json by_name = Json::object();
    for (std::size_t t = 0; t < outcome.tables.size(); ++t) {
        const auto& spec = *outcome.tables[t].spec;
        const auto& account = outcome.account.tables[t];
        by_name[spec.name] = {
            {"physical", staging_table(outcome.identity, spec.name)},
            {"columns", Json::parse(columns_json(spec).text)},
            {"key", spec.key},
            {"elements_read", account.elements_read},
            {"staged", account.staged},
            {"duplicates", account.duplicates},
            {"quarantined", account.quarantined},
            {"filtered", account.filtered}
        };
    }
    const Json report = {
        {"file", outcome.file},
        {"sha256", outcome.content.sha256},
        {"bytes", outcome.content.bytes},
        {"records_read", outcome.account.records_read},
        {"records_quarantined", outcome.account.records_quarantined},
        {"tables", by_name}
    };
    return {report.dump()};
}

std::vector<std::string> account_lines(const FileAccount& account) {
    const auto text = [](std::uint64_t value) { return grouped(static_cast<std::int64_t>(value)); };
    TextTable table({"table", "read", "staged", "duplicates", "quarantined", "filtered"});
    for (const auto& row : account.tables) {
        table.add(
            {row.table,
             text(row.elements_read),
             text(row.staged),
             text(row.duplicates),
             text(row.quarantined),
             text(row.filtered)}
        );
    }
    return table.lines();
}

}  // namespace reel::warehouse
