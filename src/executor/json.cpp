#include "json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::executor {

namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

std::string replace_nul(const std::string& text) {
    std::string clean;
    for (const char c : text) {
        if (c == '\0') {
            clean += replacement_character;
        } else {
            clean += c;
        }
    }
    return clean;
}

}  // namespace

std::string dump(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

core::JsonText to_text(const Json& value) {
    return core::JsonText{dump(value)};
}

core::Result<Json> parse_json(const std::string& text, const std::string& what) {
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) {
        return core::fail(core::Errc::invalid_argument, fmt::format("{} is not JSON", what));
    }
    return value;
}

std::string text_of(const Json& object, const std::string& name, const std::string& fallback) {
    if (!object.is_object()) {
        return fallback;
    }
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : fallback;
}

Json without_nul(Json value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        return text.find('\0') == std::string::npos ? value : Json(replace_nul(text));
    }
    if (value.is_array()) {
        for (Json& element : value) {
            element = without_nul(std::move(element));
        }
        return value;
    }
    if (value.is_object()) {
        Json clean = Json::object();
        for (auto& [name, member] : value.items()) {
            clean[replace_nul(name)] = without_nul(member);
        }
        return clean;
    }
    return value;
}

}  // namespace reel::executor
