#include "warehouse/replay/quarantined.hpp"

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/rejects/chosen_rejects.hpp"

namespace reel::warehouse {

namespace {

// A record that is larger than what was kept of it cannot be read again.
constexpr std::string_view kept_whole = "(edited IS NOT NULL OR octet_length(raw) = raw_size)";

// {0} which rejects, {1} whether they are whole
constexpr std::string_view loads_sql = R"(
WITH chosen AS (
    SELECT dag_id, run_id, task_id, map_index, attempt, min(id) AS first,
           count(*) FILTER (WHERE {1}) AS records, count(*) FILTER (WHERE NOT {1}) AS cut {0}
    GROUP BY dag_id, run_id, task_id, map_index, attempt
)
SELECT c.dag_id, c.run_id, c.task_id, c.map_index, c.attempt, c.records, c.cut,
       EXISTS (SELECT FROM reel.stage_reports AS r WHERE r.dag_id = c.dag_id
               AND r.run_id = c.run_id AND r.task_id = c.task_id AND r.map_index = c.map_index
               AND r.attempt = c.attempt AND r.status = 'staged') AS has_staged,
       EXISTS (SELECT FROM reel.stage_reports AS r WHERE r.dag_id = c.dag_id
               AND r.run_id = c.run_id AND r.task_id = c.task_id AND r.map_index = c.map_index
               AND r.attempt > c.attempt AND r.status = 'staged') AS is_overtaken,
       to_jsonb(h.columns) AS columns
FROM chosen AS c LEFT JOIN reel.quarantine_headers AS h
    USING (dag_id, run_id, task_id, map_index, attempt)
ORDER BY first)";

// {0} which rejects, {1} whether they are whole; $7 dag, $8 run, $9 task, $10 map index,
// $11 attempt, $12 the id behind which. The first one comes whatever its size.
constexpr std::string_view records_sql = R"(
SELECT id, file, line, record_number, byte_offset, element, table_name, is_edited,
       encode(bytes, 'hex') AS bytes
FROM (
    SELECT *, sum(octet_length(bytes)) OVER (ORDER BY id) - octet_length(bytes) AS before
    FROM (
        SELECT id, file, line, record_number, byte_offset, element, table_name,
               coalesce(edited, raw) AS bytes, edited IS NOT NULL AS is_edited {0}
          AND dag_id = $7 AND run_id = $8 AND task_id = $9 AND map_index = $10::integer
          AND attempt = $11::bigint AND id > $12::bigint AND {1}
        ORDER BY id LIMIT 1000
    ) AS next
) AS summed
WHERE before < 4000000
ORDER BY id)";

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
    return load;
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
    auto params = params_of(filter);
    params.insert(params.end(), load.key.begin(), load.key.end());
    params.emplace_back(behind);
    const auto rows =
        link.exec(fmt::format(records_sql, chosen_rejects(filter), kept_whole), params);
    std::vector<QuarantinedRecord> records;
    records.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QuarantinedRecord record{
            .id = rows.at(i, "id").value(),
            .file = rows.at(i, "file").value(),
            .line = number_of(rows, i, "line"),
            .number = number_of(rows, i, "record_number"),
            .offset = number_of(rows, i, "byte_offset"),
            .element = std::nullopt,
            .table = rows.at(i, "table_name").value(),
            .bytes = bytes_of_hex(rows.at(i, "bytes").value()),
            .is_edited = rows.at(i, "is_edited") == "t"
        };
        if (rows.at(i, "element")) record.element = number_of(rows, i, "element");
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace reel::warehouse
