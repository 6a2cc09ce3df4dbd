#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "asset_event_rows.hpp"
#include "postgres_store.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

// $1 event, $2 asset, $3 to $6 its source, $7 and $8 the run that consumed it, $9 and $10 bounds,
// $11 URI of the asset
constexpr std::string_view event_where = R"sql(
    from reel.asset_event e join reel.asset a on a.id = e.asset_id
    where ($1::bigint is null or e.id = $1::bigint)
      and ($2::bigint is null or e.asset_id = $2::bigint)
      and ($3::text is null or e.source_dag_id = $3)
      and ($4::text is null or e.source_run_id = $4)
      and ($5::text is null or e.source_task_id = $5)
      and ($6::int is null or coalesce(e.source_map_index, -1) = $6::int)
      and ($7::text is null or exists (
          select from reel.dagrun_asset_event c
          where c.dag_id = $7 and c.run_id = $8 and c.event_id = e.id))
      and ($9::bigint is null or e.at >= reel.at_micros($9::bigint))
      and ($10::bigint is null or e.at <= reel.at_micros($10::bigint))
      and ($11::text is null or a.uri = $11))sql";

std::optional<core::TaskKey> read_source(RowReader& reader) {
    const Param dag_id = reader.next();
    const Param run_id = reader.next();
    const Param task_id = reader.next();
    const Param map_index = reader.next();
    if (!dag_id) return std::nullopt;
    return core::TaskKey{
        core::DagId(*dag_id),
        core::RunId(run_id.value()),
        core::TaskId(task_id.value()),
        std::stoi(map_index.value())
    };
}

Params filter_values(const AssetEventFilter& filter) {
    const auto id_or_null = [](const auto& id) { return id ? text_value(id->str()) : Param(); };
    const auto& consumer = filter.consumed_by;
    return {
        optional_number_value(filter.id),
        optional_number_value(filter.asset_id),
        id_or_null(filter.source_dag_id),
        id_or_null(filter.source_run_id),
        id_or_null(filter.source_task_id),
        optional_number_value(filter.source_map_index),
        consumer ? text_value(consumer->first.str()) : Param(),
        consumer ? text_value(consumer->second.str()) : Param(),
        time_value(filter.timestamp_gte),
        time_value(filter.timestamp_lte),
        filter.uri ? text_value(*filter.uri) : Param(),
    };
}

AssetEventView read_view(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    AssetEventView view;
    view.event = read_asset_event(reader);
    view.asset_id = reader.number();
    view.name = reader.text();
    view.group = reader.text();
    return view;
}

void add_created_runs(Transaction& transaction, std::vector<AssetEventView>& views) {
    if (views.empty()) return;
    std::map<std::int64_t, AssetEventView*> by_id;
    for (AssetEventView& view : views) by_id[view.event.id] = &view;
    const Param ids =
        column_of(views, [](const AssetEventView& view) { return number_value(view.event.id); });
    static const std::string from =
        "from reel.dagrun_asset_event c join reel.dag_run r using (dag_id, run_id) "
        "where c.event_id = any($1::bigint[]) order by r.id, c.event_id";
    // The same rows in the same order: the reader of a run begins with the first column.
    const Rows events = transaction.exec("select c.event_id " + from, {ids});
    const Rows runs = transaction.exec(fmt::format("select {} {}", run_select, from), {ids});
    for (std::size_t row = 0; row < runs.size(); ++row) {
        const std::int64_t id = RowReader(events, row).number();
        by_id.at(id)->created_runs.push_back(read_run(runs, row));
    }
}

}  // namespace

AssetEventRecord read_asset_event(RowReader& reader) {
    AssetEventRecord event;
    event.id = reader.number();
    event.uri = reader.text();
    event.timestamp = reader.time();
    event.extra.text = reader.text();
    event.source = read_source(reader);
    return event;
}

AssetState PostgresStore::load_asset_state() {
    AssetState state;
    state.queued = list_queued_asset_events(std::nullopt, std::nullopt);
    std::ranges::sort(state.queued, {}, [](const QueuedAssetEvent& event) {
        return std::pair(event.event_id, event.dag_id);
    });
    const Rows rows = database_->read("select coalesce(max(id), 0) from reel.asset_event");
    state.last_event_id = RowReader(rows, 0).number();
    const Rows aliased = database_->read(
        "select l.name, a.uri from reel.asset_alias_asset n "
        "join reel.asset_alias l on l.id = n.alias_id join reel.asset a on a.id = n.asset_id"
    );
    for (std::size_t row = 0; row < aliased.size(); ++row) {
        state.aliased[aliased.at(row, 0).value()].insert(aliased.at(row, 1).value());
    }
    return state;
}

Listing<AssetEventView> PostgresStore::list_asset_events(const AssetEventFilter& filter) {
    Params values = filter_values(filter);
    Listing<AssetEventView> listing;
    database_->transact([&](Transaction& transaction) {
        transaction.exec("set transaction isolation level repeatable read");
        listing.total = count(transaction, fmt::format("select count(*) {}", event_where), values);
        for (Param& value : page_values(filter.page)) values.push_back(std::move(value));
        const std::string sql = fmt::format(
            "select {}, a.id, a.name, a.asset_group {} order by e.id {} "
            "limit $12::bigint offset $13::bigint",
            event_select,
            event_where,
            filter.descending ? "desc" : "asc"
        );
        listing.items = read_all(transaction.exec(sql, values), read_view);
        add_created_runs(transaction, listing.items);
    });
    return listing;
}

std::vector<QueuedAssetEvent> PostgresStore::list_queued_asset_events(
    const std::optional<core::DagId>& dag_id, const std::optional<std::string>& uri
) {
    const Rows rows = database_->read(
        fmt::format(
            "select q.target_dag_id, {} from reel.asset_dag_run_queue q "
            "join reel.asset_event e on e.id = q.event_id join reel.asset a on a.id = e.asset_id "
            "where ($1::text is null or q.target_dag_id = $1) and ($2::text is null or a.uri = $2) "
            "order by q.target_dag_id, q.event_id",
            event_select
        ),
        {dag_id ? text_value(dag_id->str()) : Param(), uri ? text_value(*uri) : Param()}
    );
    return read_all(rows, [](const Rows& all, std::size_t row) {
        RowReader reader(all, row);
        const core::DagId dag(reader.text());
        const AssetEventRecord event = read_asset_event(reader);
        return QueuedAssetEvent{dag, event.id, event.uri, event.timestamp, event.source};
    });
}

}  // namespace reel::store
