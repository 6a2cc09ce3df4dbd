#include "call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <filesystem>
#include <utility>

#include "executor/environment.hpp"
#include "executor/http_target.hpp"
#include "executor/lookups.hpp"
#include "executor/waiting/rules.hpp"
#include "mail_connection.hpp"
#include "reel/templating/render.hpp"

namespace reel::executor {

namespace {

constexpr core::Duration usual_timeout = std::chrono::minutes(1);

core::Result<Json> rendered_args(
    const CallbackScene& scene,
    const core::Callback& callback,
    store::RunStore& store,
    Connections& connections
) {
    const std::string name =
        fmt::format("{}.{}", core::to_string(scene.record.event), core::to_string(callback.kind));
    const scheduler::AttemptOrder order = scene.order();
    StoreLookups lookups(order, store, connections);
    const auto rendered =
        templating::render_json(callback.args, name, to_text(callback_context(scene)), lookups);
    lookups.rethrow_failure();
    if (!rendered) {
        return std::unexpected(rendered.error());
    }
    return parse_json(rendered->text, "the callback");
}

core::Duration timeout_of(const Json& args) {
    const auto given = duration_of(args, "timeout");
    return given ? given->value_or(usual_timeout) : usual_timeout;
}

core::Result<Call> command_call(
    const CallbackScene& scene, const Json& args, const config::Environment& inherited
) {
    CommandCall call{
        .script = text_of(args, "command"),
        .environment = inherited,
        .folder = std::filesystem::path(scene.dag->fileloc).parent_path().string(),
        .timeout = timeout_of(args),
    };
    for (const auto& [name, value] : args.value("env", Json::object()).items()) {
        const std::string text = value.is_string() ? value.get<std::string>() : dump(value);
        if (name.empty() || name.contains('=') || (name + text).contains('\0')) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("'{}' cannot be given to a command as environment", name)
            );
        }
        call.environment[name] = text;
    }
    if (scene.dag->tasks.empty()) return call;
    for (auto& [name, value] : attempt_environment(scene.order())) {
        call.environment.insert_or_assign(name, std::move(value));
    }
    return call;
}

bool has_content_type(const std::vector<std::string>& headers) {
    return std::ranges::any_of(headers, [](const std::string& header) {
        return boost::beast::iequals(header.substr(0, header.find(':')), "Content-Type");
    });
}

void set_json(fetch::HttpCall& call, const Json& body) {
    call.body = dump(body);
    if (!has_content_type(call.headers)) {
        call.headers.emplace_back("Content-Type: application/json");
    }
}

/// Who knows such an address may call it, too.
void hide_address(const std::string& url, SecretMask& mask) {
    mask.add(url);
    const std::size_t host = url.find("://");
    const std::size_t path = host == std::string::npos ? host : url.find('/', host + 3);
    if (path != std::string::npos) {
        mask.add(url.substr(path + 1));
    }
}

core::Result<Call> http_call(
    const CallbackScene& scene,
    const core::Callback& callback,
    const Json& args,
    Connections& connections,
    SecretMask& mask
) {
    fetch::HttpCall call{.method = text_of(args, "method", "POST"), .timeout = timeout_of(args)};
    const auto target = read_http_target(
        {.url = text_of(args, "url"),
         .conn_id = text_of(args, "conn_id"),
         .path = text_of(args, "path", text_of(args, "endpoint"))},
        connections,
        call
    );
    if (!target) {
        return std::unexpected(target.error());
    }
    // What a template gave to an address may be the secret part of it.
    const Json written = Json::parse(callback.args.text, nullptr, false);
    if (text_of(written, "url").contains('{')) {
        hide_address(call.url, mask);
    }
    add_http_headers(args.value("headers", Json()), call.headers);
    const Json data = args.value("data", Json());
    const bool has_body = call.method != "GET" && call.method != "HEAD";
    if (args.contains("json")) {
        set_json(call, args["json"]);
    } else if (data.is_object()) {
        call.body = http_form(data);
    } else if (data.is_string()) {
        call.body = data.get<std::string>();
    } else if (has_body) {
        set_json(call, default_payload(scene));
    }
    return call;
}

