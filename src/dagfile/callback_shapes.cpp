#include "callback_shapes.hpp"

#include <fmt/format.h>

#include <utility>

#include "reel/core/ascii.hpp"
#include "reel/core/callback.hpp"
#include "reel/core/time.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

ShapePtr http_shape() {
    Shape shape = *object(
        {optional("url", text(check_not_blank), "the whole address"),
         optional("conn_id", text(check_not_blank), "the connection that names the server"),
         {.name = "path",
          .shape = text(),
          .meaning = "what comes behind the connection's address",
          .aliases = {"endpoint"}},
         optional(
             "method", choice({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}), "POST by default"
         ),
         optional("headers", map_of(text()), "sent with it"),
         optional("json", any_value(), "the body, sent as JSON; what has happened by default"),
         optional("data", either({text(), map_of(any_value())}), "the body: text, or a form")},
        "callback_http"
    );
    shape.some_of = {"url", "conn_id"};
    return std::make_shared<const Shape>(std::move(shape));
}

ShapePtr email_shape() {
    return object(
        {required("to", texts(), "who gets it"),
         optional("cc", texts(), "who gets a copy"),
         optional("from", text(check_not_blank), "from whom; the connection says by default"),
         optional("subject", text(), "what has happened by default"),
         optional("body", text(), "text, or HTML where it begins with '<'"),
         optional(
             "conn_id", text(check_not_blank), "connection of type smtp; smtp_default by default"
         )},
        "callback_email"
    );
}

ShapePtr slack_shape() {
    Shape shape = *object(
        {optional("conn_id", text(check_not_blank), "the connection with the webhook"),
         optional("url", text(check_not_blank), "the webhook, as from a variable"),
         optional("text", text(), "what has happened by default"),
         optional("blocks", list_of(any_value(), true), "Slack's blocks")},
        "callback_slack"
    );
    shape.some_of = {"conn_id", "url"};
    return std::make_shared<const Shape>(std::move(shape));
}

Field refused(std::string name) {
    return {
        .name = std::move(name),
        .shape = any_value(),
        .meaning = python_callback_hint(),
        .support = Support::refused
    };
}

ShapePtr declare_callback() {
    Shape shape = *object(
        {optional("command", text(check_not_blank), "text for /bin/sh"),
         optional("http", http_shape(), "a request"),
         optional("email", email_shape(), "a mail"),
         optional("slack", slack_shape(), "a message to a webhook of Slack's"),
         optional("env", map_of(text()), "of a command: what it gets into its environment, too"),
         optional("timeout", duration(), "it is given up after that long; 1m by default"),
         refused("callback")},
        "callback"
    );
    for (const core::CallbackKind kind : core::all_callback_kinds) {
        shape.exactly_one_of.emplace_back(core::to_string(kind));
    }
    return std::make_shared<const Shape>(std::move(shape));
}

std::optional<std::string> check_reference(const std::string& text) {
    const auto reference = read_reference_word(text);
    const bool is_word = reference && *reference != core::Deadline::Reference::fixed_datetime;
    if (is_word || core::parse_timestamp(text)) {
        return std::nullopt;
    }
    return fmt::format("must be dagrun_logical_date, dagrun_queued_at or a date, not '{}'", text);
}

std::vector<Field> callback_fields(const std::vector<std::pair<const char*, const char*>>& events) {
    std::vector<Field> fields;
    for (const auto& [event, meaning] : events) {
        const std::string name = fmt::format("on_{}_callback", event);
        fields.push_back(optional(name, callbacks(), meaning));
        fields.push_back(refused(name + "_name"));
        fields.push_back(refused(name + "_file"));
    }
    return fields;
}

}  // namespace

std::string python_callback_hint() {
    return "a Python function is not called; write {command: …}, {http: …}, {email: …} or "
           "{slack: …}";
}

const ShapePtr& callback_shape() {
    static const ShapePtr shape = declare_callback();
    return shape;
}

ShapePtr deadlines_shape() {
    const ShapePtr one = object(
        {required(
             "reference",
             text(check_reference),
             "what it counts from: dagrun_logical_date, dagrun_queued_at or a date"
         ),
         required("interval", duration(), "a run must have ended that long after it"),
         required("callback", callbacks(), "who is called when it has not")},
        "deadline"
    );
    return either({one, list_of(one, true)});
}

std::vector<Field> task_callback_fields() {
    return callback_fields(
        {{"execute", "called when it begins"},
         {"failure", "called when it has failed and no try is left"},
         {"success", "called when it has succeeded"},
         {"retry", "called when it has failed and will be tried again"},
         {"skipped", "called when it asked to be skipped while it ran"}}
    );
}

std::vector<Field> dag_callback_fields() {
    return callback_fields(
        {{"success", "called when a run has succeeded"}, {"failure", "called when a run has failed"}
        }
    );
}

std::optional<core::Deadline::Reference> read_reference_word(std::string_view text) {
    return core::parse_deadline_reference(core::lowered(text));
}

}  // namespace reel::dagfile
