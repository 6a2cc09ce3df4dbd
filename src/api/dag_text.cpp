#include "dag_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

#include "records_json.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/yaml_text.hpp"
#include "reel/store/dag_json.hpp"

namespace reel::api {

namespace {

OrderedJson parsed(const core::JsonText& text) {
    const OrderedJson value = OrderedJson::parse(text.text, nullptr, false);
    return value.is_discarded() ? OrderedJson() : value;
}

/// The stored form has every field, so none is forgotten here; what has a better form in a file is
/// given that one below.
OrderedJson stored(const core::Dag& dag) {
    return parsed(store::dag_to_json(dag));
}

const OrderedJson& usual_dag() {
    static const OrderedJson usual = [] {
        core::Dag dag;
        dag.tasks.emplace_back();
        dag.groups.emplace_back();
        return stored(dag);
    }();
    return usual;
}

/// Takes those members over that are not at their defaults.
void put_rest(OrderedJson& content, const OrderedJson& form, const OrderedJson& usual) {
    static const std::set<std::string> durations{
        "retry_delay",
        "max_retry_delay",
        "execution_timeout",
        "dagrun_timeout",
        "schedule_jitter",
        "run_immediately"
    };
    static const std::set<std::string> dates{"start_date", "end_date"};
    for (const auto& [key, value] : form.items()) {
        if (usual.contains(key) && usual[key] == value) continue;
        if (durations.contains(key) && value.is_number()) {
            content[key] = core::format_duration(core::Duration(value.get<std::int64_t>()));
        } else if (dates.contains(key) && value.is_number()) {
            content[key] =
                core::format_iso(core::Timestamp(core::Duration(value.get<std::int64_t>())));
        } else {
            content[key] = value;
        }
    }
}

void erase_all(OrderedJson& object, std::initializer_list<const char*> keys) {
    for (const char* const key : keys) object.erase(key);
}

OrderedJson call_of(const core::Callback& callback) {
    return {{std::string(core::to_string(callback.kind)), parsed(callback.args)}};
}

/// Events as the files' `on_…_callback`.
void put_callbacks(OrderedJson& content, const core::Callbacks& callbacks) {
    for (const auto& [event, list] : callbacks) {
        OrderedJson& calls = content[fmt::format("on_{}_callback", core::to_string(event))];
        for (const core::Callback& callback : list) calls.push_back(call_of(callback));
    }
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

OrderedJson task_content(const core::Dag& dag, const core::Task& task, OrderedJson form) {
    OrderedJson content = OrderedJson::object();
    content["operator"] = task.operator_name;
    if (!task.group.empty()) content["task_group_name"] = task.group;
    for (const std::uint32_t up : task.upstream) {
        content["dependencies"].push_back(dag.tasks[up].task_id.str());
    }
    if (task.display_name != task.task_id.str()) content["task_display_name"] = task.display_name;
    // Said here in another form, or of the file and not of the task.
    erase_all(
        form,
        {"task_id",
         "operator",
         "group",
         "upstream",
         "downstream",
         "display_name",
         "args",
         "mapping",
         "inlets",
         "callbacks",
         "outlets",
         "outlet_aliases",
         "file",
         "line",
         "column"}
    );
    put_rest(content, form, usual_dag()["tasks"][0]);
    if (!task.inlets.empty()) content["inlets"] = assets_of(task.inlets);
    if (!task.outlets.empty()) content["outlets"] = assets_of(task.outlets);
    for (const std::string& alias : task.outlet_aliases) {
        content["outlets"].push_back({{"alias", alias}});
    }
    if (task.mapping) content["expand"] = expand_of(dag, *task.mapping);
    put_callbacks(content, task.callbacks);
    for (const auto& [name, value] : parsed(task.args).items()) content[name] = value;
    return content;
}

OrderedJson group_content(const core::Dag& dag, const core::TaskGroup& group, OrderedJson form) {
    OrderedJson content = OrderedJson::object();
    if (!group.parent.empty()) content["parent_group_name"] = group.parent;
    if (group.label == group.group_id) form.erase("label");
    erase_all(form, {"group_id", "parent", "mapping"});
    put_rest(content, form, usual_dag()["groups"][0]);
    if (group.mapping) content["expand"] = expand_of(dag, *group.mapping);
    return content;
}

OrderedJson deadline_content(const core::Deadline& deadline) {
    OrderedJson content{
        {"reference", core::to_string(deadline.reference)},
        {"interval", core::format_duration(deadline.interval)}
    };
    if (deadline.reference == core::Deadline::Reference::fixed_datetime) {
        content["fixed_at"] = core::format_iso(deadline.fixed_at);
    }
    for (const core::Callback& callback : deadline.callbacks) {
        content["callback"].push_back(call_of(callback));
    }
    return content;
}

void put_own(OrderedJson& content, const core::Dag& dag, OrderedJson form) {
    if (dag.display_name != dag.dag_id.str()) content["dag_display_name"] = dag.display_name;
    content["schedule"] = core::summarize_timetable(dag);
    // Those words leave out a part of what has many.
    const OrderedJson& schedule = form["schedule"];
    const bool has_more = schedule.size() > 2 || schedule["type"] == "calendar";
    if (has_more) content["timetable"] = schedule;
    if (dag.asset_condition) {
        content["assets"] = OrderedJson::parse(asset_expression_json(dag.asset_condition).dump());
    }
    erase_all(
        form,
        {"dag_id",
         "display_name",
         "schedule",
         "asset_condition",
         "params",
         "default_args",
         "callbacks",
         "deadlines",
         "groups",
         "tasks",
         "fileloc",
         "relative_fileloc",
         "version"}
    );
    put_rest(content, form, usual_dag());
    for (const auto& [name, text] :
         {std::pair("params", &dag.params), std::pair("default_args", &dag.default_args)}) {
        const OrderedJson value = parsed(*text);
        if (value.is_object() && !value.empty()) content[name] = value;
    }
    put_callbacks(content, dag.callbacks);
    for (const core::Deadline& deadline : dag.deadlines) {
        content["deadline"].push_back(deadline_content(deadline));
    }
}

// --- YAML

std::string scalar(const OrderedJson& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    if (text != nullptr && core::is_plain_yaml(*text)) return *text;
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
            out += indent + (core::is_plain_yaml(key) ? key : OrderedJson(key).dump()) + ":";
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
    const OrderedJson form = stored(dag);
    OrderedJson content = OrderedJson::object();
    put_own(content, dag, form);
    for (std::size_t i = 0; i < dag.groups.size(); ++i) {
        const core::TaskGroup& group = dag.groups[i];
        content["task_groups"][group.group_id] = group_content(dag, group, form["groups"][i]);
    }
    content["tasks"] = OrderedJson::object();
    for (std::size_t i = 0; i < dag.tasks.size(); ++i) {
        const core::Task& task = dag.tasks[i];
        content["tasks"][task.task_id.str()] = task_content(dag, task, form["tasks"][i]);
    }
    return content;
}

std::string dag_text(const core::Dag& dag) {
    std::string out;
    write_members(out, dag_content(dag), "");
    return out;
}

}  // namespace reel::api
