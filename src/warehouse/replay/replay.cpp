#include "reel/warehouse/replay.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/replay/replayer.hpp"
#include "warehouse/stage/report.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

std::vector<StagedTable> relations_of(const StageSpec& spec) {
    std::vector<StagedTable> relations;
    relations.reserve(spec.tables.size());
    for (const auto& table : spec.tables) {
        relations.push_back(
            {.physical = replay_relation(table.name),
             .columns = columns_json(table),
             .key = key_json(table)}
        );
    }
    return relations;
}

core::Result<std::vector<PublishSpec>> parse_publishes(
    const LoadPlan& plan, const OperationContext& context
) {
    std::vector<PublishSpec> specs;
    for (const auto& args : plan.upserts) {
        auto spec = parse_publish_spec(args, context);
        if (!spec) return std::unexpected(spec.error());
        // What a template gave is known only now.
        if (spec->mode == LoadMode::replace || spec->mode == LoadMode::delete_insert) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("a replay takes no rows away, as mode {} does", to_string(spec->mode)),
                "write the mode itself instead of a template: it is replayed as upsert or append"
            );
        }
        specs.push_back(*std::move(spec));
    }
    return specs;
}

/// One line of the report. A query's rows are those of no table.
Json replay_line(
    const Replayed& done, const PublishSpec& spec, const Published& published, bool dry_run
) {
    const auto name = spec.from.substr(spec.from.find('.') + 1);
    const auto found = std::ranges::find(done.staged.tables, name, &TableAccount::table);
    const auto& counts = published.counts;
    TableAccount table;
    if (!spec.from.empty() && found != done.staged.tables.end()) {
        table = *found;
    } else {
        table.elements_read = table.staged = static_cast<std::uint64_t>(counts.rows);
    }
    Json line = {
        {"table", spec.into.readable()},
        {"mode", to_string(spec.mode)},
        {"dry_run", dry_run},
        {"records", done.account.records},
        {"replayed", done.account.replayed},
        {"kept", done.account.kept},
        {"added", done.account.added},
        {"read", table.elements_read},
        {"rejected", table.quarantined},
        {"duplicates", table.duplicates},
        {"staged", counts.rows},
        {"inserted", counts.inserted},
        {"updated", counts.updated},
        {"unchanged", counts.unchanged}
    };
    line["strategy"] = published.plan ? to_string(published.plan->strategy) : "";
    line["reason"] = published.plan ? published.plan->reason : "";
    return line;
}

core::JsonText replay_report(
    const Replayed& done, const std::vector<PublishSpec>& publishes, bool dry_run
) {
    Json report = Json::array();
    for (std::size_t i = 0; i < done.published.size(); ++i) {
        report.push_back(replay_line(done, publishes[i], done.published[i], dry_run));
    }
    return {report.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace

std::string replay_relation(const std::string& table) {
    return "pg_temp." + quote_identifier("reel_replay_" + short_hash(table));
}

core::Result<core::JsonText> replay(
    const LoadPlan& plan, const ReplayWishes& wishes, const OperationContext& context
) {
    const auto spec = parse_stage_spec(plan.stage);
    if (!spec) return std::unexpected(spec.error());
    const auto relations = relations_of(*spec);
    OperationContext with_tables = context;
    for (std::size_t t = 0; t < relations.size(); ++t) {
        with_tables.staged[plan.stage_task + "." + spec->tables[t].name] = relations[t];
    }
    const auto publishes = parse_publishes(plan, with_tables);
    if (!publishes) return std::unexpected(publishes.error());
    return guarded("replay", [&]() -> core::Result<core::JsonText> {
        Replayer replayer({*spec, *publishes, relations, plan.stage_task}, wishes, with_tables);
        const auto done = replayer.run();
        if (!done) return std::unexpected(done.error());
        const auto text = [](std::uint64_t count) {
            return grouped(static_cast<std::int64_t>(count));
        };
        context.log(fmt::format(
            "{} records: {} {}, {} stay",
            text(done->account.records),
            text(done->account.replayed),
            wishes.dry_run ? "would be replayed" : "replayed",
            text(done->account.kept)
        ));
        for (const auto& line : account_lines(done->staged)) context.log(line);
        return replay_report(*done, *publishes, wishes.dry_run);
    });
}

}  // namespace reel::warehouse
