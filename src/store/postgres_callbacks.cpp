#include "postgres_callbacks.hpp"

#include <fmt/format.h>

#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

// $1…$17: one array per column
const char* const insert_callbacks = R"sql(
    insert into reel.callback (id, dag_id, run_id, task_id, map_index, try_number, event, deadline,
                               position, kind, dag_version, reason, created_at, state, tries,
                               next_try_at, ended_at, error)
    select id, dag_id, run_id, task_id, map_index, try_number, event, deadline, position, kind,
           dag_version, reason, reel.at_micros(created_at), state, 0, reel.at_micros(next_try_at),
           reel.at_micros(ended_at), error
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[],
                $8::int[], $9::int[], $10::text[], $11::text[], $12::text[], $13::bigint[],
                $14::text[], $15::bigint[], $16::bigint[], $17::text[])
         as i(id, dag_id, run_id, task_id, map_index, try_number, event, deadline, position, kind,
              dag_version, reason, created_at, state, next_try_at, ended_at, error)
    on conflict (id) do nothing)sql";

namespace {

using postgres::Param;
using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

constexpr std::string_view callback_select = R"sql(
    c.id, c.dag_id, c.run_id, c.task_id, c.map_index, c.try_number, c.event, c.deadline, c.position,
    c.kind, c.dag_version, c.reason, reel.micros_of(c.created_at), c.state, c.tries,
    reel.micros_of(c.next_try_at), reel.micros_of(c.ended_at), c.error)sql";

// $1 dag, $2 run, $3 task, $4 events, $5 states
constexpr std::string_view callback_where = R"sql(
    from reel.callback c
    where ($1::text is null or c.dag_id = $1) and ($2::text is null or c.run_id = $2)
      and ($3::text is null or c.task_id = $3) and ($4::text[] is null or c.event = any($4::text[]))
      and ($5::text[] is null or c.state = any($5::text[])))sql";

// $1 ids, $2 paused or null, $3 failed runs
constexpr const char* update_standings = R"sql(
    update reel.dag d
    set is_paused = coalesce(i.is_paused, d.is_paused), consecutive_failed_runs = i.failed
    from unnest($1::text[], $2::boolean[], $3::int[]) as i(dag_id, is_paused, failed)
    where d.dag_id = i.dag_id)sql";

// $1 id, $2 state, $3 tries, $4 next_try_at, $5 ended_at, $6 error
constexpr const char* update_one = R"sql(
    update reel.callback
    set state = $2, tries = $3::int, next_try_at = reel.at_micros($4::bigint),
        ended_at = reel.at_micros($5::bigint), error = $6
    where id = $1::bigint)sql";

CallbackRecord read_callback(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    CallbackRecord record;
    record.id = reader.number();
    record.key = reader.key();
    record.try_number = reader.small();
    record.event = core::parse_callback_event(reader.text()).value();
    record.deadline = reader.small();
    record.position = reader.small();
    record.kind = core::parse_callback_kind(reader.text()).value();
    record.dag_version = reader.text();
    record.reason = reader.text();
    record.created_at = reader.time();
    record.state = parse_callback_state(reader.text()).value();
    record.tries = reader.small();
    record.next_try_at = reader.optional_time();
    record.ended_at = reader.optional_time();
    record.error = reader.text();
    return record;
}

/// Null where nothing is asked for.
template <class Word>
Param words_or_null(const std::vector<Word>& words) {
    if (words.empty()) return std::nullopt;
    return column_of(words, [](Word word) { return text_value(to_string(word)); });
}

}  // namespace

Params callback_columns(const std::vector<CallbackRecord>& callbacks) {
    using Each = const CallbackRecord&;
    return {
        column_of(callbacks, [](Each each) { return number_value(each.id); }),
        column_of(callbacks, [](Each each) { return text_value(each.key.dag_id.str()); }),
        column_of(callbacks, [](Each each) { return text_value(each.key.run_id.str()); }),
        column_of(callbacks, [](Each each) { return text_value(each.key.task_id.str()); }),
        column_of(callbacks, [](Each each) { return number_value(each.key.map_index); }),
        column_of(callbacks, [](Each each) { return number_value(each.try_number); }),
        column_of(callbacks, [](Each each) { return text_value(core::to_string(each.event)); }),
        column_of(callbacks, [](Each each) { return number_value(each.deadline); }),
        column_of(callbacks, [](Each each) { return number_value(each.position); }),
        column_of(callbacks, [](Each each) { return text_value(core::to_string(each.kind)); }),
        column_of(callbacks, [](Each each) { return text_value(each.dag_version); }),
        column_of(callbacks, [](Each each) { return text_value(each.reason); }),
        column_of(callbacks, [](Each each) { return time_value(each.created_at); }),
        column_of(callbacks, [](Each each) { return text_value(to_string(each.state)); }),
        column_of(callbacks, [](Each each) { return time_value(each.next_try_at); }),
        column_of(callbacks, [](Each each) { return time_value(each.ended_at); }),
        column_of(callbacks, [](Each each) { return text_value(each.error); }),
    };
}

void write_standings(Transaction& transaction, const std::vector<DagStanding>& standings) {
    using Each = const DagStanding&;
    const auto paused = [](Each each) {
        return each.is_paused ? text_value(*each.is_paused ? "t" : "f") : Param();
    };
    transaction.exec(
        update_standings,
        {column_of(standings, [](Each each) { return text_value(each.dag_id.str()); }),
         column_of(standings, paused),
         column_of(standings, [](Each each) { return number_value(each.consecutive_failed_runs); })}
    );
}

std::int64_t PostgresStore::last_callback_id() {
    const Rows rows = database_->read("select coalesce(max(id), 0) from reel.callback");
    return RowReader(rows, 0).number();
}

std::vector<CallbackRecord> PostgresStore::due_callbacks(core::Timestamp now, std::size_t limit) {
    static const std::string sql = fmt::format(
        "select {} from reel.callback c where c.state = 'pending' "
        "and c.next_try_at <= reel.at_micros($1::bigint) order by c.next_try_at, c.id "
        "limit $2::bigint",
        callback_select
    );
    return read_all(
        database_->read(sql, {time_value(now), number_value(static_cast<std::int64_t>(limit))}),
        read_callback
    );
}

std::optional<core::Timestamp> PostgresStore::next_callback_due() {
    const Rows rows = database_->read(
        "select reel.micros_of(min(next_try_at)) from reel.callback where state = 'pending'"
    );
    return RowReader(rows, 0).optional_time();
}

void PostgresStore::update_callback(const CallbackRecord& callback) {
    const core::Durably durably(core::Durable::update_callback);
    query_in_term(
        update_one,
        {number_value(callback.id),
         text_value(to_string(callback.state)),
         number_value(callback.tries),
         time_value(callback.next_try_at),
         time_value(callback.ended_at),
         text_value(callback.error)}
    );
}

Listing<CallbackRecord> PostgresStore::list_callbacks(const CallbackFilter& filter) {
    const auto id_or_null = [](const auto& id) { return id ? text_value(id->str()) : Param(); };
    const ListSql list{
        .columns = std::string(callback_select),
        .from = std::string(callback_where),
        .order = filter.descending ? "c.id desc" : "c.id",
        .params =
            {
                id_or_null(filter.dag_id),
                id_or_null(filter.run_id),
                id_or_null(filter.task_id),
                words_or_null(filter.events),
                words_or_null(filter.states),
            },
    };
    return read_page(*database_, list, filter.page, read_callback);
}

}  // namespace reel::store
