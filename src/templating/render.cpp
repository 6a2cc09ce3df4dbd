#include "reel/templating/render.hpp"

#include <fmt/format.h>
#include <reel_jinja.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "session.hpp"

namespace reel::templating {

namespace {

using Json = nlohmann::ordered_json;

/// Renders the strings of a value in place; the first error ends it.
core::Result<void> render_strings(Session& session, Json& value, const std::string& name) {
    if (value.is_string()) {
        auto rendered = session.render(value.get_ref<const std::string&>(), name);
        if (!rendered) return std::unexpected(std::move(rendered.error()));
        value = *std::move(rendered);
        return {};
    }
    if (value.is_object()) {
        for (auto& [key, member] : value.items()) {
            auto done = render_strings(session, member, fmt::format("{}.{}", name, key));
            if (!done) return done;
        }
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            auto done = render_strings(session, value[i], fmt::format("{}[{}]", name, i));
            if (!done) return done;
        }
    }
    return {};
}

}  // namespace

core::Result<std::string> render(
    std::string_view source,
    const std::string& name,
    const core::JsonText& context,
    Lookups& lookups
) {
    const auto session = Session::open(context, lookups);
    if (!session) return std::unexpected(session.error());
    return (*session)->render(source, name);
}

core::Result<core::JsonText> render_json(
    const core::JsonText& value,
    const std::string& name,
    const core::JsonText& context,
    Lookups& lookups
) {
    Json json = Json::parse(value.text, nullptr, false);
    if (json.is_discarded()) {
        return core::fail(core::Errc::internal, "the value to render is not JSON", {}, name);
    }
    const auto session = Session::open(context, lookups);
    if (!session) return std::unexpected(session.error());
    if (auto done = render_strings(**session, json, name); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return core::JsonText{json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

core::Result<core::JsonText> evaluate(
    std::string_view expression,
    const std::string& name,
    const core::JsonText& context,
    Lookups& lookups
) {
    const auto session = Session::open(context, lookups);
    if (!session) return std::unexpected(session.error());
    return (*session)->evaluate(expression, name);
}

std::optional<SyntaxError> check_syntax(std::string_view source) {
    const reel_jinja_result result =
        reel_jinja_check({.data = source.data(), .size = source.size()});
    std::optional<SyntaxError> error;
    if (result.status != reel_jinja_done) {
        error = SyntaxError{
            .message = std::string(result.text.data, result.text.size),
            .line = static_cast<int>(result.line)
        };
    }
    reel_jinja_release(result);
    return error;
}

}  // namespace reel::templating
