#include "session.hpp"

#include <fmt/format.h>
#include <reel_jinja.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace reel::templating {

namespace {

std::string_view view(reel_jinja_text text) {
    return {text.data, text.size};
}

reel_jinja_text text_of(std::string_view text) {
    return {.data = text.data(), .size = text.size()};
}

core::Result<std::optional<std::string>> plain(core::Result<std::optional<core::JsonText>> found) {
    if (!found) return std::unexpected(std::move(found.error()));
    if (!*found) return std::nullopt;
    return std::move((*found)->text);
}

core::Result<std::optional<std::string>> look_up(
    Lookups& lookups,
    std::int32_t kind,
    const std::string& name,
    const std::string& key,
    std::int32_t map_index
) {
    switch (kind) {
        case reel_jinja_variable:
            return lookups.variable(name);
        case reel_jinja_connection:
            return plain(lookups.connection(name));
        case reel_jinja_xcom:
            return plain(lookups.xcom(
                name,
                key,
                map_index == reel_jinja_any_index ? std::nullopt : std::optional(map_index)
            ));
        default:
            return lookups.staged(name);
    }
}

void collect_strings(const nlohmann::json& value, std::vector<std::string>& into) {
    if (value.is_string()) into.push_back(value.get<std::string>());
    if (!value.is_structured()) return;
    for (const nlohmann::json& member : value) collect_strings(member, into);
}

/// Every text that came out of a look-up may be one that nobody should read in a log.
void note_secrets(std::int32_t kind, const std::string& text, std::vector<std::string>& secrets) {
    if (kind == reel_jinja_staged) return;
    secrets.push_back(text);
    collect_strings(nlohmann::json::parse(text, nullptr, false), secrets);
}

std::string without_secrets(std::string message, std::vector<std::string> secrets) {
    std::ranges::sort(secrets, std::ranges::greater{}, &std::string::size);
    for (const std::string& secret : secrets) {
        if (secret.size() < 3) continue;
        for (std::size_t at = 0; (at = message.find(secret, at)) != std::string::npos; at += 3) {
            message.replace(at, secret.size(), "***");
        }
    }
    return message;
}

/// The message and hint for a name that a look-up does not know.
core::Error missing(std::int32_t kind, const std::string& name) {
    core::Error error{.code = core::Errc::not_found};
    switch (kind) {
        case reel_jinja_variable:
            error.message = fmt::format("variable '{}' is not set", name);
            error.hint = fmt::format("set it with: reel variables set {} VALUE", name);
            break;
        case reel_jinja_connection:
            error.message = fmt::format("connection '{}' is not defined", name);
            error.hint = fmt::format("add it with: reel connections add {} --conn-uri URI", name);
            break;
        case reel_jinja_xcom: {
            const std::size_t colon = name.rfind(':');
            error.message = fmt::format(
                "task '{}' pushed no value '{}'", name.substr(0, colon), name.substr(colon + 1)
            );
            error.hint =
                "xcom_pull gave None: the task must run before this one, or write xcom_pull(…, "
                "default=…)";
            break;
        }
        default:
            error.message = fmt::format("there is no staged table '{}'", name);
            error.hint = "write staged('task.table') with a stage task that ran before this one";
    }
    return error;
}

core::Error undefined(std::string message) {
    std::ranges::replace(message, '`', '\'');
    std::string hint =
        "names are case-sensitive; for a value that may be absent write "
        "{{ name | default('…') }}";
    return {
        .code = core::Errc::not_found,
        .message = std::move(message),
        .where = {},
        .hint = std::move(hint)
    };
}

core::Error failed(std::string message) {
    std::string hint;
    if (message.find("unable to calculate") != std::string::npos ||
        message.find("operator") != std::string::npos) {
        hint = "dates move with .add(days=1) and .subtract(days=1), texts join with ~";
    }
    return {
        .code = core::Errc::invalid_argument,
        .message = std::move(message),
        .where = {},
        .hint = std::move(hint)
    };
}

core::Error error_of(const reel_jinja_result& result, const std::vector<std::string>& secrets) {
    std::string message(view(result.text));
    // "`params.x` is undefined" quotes the template, not a value.
    if (!message.starts_with('`')) message = without_secrets(std::move(message), secrets);
    if (result.missing_kind != reel_jinja_none) {
        return missing(result.missing_kind, std::string(view(result.missing_name)));
    }
    switch (result.status) {
        case reel_jinja_syntax_error:
            return {
                .code = core::Errc::invalid_argument,
                .message = "template syntax error: " + message,
                .where = {},
                .hint = {}
            };
        case reel_jinja_undefined:
            return undefined(message.empty() ? "a value is undefined" : std::move(message));
        default:
            return failed(std::move(message));
    }
}

}  // namespace

