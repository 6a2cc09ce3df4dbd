#include "lookups.hpp"

#include <algorithm>
#include <utility>

#include "json.hpp"
#include "reel/store/environment.hpp"
#include "staged.hpp"

namespace reel::executor {

namespace {

constexpr std::size_t most_asset_events = 1000;

Json connection_object(const store::ConnectionRecord& connection) {
    const Json extra = Json::parse(connection.extra, nullptr, false);
    return Json{
        {"conn_id", connection.connection_id},
        {"conn_type", connection.conn_type},
        {"description", connection.description},
        {"host", connection.host},
        {"login", connection.login},
        {"password", connection.password},
        {"schema", connection.schema},
        {"port", connection.port ? Json(*connection.port) : Json(nullptr)},
        {"extra", connection.extra},
        {"extra_dejson", extra.is_object() ? extra : Json::object()},
        {"uri", store::connection_uri(connection)},
    };
}

}  // namespace

StoreLookups::StoreLookups(
    const scheduler::AttemptOrder& order, store::RunStore& store, Connections& connections
)
    : key_(order.key), dag_(*order.dag), store_(store), connections_(connections) {}

/// Within a mapped group every instance sees its own; of another mapped task all are seen (-1).
int StoreLookups::map_index_seen_by(const core::TaskId& task_id) const {
    const core::Task* other = dag_.find_task(task_id);
    const core::Task* self = dag_.find_task(key_.task_id);
    if (other == nullptr || self == nullptr) {
        return -1;
    }
    const core::TaskGroup* group = dag_.mapped_group_of(*self);
    return group != nullptr && group == dag_.mapped_group_of(*other) ? key_.map_index : -1;
}

core::Result<std::vector<core::JsonText>> StoreLookups::xcoms_of_instances(
    const core::TaskId& task_id, const std::string& key
) {
    return guarded([&]() -> core::Result<std::vector<core::JsonText>> {
        std::vector<std::pair<int, core::JsonText>> found;
        for (auto& xcom : store_.list_xcoms(key_.dag_id, key_.run_id)) {
            if (xcom.key.task_id == task_id && xcom.name == key && xcom.key.map_index >= 0) {
                found.emplace_back(xcom.key.map_index, std::move(xcom.value));
            }
        }
        std::ranges::sort(found);
        std::vector<core::JsonText> values;
        values.reserve(found.size());
        for (auto& [index, value] : found) {
            values.push_back(std::move(value));
        }
        return values;
    });
}

template <class Look>
auto StoreLookups::guarded(Look look) -> decltype(look()) {
    try {
        return look();
    } catch (...) {
        failure_ = std::current_exception();
        return core::fail(core::Errc::unavailable, "the metadata database does not answer");
    }
}

core::Result<std::optional<std::string>> StoreLookups::variable(const std::string& key) {
    return guarded([&] { return connections_.variable(key); });
}

core::Result<std::optional<core::JsonText>> StoreLookups::connection(const std::string& conn_id) {
    return guarded([&]() -> core::Result<std::optional<core::JsonText>> {
        const auto found = connections_.find(conn_id);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (!found->has_value()) {
            return std::nullopt;
        }
        return to_text(connection_object(**found));
    });
}

/// A mapped task has pushed the list of what its instances have.
core::Result<std::optional<core::JsonText>> StoreLookups::list_of_instances(
    const core::TaskId& task_id, const std::string& key
) {
    const core::Task* task = dag_.find_task(task_id);
    if (task == nullptr || dag_.mapping_of(*task) == nullptr) {
        return std::nullopt;
    }
    const auto values = xcoms_of_instances(task_id, key);
    if (!values) {
        return std::unexpected(values.error());
    }
    std::string list;
    for (const core::JsonText& value : *values) {
        list += (list.empty() ? "" : ",") + value.text;
    }
    return core::JsonText{"[" + list + "]"};
}

core::Result<std::optional<core::JsonText>> StoreLookups::xcom(
    const std::string& task_id, const std::string& key, std::optional<int> map_index
) {
    for (const store::XComRecord& own : pushed_) {
        const bool is_meant = !map_index || own.key.map_index == *map_index;
        if (is_meant && own.key.task_id.str() == task_id && own.name == key) {
            return own.value;
        }
    }
    return guarded([&]() -> core::Result<std::optional<core::JsonText>> {
        core::TaskKey of_task = key_;
        of_task.task_id = core::TaskId(task_id);
        of_task.map_index = map_index.value_or(map_index_seen_by(of_task.task_id));
        const auto pushed = store_.get_xcom(of_task, key);
        if (pushed) {
            return pushed->value;
        }
        if (pushed.error().code != core::Errc::not_found) {
            return std::unexpected(pushed.error());
        }
        if (map_index) {
            return std::nullopt;
        }
        return list_of_instances(of_task.task_id, key);
    });
}

core::Result<std::optional<std::string>> StoreLookups::staged(const std::string& reference) {
    return guarded([&]() -> core::Result<std::optional<std::string>> {
        auto table = find_staged(key_, reference, store_);
        if (!table) {
            return std::unexpected(table.error());
        }
        return std::move(table->physical);
    });
}

std::vector<store::AssetEventView> StoreLookups::triggering_asset_events(const store::RunRecord& run
) {
    if (run.type != core::RunType::asset_triggered) {
        return {};
    }
    store::AssetEventFilter filter;
    filter.consumed_by = {run.dag_id, run.run_id};
    filter.page.limit = most_asset_events;
    auto events = guarded([&]() -> core::Result<std::vector<store::AssetEventView>> {
        return store_.list_asset_events(filter).items;
    });
    return events ? *std::move(events) : std::vector<store::AssetEventView>();
}

std::optional<store::RunRecord> StoreLookups::last_success(const store::RunRecord& run) {
    if (!run.logical_date) {
        return std::nullopt;
    }
    store::RunFilter before;
    before.dag_id = run.dag_id;
    before.states = {core::RunState::success};
    before.logical_date_lte = *run.logical_date - core::Duration(1);
    before.page.limit = 1;
    before.order_by = "-logical_date";
    auto runs = guarded([&]() -> core::Result<std::vector<store::RunRecord>> {
        return store_.list_runs(before).items;
    });
    if (!runs || runs->empty()) {
        return std::nullopt;
    }
    return std::move(runs->front());
}

std::vector<store::AssetEventView> StoreLookups::events_of(const core::Asset& asset) {
    auto events = guarded([&]() -> core::Result<std::vector<store::AssetEventView>> {
        store::AssetEventFilter filter;
        filter.uri = asset.uri;
        filter.page.limit = most_asset_events;
        filter.descending = true;
        auto newest = store_.list_asset_events(filter).items;
        std::ranges::reverse(newest);
        return newest;
    });
    return events ? *std::move(events) : std::vector<store::AssetEventView>();
}

void StoreLookups::rethrow_failure() const {
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

}  // namespace reel::executor
