#include "reel/warehouse/rejects.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "reel/postgres/link.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/rejects/chosen_rejects.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

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
LIMIT $7::bigint)";

// The raw bytes come in hex, whatever bytea_output says.
constexpr std::string_view list_sql = R"(
SELECT id, file, line, record_number AS record, byte_offset AS "offset", element,
       table_name AS "table", column_name AS "column", rule, reason, value,
       encode(raw, 'hex') AS raw, raw_size, dag_id, run_id, task_id, map_index, try_number, at,
       encode(edited, 'hex') AS edited, tried_at, replayed_at, replayed_by {}
ORDER BY max(at) OVER (PARTITION BY dag_id, run_id, task_id, map_index, attempt) DESC,
         dag_id, run_id, task_id, map_index, attempt, file, record_number, element NULLS FIRST, id
LIMIT $7::bigint)";

// $1 id, $2 the bytes
constexpr std::string_view edit_sql = R"(
UPDATE reel.quarantine_rows SET edited = decode($2, 'hex')
WHERE batch = $1::bigint / 1000000 AND place = $1::bigint % 1000000
  AND replayed_at IS NULL)";

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

Json cell_json(const std::string& column, const postgres::Param& cell) {
    if (!cell) return nullptr;
    if (is_count(column)) return std::stoll(*cell);
    const bool is_bytes = column == "raw" || column == "edited";
    return is_bytes ? escape_bytes(bytes_of_hex(*cell)) : *cell;
}

core::Result<core::JsonText> ask(
    const std::string& uri, std::string_view sql, const RejectFilter& filter
) {
    return guarded("rejects", [&]() -> core::Result<core::JsonText> {
        postgres::Link link(uri, "reel quarantine");
        Json list = Json::array();
        if (!schema_exists(link)) return core::JsonText{list.dump()};
        ensure_schema(link);  // an older one has not all of the columns
        auto params = params_of(filter);
        params.emplace_back(std::to_string(filter.limit));
        const auto rows = link.exec(fmt::format(fmt::runtime(sql), chosen_rejects(filter)), params);
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

core::Result<void> edit_reject(const std::string& uri, std::int64_t id, std::string_view text) {
    const auto missing = [&] {
        return core::fail(
            core::Errc::not_found,
            fmt::format("there is no quarantined record {} that could be edited", id),
            "`reel quarantine show` gives the ids of those that were not replayed"
        );
    };
    return guarded("rejects", [&]() -> core::Result<void> {
        postgres::Link link(uri, "reel quarantine");
        if (!schema_exists(link)) return missing();
        ensure_schema(link);
        postgres::LinkTransaction transaction(link);
        link.exec(take_replay_turn);
        const auto done = link.exec(edit_sql, {std::to_string(id), hex_of_bytes(text)});
        if (done.affected() == 0) return missing();
        transaction.commit();
        return {};
    });
}

}  // namespace reel::warehouse
