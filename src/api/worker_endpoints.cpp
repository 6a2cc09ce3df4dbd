#include "endpoints.hpp"
#include "input.hpp"
#include "json_pieces.hpp"
#include "lookups.hpp"

namespace reel::api {

// Reel's own: who carries tasks out.

namespace {

using nlohmann::json;

json worker_json(const store::WorkerRecord& worker) {
    const bool is_lost = !worker.is_live && worker.state != store::WorkerState::stopped;
    return {
        {"worker_id", worker.id},
        {"hostname", worker.hostname},
        {"pid", worker.pid},
        {"state", is_lost ? "lost" : store::to_string(worker.state)},
        {"queues", worker.queues},
        {"running", worker.claimed},
        {"concurrency", worker.concurrency},
        {"started_at", time_json(worker.started_at)},
        {"heartbeat", time_json(worker.heartbeat)},
    };
}

}  // namespace

Outcome<Response> list_workers(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto& list = call.services.options.list_workers;
    const auto workers = list ? list() : std::vector<store::WorkerRecord>();
    json items = json::array();
    for (std::size_t i = page.offset; i < workers.size() && items.size() < page.limit; ++i) {
        items.push_back(worker_json(workers[i]));
    }
    return json_response(collection("workers", std::move(items), workers.size()));
}

}  // namespace reel::api
