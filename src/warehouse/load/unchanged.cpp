#include "warehouse/load/unchanged.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/load/planned_tables.hpp"
#include "warehouse/publish/plan.hpp"
#include "warehouse/publish/target_state.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/stage/memory_plan.hpp"
#include "warehouse/stage/open_part.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/report.hpp"
#include "warehouse/stage/source_files.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t read_bytes = 1U << 20U;

// $1 the staged table that was loaded. One row, or none where its reports are gone.
constexpr std::string_view select_account = R"(
SELECT json_build_object(
    'records_read', sum(records_read), 'records_rejected', sum(records_quarantined),
    'records_rejoined', sum(records_rejoined), 'read', sum(elements_read),
    'rejected', sum(quarantined), 'duplicates', sum(duplicates), 'filtered', sum(filtered),
    'discarded', sum(discarded_values), 'staged', sum(staged), 'bytes', sum(bytes))::text
    AS account
FROM reel.stage_reports WHERE physical = $1 HAVING count(*) > 0)";

// $1 the staged table that was loaded. What its files had, where that was recorded of all.
constexpr std::string_view select_size = R"(
SELECT CASE WHEN count(*) = count(file_bytes) THEN sum(file_bytes) END::text AS bytes
FROM reel.stage_reports WHERE physical = $1)";

/// One publish of the plan.
struct Publish {
    PublishSpec spec;
    std::string table;  ///< as the stage calls it
    PublishedContent content;
    TargetState state = {};
};

/// What the plan publishes, where every part of it can be found unchanged.
std::vector<Publish> publishes_of(
    const LoadPlan& plan, const StageSpec& stage, OperationContext context
) {
    // Checks are made at each load.
    const auto has_checks = [](const StageTableSpec& table) { return !table.checks.empty(); };
    if (std::ranges::any_of(stage.tables, has_checks)) return {};
    context.staged = planned_tables(stage, plan.stage_task, context.identity);
    std::vector<Publish> publishes;
    for (const auto& args : plan.upserts) {
        auto spec = parse_publish_spec(args, context);
        if (!spec || spec->from.empty() || !merges(spec->mode) || !spec->checks.empty()) return {};
        auto table = spec->from.substr(plan.stage_task.size() + 1);
        auto content = content_of(*spec, context.identity, made_by(stage, table), "");
        publishes.push_back({*std::move(spec), std::move(table), std::move(content)});
    }
    return publishes;
}

/// Finds what each target was left in. False where one is not known to hold the same content as the
/// others.
bool find_states(postgres::Link& link, std::vector<Publish>& publishes) {
    for (auto& publish : publishes) {
        auto state = find_state(link, publish.content);
        if (!state) return false;
        publish.state = *std::move(state);
        publish.content.hash = publish.state.content_hash;
        if (publish.content.hash != publishes.front().content.hash) return false;
    }
    return true;
}

/// What stage would call the content of the files.
core::Result<FileContent> read_content(const StageSpec& spec, InputFiles& files) {
    std::vector<std::byte> piece(read_bytes);
    std::vector<FileOutcome> outcomes;
    for (;;) {
        const auto part = open_next(files, spec);
        if (!part) return std::unexpected(part.error());
        if (!*part) return whole_content(outcomes);
        for (;;) {
            const auto got = (*part)->hashing->read(piece);
            if (!got) return std::unexpected(got.error());
            if (*got == 0) break;
        }
        const auto& hashing = *(*part)->hashing;
        outcomes.push_back(
            {.file = (*part)->input.name,
             .content = {.sha256 = hashing.sha256(), .bytes = hashing.bytes()},
             .account = {}}
        );
    }
}

/// The line of the load's account; the counts of the file are those of when it was loaded.
std::optional<Json> account_of(
    postgres::Link& link, const Publish& publish, const std::string& file
) {
    const auto found = link.exec(select_account, {publish.state.staged_table});
    if (found.empty()) return std::nullopt;
    Json account = Json::parse(found.at(0, "account").value());
    account.update(
        {{"table", publish.spec.into.readable()},
         {"file", file},
         {"mode", to_string(publish.spec.mode)},
         {"inserted", 0},
         {"updated", 0},
         {"unchanged", publish.state.staged},
         {"deleted", 0},
         {"already_loaded", false},
         {"strategy", to_string(Strategy::unchanged)},
         {"reason", reason_of(publish.state)}}
    );
    return account;
}

