#include "dag_text.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "records_json.hpp"
#include "reel/core/schedule.hpp"

namespace reel::api {

namespace {

OrderedJson value_of(const std::string& text) {
    return text;
}
OrderedJson value_of(bool value) {
    return value;
}
OrderedJson value_of(int value) {
    return value;
}
OrderedJson value_of(double value) {
    return value;
}
OrderedJson value_of(core::Duration duration) {
    return core::format_duration(duration);
}
OrderedJson value_of(core::Timestamp at) {
    return core::format_iso(at);
}
template <class T>
OrderedJson value_of(const std::vector<T>& list) {
    return OrderedJson(list);
}
template <class T>
OrderedJson value_of(const std::optional<T>& value) {
    return value ? value_of(*value) : OrderedJson();
}

template <class T>
void put(OrderedJson& object, const char* name, const T& value, const T& unless) {
    if (value != unless) object[name] = value_of(value);
}

OrderedJson parsed(const core::JsonText& text) {
    OrderedJson value = OrderedJson::parse(text.text, nullptr, false);
    return value.is_discarded() ? OrderedJson() : value;
}

OrderedJson assets_of(const std::vector<core::Asset>& assets) {
    OrderedJson list = OrderedJson::array();
    for (const core::Asset& asset : assets) {
        list.push_back(asset.uri);
        if (core::is_bare(asset)) continue;
        list.back() = {{"uri", asset.uri}, {"name", asset.name}, {"group", asset.group}};
        if (asset.extra.text != "{}") list.back()["extra"] = parsed(asset.extra);
    }
    return list;
}

OrderedJson expand_of(const core::Dag& dag, const core::Mapping& mapping) {
    OrderedJson sources = OrderedJson::object();
    for (const core::MapSource& source : mapping.sources) {
        const std::string name = source.argument.empty() ? "expand_kwargs" : source.argument;
        if (!source.upstream) {
            sources[name] = parsed(source.literal);
            continue;
        }
        const std::string task = dag.tasks.at(*source.upstream).task_id.str();
        const bool plain = source.xcom_key == "return_value";
        sources[name] = "+" + task + (plain ? "" : "[\"" + source.xcom_key + "\"]");
    }
    return sources;
}

const char* word_of(core::WeightRule rule) {
    switch (rule) {
        case core::WeightRule::upstream:
            return "upstream";
        case core::WeightRule::absolute:
            return "absolute";
        case core::WeightRule::downstream:
            return "downstream";
    }
    return "";
}

void put_rules(OrderedJson& content, const core::Task& task) {
    static const core::Task defaults;
    put(content, "task_display_name", task.display_name, task.task_id.str());
    put(content, "owner", task.owner, defaults.owner);
    put(content, "doc_md", task.doc_md, defaults.doc_md);
    if (task.trigger_rule != defaults.trigger_rule) {
        content["trigger_rule"] = core::to_string(task.trigger_rule);
    }
    put(content, "retries", task.retries, defaults.retries);
    put(content, "retry_delay", task.retry_delay, defaults.retry_delay);
    put(content,
        "retry_exponential_backoff",
        task.retry_exponential_backoff,
        defaults.retry_exponential_backoff);
    put(content, "max_retry_delay", task.max_retry_delay, defaults.max_retry_delay);
    put(content, "retry_exit_codes", task.retry_exit_codes, defaults.retry_exit_codes);
    put(content, "execution_timeout", task.execution_timeout, defaults.execution_timeout);
    put(content, "priority_weight", task.priority_weight, defaults.priority_weight);
    if (task.weight_rule != defaults.weight_rule) {
        content["weight_rule"] = word_of(task.weight_rule);
    }
    put(content, "pool", task.pool, defaults.pool);
    put(content, "pool_slots", task.pool_slots, defaults.pool_slots);
    put(content, "queue", task.queue, defaults.queue);
    put(content, "do_xcom_push", task.do_xcom_push, defaults.do_xcom_push);
    put(content, "map_index_template", task.map_index_template, defaults.map_index_template);
    put(content, "depends_on_past", task.depends_on_past, defaults.depends_on_past);
    put(content, "wait_for_downstream", task.wait_for_downstream, defaults.wait_for_downstream);
    put(content,
        "max_active_tis_per_dag",
        task.max_active_tis_per_dag,
        defaults.max_active_tis_per_dag);
    put(content,
        "max_active_tis_per_dagrun",
        task.max_active_tis_per_dagrun,
        defaults.max_active_tis_per_dagrun);
    put(content, "is_setup", task.is_setup, defaults.is_setup);
    put(content, "is_teardown", task.is_teardown, defaults.is_teardown);
    put(content,
        "on_failure_fail_dagrun",
        task.on_failure_fail_dagrun,
        defaults.on_failure_fail_dagrun);
}

OrderedJson task_content(const core::Dag& dag, const core::Task& task) {
    OrderedJson content = OrderedJson::object();
    content["operator"] = task.operator_name;
    put(content, "task_group_name", task.group, std::string());
    if (!task.upstream.empty()) {
        OrderedJson names = OrderedJson::array();
        for (const std::uint32_t up : task.upstream) names.push_back(dag.tasks[up].task_id.str());
        content["dependencies"] = std::move(names);
    }
    put_rules(content, task);
    if (!task.inlets.empty()) content["inlets"] = assets_of(task.inlets);
    if (!task.outlets.empty()) content["outlets"] = assets_of(task.outlets);
    for (const std::string& alias : task.outlet_aliases) {
        content["outlets"].push_back({{"alias", alias}});
    }
    if (task.mapping) content["expand"] = expand_of(dag, *task.mapping);
    for (const auto& [name, value] : parsed(task.args).items()) content[name] = value;
    return content;
}

void put_own(OrderedJson& content, const core::Dag& dag) {
    static const core::Dag defaults;
    put(content, "dag_display_name", dag.display_name, dag.dag_id.str());
    put(content, "description", dag.description, defaults.description);
    content["schedule"] = core::summarize_timetable(dag);
    if (dag.asset_condition) {
        content["assets"] = OrderedJson::parse(asset_expression_json(dag.asset_condition).dump());
    }
    put(content, "timezone", dag.timezone, defaults.timezone);
    put(content, "start_date", dag.start_date, defaults.start_date);
    put(content, "end_date", dag.end_date, defaults.end_date);
    put(content, "catchup", dag.catchup, defaults.catchup);
    put(content, "schedule_jitter", dag.schedule_jitter, defaults.schedule_jitter);
    put(content, "max_active_runs", dag.max_active_runs, defaults.max_active_runs);
    put(content, "max_active_tasks", dag.max_active_tasks, defaults.max_active_tasks);
    put(content,
        "max_consecutive_failed_dag_runs",
        dag.max_consecutive_failed_dag_runs,
        defaults.max_consecutive_failed_dag_runs);
    put(content, "dagrun_timeout", dag.dagrun_timeout, defaults.dagrun_timeout);
    put(content,
        "is_paused_upon_creation",
        dag.is_paused_upon_creation,
        defaults.is_paused_upon_creation);
    put(content, "fail_fast", dag.fail_fast, defaults.fail_fast);
    put(content,
        "render_template_as_native_obj",
        dag.render_template_as_native_obj,
        defaults.render_template_as_native_obj);
    put(content, "tags", dag.tags, defaults.tags);
    put(content, "doc_md", dag.doc_md, defaults.doc_md);
    for (const auto& [name, text] :
         {std::pair("params", &dag.params), std::pair("default_args", &dag.default_args)}) {
        const OrderedJson value = parsed(*text);
        if (value.is_object() && !value.empty()) content[name] = value;
    }
}

// --- YAML

/// Whether a text may stand as it is: nothing in it means anything to YAML.
bool is_plain(const std::string& text) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-";
    const bool begins_well =
        !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) != 0);
    const bool is_word = text == "true" || text == "false" || text == "null" || text == "yes" ||
                         text == "no" || text == "on" || text == "off";
    return begins_well && !is_word && text.find_first_not_of(letters) == std::string::npos;
}