/// Frees the engine's result on every way out.
struct Outcome {
    reel_jinja_result result;
    explicit Outcome(reel_jinja_result made) : result(made) {}
    ~Outcome() { reel_jinja_release(result); }
    Outcome(const Outcome&) = delete;
    Outcome& operator=(const Outcome&) = delete;
    Outcome(Outcome&&) = delete;
    Outcome& operator=(Outcome&&) = delete;
};

struct Session::Finder {
    /// No exception may pass through the engine: it is kept and thrown behind it.
    static std::int32_t find(
        void* user,
        std::int32_t kind,
        reel_jinja_text name,
        reel_jinja_text key,
        std::int32_t map_index,
        void* answer
    ) noexcept {
        auto& bridge = *static_cast<Bridge*>(user);
        try {
            auto found = look_up(
                bridge.lookups, kind, std::string(view(name)), std::string(view(key)), map_index
            );
            if (!found) {
                bridge.failure = std::move(found.error());
                return reel_jinja_broken;
            }
            if (!*found) return reel_jinja_absent;
            note_secrets(kind, **found, bridge.secrets);
            reel_jinja_answer(answer, text_of(**found));
            return reel_jinja_found;
        } catch (...) {
            bridge.thrown = std::current_exception();
            return reel_jinja_broken;
        }
    }
};

Session::Session(Lookups& lookups)
    : bridge_(std::make_unique<Bridge>(Bridge{.lookups = lookups})) {}

Session::~Session() {
    if (session_ != nullptr) reel_jinja_close(session_);
}

core::Result<std::unique_ptr<Session>> Session::open(
    const core::JsonText& context, Lookups& lookups
) {
    std::unique_ptr<Session> session(new Session(lookups));
    session->session_ =
        reel_jinja_open(text_of(context.text), session->bridge_.get(), &Finder::find);
    if (session->session_ == nullptr) {
        return core::fail(core::Errc::internal, "the template context is not a JSON object");
    }
    return session;
}

core::Result<std::string> Session::render(std::string_view source, const std::string& name) {
    const Outcome outcome(reel_jinja_render(session_, text_of(name), text_of(source)));
    return finish(outcome, name);
}

core::Result<core::JsonText> Session::evaluate(
    std::string_view expression, const std::string& name
) {
    const Outcome outcome(reel_jinja_evaluate(session_, text_of(expression)));
    auto json = finish(outcome, name);
    if (!json) return std::unexpected(std::move(json.error()));
    return core::JsonText{*std::move(json)};
}

core::Result<std::string> Session::finish(const Outcome& outcome, const std::string& name) {
    if (bridge_->thrown) std::rethrow_exception(std::exchange(bridge_->thrown, nullptr));
    const reel_jinja_result& result = outcome.result;
    if (result.status == reel_jinja_done) return std::string(view(result.text));
    core::Error error = result.status == reel_jinja_lookup_failed && bridge_->failure
                            ? *std::exchange(bridge_->failure, std::nullopt)
                            : error_of(result, bridge_->secrets);
    if (error.where.empty()) {
        error.where = result.line > 0 ? fmt::format("{}:{}", name, result.line) : name;
    }
    return std::unexpected(std::move(error));
}

}  // namespace reel::templating
