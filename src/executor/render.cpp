#include "render.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "context.hpp"
#include "context_use.hpp"
#include "dag_files.hpp"
#include "file_arguments.hpp"
#include "lookups.hpp"
#include "mapped_args.hpp"
#include "reel/scheduler/params.hpp"
#include "reel/templating/render.hpp"

namespace reel::executor {

namespace {

Json inlet_events(const scheduler::AttemptOrder& order, StoreLookups& lookups) {
    Json events = Json::object();
    for (const core::Asset& inlet : order.task().inlets) {
        events[inlet.uri] = Json::array();
        events.update(events_context(lookups.events_of(inlet)));
    }
    return events;
}

class Renderer final {
  public:
    Renderer(const scheduler::AttemptOrder& order, StoreLookups& lookups)
        : order_(order), lookups_(lookups) {}

    /// What the mapping gives to this instance, rendered where the file gave it. From now on
    /// templates know it as `expand`.
    core::Result<Json> mapped() {
        const auto args = mapped_args(order_, [this](const auto& task_id, const auto& key) {
            return output({{"task_id", task_id}, {"key", key}}, order_.key.task_id.str());
        });
        if (!args) {
            return std::unexpected(args.error());
        }
        Json values = Json::object();
        for (const auto& [name, arg] : *args) {
            auto value =
                arg.is_from_file ? argument(name, arg.value) : core::Result<Json>(arg.value);
            if (!value) {
                return value;
            }
            values[name] = *std::move(value);
        }
        context_.reset();
        return expand_ = std::move(values);
    }

    core::Result<Json> argument(const std::string& name, const Json& value) {
        const std::string where = fmt::format("{}.{}", order_.key.task_id.str(), name);
        if (value.is_string() && is_file_argument(order_.task().operator_name, name)) {
            return text_argument(name, value.get<std::string>(), where);
        }
        if (value.is_array() && is_file_argument(order_.task().operator_name, name)) {
            Json rendered = Json::array();
            for (const Json& element : value) {
                auto one = argument(name, element);
                if (!one) {
                    return one;
                }
                rendered.push_back(*std::move(one));
            }
            return rendered;
        }
        return any(value, where);
    }

    core::Result<std::string> text(const std::string& source, const std::string& where) {
        if (source.find('{') == std::string::npos) {
            return source;
        }
        return templating::render(source, where, context_for(source), lookups_);
    }

  private:
    core::Result<Json> text_argument(
        const std::string& name, const std::string& source, const std::string& where
    ) {
        auto rendered = text(source, where);
        if (!rendered) {
            return std::unexpected(rendered.error());
        }
        if (!is_file_name(order_.task().operator_name, name, {source, *rendered})) {
            return Json(*std::move(rendered));
        }
        return file(*rendered, where);
    }

    core::Result<Json> file(const std::string& name, const std::string& where) {
        const auto path = find_file(*order_.dag, name);
        if (!path) {
            core::Error error = path.error();
            error.where = where;
            return std::unexpected(std::move(error));
        }
        const auto source = read_text(*path);
        if (!source) {
            return std::unexpected(source.error());
        }
        auto rendered = text(*source, name);
        if (!rendered) {
            return std::unexpected(rendered.error());
        }
        return Json(*std::move(rendered));
    }

    /// Airflow's render_template_as_native_obj: what an expression stands for, not how it reads.
    core::Result<Json> native(const std::string& expression, const std::string& where) {
        const auto value =
            templating::evaluate(expression, where, context_for(expression), lookups_);
        return value ? parse_json(value->text, where) : std::unexpected(value.error());
    }

    core::Result<Json> any(const Json& value, const std::string& where) {
        if (value.is_string()) {
            const auto whole = only_expression(value.get_ref<const std::string&>());
            if (whole && order_.dag->render_template_as_native_obj) {
                return native(*whole, where);
            }
            auto rendered = text(value.get<std::string>(), where);
            if (!rendered) {
                return std::unexpected(rendered.error());
            }
            return Json(*std::move(rendered));
        }
        if (value.is_array()) {
            return array(value, where);
        }
        if (value.is_object()) {
            return value.size() == 1 && value.contains("__xcom__")
                       ? output(value["__xcom__"], where)
                       : object(value, where);
        }
        return value;
    }

    core::Result<Json> array(const Json& value, const std::string& where) {
        Json rendered = Json::array();
        for (const Json& element : value) {
            auto one = any(element, where);
            if (!one) {
                return one;
            }
            rendered.push_back(*std::move(one));
        }
        return rendered;
    }

