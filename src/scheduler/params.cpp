#include "reel/scheduler/params.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reel/core/json_schema.hpp"

namespace reel::scheduler {

namespace {

using nlohmann::json;

struct Mistake {
    std::string where;
    std::string message;
    std::string hint;
};

void check_param(
    const std::string& name, const json& schema, const json& value, std::vector<Mistake>& mistakes
) {
    for (const auto& misfit : core::find_misfits({schema.dump()}, {value.dump()})) {
        const std::string below = core::json_pointer(misfit.path);
        mistakes.push_back({
            .where = "conf" + core::json_pointer({name}) + below,
            .message = "param '" + name + "' " + (below.empty() ? "" : "at " + below + " ") +
                       misfit.message,
            .hint = {},
        });
    }
}

std::vector<Mistake> find_mistakes(const json& params, const json& given) {
    std::vector<Mistake> mistakes;
    for (const auto& [name, schema] : params.items()) {
        if (!schema.is_object()) continue;
        const auto value = given.find(name);
        if (value != given.end()) {
            check_param(name, schema, *value, mistakes);
        } else if (!schema.contains("default")) {
            mistakes.push_back({
                .where = "conf",
                .message = "param '" + name + "' has no default and was not given",
                .hint = "pass it in conf: {\"" + name + "\": …}",
            });
        }
    }
    return mistakes;
}

core::Result<void> check_params(const core::JsonText& declared, const core::JsonText& conf) {
    const json given = json::parse(conf.text, nullptr, false);
    if (!given.is_object()) {
        return core::fail(
            core::Errc::invalid_argument,
            "conf must be a JSON object",
            R"(for instance {"dataset": "file.zip"})"
        );
    }
    const json params = json::parse(declared.text, nullptr, false);
    if (!params.is_object()) return {};
    const auto mistakes = find_mistakes(params, given);
    if (mistakes.empty()) return {};
    const Mistake& first = mistakes.front();
    if (mistakes.size() == 1) {
        return core::fail(core::Errc::invalid_argument, first.message, first.hint, first.where);
    }
    std::string all;
    for (const Mistake& mistake : mistakes) {
        all += (all.empty() ? "" : "; ") + mistake.where + ": " + mistake.message;
    }
    return core::fail(core::Errc::invalid_argument, all, first.hint);
}

}  // namespace

core::Result<void> check_conf(const core::Dag& dag, const core::JsonText& conf) {
    return check_params(dag.params, conf);
}

core::Result<void> check_conf(const core::Task& task, const core::JsonText& conf) {
    if (task.params.text == "{}") return {};
    return check_params(task.params, conf);
}

}  // namespace reel::scheduler
