#include "warehouse/publish/target_state.hpp"

#include <fmt/format.h>

#include "warehouse/count_of.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

// What would make equal rows another table: $1 its quoted name. Numbers of transactions mean
// nothing in another cluster, to which the whole database may have been restored.
constexpr std::string_view make_of_target = R"(
    (SELECT concat_ws(' ', s.system_identifier, c.oid, md5(string_agg(concat_ws(' ', a.attnum,
         a.attname, a.atttypid, a.atttypmod, a.attisdropped, a.attmissingval::text), ','
         ORDER BY a.attnum)))
     FROM pg_control_system() AS s, pg_class AS c
     JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE c.oid = to_regclass($1) AND c.relkind = 'r'
     GROUP BY s.system_identifier, c.oid))";

constexpr std::string_view select_horizon =
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon";

// $1 target, $2 work, $3 hash, $4 load id, $5 rows, $6 staged, $7 horizon
constexpr std::string_view upsert_state = R"(
INSERT INTO reel.target_states AS s
    (target, work, content_hash, load_id, make, rows, staged, horizon, own)
SELECT $1, $2, $3, $4, make, $5::bigint, $6::bigint, $7::xid8, pg_current_xact_id()
FROM (SELECT {} AS make) AS m WHERE make IS NOT NULL
ON CONFLICT (target) DO UPDATE SET (work, content_hash, load_id, make, rows, staged, horizon, own) =
    (excluded.work, excluded.content_hash, excluded.load_id, excluded.make, excluded.rows,
     excluded.staged, excluded.horizon, excluded.own))";

// $1 target, $2 work, $3 hash ("" for any). A number of 32 bits stands for one transaction as long
// as two thousand million have not followed it.
constexpr std::string_view select_state = R"(
SELECT s.load_id, s.content_hash, l.finished_at::timestamptz(0)::text AS finished_at, l.staged_table, l.source_file,
       s.staged, s.rows, s.horizon::text AS horizon, s.own::text AS own
FROM reel.target_states AS s JOIN reel.loads AS l USING (load_id)
WHERE s.target = $1 AND s.work = $2 AND $3 IN ('', s.content_hash) AND s.make = {}
  AND pg_snapshot_xmax(pg_current_snapshot())::text::bigint - s.horizon::text::bigint < 2000000000)";

// $1 rows, $2 horizon, $3 own. Rows show the lower half of the number of who wrote them; what is
// visible was written before the snapshot.
constexpr std::string_view select_untouched = R"(
WITH snapshot AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next),
written AS (SELECT xmin::text::bigint AS low, count(*) AS rows FROM {} GROUP BY xmin),
writers AS (
    SELECT rows, (next >> 32 << 32) + low - CASE WHEN low > next & 4294967295 THEN 4294967296
                                                 ELSE 0 END AS xid
    FROM written, snapshot)
SELECT coalesce(sum(rows), 0) = $1::bigint
   AND coalesce(bool_and(xid < $2::bigint OR xid = $3::bigint), true) AS untouched
FROM writers)";

}  // namespace

StateBefore state_of_new(postgres::Link& link) {
    return {0, link.exec(select_horizon).at(0, "horizon").value()};
}

StateBefore count_before(postgres::Link& link, const std::string& target) {
    const auto found =
        link.exec(fmt::format("{}, count(*) AS rows FROM {}", select_horizon, target));
    return {count_of(found, "rows"), found.at(0, "horizon").value()};
}

void record_state(
    postgres::Link& link,
    const PublishedContent& content,
    const LedgerEntry& entry,
    const StateBefore& before
) {
    const auto& counts = entry.counts;
    const auto taken_away = entry.spec.missing == MissingRows::soft ? 0 : counts.deleted;
    link.exec(
        fmt::format(upsert_state, make_of_target),
        {content.target,
         content.work,
         content.hash,
         entry.load_id,
         fmt::format("{}", before.rows + counts.inserted - taken_away),
         fmt::format("{}", counts.rows),
         before.horizon}
    );
}

std::optional<TargetState> find_state(postgres::Link& link, const PublishedContent& content) {
    const auto found = link.exec(
        fmt::format(select_state, make_of_target), {content.target, content.work, content.hash}
    );
    if (found.empty()) {
        return std::nullopt;
    }
    const auto text = [&](std::string_view column) { return found.at(0, column).value_or(""); };
    return TargetState{
        text("load_id"),
        text("content_hash"),
        text("finished_at"),
        text("staged_table"),
        text("source_file"),
        count_of(found, "staged"),
        count_of(found, "rows"),
        text("horizon"),
        text("own")
    };
}

bool is_untouched(postgres::Link& link, const std::string& target, const TargetState& state) {
    const auto found = link.exec(
        fmt::format(select_untouched, target),
        {fmt::format("{}", state.rows), state.horizon, state.own}
    );
    return found.at(0, "untouched") == "t";
}

PublishCounts unchanged_counts(std::int64_t staged) {
    return {.rows = staged, .unchanged = staged};
}

PublishedContent content_of(
    const PublishSpec& spec,
    const LoadIdentity& identity,
    const std::string& made_by,
    const std::string& hash
) {
    const auto word = [](const std::optional<ContractWord>& part) {
        return part ? to_string(*part) : std::string_view("always");
    };
    const auto& [tables, columns, types] = spec.contract;
    const auto how = fmt::format("{} {} {}", word(tables), word(columns), word(types));
    return {spec.into.quoted(), load_id(spec, identity, {made_by, how}), hash};
}

std::string reason_of(const TargetState& state) {
    return fmt::format(
        "the same content was published at {}, and none of the table's {} rows was written or "
        "deleted since",
        state.finished_at,
        grouped(state.rows)
    );
}

}  // namespace reel::warehouse
