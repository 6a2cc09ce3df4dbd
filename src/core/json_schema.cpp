#include "reel/core/json_schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_formats.hpp"
#include "schema_words.hpp"

namespace reel::core {

namespace {

using nlohmann::json;

/// References may lead in circles.
constexpr int deepest = 64;

std::size_t count_characters(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

bool is_multiple(const json& value, const json& of) {
    if (value.is_number_integer() && of.is_number_integer()) {
        return of.get<std::int64_t>() == 0 ||
               value.get<std::int64_t>() % of.get<std::int64_t>() == 0;
    }
    constexpr double tolerance = 1e-9;
    const double quotient = value.get<double>() / of.get<double>();
    return std::abs(quotient - std::round(quotient)) <=
           tolerance * std::max(1.0, std::abs(quotient));
}

class Checker final {
  public:
    explicit Checker(const json& root) : root_(root) {}

    std::vector<SchemaMisfit> check(const json& schema, const json& value) {
        walk(schema, value);
        return std::move(misfits_);
    }

  private:
    void misfit(std::string message) { misfits_.push_back({path_, std::move(message)}); }

    void walk(const json& schema, const json& value) {
        if (schema == json(false)) return misfit("is not allowed");
        if (!schema.is_object()) return;
        if (depth_ >= deepest) return misfit("is nested too deeply to be checked");
        ++depth_;
        if (const json* target = find_reference(root_, schema)) walk(*target, value);
        check_kind(schema, value);
        if (value.is_number()) check_number(schema, value);
        if (value.is_string()) check_text(schema, value.get_ref<const std::string&>());
        if (value.is_array()) check_list(schema, value);
        if (value.is_object()) check_object(schema, value);
        check_combined(schema, value);
        --depth_;
    }

    void walk_below(const json& schema, const json& value, const std::string& key) {
        path_.push_back(key);
        walk(schema, value);
        path_.pop_back();
    }

    /// Whether the value fits, without a word about it.
    bool fits(const json& schema, const json& value) {
        Checker other(root_);
        other.depth_ = depth_;
        return other.check(schema, value).empty();
    }

    void check_kind(const json& schema, const json& value) {
        const auto types = types_of(schema);
        const bool has_type = std::ranges::any_of(types, [&](const std::string& type) {
            return is_of_type(value, type);
        });
        if (!types.empty() && !has_type) {
            misfit(
                fmt::format("must be of type {}, not {}", fmt::join(types, " or "), word_of(value))
            );
        }
        const auto choices = schema.find("enum");
        if (choices != schema.end() && choices->is_array() &&
            std::ranges::find(*choices, value) == choices->end()) {
            misfit("must be one of " + choices->dump());
        }
        const auto only = schema.find("const");
        if (only != schema.end() && *only != value) misfit("must be " + only->dump());
    }

    /// Calls `fits` with the keyword's number where there is one.
    template <class Fits>
    void check_bound(const json& schema, const char* keyword, const char* words, Fits fits) {
        const auto bound = schema.find(keyword);
        if (bound == schema.end() || !bound->is_number()) return;
        if (!fits(*bound)) misfit(fmt::format(fmt::runtime(words), bound->dump()));
    }

    void check_number(const json& schema, const json& value) {
        const auto at_least = [&](const json& bound) { return value >= bound; };
        const auto at_most = [&](const json& bound) { return value <= bound; };
        check_bound(schema, "minimum", "must be at least {}", at_least);
        check_bound(schema, "maximum", "must be at most {}", at_most);
        const auto above = [&](const json& bound) { return value > bound; };
        const auto below = [&](const json& bound) { return value < bound; };
        check_bound(schema, "exclusiveMinimum", "must be more than {}", above);
        check_bound(schema, "exclusiveMaximum", "must be less than {}", below);
        const auto multiple = [&](const json& of) { return is_multiple(value, of); };
        check_bound(schema, "multipleOf", "must be a multiple of {}", multiple);
    }

    void check_size(
        const json& schema, std::size_t size, const char* least, const char* most, const char* what
    ) {
        const std::string at_least = fmt::format("must have at least {{}} {}", what);
        const std::string at_most = fmt::format("must have at most {{}} {}", what);
        const auto count = static_cast<double>(size);
        check_bound(schema, least, at_least.c_str(), [&](const json& bound) {
            return count >= bound.get<double>();
        });
        check_bound(schema, most, at_most.c_str(), [&](const json& bound) {
            return count <= bound.get<double>();
        });
    }

    void check_text(const json& schema, const std::string& text) {
        check_size(schema, count_characters(text), "minLength", "maxLength", "characters");
        const auto pattern = schema.find("pattern");
        if (pattern != schema.end() && pattern->is_string() &&
            is_pattern(pattern->get_ref<const std::string&>())) {
            const auto matches = matches_pattern(pattern->get<std::string>(), text);
            if (!matches) misfit("takes too long to be held to the pattern " + pattern->dump());
            if (matches == false) misfit("must match the pattern " + pattern->dump());
        }
        const auto format = schema.find("format");
        if (format == schema.end() || !format->is_string()) return;
        if (const auto wanted = find_format_misfit(format->get<std::string>(), text)) {
            misfit("must be " + *wanted);
        }
    }

    void check_list(const json& schema, const json& list) {
        check_size(schema, list.size(), "minItems", "maxItems", "items");
        const json prefix = schema.value("prefixItems", json::array());
        const auto items = schema.find("items");
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i < prefix.size()) {
                walk_below(prefix[i], list[i], std::to_string(i));
            } else if (items != schema.end()) {
                walk_below(*items, list[i], std::to_string(i));
            }
        }
        if (schema.value("uniqueItems", json()) == json(true)) check_unique(list);
        check_contains(schema, list);
    }

