#include <nlohmann/json.hpp>
#include <set>

#include "asset_schema.hpp"
#include "asset_shapes.hpp"
#include "callback_shapes.hpp"
#include "dag_shapes.hpp"
#include "operators.hpp"
#include "reel/dagfile/load.hpp"
#include "timetable_shapes.hpp"

namespace reel::dagfile {
namespace {

using Json = nlohmann::ordered_json;

/// Prints shapes as JSON Schema. It is never stricter than the reader: what default_args or a block
/// of defaults may add is not required here.
class SchemaWriter final {
  public:
    Json write(const Shape& shape) {
        if (shape.name.empty() || shape.kind == ShapeKind::elsewhere) {
            return shape.kind == ShapeKind::elsewhere ? reference(shape.name) : body(shape);
        }
        if (names_.insert(shape.name).second) {
            definitions_[shape.name] = body(shape);
        }
        return reference(shape.name);
    }

    void define(const std::string& name, Json schema) { definitions_[name] = std::move(schema); }

    static Json reference(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

    /// Keys and values of an object; what it must have is left to the caller.
    Json object_members(const Shape& shape) {
        Json properties = Json::object();
        for (const Field& field : shape.fields) {
            if (field.support == Support::replaced) {
                continue;
            }
            const Json schema = field_schema(field);
            properties[field.name] = schema;
            for (const std::string& alias : field.aliases) {
                properties[alias] = schema;
            }
        }
        return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    }

    [[nodiscard]] Json take_definitions() { return std::move(definitions_); }

  private:
    Json field_schema(const Field& field) {
        Json schema;
        if (field.support == Support::planned || field.support == Support::refused) {
            schema["enum"] = Json::array({nullptr});
            for (const std::string& value : field.harmless) {
                schema["enum"].push_back(Json::parse(value));
            }
        } else if (field.support == Support::carried) {
            schema = write(*field.shape);
            if (!field.required) {
                // Nothing is as good as not there.
                schema = {{"anyOf", Json::array({schema, {{"type", "null"}}})}};
            }
        } else {
            schema = Json::object();
        }
        if (!field.meaning.empty()) {
            schema["description"] = field.meaning;
        }
        return schema;
    }

    Json body(const Shape& shape) {
        switch (shape.kind) {
            case ShapeKind::text:
            case ShapeKind::date:
                return {{"type", "string"}};
            case ShapeKind::integer:
                return number_body("integer", shape);
            case ShapeKind::number:
                return number_body("number", shape);
            case ShapeKind::boolean:
                return {{"type", "boolean"}};
            case ShapeKind::duration:
                return duration_body();
            case ShapeKind::span:
                return span_body();
            case ShapeKind::schedule:
                return schedule_body();
            case ShapeKind::callbacks:
                return write(*either({callback_shape(), list_of(callback_shape(), true)}));
            case ShapeKind::choice:
                return {{"enum", shape.choices}};
            case ShapeKind::list:
                return list_body(shape);
            case ShapeKind::map:
                return map_body(shape);
            case ShapeKind::object:
                return object_body(shape);
            case ShapeKind::either:
                return either_body(shape);
            default:
                return Json::object();
        }
    }

    static Json number_body(const char* type, const Shape& shape) {
        Json schema{{"type", type}};
        if (shape.minimum > std::numeric_limits<int>::min()) {
            schema["minimum"] = shape.minimum;
        }
        return schema;
    }

    static Json duration_body() {
        Json parts = Json::object();
        parts["__type__"] = {{"const", "datetime.timedelta"}};
        for (const char* unit :
             {"weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds"}) {
            parts[unit] = {{"type", "number"}};
        }
        parts["__args__"] = {{"type", "array"}, {"items", {{"type", "number"}}}};
        const Json timedelta{
            {"type", "object"},
            {"properties", parts},
            {"required", {"__type__"}},
            {"additionalProperties", false}
        };
        return {
            {"description", "5m, PT5M, seconds, or a datetime.timedelta"},
            {"anyOf",
             Json::array({{{"type", "string"}}, {{"type", "number"}, {"minimum", 0}}, timedelta})}
        };
    }

    Json span_body() {
        const Json type{{"const", "dateutil.relativedelta.relativedelta"}};
        const Json step{
            {"type", "object"}, {"properties", {{"__type__", type}}}, {"required", {"__type__"}}
        };
        return {{"anyOf", Json::array({write(*duration()), step})}};
    }

    Json schedule_body() {
        Json options = Json::array({write(*span()), write(moments_shape())});
        define("asset_expression", asset_expression_schema(write(*asset_shape())));
        options.push_back(reference("asset_expression"));
        options.push_back(asset_schedule_schema(object_members(asset_schedule_shape())));
        for (const TimetableClass& kind : timetable_classes()) {
            Json timetable = object_members(*kind.shape);
            timetable["properties"]["__type__"] = {{"pattern", "(^|\\.)" + kind.name + "$"}};
            timetable["properties"]["__args__"] = {{"type", "array"}};
            timetable["required"] = {"__type__"};
            options.push_back(timetable);
        }
        return {
            {"description", "when runs are due, with or without Airflow's classes"},
            {"anyOf", options}
        };
    }

    Json list_body(const Shape& shape) {
        Json schema{{"type", "array"}, {"items", write(*shape.element)}};
        if (shape.at_least_one) {
            schema["minItems"] = 1;
        }
        return schema;
    }

    Json map_body(const Shape& shape) {
        Json schema{{"type", "object"}, {"additionalProperties", write(*shape.element)}};
        if (shape.at_least_one) {
            schema["minProperties"] = 1;
        }
        return schema;
    }

    static Json one_key(const std::string& name) { return {{"required", Json::array({name})}}; }

    Json object_body(const Shape& shape) {
        Json schema = object_members(shape);
        Json groups = Json::array();
        for (const Field& field : shape.fields) {
            if (!field.required) {
                continue;
            }
            Json ways = Json::array({one_key(field.name)});
            for (const std::string& alias : field.aliases) {
                ways.push_back(one_key(alias));
            }
            groups.push_back(ways.size() == 1 ? ways[0] : Json{{"anyOf", ways}});
        }
        const auto add = [&](const char* word, const std::vector<std::string>& names) {
            Json ways = Json::array();
            for (const std::string& name : names) {
                ways.push_back(one_key(name));
            }
            if (!names.empty()) {
                groups.push_back({{word, ways}});
            }
        };
        add("oneOf", shape.exactly_one_of);
        add("anyOf", shape.some_of);
        if (!groups.empty()) {
            schema["allOf"] = groups;
        }
        return schema;
    }

    Json either_body(const Shape& shape) {
        Json options = Json::array();
        for (const ShapePtr& option : shape.options) {
            options.push_back(write(*option));
        }
        return {{"anyOf", options}};
    }

    std::set<std::string> names_;
    Json definitions_ = Json::object();
};

/// What one operator's tasks may say: its own arguments, and the names of what every task may say,
/// which the definition of a task describes.
Json operator_schema(SchemaWriter& writer, const Operator& one) {
    Json properties = Json::object();
    for (const Field& field : task_fields()) {
        properties[field.name] = Json::object();
    }
    const Json own = writer.object_members(*object(one.args));
    properties.update(own["properties"]);
    return {
        {"description", one.meaning}, {"properties", properties}, {"additionalProperties", false}
    };
}

/// What a task may say depends on its operator.
Json task_schema(SchemaWriter& writer) {
    Json branches = Json::array();
    for (const Operator& one : all_operators()) {
        Json names = Json::array({one.name});
        for (const std::string& path : one.paths) {
            names.push_back(path);
        }
        writer.define(one.task->name, operator_schema(writer, one));
        const Json condition{
            {"required", {"operator"}}, {"properties", {{"operator", {{"enum", names}}}}}
        };
        branches.push_back({{"if", condition}, {"then", SchemaWriter::reference(one.task->name)}});
    }
    Json properties = writer.object_members(*object(task_fields()))["properties"];
    properties["operator"] = {
        {"description", "what the task does: a short name or Airflow's dotted path"},
        {"enum", operator_names()}
    };
    return {{"type", "object"}, {"properties", properties}, {"allOf", branches}};
}

/// A list of members that name themselves, or a map by name.
Json members_schema(const std::string& member, const std::string& id) {
    const Json named{{"allOf", Json::array({SchemaWriter::reference(member), {{"required", {id}}}})}
    };
    return {
        {"anyOf",
         Json::array(
             {{{"type", "array"}, {"items", named}},
              {{"type", "object"}, {"additionalProperties", SchemaWriter::reference(member)}}}
         )}
    };
}

}  // namespace

std::string dag_json_schema() {
    SchemaWriter writer;
    writer.define("dag", writer.object_members(dag_shape()));
    writer.define("default_args", writer.object_members(dag_default_args_shape()));
    writer.define("group_default_args", writer.object_members(group_default_args_shape()));
    writer.define("task", task_schema(writer));
    Json group = writer.object_members(task_group_shape());
    group["type"] = {"object", "null"};
    writer.define("task_group", group);
    writer.define("tasks", members_schema("task", "task_id"));
    writer.define("task_groups", members_schema("task_group", "group_name"));
    Json schema{
        {"$schema", "http://json-schema.org/draft-07/schema#"},
        {"title", "Reel DAG file"},
        {"description", "a map of dag_id → DAG; 'default' holds what all of them share"},
        {"type", {"object", "null"}},
        {"properties",
         {{"default", {{"anyOf", {SchemaWriter::reference("dag"), {{"type", "null"}}}}}}}},
        {"additionalProperties", SchemaWriter::reference("dag")}
    };
    schema["definitions"] = writer.take_definitions();
    return schema.dump(2) + "\n";
}

}  // namespace reel::dagfile
