#include "warehouse/publish/ledger.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/count_of.hpp"

namespace reel::warehouse {

namespace {

// $1 the target's name
constexpr std::string_view take_lock =
    "SELECT pg_advisory_xact_lock(hashtextextended('reel.target ' || $1, 0))";

// $1 load id
constexpr std::string_view select_load = R"(
SELECT rows, inserted, updated, unchanged, duplicates, deleted FROM reel.loads WHERE load_id = $1)";

// $1…$6 identity, $7 load id, $8 target, $9 mode, $10 file, $11 hash, $12 physical, $13 rows,
// $14 inserted, $15 updated, $16 unchanged, $17 duplicates, $18 deleted, $19 started at
constexpr std::string_view insert_load = R"(
INSERT INTO reel.loads (dag_id, run_id, task_id, map_index, try_number, attempt, load_id, target,
    mode, source_file, content_hash, staged_table, rows, inserted, updated, unchanged, duplicates,
    deleted, quarantined, filtered, source_bytes, source_etag, started_at, finished_at)
SELECT $1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9, $10, $11, $12, $13::bigint,
    $14::bigint, $15::bigint, $16::bigint, $17::bigint, $18::bigint,
    coalesce(sum(r.quarantined), 0), coalesce(sum(r.filtered), 0), sum(r.bytes),
    string_agg(DISTINCT r.etag, ', '), $19::timestamptz,
    clock_timestamp()
FROM reel.stage_reports AS r WHERE r.physical = $12)";  // a report for each file

}  // namespace

void lock_target(postgres::Link& link, const PublishSpec& spec) {
    link.exec(take_lock, {spec.into.readable()});
}

void lock_targets(postgres::Link& link, std::vector<const PublishSpec*> specs) {
    std::ranges::sort(specs, {}, [](const PublishSpec* spec) { return spec->into; });
    for (const auto* const spec : specs) lock_target(link, *spec);
}

std::optional<PublishCounts> find_load(postgres::Link& link, const std::string& load_id) {
    const auto rows = link.exec(select_load, {load_id});
    if (rows.empty()) {
        return std::nullopt;
    }
    return PublishCounts{
        count_of(rows, "rows"),
        count_of(rows, "inserted"),
        count_of(rows, "updated"),
        count_of(rows, "unchanged"),
        count_of(rows, "duplicates"),
        count_of(rows, "deleted")
    };
}

void record_load(postgres::Link& link, const LedgerEntry& entry) {
    const auto text = [](std::int64_t value) { return postgres::Param(fmt::format("{}", value)); };
    const auto& staged = entry.staged;
    auto params = identity_params(entry.identity);
    params.insert(
        params.end(),
        {entry.load_id,
         entry.spec.into.readable(),
         std::string(to_string(entry.spec.mode)),
         staged ? postgres::Param(staged->source_file) : std::nullopt,
         staged ? postgres::Param(staged->content_hash) : std::nullopt,
         staged ? postgres::Param(staged->physical) : std::nullopt,
         text(entry.counts.rows),
         text(entry.counts.inserted),
         text(entry.counts.updated),
         text(entry.counts.unchanged),
         text(entry.counts.duplicates),
         text(entry.counts.deleted),
         entry.started_at}
    );
    link.exec(insert_load, params);
}

}  // namespace reel::warehouse
