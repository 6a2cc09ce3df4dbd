#include <fmt/format.h>

#include "dag_rows.hpp"
#include "last_of_each.hpp"
#include "misses.hpp"
#include "postgres_assets.hpp"
#include "postgres_store.hpp"
#include "reel/async/at_once.hpp"
#include "reel/core/crash_point.hpp"
#include "reel/store/dag_json.hpp"
#include "row_reading.hpp"
#include "start_sql.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Params;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

// $1 ids, $2 display names, $3 paused if new, $4 files, $5 files below the folder, $6 tags and $9
// owners as array literals, $7 versions, $8 at
constexpr const char* write_dags = R"sql(
    insert into reel.dag (dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version,
                          version_number, owners, last_parsed_at)
    select dag_id, display_name, is_paused, fileloc, relative_fileloc, tags::text[], version,
           coalesce(
               (select v.version_number from reel.dag_version v
                where v.dag_id = i.dag_id and v.version = i.version),
               (select max(v.version_number) + 1 from reel.dag_version v
                where v.dag_id = i.dag_id), 1),
           owners::text[], reel.at_micros($8::bigint)
    from unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[],
                $9::text[])
         as i(dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version, owners)
    on conflict (dag_id) do update set
        display_name = excluded.display_name, is_stale = false, fileloc = excluded.fileloc,
        relative_fileloc = excluded.relative_fileloc, tags = excluded.tags,
        version = excluded.version, version_number = excluded.version_number,
        owners = excluded.owners, last_parsed_at = excluded.last_parsed_at)sql";

// Of DAGs that are written. $1 ids, $2 versions, $3 bodies, $4 at
constexpr const char* write_versions = R"sql(
    insert into reel.dag_version (dag_id, version, body, version_number, created_at)
    select i.dag_id, i.version, body,
           (select d.version_number from reel.dag d where d.dag_id = i.dag_id),
           reel.at_micros($4::bigint)
    from unnest($1::text[], $2::text[], $3::text[]) as i(dag_id, version, body)
    on conflict (dag_id, version) do update set body = excluded.body
        where dag_version.body <> excluded.body)sql";

// $1 ids
const std::string& select_these() {
    static const std::string sql = fmt::format(
        "select {} from reel.dag d where d.dag_id = any($1::text[]) order by d.dag_id",
        summary_columns()
    );
    return sql;
}

/// A thread takes longer to start than a few bodies take to be written.
constexpr std::size_t least_bodies_of_a_thread = 16;

Param bodies_of(const DagRefs& dags) {
    std::vector<Param> bodies(dags.size());
    async::for_each_at_once(dags.size(), least_bodies_of_a_thread, [&](std::size_t i) {
        bodies[i] = text_value(dag_to_json(dags[i]).text);
    });
    return postgres::array_literal(bodies);
}

}  // namespace

// $1 ids; hashed, where `any` would look through the whole list for each DAG
const char* const mark_dags_stale = R"sql(
    update reel.dag set is_stale = not is_stale
    where is_stale = (dag_id in (select unnest($1::text[]))))sql";

/// One round trip: who edits a file waits for it.
std::vector<DagSummary> PostgresStore::save_dags(
    const std::vector<core::Dag>& given, bool paused_at_creation, core::Timestamp at
) {
    if (given.empty()) return {};
    using Dag = const core::Dag&;
    // One statement cannot write a row twice.
    const DagRefs dags = last_of_each(given);
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
        column_of(dags, [](Dag dag) { return texts_value(dag.tags); }),
        versions,
        time_value(at),
        column_of(dags, [](Dag dag) { return texts_value(owners_of(dag)); }),
    };
    const Param bodies = bodies_of(dags);
    std::vector<Statement> statements{
        {.sql = write_dags, .params = rows},
        {.sql = write_versions, .params = {ids, versions, bodies, time_value(at)}}
    };
    std::ranges::move(write_assets(dags, at), std::back_inserter(statements));
    statements.push_back({.sql = select_these(), .params = {ids}});
    const core::Durably durably(core::Durable::save_dags);
    return read_all(commits_.transact(std::move(statements), fence_).back(), read_summary);
}

void PostgresStore::mark_stale_except(const std::vector<core::DagId>& present) {
    const core::Durably durably(core::Durable::mark_stale);
    const auto ids = column_of(present, [](const auto& id) { return text_value(id.str()); });
    write_in_term(mark_dags_stale, {ids});
}

core::Result<void> PostgresStore::set_paused(const core::DagId& dag_id, bool paused) {
    const core::Durably durably(core::Durable::set_paused);
    const Rows rows = write_in_term(
        "update reel.dag set is_paused = $2::bool, consecutive_failed_runs = "
        "case when $2::bool then consecutive_failed_runs else 0 end where dag_id = $1",
        {text_value(dag_id.str()), paused ? "t" : "f"}
    );
    if (rows.affected() == 0) return no_such_dag(dag_id);
    return {};
}

void PostgresStore::set_next_runs(const NextRuns& next_runs) {
    const core::Durably durably(core::Durable::set_next_runs);
    write_in_term(
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
