#include "input.hpp"

#include <algorithm>
#include <charconv>

#include "reel/core/ascii.hpp"

namespace reel::api {

namespace {

constexpr long long default_limit = 50;
constexpr long long maximum_offset = 1LL << 40;
constexpr int maximum_nesting = 200;

/// Writing JSON is recursive, so a body of ten million brackets must not get that far.
bool nests_deeper_than(std::string_view text, int limit) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > limit) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

std::optional<long long> parse_integer(std::string_view text) {
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string range_message(long long low, long long high) {
    return "Input should be an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

/// Postgres keeps no NUL in a text; libpq would cut the text there and say nothing.
bool holds_nul(const nlohmann::json& value) {
    if (value.is_string()) {
        return value.get_ref<const std::string&>().find('\0') != std::string::npos;
    }
    const auto& items = value.items();
    return value.is_structured() && std::any_of(items.begin(), items.end(), [&](const auto& item) {
               return item.key().find('\0') != std::string::npos || holds_nul(item.value());
           });
}

}  // namespace

void QueryReader::complain(std::string_view name, std::string message, std::string type) {
    issues_.push_back({{"query", std::string(name)}, std::move(message), std::move(type)});
}

std::vector<std::string> QueryReader::texts(std::string_view name) {
    known_.emplace(name);
    std::vector<std::string> values;
    for (const auto& [key, value] : query_) {
        if (key == name) values.push_back(value);
    }
    return values;
}

std::optional<std::string> QueryReader::text(std::string_view name) {
    const auto values = texts(name);
    if (values.empty()) return std::nullopt;
    return values.back();
}

std::optional<bool> QueryReader::boolean(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const std::string word = core::lowered(*value);
    if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "0" || word == "no" || word == "off") return false;
    complain(name, "Input should be a valid boolean, unable to interpret input", "bool_parsing");
    return std::nullopt;
}

std::optional<long long> QueryReader::integer(
    std::string_view name, long long low, long long high
) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const auto number = parse_integer(*value);
    if (!number || *number < low || *number > high) {
        complain(name, range_message(low, high), "int_parsing");
        return std::nullopt;
    }
    return number;
}

std::optional<core::Timestamp> QueryReader::time(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const auto at = core::parse_timestamp(*value);
    if (at) return *at;
    complain(name, "Input should be a valid datetime: " + at.error().message, "datetime_parsing");
    return std::nullopt;
}

store::Page QueryReader::page(long long longest) {
    const long long limit = integer("limit", 0, maximum_offset).value_or(default_limit);
    const long long offset = integer("offset", 0, maximum_offset).value_or(0);
    return {
        .limit = static_cast<std::size_t>(std::min(limit == 0 ? default_limit : limit, longest)),
        .offset = static_cast<std::size_t>(offset)
    };
}

std::string QueryReader::order_by(
    const std::vector<std::string_view>& allowed, std::string fallback
) {
    const auto wishes = texts("order_by");
    if (wishes.empty()) return fallback;
    std::string_view name = wishes.front();
    if (name.starts_with('-')) name.remove_prefix(1);
    if (wishes.size() > 1 || std::ranges::find(allowed, name) == allowed.end()) {
        std::string names;
        for (const std::string_view each : allowed) {
            names += (names.empty() ? "" : ", ") + std::string(each);
        }
        complain("order_by", "Ordering is by one of: " + names, "value_error");
        return fallback;
    }
    return wishes.front();
}

Outcome<void> QueryReader::finish() const {
    std::vector<Issue> issues = issues_;
    for (const auto& [name, value] : query_) {
        if (known_.contains(name)) continue;
        issues.push_back(
            {{"query", name}, "This parameter is not supported here", "extra_forbidden"}
        );
    }
    if (!issues.empty()) return reject(issues);
    return {};
}

Outcome<BodyReader> BodyReader::open(const std::string& body) {
    BodyReader reader;
    if (nests_deeper_than(body, maximum_nesting)) {
        return reject({{{"body"}, "The body is nested too deeply", "json_invalid"}});
    }
    reader.object_ = nlohmann::json::parse(body, nullptr, false);
    if (reader.object_.is_discarded()) {
        return reject({{{"body"}, "The body is not valid JSON", "json_invalid"}});
    }
    if (!reader.object_.is_object()) {
        return reject({{{"body"}, "Input should be a JSON object", "dict_type"}});
    }
    if (holds_nul(reader.object_)) {
        return reject({{{"body"}, "Text must not hold the character NUL", "value_error"}});
    }
    return reader;
}

void BodyReader::complain(std::string_view name, std::string message, std::string type) {
    issues_.push_back({{"body", std::string(name)}, std::move(message), std::move(type)});
}

const nlohmann::json* BodyReader::find(std::string_view name) {
    known_.emplace(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> BodyReader::text(std::string_view name) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    complain(name, "Input should be a valid string", "string_type");
    return std::nullopt;
}

std::string BodyReader::required_text(std::string_view name) {
    if (find(name) == nullptr) {
        complain(name, "Field required", "missing");
        return {};
    }
    return text(name).value_or("");
}

std::optional<bool> BodyReader::boolean(std::string_view name) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    complain(name, "Input should be a valid boolean", "bool_type");
    return std::nullopt;
}

std::optional<long long> BodyReader::integer(std::string_view name, long long low, long long high) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() ||
                       value->get<unsigned long long>() <= static_cast<unsigned long long>(high)) &&
                      value->get<long long>() >= low && value->get<long long>() <= high;
    if (fits) return value->get<long long>();
    complain(name, range_message(low, high), "int_type");
    return std::nullopt;
}

std::optional<core::Timestamp> BodyReader::time(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const auto at = core::parse_timestamp(*value);
    if (at) return *at;
    complain(name, "Input should be a valid datetime: " + at.error().message, "datetime_parsing");
    return std::nullopt;
}

std::optional<nlohmann::json> BodyReader::object(std::string_view name) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_object()) return *value;
    complain(name, "Input should be a JSON object", "dict_type");
    return std::nullopt;
}

std::optional<nlohmann::json> BodyReader::any(std::string_view name) {
    known_.emplace(name);
    const auto found = object_.find(name);
    if (found == object_.end()) return std::nullopt;
    return *found;
}

std::vector<std::string> BodyReader::texts(std::string_view name) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return {};
    const bool all_text = value->is_array() && std::ranges::all_of(*value, [](const auto& each) {
                              return each.is_string();
                          });
    if (all_text) return value->get<std::vector<std::string>>();
    complain(name, "Input should be a list of strings", "list_type");
    return {};
}

void BodyReader::only_null(std::string_view name) {
    if (find(name) != nullptr) complain(name, "Not supported by this server", "value_error");
}

Outcome<void> BodyReader::finish() const {
    std::vector<Issue> issues = issues_;
    for (const auto& [name, value] : object_.items()) {
        if (known_.contains(name)) continue;
        issues.push_back({{"body", name}, "Extra inputs are not permitted", "extra_forbidden"});
    }
    if (!issues.empty()) return reject(issues);
    return {};
}

bool matches_like(std::string_view text, std::string_view pattern) {
    if (pattern == "~") return true;
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '%') {
            star = in++;
            resume = at;
        } else if (in < pattern.size() && (pattern[in] == '_' || core::to_lower(pattern[in]) ==
                                                                     core::to_lower(text[at]))) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    while (in < pattern.size() && pattern[in] == '%') {
        ++in;
    }
    return in == pattern.size();
}

}  // namespace reel::api
