#include "warehouse/stage/table_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "warehouse/quality/record.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

namespace {

std::string shown_name(const OperationContext& context, const StageTableSpec& table) {
    return fmt::format("{}.{}", context.identity.key.task_id.str(), table.name);
}

/// With the tables of this task among those that checks may name.
OperationContext with_own_tables(const StageSpec& spec, OperationContext context) {
    for (const auto& table : spec.tables) {
        context.staged[shown_name(context, table)].physical =
            staging_table(context.identity, table.name);
    }
    return context;
}

}  // namespace

core::Result<std::vector<TableChecks>> read_table_checks(
    const StageSpec& spec, const OperationContext& context
) {
    const auto whole = with_own_tables(spec, context);
    Mistakes mistakes;
    std::vector<TableChecks> tables;
    tables.reserve(spec.tables.size());
    for (const auto& table : spec.tables) {
        auto& read = tables.emplace_back();
        if (table.checks.empty()) continue;
        read.checks = parse_check_list(
            Json::parse(table.checks),
            shown_name(context, table),
            staging_table(context.identity, table.name),
            whole,
            mistakes,
            fmt::format("tables.{}.checks", table.name)
        );
        read.plan = plan_row_checks(table, read.checks);
    }
    if (!mistakes.empty()) return std::unexpected(mistakes.to_error("stage"));
    return tables;
}

std::map<std::size_t, KnownNumber> known_numbers(
    const RowCheckPlan& plan, const RowChecks& seen, const TableAccount& account
) {
    std::map<std::size_t, KnownNumber> known;
    for (std::size_t i = 0; i < plan.counting.size(); ++i) {
        const auto& [in_flight, by_key, reason] = plan.counting[i];
        const auto& count = seen.counts()[i];
        const bool is_exact = !count.is_unknown && (count.broken == 0 || account.duplicates == 0);
        if (!in_flight || !is_exact) continue;
        known[i] = {
            .number = static_cast<double>(count.broken),
            .total = static_cast<double>(account.staged),
            .how = reason
        };
    }
    return known;
}

std::vector<CheckResult> check_staged_rows(
    postgres::Link& link,
    const std::vector<TableChecks>& tables,
    const std::vector<RowChecks>& seen,
    const FileAccount& account,
    const OperationContext& context
) {
    std::vector<CheckResult> all;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        const auto& [checks, plan] = tables[t];
        if (checks.empty()) continue;
        const auto known = known_numbers(plan, seen[t], account.tables[t]);
        auto results = inspect(link, checks, context.identity, known);
        record(link, results, context.identity);
        std::ranges::move(results, std::back_inserter(all));
    }
    if (!all.empty()) log_results(all, context);
    return all;
}

}  // namespace reel::warehouse
