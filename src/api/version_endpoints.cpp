#include <algorithm>

#include "dag_diff.hpp"
#include "endpoints.hpp"
#include "input.hpp"
#include "json_pieces.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

using nlohmann::json;

/// A DAG with all the versions that it ever had, the first one first.
struct History {
    store::DagRecord dag;
    std::vector<store::DagVersionRecord> versions;

    [[nodiscard]] json shown(const store::DagVersionRecord& version) const {
        const std::string& id = dag.dag.dag_id.str();
        const std::string& name = dag.dag.display_name;
        return version_json({id, name.empty() ? id : name, version.number, version.created_at});
    }
};

Outcome<History> find_history(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    auto record = find_dag(call.services.store, *dag_id);
    if (!record) return std::unexpected(record.error());
    auto versions = call.services.store.list_dag_versions(*dag_id);
    return History{.dag = std::move(*record), .versions = std::move(versions)};
}

Outcome<store::DagVersionRecord> find_version(const History& history, const std::string& number) {
    for (const auto& version : history.versions) {
        if (std::to_string(version.number) == number) return version;
    }
    return reject(
        404,
        "The DagVersion with dag_id: `" + history.dag.dag.dag_id.str() + "` and version_number: `" +
            number + "` was not found"
    );
}

struct Comparison {
    store::DagVersionRecord from;
    store::DagVersionRecord to;
};

/// Without a wish the version that counts now is compared with the one before it.
Outcome<Comparison> choose(
    const History& history, std::optional<long long> from, std::optional<long long> to
) {
    const long long newer = to.value_or(history.dag.version_number);
    long long older = from.value_or(0);
    for (const auto& version : history.versions) {
        if (!from && version.number < newer) older = version.number;
    }
    // A file that was put back to its first version is compared with the last one it had.
    if (!from && older == 0) older = history.versions.back().number;
    if (!from && older == newer) {
        return reject(409, "The Dag has only one version: there is nothing to compare it with");
    }
    auto first = find_version(history, std::to_string(older));
    if (!first) return std::unexpected(first.error());
    auto second = find_version(history, std::to_string(newer));
    if (!second) return std::unexpected(second.error());
    return Comparison{.from = *std::move(first), .to = *std::move(second)};
}

json changes_json(const std::vector<ChangedTask>& changed) {
    json list = json::array();
    for (const ChangedTask& task : changed) {
        list.push_back({{"task_id", task.task_id}, {"fields", task.fields}});
    }
    return list;
}

}  // namespace

Outcome<Response> list_dag_versions(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const auto number = query.integer("version_number", 1, 1LL << 30);
    const std::string order = query.order_by({"id", "version_number", "created_at"}, "id");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    auto history = find_history(call);
    if (!history) return std::unexpected(history.error());
    store::Listing<store::DagVersionRecord> listing;
    listing.items = history->versions;
    if (order.starts_with('-')) std::ranges::reverse(listing.items);
    std::erase_if(listing.items, [&](const auto& version) {
        return number && version.number != *number;
    });
    keep_page(listing, page);
    json items = json::array();
    for (const auto& version : listing.items) items.push_back(history->shown(version));
    return json_response(collection("dag_versions", std::move(items), listing.total));
}

Outcome<Response> get_dag_version(const Call& call) {
    const auto history = find_history(call);
    if (!history) return std::unexpected(history.error());
    const auto version = find_version(*history, call.parameter("version_number"));
    if (!version) return std::unexpected(version.error());
    return json_response(history->shown(*version));
}

Outcome<Response> diff_dag_versions(const Call& call) {
    QueryReader query(call.url);
    const auto from = query.integer("from", 1, 1LL << 30);
    const auto to = query.integer("to", 1, 1LL << 30);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto history = find_history(call);
    if (!history) return std::unexpected(history.error());
    const auto chosen = choose(*history, from, to);
    if (!chosen) return std::unexpected(chosen.error());
    store::RunStore& store = call.services.store;
    const core::DagId& dag_id = history->dag.dag.dag_id;
    const auto old_dag = store.get_dag_version(dag_id, chosen->from.version);
    if (!old_dag) return reject(old_dag.error());
    const auto new_dag = store.get_dag_version(dag_id, chosen->to.version);
    if (!new_dag) return reject(new_dag.error());
    const DagDiff diff = compare_dags(*old_dag, chosen->from.number, *new_dag, chosen->to.number);
    return json_response(
        {{"dag_id", dag_id.str()},
         {"from_version", chosen->from.number},
         {"to_version", chosen->to.number},
         {"tasks_added", diff.tasks_added},
         {"tasks_removed", diff.tasks_removed},
         {"tasks_changed", changes_json(diff.tasks_changed)},
         {"fields_changed", diff.fields_changed},
         {"diff", diff.text}}
    );
}

}  // namespace reel::api
