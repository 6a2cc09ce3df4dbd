#include "warehouse/replay/replayer.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/rejects/chosen_rejects.hpp"
#include "warehouse/replay/load_replay.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/stage/new_columns.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

// $1 the targets as text[], $2 the replay's DAG. One of the loads is the one that rejected the
// records.
constexpr std::string_view select_later_loads = R"(
SELECT target, count(*) AS later FROM reel.loads
WHERE target = ANY ($1::text[]) AND dag_id <> $2 AND started_at > (
    SELECT min(at) FROM reel.quarantine_batches
    WHERE batch IN (SELECT batch FROM pg_temp.reel_outcomes))
GROUP BY target HAVING count(*) > 1
ORDER BY target)";

std::string record_count(std::uint64_t count) {
    return fmt::format(
        "{} record{}", grouped(static_cast<std::int64_t>(count)), count == 1 ? "" : "s"
    );
}

/// Which cells the load's records have.
std::vector<std::string> columns_of(
    const StageSpec& spec, const ReplayWishes& wishes, const QuarantinedLoad& load
) {
    if (!wishes.columns.empty()) return wishes.columns;
    const bool are_in_spec = !spec.csv.header && !spec.csv.columns.empty();
    return are_in_spec ? spec.csv.columns : load.columns.value_or(std::vector<std::string>());
}

/// Ends the COPY while the connection that it is on is still there, however the replay ends.
struct CopiesEnd {
    std::optional<CopySink>& copies;
    explicit CopiesEnd(std::optional<CopySink>& open) : copies(open) {}
    CopiesEnd(const CopiesEnd&) = delete;
    CopiesEnd& operator=(const CopiesEnd&) = delete;
    ~CopiesEnd() { copies.reset(); }
};

}  // namespace

