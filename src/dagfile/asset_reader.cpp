#include "asset_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "asset_shapes.hpp"
#include "reel/core/schedule.hpp"

namespace reel::dagfile {
namespace {

using Kind = core::AssetExpression::Kind;

constexpr std::array operators{
    std::pair<std::string_view, Kind>{"and", Kind::all},
    std::pair<std::string_view, Kind>{"or", Kind::any},
    std::pair<std::string_view, Kind>{"__and__", Kind::all},
    std::pair<std::string_view, Kind>{"__or__", Kind::any},
};

bool names_assets(std::string_view text) {
    return text.find("://") != std::string_view::npos ||
           text.find_first_of("&|") != std::string_view::npos;
}

/// dag-factory's lists hold URIs, which may be mere names; a cron expression has blanks or an '@'.
bool may_stand_in_list(const Node& item) {
    return stands_for_assets(item) ||
           (item.is_text() && !item.text.empty() && item.text.front() != '@' &&
            item.text.find(' ') == std::string::npos && !core::parse_duration(item.text));
}

bool is_asset_word(const std::string& type) {
    return type.find("Asset") != std::string::npos || type.find("Dataset") != std::string::npos;
}

class ExpressionReader final {
  public:
    explicit ExpressionReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    using Read = std::optional<core::AssetExpression>;

    Read read(const Node& node, const Subject& subject) {
        if (!node.is_text()) {
            return read_operand(node, subject);
        }
        auto condition = core::parse_asset_condition(node.text);
        if (!condition) {
            const core::Error& error = condition.error();
            return refuse(node, subject, "is not valid: " + error.message, error.hint);
        }
        return *std::move(condition);
    }

  private:
    Read refuse(
        const Node& node, const Subject& subject, const std::string& message, std::string hint = {}
    ) {
        diagnostics_.add(
            node.at, fmt::format("{} {}", subject.describe(), message), std::move(hint)
        );
        return std::nullopt;
    }

    Read read_operand(const Node& node, const Subject& subject) {
        if (node.is_text()) {
            return read_uri(node, subject);
        }
        if (node.is_list()) {
            return read_operands(Kind::all, node, subject);
        }
        if (!node.is_map()) {
            return refuse(
                node, subject, fmt::format("must be an asset, not {}", describe_value(node))
            );
        }
        for (const auto& [name, kind] : operators) {
            if (const Entry* entry = node.find_entry(name)) {
                return read_operator(node, *entry, kind, subject);
            }
        }
        if (const Node* type = node.find("__type__")) {
            if (is_asset_class(type->text, "All")) {
                return read_class(node, Kind::all, subject);
            }
            if (is_asset_class(type->text, "Any")) {
                return read_class(node, Kind::any, subject);
            }
        }
        return read_map(node, subject);
    }

    Read read_uri(const Node& node, const Subject& subject) {
        const auto valid = core::validate_asset_uri(node.text);
        if (valid) {
            return core::AssetExpression{.asset = core::make_asset(node.text)};
        }
        const std::string hint = core::validate_cron(node.text)
                                     ? "times and assets go together as {assets: …, timetable: …}"
                                     : valid.error().hint;
        return refuse(node, subject, "is no asset: it " + valid.error().message, hint);
    }

    Read read_operands(Kind kind, const Node& list, const Subject& subject) {
        if (!list.is_list()) {
            return refuse(
                list, subject, fmt::format("must be a list, not {}", describe_value(list))
            );
        }
        if (list.items.empty()) {
            return refuse(list, subject, "must not be empty");
        }
        core::AssetExpression whole{.kind = kind};
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            auto operand = read_operand(list.items[i], subject.below(std::to_string(i + 1)));
            if (operand) {
                whole.operands.push_back(*std::move(operand));
            }
        }
        if (whole.operands.size() != list.items.size()) {
            return std::nullopt;
        }
        if (whole.operands.size() > 1) {
            return whole;
        }
        return core::AssetExpression(std::move(whole.operands.front()));
    }

