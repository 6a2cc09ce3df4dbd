#include "postgres_lingering.hpp"

#include "postgres_store.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Rows;
using postgres::Transaction;

// $1…$9: one array per column
constexpr const char* insert_lingering = R"sql(
    insert into reel.lingering_attempt (attempt, dag_id, run_id, task_id, map_index, pool,
                                        pool_slots, max_active_tis_per_dag,
                                        max_active_tis_per_dagrun)
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[],
                         $7::int[], $8::int[], $9::int[])
    on conflict (attempt) do nothing)sql";

LingeringAttempt read_lingering(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    LingeringAttempt attempt;
    attempt.attempt = reader.number();
    attempt.key = reader.key();
    attempt.pool = reader.text();
    attempt.pool_slots = reader.small();
    attempt.max_active_tis_per_dag = reader.optional_small();
    attempt.max_active_tis_per_dagrun = reader.optional_small();
    return attempt;
}

}  // namespace

void write_lingering(Transaction& transaction, const std::vector<LingeringAttempt>& attempts) {
    using Each = const LingeringAttempt&;
    transaction.exec(
        insert_lingering,
        {column_of(attempts, [](Each each) { return number_value(each.attempt); }),
         column_of(attempts, [](Each each) { return text_value(each.key.dag_id.str()); }),
         column_of(attempts, [](Each each) { return text_value(each.key.run_id.str()); }),
         column_of(attempts, [](Each each) { return text_value(each.key.task_id.str()); }),
         column_of(attempts, [](Each each) { return number_value(each.key.map_index); }),
         column_of(attempts, [](Each each) { return text_value(each.pool); }),
         column_of(attempts, [](Each each) { return number_value(each.pool_slots); }),
         column_of(
             attempts, [](Each each) { return optional_number_value(each.max_active_tis_per_dag); }
         ),
         column_of(
             attempts,
             [](Each each) { return optional_number_value(each.max_active_tis_per_dagrun); }
         )}
    );
}

void delete_lingering(Transaction& transaction, const std::vector<core::AttemptId>& attempts) {
    transaction.exec(
        "delete from reel.lingering_attempt where attempt = any($1::bigint[])",
        {column_of(attempts, [](core::AttemptId attempt) { return number_value(attempt); })}
    );
}

std::vector<LingeringAttempt> PostgresStore::load_lingering() {
    return read_all(
        database_->read("select attempt, dag_id, run_id, task_id, map_index, pool, pool_slots, "
                        "max_active_tis_per_dag, max_active_tis_per_dagrun "
                        "from reel.lingering_attempt order by attempt"),
        read_lingering
    );
}

}  // namespace reel::store
