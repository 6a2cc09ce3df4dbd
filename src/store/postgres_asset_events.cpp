#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "asset_event_rows.hpp"
#include "misses.hpp"
#include "postgres_assets.hpp"
#include "refusal.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Params;
using postgres::Rows;
using postgres::Transaction;
/// A DAG and an event of its queue.
using Place = std::pair<std::string, std::int64_t>;

std::optional<AssetEventRecord> find_event(Transaction& transaction, std::int64_t id) {
    const Rows rows = transaction.exec(
        fmt::format(
            "select {} from reel.asset_event e join reel.asset a on a.id = e.asset_id "
            "where e.id = $1::bigint",
            event_select
        ),
        {number_value(id)}
    );
    if (rows.empty()) return std::nullopt;
    RowReader reader(rows, 0);
    return read_asset_event(reader);
}

Params place_columns(const std::vector<Place>& places) {
    return {
        column_of(places, [](const Place& place) { return text_value(place.first); }),
        column_of(places, [](const Place& place) { return number_value(place.second); }),
    };
}

std::vector<Place> consumed_places(const std::vector<const NewRun*>& runs) {
    std::vector<Place> places;
    for (const NewRun* added : runs) {
        for (const std::int64_t event : added->consumed_events) {
            places.emplace_back(added->run.dag_id.str(), event);
        }
    }
    return places;
}

}  // namespace

// $1 aliases, $2 URIs, $3 at
const char* const insert_aliased_assets = R"sql(
    insert into reel.asset (uri, name, asset_group, extra, created_at, updated_at)
    select i.uri, i.uri, 'asset', '{}', reel.at_micros(min(i.at)), reel.at_micros(min(i.at))
    from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality as i(alias, uri, at, n)
    group by i.uri order by min(n) on conflict (uri) do nothing)sql";

// $1 aliases, $2 URIs, $3 at
const char* const insert_resolutions = R"sql(
    insert into reel.asset_alias_asset (alias_id, asset_id)
    select distinct l.id, a.id
    from unnest($1::text[], $2::text[], $3::bigint[]) as i(alias, uri, at)
    join reel.asset_alias l on l.name = i.alias join reel.asset a on a.uri = i.uri
    on conflict do nothing)sql";

// $1…$8: one array per column
const char* const insert_asset_events = R"sql(
    insert into reel.asset_event (id, asset_id, at, extra, source_dag_id, source_run_id,
                                  source_task_id, source_map_index)
    select i.id, a.id, reel.at_micros(i.at), i.extra, i.dag_id, i.run_id, i.task_id, i.map_index
    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                $7::text[], $8::int[])
         as i(id, uri, at, extra, dag_id, run_id, task_id, map_index)
    join reel.asset a on a.uri = i.uri
    on conflict (id) do nothing returning id)sql";

// $1 DAGs, $2 events
const char* const insert_queued_events = R"sql(
    insert into reel.asset_dag_run_queue (target_dag_id, event_id)
    select i.dag_id, i.event_id from unnest($1::text[], $2::bigint[]) as i(dag_id, event_id)
    join reel.dag d on d.dag_id = i.dag_id on conflict do nothing)sql";

// $1 DAGs, $2 events
const char* const delete_queued_events = R"sql(
    delete from reel.asset_dag_run_queue q
    using unnest($1::text[], $2::bigint[]) as i(dag_id, event_id)
    where q.target_dag_id = i.dag_id and q.event_id = i.event_id
    returning q.target_dag_id, q.event_id)sql";

// $1 DAGs, $2 events, $3 runs
const char* const insert_consumed_events = R"sql(
    insert into reel.dagrun_asset_event (dag_id, event_id, run_id)
    select * from unnest($1::text[], $2::bigint[], $3::text[]))sql";

