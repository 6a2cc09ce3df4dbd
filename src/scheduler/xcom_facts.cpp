#include "xcom_facts.hpp"

#include <nlohmann/json.hpp>

namespace reel::scheduler {

using nlohmann::json;

std::optional<std::size_t> length_of(const core::JsonText& value) {
    const json parsed = json::parse(value.text, nullptr, false);
    if (!parsed.is_array() && !parsed.is_object()) return std::nullopt;
    return parsed.size();
}

core::JsonText skipped_to_json(const std::vector<core::TaskId>& tasks) {
    json names = json::array();
    for (const auto& task : tasks) names.push_back(task.str());
    return {json{{"skipped", std::move(names)}}.dump()};
}

std::vector<core::TaskId> skipped_from_json(const core::JsonText& value) {
    const json parsed = json::parse(value.text, nullptr, false);
    std::vector<core::TaskId> tasks;
    if (!parsed.is_object() || !parsed.contains("skipped")) return tasks;
    for (const json& name : parsed["skipped"]) {
        if (name.is_string()) tasks.emplace_back(name.get<std::string>());
    }
    return tasks;
}

}  // namespace reel::scheduler
