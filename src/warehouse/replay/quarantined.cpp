#include "warehouse/replay/quarantined.hpp"

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/rejects/chosen_rejects.hpp"
#include "warehouse/rejects/reject_ids.hpp"

namespace reel::warehouse {

namespace {

// A record that is larger than what was kept of it cannot be read again.
constexpr std::string_view kept_whole = "(edited IS NOT NULL OR octet_length(raw) = raw_size)";

// {0} which rejects, {1} whether they are whole
constexpr std::string_view loads_sql = R"(
WITH chosen AS (
    SELECT dag_id, run_id, task_id, map_index, attempt, batch, max(place) AS last,
           count(*) FILTER (WHERE {1}) AS records, count(*) FILTER (WHERE NOT {1}) AS cut {0}
    GROUP BY dag_id, run_id, task_id, map_index, attempt, batch
), loads AS (
    SELECT dag_id, run_id, task_id, map_index, attempt, min(batch) AS first,
           sum(records) AS records, sum(cut) AS cut,
           jsonb_agg(jsonb_build_array(batch, last) ORDER BY batch) AS batches
    FROM chosen GROUP BY dag_id, run_id, task_id, map_index, attempt
)
SELECT c.dag_id, c.run_id, c.task_id, c.map_index, c.attempt, c.records, c.cut, c.batches,
       EXISTS (SELECT FROM reel.stage_reports AS r WHERE r.dag_id = c.dag_id
               AND r.run_id = c.run_id AND r.task_id = c.task_id AND r.map_index = c.map_index
               AND r.attempt = c.attempt AND r.status = 'staged') AS has_staged,
       EXISTS (SELECT FROM reel.stage_reports AS r WHERE r.dag_id = c.dag_id
               AND r.run_id = c.run_id AND r.task_id = c.task_id AND r.map_index = c.map_index
               AND r.attempt > c.attempt AND r.status = 'staged') AS is_overtaken,
       to_jsonb(b.columns) AS columns
FROM loads AS c JOIN reel.quarantine_batches AS b ON b.batch = c.first
ORDER BY c.first)";

// {0} which rejects, {1} whether they are whole; $7 batch, $8 the place behind which, $9 how many
// places. The first one comes whatever its size.
constexpr std::string_view records_sql = R"(
SELECT id, file, line, record_number, byte_offset, element, table_name, is_edited,
       encode(bytes, 'hex') AS bytes
FROM (
    SELECT *, sum(octet_length(bytes)) OVER (ORDER BY id) - octet_length(bytes) AS before
    FROM (
        SELECT id, file, line, record_number, byte_offset, element, table_name,
               coalesce(edited, raw) AS bytes, edited IS NOT NULL AS is_edited {0}
          AND batch = $7::integer AND place > $8::integer AND place <= $8::integer + $9::integer
          AND {1}
    ) AS next
) AS summed
WHERE before < 4000000
ORDER BY id)";

/// Places that are looked at in one go: few enough for memory, many enough for an index that knows
/// only about where they are.
constexpr std::int64_t places_at_once = 10'000;

std::uint64_t number_of(const postgres::Rows& rows, std::size_t row, std::string_view column) {
    return std::stoull(rows.at(row, column).value());
}

QuarantinedLoad load_of(const postgres::Rows& rows, std::size_t row) {
    QuarantinedLoad load;
    for (const auto* const column : {"dag_id", "run_id", "task_id", "map_index", "attempt"}) {
        load.key.push_back(rows.at(row, column));
    }
    load.name = fmt::format("{} {} {}", *load.key[0], *load.key[1], *load.key[2]);
    load.records = number_of(rows, row, "records");
    load.cut = number_of(rows, row, "cut");
    load.has_staged = rows.at(row, "has_staged") == "t";
    load.is_overtaken = rows.at(row, "is_overtaken") == "t";
    if (const auto& columns = rows.at(row, "columns")) {
        load.columns = Json::parse(*columns).get<std::vector<std::string>>();
    }
    for (const auto& batch : Json::parse(rows.at(row, "batches").value())) {
        load.batches.emplace_back(batch.at(0), batch.at(1));
    }
    return load;
}

QuarantinedRecord record_of(const postgres::Rows& rows, std::size_t row) {
    QuarantinedRecord record{
        .id = rows.at(row, "id").value(),
        .file = rows.at(row, "file").value(),
        .line = number_of(rows, row, "line"),
        .number = number_of(rows, row, "record_number"),
        .offset = number_of(rows, row, "byte_offset"),
        .element = std::nullopt,
        .table = rows.at(row, "table_name").value(),
        .bytes = bytes_of_hex(rows.at(row, "bytes").value()),
        .is_edited = rows.at(row, "is_edited") == "t"
    };
    if (rows.at(row, "element")) record.element = number_of(rows, row, "element");
    return record;
}

std::vector<QuarantinedRecord> read_places(
    postgres::Link& link, const RejectFilter& filter, std::int64_t batch, std::int64_t behind
) {
    auto params = params_of(filter);
    for (const std::int64_t number : {batch, behind, places_at_once}) {
        params.emplace_back(std::to_string(number));
    }
    const auto rows =
        link.exec(fmt::format(records_sql, chosen_rejects(filter), kept_whole), params);
    std::vector<QuarantinedRecord> records;
    records.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) records.push_back(record_of(rows, i));
    return records;
}

}  // namespace

std::vector<QuarantinedLoad> find_quarantined_loads(
    postgres::Link& link, const RejectFilter& filter
) {
    const auto rows =
        link.exec(fmt::format(loads_sql, chosen_rejects(filter), kept_whole), params_of(filter));
    std::vector<QuarantinedLoad> loads;
    loads.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) loads.push_back(load_of(rows, i));
    return loads;
}

std::vector<QuarantinedRecord> read_quarantined(
    postgres::Link& link,
    const RejectFilter& filter,
    const QuarantinedLoad& load,
    const std::string& behind
) {
    const std::int64_t last = std::stoll(behind);
    for (const auto& [batch, end] : load.batches) {
        if (batch < last / ids_of_batch) continue;
        std::int64_t place = batch == last / ids_of_batch ? last % ids_of_batch : 0;
        for (; place < end; place += places_at_once) {
            auto records = read_places(link, filter, batch, place);
            if (!records.empty()) return records;
        }
    }
    return {};
}

}  // namespace reel::warehouse
