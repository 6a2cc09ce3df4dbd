#include "misses.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Rows;

PoolRecord read_pool(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    PoolRecord pool;
    pool.name = reader.text();
    pool.slots = reader.small();
    pool.description = reader.text();
    pool.include_deferred = reader.boolean();
    return pool;
}

}  // namespace

std::vector<PoolRecord> PostgresStore::list_pools() {
    return read_all(
        database_->read(
            "select name, slots, description, include_deferred from reel.pool order by name"
        ),
        read_pool
    );
}

core::Result<PoolRecord> PostgresStore::get_pool(const std::string& name) {
    const Rows rows = database_->read(
        "select name, slots, description, include_deferred from reel.pool where name = $1",
        {text_value(name)}
    );
    if (rows.empty()) return no_such_pool(name);
    return read_pool(rows, 0);
}

void PostgresStore::set_pool(const PoolRecord& pool) {
    const core::Durably durably(core::Durable::set_pool);
    query_in_term(
        "insert into reel.pool (name, slots, description, include_deferred) "
        "values ($1, $2::int, $3, $4::boolean) on conflict (name) do update set "
        "slots = excluded.slots, description = excluded.description, "
        "include_deferred = excluded.include_deferred",
        {text_value(pool.name),
         number_value(pool.slots),
         text_value(pool.description),
         text_value(pool.include_deferred ? "t" : "f")}
    );
}

core::Result<void> PostgresStore::delete_pool(const std::string& name) {
    if (name == "default_pool") return default_pool_stays();
    const core::Durably durably(core::Durable::delete_pool);
    const Rows rows = query_in_term("delete from reel.pool where name = $1", {text_value(name)});
    if (rows.affected() == 0) return no_such_pool(name);
    return {};
}

std::vector<PoolUse> PostgresStore::count_pool_slots() {
    const Rows rows = database_->read(
        "select pool collate \"C\", state collate \"C\", sum(pool_slots)::int from ("
        "select t.pool, t.state, t.pool_slots "
        "from reel.dag_run r join reel.task_instance t using (dag_id, run_id) "
        "where r.state in ('queued', 'running') and t.state in ('scheduled', 'queued', 'running', "
        "'restarting', 'deferred') "
        "union all select pool, 'running', pool_slots from reel.lingering_attempt) as use "
        "group by 1, 2 order by 1, 2"
    );
    return read_all(rows, [](const Rows& all, std::size_t row) {
        RowReader reader(all, row);
        PoolUse use;
        use.pool = reader.text();
        use.state = core::parse_task_state(reader.text()).value();
        use.slots = reader.small();
        return use;
    });
}

}  // namespace reel::store