    void check_unique(const json& list) {
        for (auto item = list.begin(); item != list.end(); ++item) {
            if (std::find(list.begin(), item, *item) == item) continue;
            return misfit("must not hold one item twice");
        }
    }

    void check_contains(const json& schema, const json& list) {
        const auto wanted = schema.find("contains");
        if (wanted == schema.end()) return;
        const auto count =
            std::ranges::count_if(list, [&](const json& item) { return fits(*wanted, item); });
        const json least = schema.value("minContains", json(1));
        const json most = schema.value("maxContains", json());
        if (least.is_number() && json(count) < least) {
            misfit(fmt::format("must hold at least {} items as `contains` says", least.dump()));
        }
        if (most.is_number() && json(count) > most) {
            misfit(fmt::format("must hold at most {} items as `contains` says", most.dump()));
        }
    }

    void check_object(const json& schema, const json& object) {
        check_size(schema, object.size(), "minProperties", "maxProperties", "keys");
        check_names(schema, object);
        for (const auto& [key, value] : object.items()) check_member(schema, key, value);
        const auto names = schema.find("propertyNames");
        if (names == schema.end()) return;
        for (const auto& [key, value] : object.items()) walk_below(*names, json(key), key);
    }

    void require(const json& names, const json& object) {
        if (!names.is_array()) return;
        for (const json& name : names) {
            if (name.is_string() && !object.contains(name.get<std::string>())) {
                misfit(fmt::format("lacks '{}'", name.get<std::string>()));
            }
        }
    }

    void check_names(const json& schema, const json& object) {
        require(schema.value("required", json()), object);
        const json dependent = schema.value("dependentRequired", json::object());
        if (!dependent.is_object()) return;
        for (const auto& [key, names] : dependent.items()) {
            if (object.contains(key)) require(names, object);
        }
    }

    void check_member(const json& schema, const std::string& key, const json& value) {
        bool is_known = false;
        const auto check_by = [&](const json& member) {
            is_known = true;
            walk_below(member, value, key);
        };
        const json properties = schema.value("properties", json::object());
        if (properties.is_object() && properties.contains(key)) check_by(properties[key]);
        const json patterns = schema.value("patternProperties", json::object());
        for (const auto& [pattern, member] : patterns.items()) {
            if (is_pattern(pattern) && matches_pattern(pattern, key).value_or(true)) {
                check_by(member);
            }
        }
        const auto others = schema.find("additionalProperties");
        if (is_known || others == schema.end()) return;
        if (*others == json(false)) return misfit(fmt::format("must not have '{}'", key));
        walk_below(*others, value, key);
    }

    std::size_t count_fitting(const json& schemas, const json& value) {
        return static_cast<std::size_t>(std::ranges::count_if(schemas, [&](const json& each) {
            return fits(each, value);
        }));
    }

    void check_combined(const json& schema, const json& value) {
        const auto list_of = [&](const char* keyword) {
            const json found = schema.value(keyword, json());
            return found.is_array() ? found : json::array();
        };
        for (const json& each : list_of("allOf")) walk(each, value);
        const json any = list_of("anyOf");
        if (!any.empty() && count_fitting(any, value) == 0) misfit(alternatives(any, value));
        const json one = list_of("oneOf");
        const std::size_t count = one.empty() ? 1 : count_fitting(one, value);
        if (count == 0) misfit(alternatives(one, value));
        if (count > 1) misfit(fmt::format("fits {} alternatives of which only one may", count));
        if (schema.contains("not") && fits(schema["not"], value)) {
            misfit("is what `not` rules out");
        }
        if (!schema.contains("if")) return;
        const char* const branch = fits(schema["if"], value) ? "then" : "else";
        if (schema.contains(branch)) walk(schema[branch], value);
    }

    /// "must be at least 3, or must be of type string, not a number"
    std::string alternatives(const json& schemas, const json& value) {
        std::string text;
        for (const json& each : schemas) {
            Checker other(root_);
            other.depth_ = depth_;
            const auto misfits = other.check(each, value);
            if (misfits.empty()) continue;
            text += text.empty() ? "" : ", or ";
            const std::string below = json_pointer(misfits.front().path);
            text += (below.empty() ? "" : below + " ") + misfits.front().message;
        }
        return text;
    }

    const json& root_;
    std::vector<std::string> path_;
    std::vector<SchemaMisfit> misfits_;
    int depth_ = 0;
};

}  // namespace

std::vector<SchemaMisfit> find_misfits(const JsonText& schema, const JsonText& value) {
    const json root = json::parse(schema.text, nullptr, false);
    return Checker(root).check(root, json::parse(value.text, nullptr, false));
}

std::string json_pointer(const std::vector<std::string>& path) {
    std::string pointer;
    for (const std::string& part : path) {
        pointer += '/';
        for (const char c : part) {
            pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        }
    }
    return pointer;
}

}  // namespace reel::core
