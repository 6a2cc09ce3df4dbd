#include "reel/warehouse/load.hpp"

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/load/last_reader.hpp"
#include "warehouse/load/target_statistics.hpp"
#include "warehouse/load/unchanged.hpp"
#include "warehouse/publish/publisher.hpp"
#include "warehouse/stage/memory_plan.hpp"
#include "warehouse/stage/prepared_stage.hpp"

namespace reel::warehouse {

namespace {

/// What the stage task's report says of its tables, as an upsert wants to know them.
std::map<std::string, StagedTable> tables_staged(
    const Json& report, const std::string& stage_task
) {
    std::map<std::string, StagedTable> staged;
    for (const auto& [name, table] : report.at("tables").items()) {
        staged[fmt::format("{}.{}", stage_task, name)] = {
            .physical = table.at("physical").get<std::string>(),
            .columns = {table.at("columns").dump()},
            .key = {table.at("key").dump()}
        };
    }
    return staged;
}

/// One line of the load's account.
Json account_of(const Json& stage, const Json& upsert, const std::string& staged_name) {
    const Json& table = stage.at("tables").at(staged_name);
    return {
        {"table", upsert.at("into")},
        {"file", stage.at("file")},
        {"mode", upsert.at("mode")},
        {"records_read", stage.at("records_read")},
        {"records_rejected", stage.at("records_quarantined")},
        {"records_rejoined", stage.at("records_rejoined")},
        {"read", table.at("elements_read")},
        {"rejected", table.at("quarantined")},
        {"duplicates", table.at("duplicates")},
        {"filtered", table.at("filtered")},
        {"discarded", table.at("discarded")},
        {"staged", upsert.at("rows")},
        {"inserted", upsert.at("inserted")},
        {"updated", upsert.at("updated")},
        {"unchanged", upsert.at("unchanged")},
        {"deleted", upsert.at("deleted")},
        {"already_loaded", upsert.at("already_loaded")},
        {"bytes", stage.at("bytes")},
        {"peak_memory", peak_resident_bytes()},
        {"stage_seconds", stage.at("seconds")},
        {"publish_seconds", upsert.at("seconds")},
        {"records_per_second", stage.at("records_per_second")},
        {"bytes_per_second", stage.at("bytes_per_second")},
        {"strategy", upsert.value("strategy", "")},
        {"reason", upsert.value("reason", "")}
    };
}

core::Result<core::JsonText> publish_all(
    const LoadPlan& plan, const Json& report, OperationContext context, TargetStatistics& statistics
) {
    const auto staged = tables_staged(report, plan.stage_task);
    Json accounts = Json::array();
    PublishSession session;
    session.analyze_later = [&](const std::string& table) { statistics.refresh(table); };
    for (std::size_t i = 0; i < plan.upserts.size(); ++i) {
        const auto& args = plan.upserts[i];
        context.staged = staged;
        mark_last_reader(plan, i, context.staged);
        if (context.progress) {
            context.progress("publishing into " + Json::parse(args.text).value("into", ""));
        }
        const auto published = upsert_within(session, args, context);
        if (!published) return std::unexpected(published.error());
        const auto from = Json::parse(args.text).at("from").get<std::string>();
        accounts.push_back(account_of(
            report, Json::parse(published->text), from.substr(plan.stage_task.size() + 1)
        ));
    }
    return core::JsonText{accounts.dump()};
}

}  // namespace

core::Result<core::JsonText> load(const LoadPlan& plan, const OperationContext& context) {
    auto look = find_unchanged(plan, context);
    if (!look) return std::unexpected(look.error());
    if (look->accounts) return *std::move(look->accounts);
    const auto staged = stage_source(plan.stage, std::move(look->opened), context);
    if (!staged) return std::unexpected(staged.error());
    TargetStatistics statistics(context.uri);
    auto accounts = publish_all(plan, Json::parse(staged->text), context, statistics);
    // Nobody will publish them once more: there is no task to run again.
    constexpr core::Duration nothing_else = std::chrono::hours(24 * 365 * 100);
    const auto& key = context.identity.key;
    const auto dropped = drop_staged(context.uri, key.dag_id, key.run_id, nothing_else);
    if (!dropped) {
        context.log(fmt::format("the staged rows stay for now: {}", dropped.error().message));
    }
    for (const auto& failure : statistics.finish()) context.log(failure);
    return accounts;
}

}  // namespace reel::warehouse
