#include "reel/warehouse/rejects.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "reel/postgres/link.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

// $1 dag, $2 run, $3 task, $4 table, $5 file, each NULL for any; $6 how many.
constexpr std::string_view chosen = R"(
    FROM reel.quarantine
    WHERE ($1::text IS NULL OR dag_id = $1) AND ($2::text IS NULL OR run_id = $2)
      AND ($3::text IS NULL OR task_id = $3) AND ($4::text IS NULL OR table_name = $4)
      AND ($5::text IS NULL OR file = $5))";

constexpr std::string_view count_sql = R"(
WITH reasons AS (
    SELECT dag_id, run_id, task_id, map_index, try_number, attempt, table_name, file,
           rule, column_name, count(*) AS times, max(at) AS last_at {}
    GROUP BY dag_id, run_id, task_id, map_index, try_number, attempt, table_name, file,
             rule, column_name
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY dag_id, run_id, task_id, map_index, attempt,
                                 table_name, file ORDER BY times DESC, rule, column_name) AS rank
    FROM reasons
)
SELECT dag_id, run_id, task_id, map_index, try_number, table_name AS "table", file,
       sum(times)::bigint AS rejects,
       string_agg(rule || coalesce(' (' || column_name || ')', '') || ' × ' || times, ', '
                  ORDER BY rank) FILTER (WHERE rank <= 5) AS reasons,
       max(last_at) AS last_at
FROM ranked
GROUP BY dag_id, run_id, task_id, map_index, try_number, attempt, table_name, file
ORDER BY max(last_at) DESC, dag_id, run_id, task_id, map_index, table_name, file
LIMIT $6::bigint)";

// The raw bytes come in hex, whatever bytea_output says.
constexpr std::string_view list_sql = R"(
SELECT id, file, line, record_number AS record, byte_offset AS "offset", element,
       table_name AS "table", column_name AS "column", rule, reason, value,
       encode(raw, 'hex') AS raw, raw_size, dag_id, run_id, task_id, map_index, try_number, at {}
ORDER BY max(at) OVER (PARTITION BY dag_id, run_id, task_id, map_index, attempt) DESC,
         dag_id, run_id, task_id, map_index, attempt, file, record_number, element NULLS FIRST, id
LIMIT $6::bigint)";

postgres::Params params_of(const RejectFilter& filter) {
    const auto text = [](const std::string& value) {
        return value.empty() ? postgres::Param() : postgres::Param(value);
    };
    return {
        text(filter.dag_id),
        text(filter.run_id),
        text(filter.task_id),
        text(filter.table),
        text(filter.file),
        std::to_string(filter.limit)
    };
}

bool is_count(std::string_view column) {
    constexpr std::array<std::string_view, 9> counts{
        "map_index",
        "try_number",
        "rejects",
        "id",
        "line",
        "record",
        "offset",
        "element",
        "raw_size"
    };
    return std::ranges::find(counts, column) != counts.end();
}

std::string bytes_of_hex(const std::string& hex) {
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

Json cell_json(const std::string& column, const postgres::Param& cell) {
    if (!cell) return nullptr;
    if (is_count(column)) return std::stoll(*cell);
    return column == "raw" ? escape_bytes(bytes_of_hex(*cell)) : *cell;
}

core::Result<core::JsonText> ask(
    const std::string& uri, std::string_view sql, const RejectFilter& filter
) {
    return guarded("rejects", [&]() -> core::Result<core::JsonText> {
        postgres::Link link(uri, "reel quarantine");
        Json list = Json::array();
        if (!schema_exists(link)) return core::JsonText{list.dump()};
        const auto rows = link.exec(fmt::format(fmt::runtime(sql), chosen), params_of(filter));
        for (std::size_t r = 0; r < rows.size(); ++r) {
            Json row = Json::object();
            for (std::size_t c = 0; c < rows.columns().size(); ++c) {
                row[rows.columns()[c]] = cell_json(rows.columns()[c], rows.at(r, c));
            }
            list.push_back(std::move(row));
        }
        return core::JsonText{list.dump(-1, ' ', false, Json::error_handler_t::replace)};
    });
}

}  // namespace

std::string escape_bytes(std::string_view bytes) {
    constexpr std::array<std::pair<char, char>, 4> escapes{
        {{'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}}
    };
    std::string out;
    std::size_t begin = 0;
    // What is between the escapes is the business of printable(), which knows UTF-8.
    const auto pass = [&](std::size_t end) { out += printable(bytes.substr(begin, end - begin)); };
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto known = std::ranges::find(escapes, bytes[i], &std::pair<char, char>::first);
        if (known == escapes.end()) continue;
        pass(i);
        out += '\\';
        out += known->second;
        begin = i + 1;
    }
    pass(bytes.size());
    return out;
}

core::Result<core::JsonText> count_rejects(const std::string& uri, const RejectFilter& filter) {
    return ask(uri, count_sql, filter);
}

core::Result<core::JsonText> list_rejects(const std::string& uri, const RejectFilter& filter) {
    return ask(uri, list_sql, filter);
}

}  // namespace reel::warehouse
