#include "warehouse/args.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

std::string kind_of(const Json& value) {
    if (value.is_object()) {
        return "a map";
    }
    return value.is_array() ? "a list" : fmt::format("{}", value.dump());
}

}  // namespace

void Mistakes::add(const std::string& path, const std::string& message) {
    lines_.push_back(path.empty() ? message : path + ": " + message);
}

core::Error Mistakes::to_error(std::string_view operation) const {
    const auto message =
        lines_.size() == 1
            ? fmt::format("{}: {}", operation, lines_.front())
            : fmt::format(
                  "{}: {} mistakes\n  {}", operation, lines_.size(), fmt::join(lines_, "\n  ")
              );
    return {core::Errc::invalid_argument, message, {}, {}};
}

ArgReader::ArgReader(const Json& object, std::string path, Mistakes& mistakes)
    : object_(object), path_(std::move(path)), mistakes_(mistakes) {
    if (!object_.is_object()) {
        mistakes_.add(path_, fmt::format("a map was expected, not {}", kind_of(object_)));
    }
}

std::string ArgReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void ArgReader::mistake(std::string_view key, const std::string& message) {
    mistakes_.add(path_of(key), message);
}

void ArgReader::mistake(std::string_view key, const core::Error& error) {
    mistake(key, error.hint.empty() ? error.message : error.message + " (" + error.hint + ")");
}

const Json* ArgReader::find(std::string_view key) {
    known_.emplace_back(key);
    if (!object_.is_object()) {
        return nullptr;
    }
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> ArgReader::text(std::string_view key) {
    const Json* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    auto text = scalar_text(*value);
    if (!text) {
        mistake(key, fmt::format("text was expected, not {}", kind_of(*value)));
    }
    return text;
}

std::string ArgReader::required_text(std::string_view key) {
    const bool present = find(key) != nullptr;
    auto value = text(key);
    if (!present || (value && value->empty())) {
        mistake(key, "is required");
    }
    return value.value_or("");
}

std::vector<std::string> ArgReader::names(std::string_view key) {
    const Json* value = find(key);
    if (value == nullptr) {
        return {};
    }
    std::vector<std::string> names;
    const Json list = value->is_array() ? *value : Json::array({*value});
    for (const auto& item : list) {
        const auto name = scalar_text(item);
        if (!name || name->empty()) {
            mistake(
                key, fmt::format("a name or a list of names was expected, not {}", item.dump())
            );
            return {};
        }
        if (std::ranges::find(names, *name) != names.end()) {
            mistake(key, fmt::format("'{}' stands there twice", *name));
            continue;
        }
        names.push_back(*name);
    }
    if (names.empty()) {
        mistake(key, "the list is empty");
    }
    return names;
}

std::optional<bool> ArgReader::flag(std::string_view key) {
    const Json* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_boolean()) {
        mistake(key, fmt::format("true or false was expected, not {}", kind_of(*value)));
        return std::nullopt;
    }
    return value->get<bool>();
}

std::optional<std::int64_t> ArgReader::count(std::string_view key) {
    const Json* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_number_integer() || value->get<std::int64_t>() < 0) {
        mistake(key, fmt::format("a whole number was expected, not {}", kind_of(*value)));
        return std::nullopt;
    }
    return value->get<std::int64_t>();
}

const Json* ArgReader::required_object(std::string_view key) {
    const Json* value = find(key);
    if (value == nullptr) {
        mistake(key, "is required");
        return nullptr;
    }
    if (!value->is_object() || value->empty()) {
        mistake(key, "a map with at least one entry was expected");
        return nullptr;
    }
    return value;
}

void ArgReader::finish() {
    if (!object_.is_object()) {
        return;
    }
    for (const auto& [key, value] : object_.items()) {
        if (std::ranges::find(known_, key) == known_.end()) {
            mistakes_.add(path_of(key), "unknown key" + did_you_mean(key, known_));
        }
    }
}

core::Result<Json> parse_args(const core::JsonText& args, std::string_view operation) {
    Json parsed = Json::parse(args.text, nullptr, false);
    if (!parsed.is_object()) {
        return core::fail(
            core::Errc::invalid_argument, fmt::format("{}: arguments are no map", operation)
        );
    }
    return parsed;
}

std::optional<std::string> scalar_text(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_number() || value.is_boolean()) {
        return value.dump();
    }
    return std::nullopt;
}

}  // namespace reel::warehouse