std::string scalar(const OrderedJson& value) {
    if (value.is_string() && is_plain(value.get<std::string>())) return value.get<std::string>();
    return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

bool is_block(const OrderedJson& value) {
    return value.is_string() && value.get_ref<const std::string&>().find('\n') != std::string::npos;
}

/// A literal block keeps each line of a script a line of its own.
void write_block(std::string& out, const std::string& text, const std::string& indent) {
    out += text.ends_with('\n') ? " |\n" : " |-\n";
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        out += indent + text.substr(at, end - at) + "\n";
        at = end + 1;
    }
}

void write_value(std::string& out, const OrderedJson& value, const std::string& indent);

void write_members(std::string& out, const OrderedJson& value, const std::string& indent) {
    if (value.is_object()) {
        for (const auto& [key, member] : value.items()) {
            out += indent + (is_plain(key) ? key : OrderedJson(key).dump()) + ":";
            write_value(out, member, indent + "  ");
        }
        return;
    }
    for (const OrderedJson& item : value) {
        out += indent + "-";
        write_value(out, item, indent + "  ");
    }
}

void write_value(std::string& out, const OrderedJson& value, const std::string& indent) {
    if (is_block(value)) return write_block(out, value.get<std::string>(), indent);
    if (!value.is_structured() || value.empty()) {
        out += " " + scalar(value) + "\n";
        return;
    }
    out += "\n";
    write_members(out, value, indent);
}

}  // namespace

OrderedJson dag_content(const core::Dag& dag) {
    OrderedJson content = OrderedJson::object();
    put_own(content, dag);
    for (const core::TaskGroup& group : dag.groups) {
        OrderedJson& one = content["task_groups"][group.group_id];
        one = OrderedJson::object();
        put(one, "tooltip", group.tooltip, std::string());
        put(one, "parent_group_name", group.parent, std::string());
        if (group.mapping) one["expand"] = expand_of(dag, *group.mapping);
    }
    content["tasks"] = OrderedJson::object();
    for (const core::Task& task : dag.tasks) {
        content["tasks"][task.task_id.str()] = task_content(dag, task);
    }
    return content;
}

std::string dag_text(const core::Dag& dag) {
    std::string out;
    write_members(out, dag_content(dag), "");
    return out;
}

}  // namespace reel::api