core::Result<Replayed> Replayer::run() {
    postgres::Link link(context_.uri, "reel quarantine replay");
    ensure_schema(link);
    postgres::LinkTransaction transaction(link);
    const CopiesEnd ends_before_them(copies_);
    // What another replay has done while this one waited is seen.
    link.exec("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    link.exec("SET LOCAL client_min_messages = warning");
    link.exec(take_replay_turn);
    if (auto replayed = replay_inside(link); !replayed) return std::unexpected(replayed.error());
    copies_.reset();
    if (auto ended = end(transaction); !ended) return std::unexpected(ended.error());
    return std::move(done_);
}

core::Result<void> Replayer::replay_inside(postgres::Link& link) {
    auto loads = find_quarantined_loads(link, wishes_.filter);
    std::erase_if(loads, [&](const QuarantinedLoad& load) { return !may_replay(load); });
    if (loads.empty()) return {};
    if (auto begun = begin_staging(link, loads.front()); !begun) return begun;
    // A COPY is open on the one link while the records come over the other.
    postgres::Link reading(context_.uri, "reel quarantine");
    for (std::size_t i = 0; i < loads.size(); ++i) {
        copies_->begin_block(i);
        if (auto taken = take_load(reading, loads[i]); !taken) return taken;
    }
    if (auto staged = end_staging(link); !staged) return staged;
    warn_of_later_loads(link);
    if (auto published = publish_all(link); !published) return published;
    return settle_outcomes(link, context_.identity.key.run_id.str(), done_.account);
}

bool Replayer::may_replay(const QuarantinedLoad& load) const {
    const auto leave = [&](std::uint64_t records, const char* why) {
        context_.log(fmt::format("{}: {} left alone: {}", load.name, record_count(records), why));
    };
    if (load.is_overtaken) {
        leave(load.records + load.cut, "a later attempt of the task has read their file again");
        return false;
    }
    if (!load.has_staged) {
        leave(
            load.records + load.cut, "their load failed, so its whole file is missing; run it again"
        );
        return false;
    }
    if (load.cut > 0) leave(load.cut, "they are too large, only their fronts were kept");
    const bool knows_cells =
        job_.spec.format != Format::csv || !columns_of(job_.spec, wishes_, load).empty();
    if (!knows_cells) {
        leave(load.records, "their file's header was not kept; --columns names their cells");
    }
    return knows_cells && load.records > 0;
}

core::Result<void> Replayer::begin_staging(postgres::Link& link, const QuarantinedLoad& first) {
    const auto columns = columns_of(job_.spec, wishes_, first);
    if (auto evolved = evolve_columns(job_.spec, columns); !evolved) {
        return std::unexpected(at_file(evolved.error(), first.name));
    }
    std::vector<CopySink::Target> targets;
    for (std::size_t t = 0; t < job_.spec.tables.size(); ++t) {
        const auto& table = job_.spec.tables[t];
        const auto& physical = job_.relations[t].physical;
        link.exec(create_sql(physical, table));
        targets.push_back(
            {copy_sql(physical, table),
             static_cast<std::uint16_t>(table.columns.size()),
             !table.key.empty()}
        );
        done_.staged.tables.push_back({.table = table.name});
    }
    targets.push_back(make_outcomes(link));
    copies_.emplace(link, std::move(targets));
    return {};
}

core::Result<void> Replayer::take_load(postgres::Link& reading, const QuarantinedLoad& load) {
    const auto columns = columns_of(job_.spec, wishes_, load);
    if (would_evolve(job_.spec, columns)) {
        return core::fail(
            core::Errc::invalid_argument,
            "its file has new columns that those of the first load did not have",
            "replay each run by itself: --run-id",
            load.name
        );
    }
    auto tables = bind_columns(job_.spec, columns);
    if (!tables) return std::unexpected(at_file(tables.error(), load.name));
    LoadReplay replay(job_.spec, *tables, columns, *copies_);
    std::string behind = "0";
    for (;;) {
        const auto records = read_quarantined(reading, wishes_.filter, load, behind);
        if (records.empty()) break;
        for (const auto& record : records) replay.take(record);
        behind = records.back().id;
    }
    replay.end();
    add(done_.account, replay.outcome());
    add(done_.staged, replay.account());
    return {};
}

core::Result<void> Replayer::end_staging(postgres::Link& link) {
    copies_->finish();
    for (std::size_t t = 0; t < job_.spec.tables.size(); ++t) {
        const auto& table = job_.spec.tables[t];
        const auto& physical = job_.relations[t].physical;
        auto& account = done_.staged.tables[t];
        if (!table.key.empty()) {
            account.duplicates = link.exec(dedupe_sql(physical, table.key)).affected();
            account.staged -= account.duplicates;
            link.exec(drop_hidden_column_sql(physical));
        }
        link.exec("ANALYZE " + physical);
        const auto stored = copies_->stored(t) - account.duplicates;
        if (auto balanced = check_balance(account, stored); !balanced) return balanced;
    }
    return {};
}

/// Each publish finds its rows as `stage` would have left them. The locks of all targets come
/// first.
core::Result<void> Replayer::publish_all(postgres::Link& link) {
    std::vector<const PublishSpec*> targets;
    targets.reserve(job_.publishes.size());
    for (const auto& spec : job_.publishes) targets.push_back(&spec);
    lock_targets(link, std::move(targets));
    const auto& run_id = context_.identity.key.run_id.str();
    for (const auto& spec : job_.publishes) {
        std::optional<RegisteredTable> staged;
        if (!spec.from.empty()) {
            const auto name = spec.from.substr(job_.stage_task.size() + 1);
            const auto& account =
                *std::ranges::find(done_.staged.tables, name, &TableAccount::table);
            staged = RegisteredTable{
                run_id,
                context_.staged.at(spec.from).physical,
                "reel.quarantine",
                "",
                static_cast<std::int64_t>(account.staged)
            };
        }
        const auto source_id = fmt::format("{}\n{}", run_id, spec.from);
        auto published = Publisher(spec, context_).run_inside(link, source_id, std::move(staged));
        if (!published) return std::unexpected(published.error());
        done_.published.push_back(*std::move(published));
    }
    return {};
}

/// An upsert cannot know that what it replaces is newer than what was quarantined.
void Replayer::warn_of_later_loads(postgres::Link& link) const {
    std::vector<postgres::Param> targets;
    for (const auto& spec : job_.publishes) {
        if (merges(spec.mode)) targets.emplace_back(spec.into.readable());
    }
    const auto later = link.exec(
        select_later_loads, {postgres::array_literal(targets), context_.identity.key.dag_id.str()}
    );
    for (std::size_t i = 0; i < later.size(); ++i) {
        context_.log(fmt::format(
            "note: {} was loaded {} times since the first of these records was rejected; rows of "
            "the same keys give way to the replayed ones",
            later.at(i, "target").value(),
            later.at(i, "later").value()
        ));
    }
}

core::Result<void> Replayer::end(postgres::LinkTransaction& transaction) const {
    if (wishes_.dry_run || done_.account.records == 0) return {};
    const core::Durably durably(core::Durable::publish);
    try {
        transaction.commit();
    } catch (const postgres::DatabaseError& failure) {
        if (failure.kind() != postgres::FailureKind::in_doubt) throw;
        postgres::Link again(context_.uri, "reel quarantine replay");
        const postgres::LinkTransaction looking(again);
        again.exec(take_replay_turn);  // the lost one holds it until its fate is known
        if (find_replay(again, context_.identity.key.run_id.str())) return {};
        return core::fail(
            core::Errc::unavailable,
            fmt::format("the connection was lost while committing: {}", failure.what()),
            "nothing was replayed; run it again"
        );
    }
    return {};
}

}  // namespace reel::warehouse
