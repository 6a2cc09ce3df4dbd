#include "warehouse/quality/import/dbt_config.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/quality/import/dbt_words.hpp"
#include "warehouse/types/ascii.hpp"

namespace reel::warehouse::dbt {

namespace {

using dagfile::Node;

constexpr std::string_view blanks = " \t\r\n";

std::string_view stripped(std::string_view text, std::string_view characters) {
    const auto begin = text.find_first_not_of(characters);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

bool is_jinja(const Node& node) {
    return node.is_text() &&
           (node.text.find("{{") != std::string::npos || node.text.find("{%") != std::string::npos);
}

/// Templates of dbt are its own; only names of tables are understood.
bool refuse_jinja(const Node& node, const std::string& owner, Mistakes& mistakes) {
    if (is_jinja(node)) {
        mistakes.add(
            place_of(node.at), fmt::format("{}: '{}' needs dbt's Jinja", owner, node.text)
        );
        return true;
    }
    bool refused = false;
    for (const auto& item : node.items) {
        refused = refuse_jinja(item, owner, mistakes) || refused;
    }
    for (const auto& entry : node.entries) {
        refused = (entry.key != "to" && refuse_jinja(entry.value, owner, mistakes)) || refused;
    }
    return refused;
}

Node map_at(const core::SourcePosition& at) {
    Node node;
    node.kind = dagfile::NodeKind::map;
    node.at = at;
    return node;
}

void read_thresholds(NodeReader& config, Json& check) {
    for (const auto* const key : {"warn_if", "error_if"}) {
        const auto condition = config.text(key);
        if (!condition) {
            continue;
        }
        const auto& kind = check.begin().key();
        const bool counts = kind != "aggregate" && kind != "row_count" && kind != "freshness";
        if (!counts) {
            config.mistake(fmt::format("has '{}', but does not count rows", key));
        }
        check[key] = *condition;
    }
}

void read_stores(NodeReader& config, Json& check) {
    const auto stores = config.flag("store_failures");
    const auto as = config.text("store_failures_as");
    if (as && *as != "table" && *as != "ephemeral") {
        config.mistake(fmt::format("stores failures as '{}'; only a table is known", *as));
    }
    if (as ? *as == "table" : stores.value_or(false)) {
        check["store_failures"] = true;
    }
}

/// One map of settings: the test's `config`, or the test itself as dbt once had it.
bool read_config(NodeReader& config, Json& check) {
    config.ignore({"tags", "meta", "group", "alias", "schema", "database", "description"});
    if (const auto severity = config.text("severity")) {
        check["severity"] = core::lowered(*severity);
    }
    read_thresholds(config, check);
    read_stores(config, check);
    if (const auto where = config.text("where")) {
        const auto before = check.value("where", "");
        check["where"] = before.empty() ? *where : fmt::format("({}) AND ({})", before, *where);
    }
    if (const auto* const limit = config.find("limit")) {
        check["limit"] = json_of(*limit);
    }
    if (const auto calc = config.text("fail_calc"); calc && *calc != "count(*)") {
        config.mistake(fmt::format("has the fail_calc '{}'; only count(*) is known", *calc));
    }
    return config.flag("enabled").value_or(true);
}

/// "> 43200s" of {count: 12, period: hour}.
std::optional<std::string> older_than(NodeReader& rule, std::string_view key) {
    const auto* const node = rule.find(key);
    const auto* const count = node == nullptr ? nullptr : node->find_value("count");
    const auto* const period = node == nullptr ? nullptr : node->find_value("period");
    if (node == nullptr || (node->is_map() && node->entries.empty())) {
        return std::nullopt;
    }
    const auto span =
        count == nullptr || period == nullptr ? std::nullopt : span_text(count->text, period->text);
    if (!span) {
        rule.mistake(*node, fmt::format("needs count and period in '{}'", key));
        return std::nullopt;
    }
    return "> " + *span;
}

}  // namespace

std::optional<Call> read_call(const Node& node, const std::string& owner, Mistakes& mistakes) {
    if (refuse_jinja(node, owner, mistakes)) {
        return std::nullopt;
    }
    if (node.is_text()) {
        return Call{node.text, map_at(node.at), map_at(node.at)};
    }
    const auto* const named = node.find_value("test_name");
    if (!node.is_map() || (named == nullptr && node.entries.size() != 1)) {
        mistakes.add(place_of(node.at), fmt::format("a test of {} was expected", owner));
        return std::nullopt;
    }
    Call call{
        named == nullptr ? node.entries.front().key : named->text,
        named == nullptr ? node.entries.front().value : node,
        {}
    };
    if (call.body.is_null()) {
        call.body = map_at(node.at);
    }
    const auto* const arguments = call.body.find_value("arguments");
    call.apart = arguments != nullptr;
    call.arguments = call.apart ? *arguments : call.body;
    return call;
}

bool add_config(const Call& call, const std::string& owner, Json& check, Mistakes& mistakes) {
    const auto what = fmt::format("test '{}' of {}", call.name, owner);
    NodeReader body(call.body, what, mistakes);
    body.ignore({"test_name", "arguments", "config"});
    if (const auto name = body.text("name")) {
        check["name"] = *name;
    }
    bool enabled = read_config(body, check);
    if (call.apart) {
        body.finish();
    }
    if (const auto* const node = call.body.find_value("config")) {
        NodeReader config(*node, what, mistakes);
        enabled = read_config(config, check) && enabled;
        config.finish();
    }
    return enabled;
}

std::optional<RelationName> read_relation(NodeReader& args, std::string_view key) {
    const auto whole = args.required_text(key);
    auto text = stripped(whole, blanks);
    if (text.starts_with("{{") && text.ends_with("}}")) {
        text = stripped(text.substr(2, text.size() - 4), blanks);
    }
    const bool is_source = text.starts_with("source");
    const auto open = text.find('(');
    if ((is_source || text.starts_with("ref")) && open != std::string_view::npos &&
        text.ends_with(')')) {
        std::vector<std::string> names;
        auto rest = text.substr(open + 1, text.size() - open - 2);
        for (std::size_t at = 0; at != std::string_view::npos;) {
            at = rest.find(',');
            names.emplace_back(stripped(stripped(rest.substr(0, at), blanks), "'\""));
            rest = at == std::string_view::npos ? rest : rest.substr(at + 1);
        }
        if (is_source && names.size() == 2) {
            return RelationName{names[0], names[1]};
        }
        // ref('package', 'model') names a package first.
        if (!is_source && names.size() <= 2) {
            return RelationName{{}, names.back()};
        }
    }
    args.mistake(fmt::format("needs ref('…') or source('…', '…') in '{}', not '{}'", key, whole));
    return std::nullopt;
}

std::optional<Json> read_freshness(NodeReader& rule, const std::string& field) {
    const auto warn = older_than(rule, "warn_after");
    const auto error = older_than(rule, "error_after");
    const auto filter = rule.text("filter");
    rule.finish();
    if (!warn && !error) {
        return std::nullopt;
    }
    if (field.empty()) {
        rule.mistake("has no loaded_at_field");
        return std::nullopt;
    }
    Json body{{"column", field}, {"severity", error ? "error" : "warn"}};
    if (warn) {
        body["warn_if"] = *warn;
    }
    if (error) {
        body["error_if"] = *error;
    }
    if (filter) {
        body["where"] = *filter;
    }
    return body_of("freshness", body);
}

std::vector<Json> read_constraint(NodeReader& rule, const std::string& column) {
    const auto type = rule.required_text("type");
    const auto condition = rule.text("expression");
    rule.ignore({"name", "warn_unenforced", "warn_unsupported"});
    rule.finish();
    const Json columns{{"columns", Json::array({column})}};
    if (type == "not_null") {
        return {body_of("not_null", columns)};
    }
    if (type == "unique") {
        return {body_of("unique", columns)};
    }
    if (type == "primary_key") {
        return {body_of("not_null", columns), body_of("unique", columns)};
    }
    if (type == "check" && condition) {
        return {expression(*condition)};
    }
    rule.mistake(fmt::format("of type '{}' is not supported; write it as a test", type));
    return {};
}

}  // namespace reel::warehouse::dbt
