// DAGs as lists, the scheduler and the API read them.

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "dag_rows.hpp"
#include "misses.hpp"
#include "ordering.hpp"
#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "reel/store/dag_json.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::DatabaseError;
using postgres::FailureKind;
using postgres::Param;
using postgres::Rows;

// How a DAG stands, for read_standing.
constexpr std::string_view standing_select = R"sql(
    d.is_paused, d.is_stale,
    exists (select from reel.import_error e where e.filename = d.relative_fileloc),
    d.version_number, reel.micros_of(d.last_parsed_at), reel.micros_of(d.next_run_after),
    d.consecutive_failed_runs)sql";

// $1 LIKE pattern, $2 paused, $3 tags, $4 stale ones too, $5 ids
constexpr std::string_view dag_where = R"sql(
    where ($1::text is null or d.dag_id like $1) and ($2::bool is null or d.is_paused = $2::bool)
      and ($3::text[] is null or d.tags && $3::text[]) and ($4::bool or not d.is_stale)
      and ($5::text[] is null or d.dag_id = any($5::text[])))sql";

/// A pattern for Postgres, which refuses one that ends in a single backslash.
Param like_value(const std::string& pattern) {
    if (pattern.empty()) return std::nullopt;
    const std::size_t last = pattern.find_last_not_of('\\');
    const std::size_t backslashes = pattern.size() - (last == std::string::npos ? 0 : last + 1);
    return text_value(backslashes % 2 == 0 ? pattern : pattern + '\\');
}

core::Dag read_body(const std::string& body) {
    auto dag = dag_from_json({body});
    // Only Reel writes them: this is no one's input.
    if (!dag) throw DatabaseError(FailureKind::bug, "", "a stored DAG: " + dag.error().message);
    return std::move(*dag);
}

template <class Record>
void read_standing(RowReader& reader, Record& record) {
    record.is_paused = reader.boolean();
    record.is_stale = reader.boolean();
    record.has_import_errors = reader.boolean();
    record.version_number = reader.small();
    record.last_parsed_at = reader.time();
    record.next_run_after = reader.optional_time();
    record.consecutive_failed_runs = reader.small();
}

DagRecord read_dag(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    DagRecord record;
    record.dag = read_body(reader.text());
    read_standing(reader, record);
    return record;
}

constexpr std::string_view from_bodies =
    "from reel.dag d join reel.dag_version v using (dag_id, version)";

std::string body_columns() {
    return fmt::format("v.body, {}", standing_select);
}

std::string dag_order(const std::string& order_by) {
    static const std::map<std::string, std::string> columns = {
        {"dag_display_name", "d.display_name"},
        {"is_paused", "d.is_paused"},
        {"last_parsed_at", "d.last_parsed_at"},
        {"next_run_after", "d.next_run_after"},
    };
    const Ordering order = parse_ordering(order_by);
    const auto found = columns.find(order.word);
    return fmt::format(
        "{} {} nulls last, d.dag_id",
        found == columns.end() ? "d.dag_id" : found->second,
        order.descending ? "desc" : "asc"
    );
}

ListSql list_of(std::string columns, std::string_view from, const DagFilter& filter) {
    return {
        .columns = std::move(columns),
        .from = fmt::format("{} {}", from, dag_where),
        .order = dag_order(filter.order_by),
        .params =
            {
                like_value(filter.id_pattern),
                filter.paused ? Param(*filter.paused ? "t" : "f") : Param(),
                filter.tags.empty() ? Param() : texts_value(filter.tags),
                filter.include_stale ? "t" : "f",
                filter.ids.empty()
                    ? Param()
                    : column_of(filter.ids, [](const auto& id) { return text_value(id.str()); }),
            },
    };
}

}  // namespace

std::string summary_columns() {
    return fmt::format(
        "d.dag_id, d.display_name, d.fileloc, d.relative_fileloc, array_to_json(d.owners), "
        "array_to_json(d.tags), {}",
        standing_select
    );
}

DagSummary read_summary(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    const auto texts = [&]() -> std::vector<std::string> {
        const std::string text = reader.text();
        if (text == "[]") return {};
        return nlohmann::json::parse(text).get<std::vector<std::string>>();
    };
    DagSummary summary;
    summary.dag_id = core::DagId(reader.text());
    summary.display_name = reader.text();
    summary.fileloc = reader.text();
    summary.relative_fileloc = reader.text();
    summary.owners = texts();
    summary.tags = texts();
    read_standing(reader, summary);
    return summary;
}

Listing<DagRecord> PostgresStore::list_dags(const DagFilter& filter) {
    return read_page(
        *database_, list_of(body_columns(), from_bodies, filter), filter.page, read_dag
    );
}

Listing<DagSummary> PostgresStore::summarize_dags(const DagFilter& filter) {
    const ListSql list = list_of(summary_columns(), "from reel.dag d", filter);
    return read_page(*database_, list, filter.page, read_summary);
}

std::string PostgresStore::dag_display_name(const core::DagId& dag_id) {
    const Rows rows = database_->read(
        "select display_name from reel.dag where dag_id = $1", {text_value(dag_id.str())}
    );
    return rows.empty() ? std::string() : RowReader(rows, 0).text();
}

core::Result<DagRecord> PostgresStore::get_dag(const core::DagId& dag_id) {
    const Rows rows = database_->read(
        fmt::format("select {} {} where d.dag_id = $1", body_columns(), from_bodies),
        {text_value(dag_id.str())}
    );
    if (rows.empty()) return no_such_dag(dag_id);
    return read_dag(rows, 0);
}

std::vector<DagVersionRecord> PostgresStore::list_dag_versions(const core::DagId& dag_id) {
    const Rows rows = database_->read(
        "select version_number, version, reel.micros_of(created_at) from reel.dag_version "
        "where dag_id = $1 order by version_number",
        {text_value(dag_id.str())}
    );
    return read_all(rows, [](const Rows& all, std::size_t row) {
        RowReader reader(all, row);
        DagVersionRecord version;
        version.number = reader.small();
        version.version = reader.text();
        version.created_at = reader.time();
        return version;
    });
}

core::Result<core::Dag> PostgresStore::get_dag_version(
    const core::DagId& dag_id, const std::string& version
) {
    const Rows rows = database_->read(
        "select v.body from reel.dag d left join reel.dag_version v "
        "on v.dag_id = d.dag_id and v.version = $2 where d.dag_id = $1",
        {text_value(dag_id.str()), text_value(version)}
    );
    if (rows.empty()) return no_such_dag(dag_id);
    if (!rows.at(0, 0)) return no_such_version(dag_id, version);
    return read_body(*rows.at(0, 0));
}

}  // namespace reel::store
