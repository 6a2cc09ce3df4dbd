#include <fmt/format.h>

#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "tick.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Params;
using postgres::Rows;

/// $1 before, $2 keep_last, $3 limit. run_after has an index, and no run ends before it is due but
/// one that somebody marked: that one waits until it would have been due.
std::string select_expired() {
    return fmt::format(
        R"sql(
    select r.dag_id, r.run_id from reel.dag_run r
    where r.run_after < reel.at_micros($1::bigint) and r.end_date < reel.at_micros($1::bigint)
      and r.state in ('success', 'failed')
      and (not {} or exists (select from reel.dag_run s where s.dag_id = r.dag_id and {}
                             and s.logical_date > r.logical_date))
      and (not $2::boolean
           or exists (select from reel.dag_run s where s.dag_id = r.dag_id and s.id > r.id
                      and s.id > 0))
    order by r.run_after, r.id limit $3::bigint)sql",
        fmt::format(tick_sql, "r"),
        fmt::format(tick_sql, "s")
    );
}

/// What every statement about rows of named runs begins with: $1 dag_ids, $2 run_ids. The counts
/// are those of the moment before the statement, whatever it deletes.
constexpr std::string_view count_rows = R"sql(
    select (select count(*) from named),
           (select count(*) from reel.task_instance join named using (dag_id, run_id)),
           (select count(*) from reel.task_attempt join named using (dag_id, run_id)),
           (select count(*) from reel.xcom join named using (dag_id, run_id)))sql";

constexpr std::string_view named_runs = R"sql(
    with named as (
        select r.dag_id, r.run_id from reel.dag_run r
        join unnest($1::text[], $2::text[]) as i(dag_id, run_id) using (dag_id, run_id){}))sql";

constexpr std::string_view gone_runs = R"sql(,
    gone as (
        delete from reel.dag_run r using named
        where r.dag_id = named.dag_id and r.run_id = named.run_id))sql";

Params name_columns(const std::vector<RunName>& runs) {
    return {
        column_of(runs, [](const RunName& run) { return text_value(run.dag_id.str()); }),
        column_of(runs, [](const RunName& run) { return text_value(run.run_id.str()); }),
    };
}

RunRows read_rows(const Rows& rows) {
    RowReader reader(rows, 0);
    const auto next = [&] { return static_cast<std::size_t>(reader.number()); };
    RunRows counts;
    counts.dag_run = next();
    counts.task_instance = next();
    counts.task_attempt = next();
    counts.xcom = next();
    return counts;
}

/// Where rows of a kind are and which of them are older than $1.
struct RemainsPlace {
    std::string_view table;
    std::string_view where;
};

RemainsPlace place_of(Remains what) {
    switch (what) {
        case Remains::xcom:
            return {
                "reel.xcom x",
                "x.at < reel.at_micros($1::bigint) and exists (select from reel.dag_run r "
                "where r.dag_id = x.dag_id and r.run_id = x.run_id "
                "and r.state in ('success', 'failed'))"
            };
        case Remains::skipped_fires:
            return {"reel.skipped_fires x", "x.recorded_at < reel.at_micros($1::bigint)"};
        case Remains::callback:
            return {
                "reel.callback x",
                "x.ended_at < reel.at_micros($1::bigint) and exists (select from reel.dag_run r "
                "where r.dag_id = x.dag_id and r.run_id = x.run_id "
                "and r.state in ('success', 'failed'))"
            };
        case Remains::asset_event:
            return {
                "reel.asset_event x",
                "x.at < reel.at_micros($1::bigint) "
                "and x.id < (select max(e.id) from reel.asset_event e) "
                "and not exists (select from reel.asset_dag_run_queue q where q.event_id = x.id) "
                "and not exists (select from reel.dagrun_asset_event c where c.event_id = x.id)"
            };
        case Remains::dag_version:
            // A run takes its version along when it goes, and the number of the newest counts on.
            return {
                "reel.dag_version x",
                "exists (select from reel.dag_version n where n.dag_id = x.dag_id "
                "and n.version_number > x.version_number "
                "and n.created_at < reel.at_micros($1::bigint)) "
                "and x.version <> (select d.version from reel.dag d where d.dag_id = x.dag_id) "
                "and not exists (select from reel.dag_run r where r.dag_id = x.dag_id "
                "and r.dag_version = x.version)"
            };
        case Remains::backfill:
            break;
    }
    return {"reel.backfill x", "x.completed_at < reel.at_micros($1::bigint)"};
}

Params values_of(const RemainsExpiry& expiry) {
    return {time_value(expiry.before), number_value(static_cast<std::int64_t>(expiry.limit))};
}

