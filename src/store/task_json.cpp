#include "task_json.hpp"

#include <array>
#include <utility>

namespace reel::store {

using nlohmann::json;

namespace {

constexpr std::array<std::pair<core::WeightRule, const char*>, 3> weight_rules{{
    {core::WeightRule::downstream, "downstream"},
    {core::WeightRule::upstream, "upstream"},
    {core::WeightRule::absolute, "absolute"},
}};

std::string word_of(core::WeightRule rule) {
    for (const auto& [value, word] : weight_rules) {
        if (value == rule) return word;
    }
    return {};
}

std::optional<core::WeightRule> parse_weight_rule(const std::string& text) {
    for (const auto& [value, word] : weight_rules) {
        if (word == text) return value;
    }
    return std::nullopt;
}

}  // namespace

json task_to_json(const core::Task& task) {
    return {
        {"task_id", task.task_id.str()},
        {"operator", task.operator_name},
        {"args", task.args.text},
        {"upstream", task.upstream},
        {"downstream", task.downstream},
        {"group", task.group},
        {"owner", task.owner},
        {"doc_md", task.doc_md},
        {"display_name", task.display_name},
        {"trigger_rule", core::to_string(task.trigger_rule)},
        {"retries", task.retries},
        {"retry_delay", task.retry_delay.count()},
        {"retry_exponential_backoff", task.retry_exponential_backoff},
        {"max_retry_delay", micros_to_json(task.max_retry_delay)},
        {"execution_timeout", micros_to_json(task.execution_timeout)},
        {"priority_weight", task.priority_weight},
        {"weight_rule", word_of(task.weight_rule)},
        {"pool", task.pool},
        {"pool_slots", task.pool_slots},
        {"queue", task.queue},
        {"do_xcom_push", task.do_xcom_push},
        {"file", task.position.file},
        {"line", task.position.line},
        {"column", task.position.column},
    };
}

core::Task task_from_json(const json& from) {
    core::Task task;
    task.task_id = core::TaskId(from.at("task_id").get<std::string>());
    from.at("operator").get_to(task.operator_name);
    from.at("args").get_to(task.args.text);
    from.at("upstream").get_to(task.upstream);
    from.at("downstream").get_to(task.downstream);
    from.at("group").get_to(task.group);
    from.at("owner").get_to(task.owner);
    from.at("doc_md").get_to(task.doc_md);
    from.at("display_name").get_to(task.display_name);
    task.trigger_rule =
        core::parse_trigger_rule(from.at("trigger_rule").get<std::string>()).value();
    from.at("retries").get_to(task.retries);
    task.retry_delay = micros_from_json<core::Duration>(from.at("retry_delay")).value();
    from.at("retry_exponential_backoff").get_to(task.retry_exponential_backoff);
    task.max_retry_delay = micros_from_json<core::Duration>(from.at("max_retry_delay"));
    task.execution_timeout = micros_from_json<core::Duration>(from.at("execution_timeout"));
    from.at("priority_weight").get_to(task.priority_weight);
    task.weight_rule = parse_weight_rule(from.at("weight_rule").get<std::string>()).value();
    from.at("pool").get_to(task.pool);
    from.at("pool_slots").get_to(task.pool_slots);
    from.at("queue").get_to(task.queue);
    from.at("do_xcom_push").get_to(task.do_xcom_push);
    from.at("file").get_to(task.position.file);
    from.at("line").get_to(task.position.line);
    from.at("column").get_to(task.position.column);
    return task;
}

}  // namespace reel::store