    Read read_operator(const Node& node, const Entry& entry, Kind kind, const Subject& subject) {
        bool alone = true;
        for (const Entry& other : node.entries) {
            if (other.key != entry.key) {
                alone = false;
                diagnostics_.add(
                    other.at,
                    fmt::format(
                        "'{}' does not go with '{}', in {}",
                        other.key,
                        entry.key,
                        subject.describe()
                    ),
                    "put one below the other"
                );
            }
        }
        auto whole = read_operands(kind, entry.value, subject.below(entry.key));
        return alone ? whole : std::nullopt;
    }

    Read read_class(const Node& node, Kind kind, const Subject& subject) {
        const Node* arguments = node.find_value("__args__");
        if (arguments == nullptr) {
            return refuse(node, subject, "lacks '__args__', the list of its assets");
        }
        return read_operands(kind, *arguments, subject.below("__args__"));
    }

    Read read_map(const Node& node, const Subject& subject) {
        if (const auto alias = read_alias(node)) {
            const Shape& shape =
                *(node.find("alias") == nullptr ? alias_class_shape() : alias_shape());
            Diagnostics of_alias;
            check_shape(node, shape, subject, of_alias);
            if (of_alias.empty()) {
                return core::make_alias(*alias);
            }
            check_shape(node, shape, subject, diagnostics_);
            return std::nullopt;
        }
        Diagnostics of_asset;
        check_shape(node, *asset_shape(), subject, of_asset);
        if (of_asset.empty()) {
            return core::AssetExpression{.asset = read_asset(node)};
        }
        check_shape(node, *asset_shape(), subject, diagnostics_);
        return std::nullopt;
    }

    Diagnostics& diagnostics_;
};

}  // namespace

bool stands_for_assets(const Node& node) {
    if (node.is_text()) {
        return names_assets(node.text);
    }
    if (node.is_list()) {
        return std::ranges::any_of(node.items, may_stand_in_list);
    }
    if (const Node* type = node.find("__type__")) {
        return is_asset_word(type->text);
    }
    const auto has = [&](std::string_view key) { return node.find(key) != nullptr; };
    return std::ranges::any_of(operators, [&](const auto& sign) { return has(sign.first); }) ||
           has("assets") || has("datasets") || has("timetable") || has("uri") || has("name") ||
           has("alias");
}

std::optional<core::AssetExpression> read_asset_expression(
    const Node& node, const Subject& subject, Diagnostics& diagnostics
) {
    return ExpressionReader(diagnostics).read(node, subject);
}

std::optional<std::string> read_alias(const Node& node) {
    const Node* type = node.find_value("__type__");
    const bool has_class = type != nullptr && is_asset_class(type->text, "Alias");
    const Node* name = node.find_value(has_class ? "name" : "alias");
    if (name == nullptr) {
        return has_class ? std::optional<std::string>("") : std::nullopt;
    }
    return name->as_text().value_or("");
}

core::Asset read_asset(const Node& node) {
    if (node.is_text()) {
        return core::make_asset(node.text);
    }
    std::vector<std::string> given;  // name and URI, as Airflow's class takes them
    if (const Node* arguments = node.find_value("__args__")) {
        for (const Node* argument : arguments->as_texts()) {
            given.push_back(argument->text);
        }
    }
    given.resize(2);
    const auto text_of = [&](const char* key, const std::string& fallback) {
        const Node* value = node.find_value(key);
        return value == nullptr ? fallback : value->as_text().value_or(fallback);
    };
    core::Asset asset;
    asset.name = text_of("name", given[0]);
    asset.uri = text_of("uri", given[1]);
    if (asset.uri.empty()) {
        asset.uri = asset.name;
    }
    if (asset.name.empty()) {
        asset.name = asset.uri;
    }
    asset.group = text_of("group", asset.group);
    if (const Node* extra = node.find_value("extra")) {
        asset.extra = {to_json_text(*extra)};
    }
    return asset;
}

}  // namespace reel::dagfile
