#include "lookups.hpp"

#include <utility>

#include "json.hpp"
#include "reel/store/environment.hpp"
#include "staged.hpp"

namespace reel::executor {

namespace {

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

StoreLookups::StoreLookups(core::TaskKey key, store::RunStore& store, Connections& connections)
    : key_(std::move(key)), store_(store), connections_(connections) {}

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

core::Result<std::optional<core::JsonText>> StoreLookups::xcom(
    const std::string& task_id, const std::string& key
) {
    return guarded([&]() -> core::Result<std::optional<core::JsonText>> {
        core::TaskKey of_task = key_;
        of_task.task_id = core::TaskId(task_id);
        of_task.map_index = -1;
        const auto pushed = store_.get_xcom(of_task, key);
        if (pushed) {
            return pushed->value;
        }
        if (pushed.error().code == core::Errc::not_found) {
            return std::nullopt;
        }
        return std::unexpected(pushed.error());
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

void StoreLookups::rethrow_failure() const {
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

}  // namespace reel::executor