/// Airflow's connection: the webhook's secret part, or all of its URL, is the password.
core::Result<std::string> webhook_of(const Json& args, Connections& connections) {
    if (std::string url = text_of(args, "url"); !url.empty()) {
        return url;
    }
    const std::string id = text_of(args, "conn_id");
    const auto found = connections.find(id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!found->has_value()) {
        return core::fail(
            core::Errc::not_found,
            fmt::format("there is no connection '{}'", id),
            fmt::format(
                "reel connections add {} --conn-type slackwebhook --conn-password T…/B…/…", id
            )
        );
    }
    const auto& [connection_id, type, description, host, login, password, schema, port, extra] =
        **found;
    if (password.starts_with("https://") || password.starts_with("http://")) {
        return password;
    }
    std::string base = host.empty() ? "https://hooks.slack.com/services" : host;
    if (!base.contains("://")) {
        base = fmt::format("{}://{}", schema.empty() ? "https" : schema, base);
    }
    if (port) {
        base += fmt::format(":{}", *port);
    }
    return base + (password.starts_with('/') ? "" : "/") + password;
}

core::Result<Call> slack_call(
    const CallbackScene& scene, const Json& args, Connections& connections, SecretMask& mask
) {
    auto url = webhook_of(args, connections);
    if (!url) {
        return std::unexpected(url.error());
    }
    hide_address(*url, mask);
    fetch::HttpCall call{.url = *std::move(url), .method = "POST", .timeout = timeout_of(args)};
    Json message{{"text", text_of(args, "text", default_text(scene))}};
    if (args.contains("blocks")) {
        message["blocks"] = args["blocks"];
    }
    set_json(call, message);
    return call;
}

core::Result<Call> email_call(
    const CallbackScene& scene, const Json& args, Connections& connections
) {
    auto server = find_mail_server(text_of(args, "conn_id", "smtp_default"), connections);
    if (!server) {
        return std::unexpected(server.error());
    }
    MailCall call{.server = server->server, .mail = {}};
    call.server.timeout = timeout_of(args);
    call.mail.from = text_of(args, "from", server->from);
    call.mail.to = words_of(args, "to");
    call.mail.cc = words_of(args, "cc");
    call.mail.subject = text_of(args, "subject", default_title(scene));
    call.mail.body = text_of(args, "body", default_text(scene));
    call.mail.date = scene.record.created_at;
    call.mail.message_id = fmt::format(
        "<callback-{}.{}@reel>", scene.record.id, scene.record.created_at.time_since_epoch().count()
    );
    return call;
}

}  // namespace

core::Result<Call> prepare_call(
    const CallbackScene& scene,
    const core::Callback& callback,
    store::RunStore& store,
    Connections& connections,
    SecretMask& mask,
    const config::Environment& inherited
) {
    const auto args = rendered_args(scene, callback, store, connections);
    if (!args) {
        return std::unexpected(args.error());
    }
    switch (callback.kind) {
        case core::CallbackKind::command:
            return command_call(scene, *args, inherited);
        case core::CallbackKind::http:
            return http_call(scene, callback, *args, connections, mask);
        case core::CallbackKind::email:
            return email_call(scene, *args, connections);
        case core::CallbackKind::slack:
            break;
    }
    return slack_call(scene, *args, connections, mask);
}

namespace {

core::Result<void> judge_answer(const core::Result<fetch::HttpAnswer>& answer) {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const int status = answer->status;
    if (status >= 200 && status < 300) {
        return {};
    }
    const bool is_busy = status == 408 || status == 429 || status >= 500;
    return core::fail(
        is_busy ? core::Errc::unavailable : core::Errc::invalid_argument,
        "the server answered " + fetch::describe_http_status(status)
    );
}

}  // namespace

core::Result<void> make_call(const Call& call) {
    if (const auto* command = std::get_if<CommandCall>(&call)) {
        return run_command(*command);
    }
    if (const auto* http = std::get_if<fetch::HttpCall>(&call)) {
        return judge_answer(fetch::call_http(*http));
    }
    const auto& [server, mail] = std::get<MailCall>(call);
    return fetch::send_mail(server, mail);
}

bool may_mend(const core::Error& error) {
    switch (error.code) {
        case core::Errc::invalid_argument:
        case core::Errc::not_found:
        case core::Errc::unsupported:
            return false;
        default:
            return true;
    }
}

}  // namespace reel::executor
