#include <fmt/format.h>

#include <map>

#include "last_of_each.hpp"
#include "misses.hpp"
#include "ordering.hpp"
#include "postgres_assets.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "reel/store/dag_json.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::DatabaseError;
using postgres::FailureKind;
using postgres::Param;
using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

// $1 ids, $2 display names, $3 paused if new, $4 files, $5 files below the folder, $6 tags as array
// literals, $7 versions, $8 at
constexpr const char* write_dags = R"sql(
    insert into reel.dag (dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version,
                          last_parsed_at)
    select dag_id, display_name, is_paused, fileloc, relative_fileloc, tags::text[], version,
           reel.at_micros($8::bigint)
    from unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[])
         as i(dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version)
    on conflict (dag_id) do update set
        display_name = excluded.display_name, is_stale = false, fileloc = excluded.fileloc,
        relative_fileloc = excluded.relative_fileloc, tags = excluded.tags,
        version = excluded.version, last_parsed_at = excluded.last_parsed_at)sql";

// $1 ids, $2 versions, $3 bodies, $4 at
constexpr const char* write_versions = R"sql(
    insert into reel.dag_version (dag_id, version, body, version_number, created_at)
    select i.dag_id, i.version, body, 1 + coalesce(
               (select max(v.version_number) from reel.dag_version v where v.dag_id = i.dag_id), 0),
           reel.at_micros($4::bigint)
    from unnest($1::text[], $2::text[], $3::text[]) as i(dag_id, version, body)
    on conflict (dag_id, version) do update set body = excluded.body
        where dag_version.body <> excluded.body)sql";

// $1 ids
constexpr const char* mark_stale = R"sql(
    update reel.dag set is_stale = not is_stale
    where is_stale = (dag_id = any($1::text[])))sql";

constexpr std::string_view dag_select = R"sql(
    select v.body, d.is_paused, d.is_stale,
           exists (select from reel.import_error e where e.filename = d.relative_fileloc),
           v.version_number, reel.micros_of(d.last_parsed_at), reel.micros_of(d.next_run_after),
           d.consecutive_failed_runs
    from reel.dag d join reel.dag_version v using (dag_id, version))sql";

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

DagRecord read_dag(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    DagRecord record;
    record.dag = read_body(reader.text());
    record.is_paused = reader.boolean();
    record.is_stale = reader.boolean();
    record.has_import_errors = reader.boolean();
    record.version_number = reader.small();
    record.last_parsed_at = reader.time();
    record.next_run_after = reader.optional_time();
    record.consecutive_failed_runs = reader.small();
    return record;
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
        " order by {} {} nulls last, d.dag_id",
        found == columns.end() ? "d.dag_id" : found->second,
        order.descending ? "desc" : "asc"
    );
}

Param text_array(const std::vector<std::string>& texts) {
    return column_of(texts, [](const std::string& text) { return text_value(text); });
}

}  // namespace

void PostgresStore::save_dags(
    const std::vector<core::Dag>& given, bool paused_at_creation, core::Timestamp at
) {
    if (given.empty()) return;
    using Dag = const core::Dag&;
    // One statement cannot write a row twice.
    const std::vector<core::Dag> dags = last_of_each(given);
    const auto is_paused = [&](Dag dag) {
        return Param(dag.is_paused_upon_creation.value_or(paused_at_creation) ? "t" : "f");
    };
    const Param ids = column_of(dags, [](Dag dag) { return text_value(dag.dag_id.str()); });
    const Param versions = column_of(dags, [](Dag dag) { return text_value(dag.version); });
    const Params rows = {
        ids,
        column_of(dags, [](Dag dag) { return text_value(dag.display_name); }),
        column_of(dags, is_paused),
        column_of(dags, [](Dag dag) { return text_value(dag.fileloc); }),
        column_of(dags, [](Dag dag) { return text_value(dag.relative_fileloc); }),
        column_of(dags, [](Dag dag) { return text_array(dag.tags); }),
        versions,
        time_value(at),
    };
    const Param bodies = column_of(dags, [](Dag dag) { return text_value(dag_to_json(dag).text); });
    const core::Durably durably(core::Durable::save_dags);
    transact_in_term([&](Transaction& transaction) {
        transaction.exec(write_dags, rows);
        transaction.exec(write_versions, {ids, versions, bodies, time_value(at)});
        write_assets(transaction, dags, at);
    });
}