RemovedRemains delete_some(postgres::Transaction& transaction, const RemainsExpiry& expiry) {
    const RemainsPlace place = place_of(expiry.what);
    const Rows rows = transaction.exec(
        fmt::format(
            "delete from {0} where x.ctid = any(array(select x.ctid from {0} where {1} "
            "limit $2::bigint))",
            place.table,
            place.where
        ),
        values_of(expiry)
    );
    return {.removed = rows.affected()};
}

/// By their ids: what is held is not walked again with every batch.
RemovedRemains delete_events(postgres::Transaction& transaction, const RemainsExpiry& expiry) {
    const RemainsPlace place = place_of(Remains::asset_event);
    Params values = values_of(expiry);
    values.push_back(number_value(expiry.after_id));
    const Rows gone = transaction.exec(
        fmt::format(
            "with gone as (delete from {0} where x.id = any(array(select x.id from {0} where {1} "
            "and x.id > $3::bigint order by x.id limit $2::bigint)) returning x.id) "
            "select count(*), coalesce(max(id), 0) from gone",
            place.table,
            place.where
        ),
        values
    );
    RowReader reader(gone, 0);
    RemovedRemains removed;
    removed.removed = static_cast<std::size_t>(reader.number());
    removed.last_id = reader.number();
    return removed;
}

postgres::Param array_of_column(const Rows& rows, std::size_t column) {
    std::vector<postgres::Param> values;
    values.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) values.push_back(rows.at(row, column));
    return postgres::array_literal(values);
}

/// A run that takes a version just now would go with it: its row is locked, which waits for that
/// commit, and looked at again.
RemovedRemains delete_versions(postgres::Transaction& transaction, const RemainsExpiry& expiry) {
    const RemainsPlace place = place_of(Remains::dag_version);
    const Rows locked = transaction.exec(
        fmt::format(
            "select x.dag_id, x.version from {} where {} "
            "order by x.dag_id, x.version_number limit $2::bigint for update of x",
            place.table,
            place.where
        ),
        values_of(expiry)
    );
    const Rows gone = transaction.exec(
        fmt::format(
            "delete from {} where (x.dag_id, x.version) in "
            "(select * from unnest($2::text[], $3::text[])) and {}",
            place.table,
            place.where
        ),
        {time_value(expiry.before), array_of_column(locked, 0), array_of_column(locked, 1)}
    );
    return {.removed = gone.affected()};
}

}  // namespace

std::vector<RunName> PostgresStore::find_expired_runs(const RunExpiry& expiry) {
    static const std::string sql = select_expired();
    const Rows rows = database_->read(
        sql,
        {time_value(expiry.before),
         text_value(expiry.keep_last ? "t" : "f"),
         number_value(static_cast<std::int64_t>(expiry.limit))}
    );
    return read_all(rows, [](const Rows& all, std::size_t row) {
        RowReader reader(all, row);
        RunName name;
        name.dag_id = core::DagId(reader.text());
        name.run_id = core::RunId(reader.text());
        return name;
    });
}

RunRows PostgresStore::count_run_rows(const std::vector<RunName>& runs) {
    static const std::string sql = fmt::format(named_runs, "") + std::string(count_rows);
    return read_rows(database_->read(sql, name_columns(runs)));
}

RunRows PostgresStore::delete_runs(const std::vector<RunName>& runs) {
    const core::Durably durably(core::Durable::delete_runs);
    static const std::string sql =
        fmt::format(named_runs, " where r.state in ('success', 'failed') for update of r") +
        std::string(gone_runs) + std::string(count_rows);
    return read_rows(query_in_term(sql, name_columns(runs)));
}

std::size_t PostgresStore::count_expired(Remains what, core::Timestamp before) {
    const RemainsPlace place = place_of(what);
    const Rows rows = database_->read(
        fmt::format("select count(*) from {} where {}", place.table, place.where),
        {time_value(before)}
    );
    return std::stoull(rows.at(0, 0).value());
}

RemovedRemains PostgresStore::delete_expired(const RemainsExpiry& expiry) {
    const core::Durably durably(core::Durable::delete_expired);
    RemovedRemains removed;
    transact_in_term([&](postgres::Transaction& transaction) {
        switch (expiry.what) {
            case Remains::asset_event:
                removed = delete_events(transaction, expiry);
                break;
            case Remains::dag_version:
                removed = delete_versions(transaction, expiry);
                break;
            default:
                removed = delete_some(transaction, expiry);
        }
    });
    return removed;
}

}  // namespace reel::store
