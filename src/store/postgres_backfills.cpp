#include "postgres_backfills.hpp"

#include <fmt/format.h>

#include <map>

#include "misses.hpp"
#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "refusal.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

constexpr std::string_view backfill_select = R"sql(
    b.id, b.dag_id, reel.micros_of(b.from_date), reel.micros_of(b.to_date), b.dag_run_conf,
    b.is_paused, b.reprocess_behavior, b.max_active_runs, b.run_backwards, b.triggering_user,
    reel.micros_of(b.created_at), reel.micros_of(b.completed_at), reel.micros_of(b.updated_at))sql";

constexpr std::string_view fire_select = R"sql(
    f.backfill_id, f.sort_ordinal, f.dag_id, reel.micros_of(f.logical_date),
    reel.micros_of(f.data_interval_start), reel.micros_of(f.data_interval_end),
    reel.micros_of(f.run_after), f.run_id, f.exception_reason)sql";

// $1 dag_id, $2 from_date, $3 to_date, $4 conf, $5 is_paused, $6 reprocess_behavior,
// $7 max_active_runs, $8 run_backwards, $9 triggering_user, $10 created_at, $11 updated_at
constexpr const char* insert_backfill = R"sql(
    insert into reel.backfill (dag_id, from_date, to_date, dag_run_conf, is_paused,
        reprocess_behavior, max_active_runs, run_backwards, triggering_user, created_at, updated_at)
    values ($1, reel.at_micros($2::bigint), reel.at_micros($3::bigint), $4, $5::boolean, $6,
        $7::int, $8::boolean, $9, reel.at_micros($10::bigint), reel.at_micros($11::bigint))
    on conflict (dag_id) where completed_at is null do nothing returning id)sql";

// $1 backfill, $2 dag_id; of each fire: $3 ordinal, $4 logical date, $5 and $6 interval,
// $7 run_after
constexpr const char* insert_fires = R"sql(
    insert into reel.backfill_dag_run (backfill_id, sort_ordinal, dag_id, logical_date,
        data_interval_start, data_interval_end, run_after, exception_reason)
    select $1::bigint, i.n, $2, reel.at_micros(i.at), reel.at_micros(i.from_at),
           reel.at_micros(i.to_at), reel.at_micros(i.due), ''
    from unnest($3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
         as i(n, at, from_at, to_at, due))sql";

// $1 ids, $2 is_paused, $3 completed_at, $4 updated_at
constexpr const char* update_backfills = R"sql(
    update reel.backfill b
    set is_paused = i.is_paused, completed_at = reel.at_micros(i.completed_at),
        updated_at = reel.at_micros(i.updated_at)
    from unnest($1::bigint[], $2::boolean[], $3::bigint[], $4::bigint[])
         as i(id, is_paused, completed_at, updated_at)
    where b.id = i.id)sql";

// $1 backfills, $2 ordinals, $3 run ids, $4 reasons
constexpr const char* update_fires = R"sql(
    update reel.backfill_dag_run f set run_id = i.run_id, exception_reason = i.reason
    from unnest($1::bigint[], $2::int[], $3::text[], $4::text[])
         as i(backfill_id, n, run_id, reason)
    where f.backfill_id = i.backfill_id and f.sort_ordinal = i.n)sql";

BackfillRecord read_backfill(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    BackfillRecord record;
    record.id = reader.number();
    record.dag_id = core::DagId(reader.text());
    record.from_date = reader.time();
    record.to_date = reader.time();
    record.dag_run_conf.text = reader.text();
    record.is_paused = reader.boolean();
    record.reprocess_behavior = core::parse_reprocess_behavior(reader.text()).value();
    record.max_active_runs = reader.small();
    record.run_backwards = reader.boolean();
    record.triggering_user = reader.text();
    record.created_at = reader.time();
    record.completed_at = reader.optional_time();
    record.updated_at = reader.time();
    return record;
}

BackfillRunRecord read_fire(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    BackfillRunRecord record;
    record.backfill_id = reader.number();
    record.sort_ordinal = reader.small();
    record.dag_id = core::DagId(reader.text());
    record.logical_date = reader.time();
    record.data_interval.start = reader.time();
    record.data_interval.end = reader.time();
    record.run_after = reader.time();
    if (const auto& run_id = reader.next()) record.run_id = core::RunId(*run_id);
    record.exception_reason = reader.text();
    return record;
}

postgres::Param boolean_value(bool value) {
    return text_value(value ? "t" : "f");
}

BackfillId insert(Transaction& transaction, const BackfillRecord& backfill) {
    const Rows made = transaction.exec(
        insert_backfill,
        {text_value(backfill.dag_id.str()),
         time_value(backfill.from_date),
         time_value(backfill.to_date),
         text_value(backfill.dag_run_conf.text),
         boolean_value(backfill.is_paused),
         text_value(core::to_string(backfill.reprocess_behavior)),
         number_value(backfill.max_active_runs),
         boolean_value(backfill.run_backwards),
         text_value(backfill.triggering_user),
         time_value(backfill.created_at),
         time_value(backfill.updated_at)}
    );
    if (made.empty()) refuse(backfill_is_open(backfill.dag_id));
    return RowReader(made, 0).number();
}