void record(postgres::Link& link, const Publish& publish, const OperationContext& context) {
    const auto& [key, try_number, attempt] = context.identity;
    const auto once = fmt::format(
        "unchanged {} {} {} {}", publish.state.load_id, key.run_id.str(), key.task_id.str(), attempt
    );
    const std::optional<RegisteredTable> staged = RegisteredTable{
        .staged_id = {},
        .physical = publish.state.staged_table,
        .source_file = publish.state.source_file,
        .content_hash = publish.state.content_hash
    };
    record_load(
        link,
        {load_id(publish.spec, context.identity, {once}),
         publish.spec,
         context.identity,
         staged,
         unchanged_counts(publish.state.staged),
         link.exec("SELECT transaction_timestamp() AS at").at(0, "at").value()}
    );
}

/// All of it in one transaction, under the locks of all targets.
std::optional<Json> prove(
    postgres::Link& link,
    std::vector<Publish>& publishes,
    const std::string& file,
    const OperationContext& context
) {
    postgres::LinkTransaction transaction(link);
    std::vector<const PublishSpec*> targets;
    targets.reserve(publishes.size());
    for (const auto& publish : publishes) targets.push_back(&publish.spec);
    lock_targets(link, std::move(targets));
    if (!find_states(link, publishes)) return std::nullopt;
    Json accounts = Json::array();
    for (const auto& publish : publishes) {
        auto account = account_of(link, publish, file);
        if (!account || !is_untouched(link, publish.content.target, publish.state)) {
            return std::nullopt;
        }
        accounts.push_back(*std::move(account));
        record(link, publish, context);
    }
    const core::Durably durably(core::Durable::publish);
    transaction.commit();
    return accounts;
}

/// What it took instead of staging and publishing.
void add_speed(Json& accounts, core::Duration reading, core::Duration proving) {
    const double seconds = in_seconds(reading);
    for (auto& account : accounts) {
        const auto per_second = [&](const char* count) {
            return seconds > 0 ? account.at(count).get<double>() / seconds : 0;
        };
        account["peak_memory"] = peak_resident_bytes();
        account["stage_seconds"] = seconds;
        account["publish_seconds"] = in_seconds(proving);
        account["records_per_second"] = per_second("records_read");
        account["bytes_per_second"] = per_second("bytes");
    }
}

/// Whether the files may hold what was loaded: those of another size do not.
bool may_be_same(postgres::Link& link, const TargetState& state, const InputFiles& files) {
    const auto size = link.exec(select_size, {state.staged_table}).at(0, "bytes");
    return !size || *size == fmt::format("{}", files.file_bytes());
}

UnchangedLook look(
    std::vector<Publish> publishes, const StageSpec& spec, const OperationContext& context
) {
    postgres::Link link(context.uri, "reel load");
    if (!schema_exists(link)) return {};
    ensure_schema(link);
    if (!find_states(link, publishes)) return {};
    const auto elapsed = stopwatch();
    auto files = open_source(spec, places_of(context), {context.log, context.progress});
    if (!files) return {};
    const auto load_it = [&] {
        files->rewind();
        return UnchangedLook{.opened = *std::move(files)};
    };
    if (!may_be_same(link, publishes.front().state, *files)) return load_it();
    const auto content = read_content(spec, *files);
    const auto reading = elapsed();
    if (!content || content->sha256 != publishes.front().content.hash) return load_it();
    auto accounts = prove(link, publishes, spec.name, context);
    if (!accounts) return load_it();
    add_speed(*accounts, reading, elapsed() - reading);
    for (const auto& account : *accounts) {
        const auto table = account.at("table").get<std::string>();
        const auto rows = grouped(account.at("unchanged").get<std::int64_t>());
        context.log(
            fmt::format("{}: unchanged ({})", table, account.at("reason").get<std::string>())
        );
        context.log(
            fmt::format("{}: {} rows, 0 inserted, 0 updated, {} unchanged", table, rows, rows)
        );
    }
    return {.accounts = core::JsonText{accounts->dump()}};
}

}  // namespace

core::Result<UnchangedLook> find_unchanged(const LoadPlan& plan, const OperationContext& context) {
    const auto spec = parse_stage_spec(plan.stage);
    if (!spec) return UnchangedLook();
    auto publishes = publishes_of(plan, *spec, context);
    if (publishes.empty()) return UnchangedLook();
    return guarded("load", [&]() -> core::Result<UnchangedLook> {
        return look(std::move(publishes), *spec, context);
    });
}

}  // namespace reel::warehouse