void PostgresStore::mark_stale_except(const std::vector<core::DagId>& present) {
    const core::Durably durably(core::Durable::mark_stale);
    const auto ids = column_of(present, [](const auto& id) { return text_value(id.str()); });
    query_in_term(mark_stale, {ids});
}

Listing<DagRecord> PostgresStore::list_dags(const DagFilter& filter) {
    Params where = {
        like_value(filter.id_pattern),
        filter.paused ? Param(*filter.paused ? "t" : "f") : Param(),
        filter.tags.empty() ? Param() : text_array(filter.tags),
        filter.include_stale ? "t" : "f",
        filter.ids.empty()
            ? Param()
            : column_of(filter.ids, [](const auto& id) { return text_value(id.str()); }),
    };
    Listing<DagRecord> listing;
    database_->transact([&](Transaction& transaction) {
        listing.total =
            count(transaction, fmt::format("select count(*) from reel.dag d {}", dag_where), where);
        const std::string sql = fmt::format(
            "{} {} {} limit $6::bigint offset $7::bigint",
            dag_select,
            dag_where,
            dag_order(filter.order_by)
        );
        for (Param& value : page_values(filter.page)) where.push_back(std::move(value));
        listing.items = read_all(transaction.exec(sql, where), read_dag);
    });
    return listing;
}

core::Result<DagRecord> PostgresStore::get_dag(const core::DagId& dag_id) {
    const Rows rows = database_->query(
        fmt::format("{} where d.dag_id = $1", dag_select), {text_value(dag_id.str())}
    );
    if (rows.empty()) return no_such_dag(dag_id);
    return read_dag(rows, 0);
}

std::vector<DagVersionRecord> PostgresStore::list_dag_versions(const core::DagId& dag_id) {
    const Rows rows = database_->query(
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
    const Rows rows = database_->query(
        "select v.body from reel.dag d left join reel.dag_version v "
        "on v.dag_id = d.dag_id and v.version = $2 where d.dag_id = $1",
        {text_value(dag_id.str()), text_value(version)}
    );
    if (rows.empty()) return no_such_dag(dag_id);
    if (!rows.at(0, 0)) return no_such_version(dag_id, version);
    return read_body(*rows.at(0, 0));
}

core::Result<void> PostgresStore::set_paused(const core::DagId& dag_id, bool paused) {
    const core::Durably durably(core::Durable::set_paused);
    const Rows rows = query_in_term(
        "update reel.dag set is_paused = $2::bool, consecutive_failed_runs = "
        "case when $2::bool then consecutive_failed_runs else 0 end where dag_id = $1",
        {text_value(dag_id.str()), paused ? "t" : "f"}
    );
    if (rows.affected() == 0) return no_such_dag(dag_id);
    return {};
}

void PostgresStore::set_next_runs(const NextRuns& next_runs) {
    const core::Durably durably(core::Durable::set_next_runs);
    query_in_term(
        "update reel.dag d set next_run_after = reel.at_micros(i.at) "
        "from unnest($1::text[], $2::bigint[]) as i(dag_id, at) where d.dag_id = i.dag_id",
        {column_of(next_runs, [](const auto& each) { return text_value(each.first.str()); }),
         column_of(next_runs, [](const auto& each) { return time_value(each.second); })}
    );
}

core::Result<void> PostgresStore::delete_dag(const core::DagId& dag_id) {
    const core::Durably durably(core::Durable::delete_dag);
    const Params id = {text_value(dag_id.str())};
    core::Result<void> outcome;
    transact_in_term([&](Transaction& transaction) {
        if (transaction.exec("select from reel.dag where dag_id = $1 for update", id).empty()) {
            outcome = no_such_dag(dag_id);
        } else if (count(
                       transaction,
                       "select count(*) from reel.dag_run where dag_id = $1 "
                       "and state in ('queued', 'running')",
                       id
                   ) > 0) {
            outcome = dag_is_active(dag_id);
        } else {
            transaction.exec("delete from reel.dag where dag_id = $1", id);
        }
    });
    return outcome;
}

}  // namespace reel::store
