#include "postgres_skips.hpp"

#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

// $1 dag_ids, $2 first, $3 last, $4 fires, $5 recorded_at
const char* const upsert_skipped_fires = R"sql(
    insert into reel.skipped_fires (dag_id, first_at, last_at, fires, recorded_at)
    select i.dag_id, reel.at_micros(i.first_at), reel.at_micros(i.last_at), i.fires,
           reel.at_micros(i.recorded_at)
    from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
         as i(dag_id, first_at, last_at, fires, recorded_at)
    join reel.dag d on d.dag_id = i.dag_id
    on conflict (dag_id, first_at) do update set
        last_at = excluded.last_at, fires = excluded.fires, recorded_at = excluded.recorded_at)sql";

namespace {

using postgres::Rows;
using postgres::Transaction;

SkippedFiresRecord read_skip(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    SkippedFiresRecord record;
    record.dag_id = core::DagId(reader.text());
    record.first = reader.time();
    record.last = reader.time();
    record.count = reader.number();
    record.recorded_at = reader.time();
    return record;
}

}  // namespace

postgres::Params skipped_columns(const std::vector<SkippedFiresRecord>& skipped) {
    using Record = const SkippedFiresRecord&;
    return {
        column_of(skipped, [](Record skip) { return text_value(skip.dag_id.str()); }),
        column_of(skipped, [](Record skip) { return time_value(skip.first); }),
        column_of(skipped, [](Record skip) { return time_value(skip.last); }),
        column_of(skipped, [](Record skip) { return number_value(skip.count); }),
        column_of(skipped, [](Record skip) { return time_value(skip.recorded_at); }),
    };
}

void write_skipped_fires(Transaction& transaction, const std::vector<SkippedFiresRecord>& skipped) {
    transaction.exec(upsert_skipped_fires, skipped_columns(skipped));
}

Listing<SkippedFiresRecord> PostgresStore::list_skipped_fires(
    const core::DagId& dag_id, const Page& page
) {
    const ListSql list{
        .columns =
            "dag_id, reel.micros_of(first_at), reel.micros_of(last_at), fires, "
            "reel.micros_of(recorded_at)",
        .from = "from reel.skipped_fires where dag_id = $1",
        .order = "first_at desc",
        .params = {text_value(dag_id.str())},
    };
    return read_page(*database_, list, page, read_skip);
}

}  // namespace reel::store
