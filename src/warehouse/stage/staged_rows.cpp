#include "warehouse/stage/staged_rows.hpp"

#include <fmt/format.h>

#include <string_view>

#include "warehouse/registry.hpp"

namespace reel::warehouse {

namespace {

// $1…$6 identity, $7 physical, $8 table, $9 file, $10 how it is made
constexpr std::string_view insert_announced = R"(
INSERT INTO reel.staged_tables (dag_id, run_id, task_id, map_index, try_number, attempt, physical,
    table_name, source_file, made_by, content_hash, rows)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9, $10, '', 0))";

// $1 physical, $2 hash, $3 rows, $4 bytes that are part of no row, $5 rows that were deleted
constexpr std::string_view update_complete = R"(
UPDATE reel.staged_tables SET content_hash = $2, rows = $3::bigint, staged_at = now(),
    dead_share = least(1, $4::float8 / greatest(1, pg_relation_size($1::regclass))
                          + $5::float8 / greatest(1, $3::bigint + $5::bigint))
WHERE physical = $1 AND content_hash = '')";

// $1 physical
constexpr std::string_view delete_announced = R"(
DELETE FROM reel.staged_tables WHERE physical = $1 AND content_hash = '')";

// $1…$6 identity, $7 file, $8 hash, $9 bytes, $10 records read, $11 records quarantined, $12 table,
// $13 physical, $14 elements read, $15 staged, $16 duplicates, $17 quarantined, $18 filtered,
// $19 status, $20 bytes of the file, $21 ETag, $22 discarded values, $23 records rejoined,
// $24 seconds
constexpr std::string_view insert_report = R"(
INSERT INTO reel.stage_reports (dag_id, run_id, task_id, map_index, try_number, attempt, file,
    content_hash, bytes, records_read, records_quarantined, table_name, physical, elements_read,
    staged, duplicates, quarantined, filtered, status, file_bytes, etag,
    discarded_values, records_rejoined, seconds)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9::bigint, $10::bigint,
    $11::bigint, $12, $13, $14::bigint, $15::bigint, $16::bigint, $17::bigint, $18::bigint, $19,
    $20::bigint, $21, $22::bigint, $23::bigint, $24::float8))";

std::string text(std::uint64_t value) {
    return fmt::format("{}", value);
}

void record_file(
    postgres::Link& link,
    const StageOutcome& outcome,
    const FileOutcome& file,
    const std::string& status,
    const std::vector<std::string>& physical
) {
    for (std::size_t t = 0; t < file.account.tables.size(); ++t) {
        const auto& account = file.account.tables[t];
        auto params = identity_params(outcome.identity);
        params.insert(
            params.end(),
            {file.file,
             file.content.sha256,
             text(file.content.bytes),
             text(file.account.records_read),
             text(file.account.records_quarantined),
             account.table,
             physical.empty() ? std::nullopt : postgres::Param(physical[t]),
             text(account.elements_read),
             text(account.staged),
             text(account.duplicates),
             text(account.quarantined),
             text(account.filtered),
             status,
             text(file.content.file_bytes),
             file.content.etag.empty() ? postgres::Param() : postgres::Param(file.content.etag),
             text(account.discarded_values()),
             text(file.account.rejoined),
             fmt::format("{:.6f}", file.seconds)}
        );
        link.exec(insert_report, params);
    }
}

}  // namespace

void announce_table(
    postgres::Link& link, const LoadIdentity& identity, const AnnouncedTable& table
) {
    auto params = identity_params(identity);
    params.insert(params.end(), {table.physical, table.name, table.file, table.made_by});
    link.exec(insert_announced, params);
}

bool complete_table(
    postgres::Link& link,
    const std::string& physical,
    const FileContent& content,
    const StoredRows& rows
) {
    const postgres::Params params{
        physical, content.sha256, text(rows.kept), text(rows.dead_bytes), text(rows.deleted)
    };
    return link.exec(update_complete, params).affected() == 1;
}

void take_back_table(postgres::Link& link, const std::string& physical) {
    link.exec(delete_announced, {physical});
    link.exec("DROP TABLE IF EXISTS " + physical);
}

void record_report(
    postgres::Link& link,
    const StageOutcome& outcome,
    const std::string& status,
    const std::vector<std::string>& physical
) {
    for (const auto& file : outcome.files) {
        record_file(link, outcome, file, status, physical);
    }
}

}  // namespace reel::warehouse
