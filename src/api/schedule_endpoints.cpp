#include <optional>

#include "endpoints.hpp"
#include "input.hpp"
#include "json_pieces.hpp"
#include "lookups.hpp"
#include "reel/scheduler/timetable.hpp"

namespace reel::api {

// Reel's own: what a DAG's schedule will do, and what it left out.

namespace {

using nlohmann::json;

constexpr long long most_executions = 1000;

std::optional<core::DataInterval> last_interval(store::RunStore& store, const core::DagId& dag_id) {
    const auto last = store::latest_scheduled_run(store, dag_id);
    return last ? last->data_interval : std::nullopt;
}

}  // namespace

Outcome<Response> list_next_executions(const Call& call) {
    QueryReader query(call.url);
    const long long limit = query.integer("limit", 1, most_executions).value_or(1);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    store::RunStore& store = call.services.store;
    const auto record = find_dag(store, *dag_id);
    if (!record) return std::unexpected(record.error());
    const auto runs = scheduler::upcoming_runs(
        record->dag,
        last_interval(store, *dag_id),
        call.services.clock.now(),
        static_cast<int>(limit)
    );
    json items = json::array();
    for (const auto& run : runs) {
        items.push_back(
            {{"dag_id", dag_id->str()},
             {"logical_date", time_json(run.logical_date)},
             {"data_interval_start", time_json(run.data_interval.start)},
             {"data_interval_end", time_json(run.data_interval.end)},
             {"run_after", time_json(run.run_after)}}
        );
    }
    return json_response(collection("next_executions", std::move(items), runs.size()));
}

Outcome<Response> list_skipped_fires(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    store::RunStore& store = call.services.store;
    if (const auto record = find_dag(store, *dag_id); !record) {
        return std::unexpected(record.error());
    }
    const auto listing = store.list_skipped_fires(*dag_id, page);
    json items = json::array();
    for (const auto& skipped : listing.items) {
        items.push_back(
            {{"dag_id", dag_id->str()},
             {"first", time_json(skipped.first)},
             {"last", time_json(skipped.last)},
             {"count", skipped.count},
             {"recorded_at", time_json(skipped.recorded_at)}}
        );
    }
    return json_response(collection("skipped_fires", std::move(items), listing.total));
}

}  // namespace reel::api
