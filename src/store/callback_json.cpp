#include <utility>

#include "task_json.hpp"

namespace reel::store {

using nlohmann::json;

namespace {

json callback_list_to_json(const std::vector<core::Callback>& callbacks) {
    json list = json::array();
    for (const core::Callback& callback : callbacks) {
        list.push_back({{"kind", core::to_string(callback.kind)}, {"args", callback.args.text}});
    }
    return list;
}

std::vector<core::Callback> callback_list_from_json(const json& from) {
    std::vector<core::Callback> callbacks;
    for (const json& item : from) {
        core::Callback callback;
        callback.kind = core::parse_callback_kind(item.at("kind").get<std::string>()).value();
        item.at("args").get_to(callback.args.text);
        callbacks.push_back(std::move(callback));
    }
    return callbacks;
}

}  // namespace

json callbacks_to_json(const core::Callbacks& callbacks) {
    json events = json::object();
    for (const auto& [event, list] : callbacks) {
        events[std::string(core::to_string(event))] = callback_list_to_json(list);
    }
    return events;
}

core::Callbacks callbacks_from_json(const json& from) {
    core::Callbacks callbacks;
    for (const auto& [event, list] : from.items()) {
        callbacks[core::parse_callback_event(event).value()] = callback_list_from_json(list);
    }
    return callbacks;
}

json deadlines_to_json(const std::vector<core::Deadline>& deadlines) {
    json list = json::array();
    for (const core::Deadline& deadline : deadlines) {
        list.push_back({
            {"reference", core::to_string(deadline.reference)},
            {"fixed_at", deadline.fixed_at.time_since_epoch().count()},
            {"interval", deadline.interval.count()},
            {"callbacks", callback_list_to_json(deadline.callbacks)},
        });
    }
    return list;
}

std::vector<core::Deadline> deadlines_from_json(const json& from) {
    std::vector<core::Deadline> deadlines;
    for (const json& item : from) {
        core::Deadline deadline;
        deadline.reference =
            core::parse_deadline_reference(item.at("reference").get<std::string>()).value();
        deadline.fixed_at = micros_from_json<core::Timestamp>(item.at("fixed_at")).value();
        deadline.interval = micros_from_json<core::Duration>(item.at("interval")).value();
        deadline.callbacks = callback_list_from_json(item.at("callbacks"));
        deadlines.push_back(std::move(deadline));
    }
    return deadlines;
}

}  // namespace reel::store
