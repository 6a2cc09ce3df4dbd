// What makes a text no JSON Schema.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_formats.hpp"
#include "reel/core/json_schema.hpp"
#include "schema_words.hpp"

namespace reel::core {

namespace {

using nlohmann::json;

enum class Holds { schema, schemas, named_schemas, number, count, text, flag, list };

struct Keyword {
    std::string_view name;
    Holds holds;
};

constexpr std::array keywords{
    Keyword{"items", Holds::schema},
    Keyword{"additionalProperties", Holds::schema},
    Keyword{"propertyNames", Holds::schema},
    Keyword{"contains", Holds::schema},
    Keyword{"not", Holds::schema},
    Keyword{"if", Holds::schema},
    Keyword{"then", Holds::schema},
    Keyword{"else", Holds::schema},
    Keyword{"allOf", Holds::schemas},
    Keyword{"anyOf", Holds::schemas},
    Keyword{"oneOf", Holds::schemas},
    Keyword{"prefixItems", Holds::schemas},
    Keyword{"properties", Holds::named_schemas},
    Keyword{"patternProperties", Holds::named_schemas},
    Keyword{"$defs", Holds::named_schemas},
    Keyword{"definitions", Holds::named_schemas},
    Keyword{"minimum", Holds::number},
    Keyword{"maximum", Holds::number},
    Keyword{"exclusiveMinimum", Holds::number},
    Keyword{"exclusiveMaximum", Holds::number},
    Keyword{"multipleOf", Holds::number},
    Keyword{"minLength", Holds::count},
    Keyword{"maxLength", Holds::count},
    Keyword{"minItems", Holds::count},
    Keyword{"maxItems", Holds::count},
    Keyword{"minProperties", Holds::count},
    Keyword{"maxProperties", Holds::count},
    Keyword{"format", Holds::text},
    Keyword{"uniqueItems", Holds::flag},
    Keyword{"enum", Holds::list},
    Keyword{"required", Holds::list},
};

class FlawFinder final {
  public:
    explicit FlawFinder(const json& root) : root_(root) {}

    std::vector<SchemaMisfit> find() {
        walk(root_);
        return std::move(flaws_);
    }

  private:
    void flaw(std::string message) { flaws_.push_back({path_, std::move(message)}); }

    void walk(const json& schema) {
        if (schema.is_boolean()) return;
        if (!schema.is_object()) {
            return flaw(fmt::format("must be a schema, not {}", word_of(schema)));
        }
        for (const auto& [name, value] : schema.items()) {
            path_.push_back(name);
            check(name, value);
            path_.pop_back();
        }
    }

    void walk_below(const json& schema, const std::string& key) {
        path_.push_back(key);
        walk(schema);
        path_.pop_back();
    }

    void check(const std::string& name, const json& value) {
        if (name == "type") return check_type(value);
        if (name == "pattern") return check_pattern(value);
        if (name == "$ref") return check_reference(value);
        const auto* const keyword = std::ranges::find(keywords, name, &Keyword::name);
        if (keyword != keywords.end()) check_kind(keyword->holds, value);
    }

    void check_type(const json& value) {
        for (const json& word : value.is_array() ? value : json::array({value})) {
            if (!word.is_string() || !is_type(word.get_ref<const std::string&>())) {
                flaw("must be a type of JSON, not " + word.dump());
            }
        }
    }

    void check_pattern(const json& value) {
        if (!value.is_string() || !is_pattern(value.get_ref<const std::string&>())) {
            flaw("must be a regular expression");
        }
    }

    void check_reference(const json& value) {
        if (find_reference(root_, json{{"$ref", value}}) == nullptr) {
            flaw("leads nowhere within this schema");
        }
    }

    void must(bool holds, std::string_view what, const json& value) {
        if (!holds) flaw(fmt::format("must be {}, not {}", what, word_of(value)));
    }

    void check_kind(Holds holds, const json& value) {
        switch (holds) {
            case Holds::schema:
                return walk(value);
            case Holds::schemas:
                must(value.is_array(), "a list of schemas", value);
                for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
                    walk_below(value[i], std::to_string(i));
                }
                return;
            case Holds::named_schemas:
                must(value.is_object(), "a map of schemas", value);
                if (!value.is_object()) return;
                for (const auto& [key, member] : value.items()) walk_below(member, key);
                return;
            case Holds::number:
                return must(value.is_number(), "a number", value);
            case Holds::count:
                return must(value.is_number_unsigned(), "a count", value);
            case Holds::text:
                return must(value.is_string(), "a text", value);
            case Holds::flag:
                return must(value.is_boolean(), "true or false", value);
            case Holds::list:
                return must(value.is_array(), "a list", value);
        }
    }

    const json& root_;
    std::vector<std::string> path_;
    std::vector<SchemaMisfit> flaws_;
};

}  // namespace

std::vector<SchemaMisfit> find_schema_flaws(const JsonText& schema) {
    const json root = json::parse(schema.text, nullptr, false);
    return FlawFinder(root).find();
}

}  // namespace reel::core