Params asset_event_columns(const std::vector<NewAssetEvent>& events) {
    const auto column = [&](auto get) {
        return column_of(events, [&](const NewAssetEvent& added) {
            return Param(get(added.event));
        });
    };
    const auto of_source = [&](auto get) {
        return column([&](const AssetEventRecord& event) {
            return event.source ? Param(get(*event.source)) : Param();
        });
    };
    using Event = const AssetEventRecord&;
    using Key = const core::TaskKey&;
    return {
        column([](Event event) { return number_value(event.id); }),
        column([](Event event) { return text_value(event.uri); }),
        column([](Event event) { return time_value(event.timestamp); }),
        column([](Event event) { return text_value(event.extra.text); }),
        of_source([](Key key) { return text_value(key.dag_id.str()); }),
        of_source([](Key key) { return text_value(key.run_id.str()); }),
        of_source([](Key key) { return text_value(key.task_id.str()); }),
        of_source([](Key key) { return number_value(key.map_index); }),
    };
}

bool any_aliased(const std::vector<NewAssetEvent>& events) {
    return std::ranges::any_of(events, [](const auto& added) { return !added.aliases.empty(); });
}

Params alias_columns(const std::vector<NewAssetEvent>& events) {
    std::vector<std::pair<std::string, const AssetEventRecord*>> names;
    for (const NewAssetEvent& added : events) {
        for (const std::string& alias : added.aliases) names.emplace_back(alias, &added.event);
    }
    return {
        column_of(names, [](const auto& name) { return text_value(name.first); }),
        column_of(names, [](const auto& name) { return text_value(name.second->uri); }),
        column_of(names, [](const auto& name) { return time_value(name.second->timestamp); }),
    };
}

Params queued_columns(const std::vector<NewAssetEvent>& events) {
    std::vector<Place> places;
    for (const NewAssetEvent& added : events) {
        for (const core::DagId& id : added.queued_for) {
            places.emplace_back(id.str(), added.event.id);
        }
    }
    return place_columns(places);
}

Params dropped_columns(const std::vector<DroppedEvent>& dropped) {
    std::vector<Place> places;
    places.reserve(dropped.size());
    for (const DroppedEvent& each : dropped) places.emplace_back(each.dag_id.str(), each.event_id);
    return place_columns(places);
}

Params consumed_columns(const std::vector<const NewRun*>& runs) {
    std::vector<std::string> run_ids;
    for (const NewRun* added : runs) {
        run_ids.insert(run_ids.end(), added->consumed_events.size(), added->run.run_id.str());
    }
    Params params = place_columns(consumed_places(runs));
    params.push_back(column_of(run_ids, [](const std::string& id) { return text_value(id); }));
    return params;
}

void write_asset_events(Transaction& transaction, const std::vector<NewAssetEvent>& events) {
    if (any_aliased(events)) {
        transaction.exec(insert_aliased_assets, alias_columns(events));
        transaction.exec(insert_resolutions, alias_columns(events));
    }
    std::set<std::int64_t> inserted;
    const Rows rows = transaction.exec(insert_asset_events, asset_event_columns(events));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        inserted.insert(RowReader(rows, row).number());
    }
    std::vector<NewAssetEvent> fresh;
    for (const NewAssetEvent& added : events) {
        if (inserted.contains(added.event.id)) {
            fresh.push_back(added);
            continue;
        }
        const auto there = find_event(transaction, added.event.id);
        if (!there) refuse(no_such_asset(added.event.uri));
        if (*there != added.event) refuse(event_id_taken(added.event.id));
    }
    transaction.exec(insert_queued_events, queued_columns(fresh));
}

void consume_asset_events(Transaction& transaction, const std::vector<const NewRun*>& runs) {
    const std::vector<Place> places = consumed_places(runs);
    if (places.empty()) return;
    std::set<Place> queued;
    const Rows rows = transaction.exec(delete_queued_events, place_columns(places));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        queued.emplace(rows.at(row, 0).value(), std::stoll(rows.at(row, 1).value()));
    }
    for (const Place& place : places) {
        if (queued.erase(place) == 0) {
            refuse(event_not_queued(core::DagId(place.first), place.second));
        }
    }
    transaction.exec(insert_consumed_events, consumed_columns(runs));
}

}  // namespace reel::store
