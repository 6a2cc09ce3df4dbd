#include "warehouse/replay/outcomes.hpp"

#include <fmt/format.h>

#include "warehouse/rejects/reject_ids.hpp"
#include "warehouse/stage/rejected_rows.hpp"

namespace reel::warehouse {

namespace {

constexpr std::string_view create_outcomes = R"(
CREATE TEMP TABLE reel_outcomes (
    batch integer NOT NULL,
    place integer NOT NULL,
    outcome text NOT NULL,
    element bigint,
    bytes bytea,
    column_name text,
    rule text,
    reason text,
    value text,
    table_name text
) ON COMMIT DROP)";

// $1 the replay's run
constexpr std::string_view mark_replayed = R"(
UPDATE reel.quarantine_rows AS q SET replayed_at = now(), replayed_by = $1, tried_at = now()
FROM pg_temp.reel_outcomes AS o WHERE o.batch = q.batch AND o.place = q.place
  AND o.outcome = 'replayed' AND q.replayed_at IS NULL)";

constexpr std::string_view keep_with_reason = R"(
UPDATE reel.quarantine_rows AS q
SET tried_at = now(), column_name = o.column_name, rule = o.rule, reason = o.reason,
    value = o.value, table_name = o.table_name
FROM pg_temp.reel_outcomes AS o WHERE o.batch = q.batch AND o.place = q.place
  AND o.outcome = 'kept' AND q.replayed_at IS NULL)";

// In batches of their own, since those of their records may be full.
constexpr std::string_view add_elements_sql = R"(
WITH added AS (
    SELECT o.*, row_number() OVER (PARTITION BY batch ORDER BY place, element) - 1 AS nth
    FROM pg_temp.reel_outcomes AS o WHERE outcome = 'added'
), numbered AS (
    SELECT batch, part,
           nextval(pg_get_serial_sequence('reel.quarantine_batches', 'batch'))::integer AS number
    FROM (SELECT DISTINCT batch, nth / 999999 AS part FROM added ORDER BY batch, part) AS parts
), made AS (
    INSERT INTO reel.quarantine_batches (batch, file, dag_id, run_id, task_id, map_index,
        try_number, attempt, columns)
    SELECT n.number, b.file, b.dag_id, b.run_id, b.task_id, b.map_index, b.try_number, b.attempt,
           b.columns
    FROM numbered AS n JOIN reel.quarantine_batches AS b USING (batch)
)
INSERT INTO reel.quarantine_rows (batch, place, line, record_number, byte_offset, element,
    column_name, rule, reason, raw, raw_size, edited, value, table_name)
SELECT n.number, o.nth % 999999 + 1, q.line, q.record_number, q.byte_offset, o.element,
    o.column_name, o.rule, o.reason, q.raw, q.raw_size, coalesce(o.bytes, q.edited), o.value,
    o.table_name
FROM added AS o JOIN numbered AS n ON n.batch = o.batch AND n.part = o.nth / 999999
JOIN reel.quarantine_rows AS q ON q.batch = o.batch AND q.place = o.place
ORDER BY n.number, o.nth)";

// $1 run, $2 records, $3 replayed, $4 kept, $5 added
constexpr std::string_view insert_replay = R"(
INSERT INTO reel.quarantine_replays (run_id, records, replayed, kept, added)
VALUES ($1, $2::bigint, $3::bigint, $4::bigint, $5::bigint))";

std::string outcome_fields(
    const std::string& id,
    std::string_view outcome,
    const Rejection* rejection,
    const std::optional<std::string>& bytes = std::nullopt
) {
    std::string out;
    const std::int64_t number = std::stoll(id);
    put_int32(static_cast<std::int32_t>(number / ids_of_batch), out);
    put_int32(static_cast<std::int32_t>(number % ids_of_batch), out);
    put_bytes(outcome, out);
    const bool has_element = rejection != nullptr && rejection->element;
    has_element ? put_int64(static_cast<std::int64_t>(*rejection->element), out) : encode_null(out);
    bytes ? put_bytes(*bytes, out) : encode_null(out);
    if (rejection != nullptr) {
        put_reason(*rejection, out);
        return out;
    }
    for (int i = 0; i < 5; ++i) encode_null(out);
    return out;
}

core::Result<void> check_outcome(
    std::string_view outcome, std::uint64_t marked, std::uint64_t counted
) {
    if (marked == counted) return {};
    return core::fail(
        core::Errc::internal,
        fmt::format("{} records were {}, {} rows were marked so", counted, outcome, marked)
    );
}

}  // namespace

void add(ReplayAccount& account, const ReplayAccount& more) {
    account.records += more.records;
    account.replayed += more.replayed;
    account.kept += more.kept;
    account.added += more.added;
}

CopySink::Target make_outcomes(postgres::Link& link) {
    link.exec(create_outcomes);
    return {
        "COPY pg_temp.reel_outcomes (batch, place, outcome, element, bytes, column_name, rule, "
        "reason, value, table_name) FROM STDIN (FORMAT binary)",
        10
    };
}

std::string replayed_fields(const std::string& id) {
    return outcome_fields(id, "replayed", nullptr);
}

std::string kept_fields(const std::string& id, const Rejection& rejection) {
    return outcome_fields(id, "kept", &rejection);
}

std::string added_fields(
    const std::string& id, const Rejection& rejection, const std::optional<std::string>& bytes
) {
    return outcome_fields(id, "added", &rejection, bytes);
}

core::Result<void> settle_outcomes(
    postgres::Link& link, const std::string& run_id, const ReplayAccount& account
) {
    link.exec("ANALYZE pg_temp.reel_outcomes");
    const auto added = link.exec(add_elements_sql).affected();
    const auto replayed = link.exec(mark_replayed, {run_id}).affected();
    const auto kept = link.exec(keep_with_reason).affected();
    for (auto checked :
         {check_outcome("replayed", replayed, account.replayed),
          check_outcome("kept", kept, account.kept),
          check_outcome("added", added, account.added)}) {
        if (!checked) return checked;
    }
    const auto text = [](std::uint64_t value) { return postgres::Param(fmt::format("{}", value)); };
    link.exec(
        insert_replay,
        {run_id,
         text(account.records),
         text(account.replayed),
         text(account.kept),
         text(account.added)}
    );
    return {};
}

bool find_replay(postgres::Link& link, const std::string& run_id) {
    const auto found = link.exec("SELECT FROM reel.quarantine_replays WHERE run_id = $1", {run_id});
    return !found.empty();
}

}  // namespace reel::warehouse