    core::Result<Json> object(const Json& value, const std::string& where) {
        Json rendered = Json::object();
        for (const auto& [name, member] : value.items()) {
            auto one = any(member, fmt::format("{}.{}", where, name));
            if (!one) {
                return one;
            }
            rendered[name] = *std::move(one);
        }
        return rendered;
    }

    core::Result<Json> output(const Json& reference, const std::string& where) {
        const std::string task_id = text_of(reference, "task_id");
        const std::string key = text_of(reference, "key", "return_value");
        const auto pushed = lookups_.xcom(task_id, key, std::nullopt);
        if (!pushed) {
            return std::unexpected(pushed.error());
        }
        if (!pushed->has_value()) {
            return core::fail(
                core::Errc::not_found,
                fmt::format("task '{}' has pushed no XCom '{}' in this run", task_id, key),
                fmt::format("see `reel tasks logs` of '{}' for what it did", task_id),
                where
            );
        }
        return parse_json((*pushed)->text, fmt::format("the XCom '{}' of '{}'", key, task_id));
    }

    /// What few templates speak of is asked of the database for those alone.
    const core::JsonText& context_for(const std::string& source) {
        const ContextUse used = known_.with(context_use_of(source));
        if (!context_ || used != known_) {
            Json context =
                template_context(order_, expand_, lookups_.triggering_asset_events(order_.run));
            const auto began = order_.started_at.value_or(core::SystemClock().now());
            for (const char* const name : {"ti", "task_instance"}) {
                context[name]["start_date"] = core::format_iso(began);
            }
            if (used.last_success) {
                context.update(last_success_context(lookups_.last_success(order_.run)));
            }
            if (used.inlet_events) {
                context["inlet_events"] = inlet_events(order_, lookups_);
            }
            known_ = used;
            context_ = to_text(context);
        }
        return *context_;
    }

    const scheduler::AttemptOrder& order_;
    StoreLookups& lookups_;
    Json expand_;                            ///< what the mapping gives
    std::optional<core::JsonText> context_;  ///< made for the first template
    ContextUse known_;                       ///< what the context has of the database
};

core::Result<std::string> connection_id(const scheduler::AttemptOrder& order, Renderer& renderer) {
    return renderer.text(
        connection_id_of(*order.dag, order.task()),
        fmt::format("{}.conn_id", order.key.task_id.str())
    );
}

core::Result<RenderedTask> render_all(const scheduler::AttemptOrder& order, Renderer& renderer) {
    const auto args = parse_json(order.task().args.text, "the task's arguments");
    if (!args) {
        return std::unexpected(args.error());
    }
    if (const auto fits = scheduler::check_conf(order.task(), order.run.conf); !fits) {
        return std::unexpected(fits.error());
    }
    RenderedTask rendered{.args = Json::object(), .connection_id = {}, .expand = {}};
    auto mapped = renderer.mapped();
    if (!mapped) {
        return std::unexpected(mapped.error());
    }
    if (order.task().mapping) {
        rendered.args = *mapped;
    }
    rendered.expand = *std::move(mapped);
    for (const auto& [name, value] : args->items()) {
        auto one = renderer.argument(name, value);
        if (!one) {
            return std::unexpected(one.error());
        }
        rendered.args[name] = *std::move(one);
    }
    auto connection = connection_id(order, renderer);
    if (!connection) {
        return std::unexpected(connection.error());
    }
    rendered.connection_id = *std::move(connection);
    return rendered;
}

}  // namespace

core::Result<RenderedTask> render_arguments(
    const scheduler::AttemptOrder& order, store::RunStore& store, Connections& connections
) {
    StoreLookups lookups(order, store, connections);
    Renderer renderer(order, lookups);
    auto rendered = render_all(order, renderer);
    lookups.rethrow_failure();
    return rendered;
}

/// Without a brace behind the first there is neither a template nor a nested value.
bool is_rendered_at_once(const scheduler::AttemptOrder& order) {
    const core::Task& task = order.task();
    const std::string& args = task.args.text;
    return task.operator_name == "bash" && task.params.text == "{}" &&
           order.dag->mapping_of(task) == nullptr && args.find('{', 1) == std::string::npos &&
           args.find(".sh\"") == std::string::npos && args.find(".bash\"") == std::string::npos &&
           connection_id_of(*order.dag, task).find('{') == std::string::npos;
}

core::Result<std::string> render_connection_id(
    const scheduler::AttemptOrder& order, store::RunStore& store, Connections& connections
) {
    StoreLookups lookups(order, store, connections);
    Renderer renderer(order, lookups);
    auto rendered = connection_id(order, renderer);
    lookups.rethrow_failure();
    return rendered;
}

}  // namespace reel::executor