Params fire_columns(
    BackfillId id, const core::DagId& dag_id, const std::vector<BackfillRunRecord>& runs
) {
    using Fire = const BackfillRunRecord&;
    return {
        number_value(id),
        text_value(dag_id.str()),
        column_of(runs, [](Fire fire) { return number_value(fire.sort_ordinal); }),
        column_of(runs, [](Fire fire) { return time_value(fire.logical_date); }),
        column_of(runs, [](Fire fire) { return time_value(fire.data_interval.start); }),
        column_of(runs, [](Fire fire) { return time_value(fire.data_interval.end); }),
        column_of(runs, [](Fire fire) { return time_value(fire.run_after); }),
    };
}

}  // namespace

void write_backfills(Transaction& transaction, const std::vector<BackfillRecord>& backfills) {
    using Backfill = const BackfillRecord&;
    transaction.exec(
        update_backfills,
        {column_of(backfills, [](Backfill each) { return number_value(each.id); }),
         column_of(backfills, [](Backfill each) { return boolean_value(each.is_paused); }),
         column_of(backfills, [](Backfill each) { return time_value(each.completed_at); }),
         column_of(backfills, [](Backfill each) { return time_value(each.updated_at); })}
    );
}

void write_backfill_runs(Transaction& transaction, const std::vector<BackfillRunRecord>& runs) {
    using Fire = const BackfillRunRecord&;
    transaction.exec(
        update_fires,
        {column_of(runs, [](Fire fire) { return number_value(fire.backfill_id); }),
         column_of(runs, [](Fire fire) { return number_value(fire.sort_ordinal); }),
         column_of(
             runs,
             [](Fire fire) {
                 return fire.run_id ? text_value(fire.run_id->str()) : postgres::Param();
             }
         ),
         column_of(runs, [](Fire fire) { return text_value(fire.exception_reason); })}
    );
}

core::Result<BackfillRecord> PostgresStore::create_backfill(
    const BackfillRecord& backfill, const std::vector<BackfillRunRecord>& runs
) {
    BackfillRecord made = backfill;
    const core::Durably durably(core::Durable::create_backfill);
    try {
        transact_in_term([&](Transaction& transaction) {
            made.id = insert(transaction, backfill);
            if (!runs.empty()) {
                transaction.exec(insert_fires, fire_columns(made.id, backfill.dag_id, runs));
            }
        });
    } catch (const Refused& refused) {
        return std::unexpected(refused.error);
    } catch (const postgres::DatabaseError& error) {
        constexpr std::string_view foreign_key = "23503";
        if (error.sqlstate() != foreign_key) throw;
        return no_such_dag(backfill.dag_id);
    }
    return made;
}

core::Result<BackfillRecord> PostgresStore::get_backfill(BackfillId id) {
    const Rows rows = database_->read(
        fmt::format("select {} from reel.backfill b where b.id = $1::bigint", backfill_select),
        {number_value(id)}
    );
    if (rows.empty()) return no_such_backfill(id);
    return read_backfill(rows, 0);
}

Listing<BackfillRecord> PostgresStore::list_backfills(
    const std::optional<core::DagId>& dag_id, const Page& page
) {
    const ListSql list{
        .columns = std::string(backfill_select),
        .from = "from reel.backfill b where ($1::text is null or b.dag_id = $1)",
        .order = "b.id",
        .params = {dag_id ? text_value(dag_id->str()) : postgres::Param()},
    };
    return read_page(*database_, list, page, read_backfill);
}

std::vector<OpenBackfill> PostgresStore::load_open_backfills() {
    std::vector<OpenBackfill> open;
    database_->transact([&](Transaction& transaction) {
        std::map<BackfillId, std::size_t> index;
        const std::string backfills = fmt::format(
            "select {} from reel.backfill b where b.completed_at is null order by b.id",
            backfill_select
        );
        for (auto& record : read_all(transaction.exec(backfills), read_backfill)) {
            index.emplace(record.id, open.size());
            open.push_back({.backfill = std::move(record), .runs = {}});
        }
        if (open.empty()) return;
        const std::string fires = fmt::format(
            "select {} from reel.backfill b join reel.backfill_dag_run f on f.backfill_id = b.id "
            "where b.completed_at is null order by f.backfill_id, f.sort_ordinal",
            fire_select
        );
        for (auto& fire : read_all(transaction.exec(fires), read_fire)) {
            const auto found = index.find(fire.backfill_id);
            // One that was made between the two statements is for the next look.
            if (found != index.end()) open[found->second].runs.push_back(std::move(fire));
        }
    });
    return open;
}

std::vector<BackfillRunRecord> PostgresStore::list_backfill_runs(BackfillId id) {
    return read_all(
        database_->read(
            fmt::format(
                "select {} from reel.backfill_dag_run f where f.backfill_id = $1::bigint "
                "order by f.sort_ordinal",
                fire_select
            ),
            {number_value(id)}
        ),
        read_fire
    );
}

}  // namespace reel::store
