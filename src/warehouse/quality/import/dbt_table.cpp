#include "warehouse/quality/import/dbt_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/quality/import/dbt_tests.hpp"
#include "warehouse/types/ascii.hpp"

namespace reel::warehouse::dbt {

namespace {

using dagfile::Node;

/// As the server knows what dbt does not quote.
std::string column_name(const Node& node) {
    const auto* const quote = node.find_value("quote");
    auto name = text_of(node, "name");
    if (quote == nullptr || quote->as_boolean() != true) {
        name = core::lowered(name);
    }
    return name;
}

}  // namespace

std::string text_of(const Node& map, std::string_view key) {
    const auto* const found = map.find_value(key);
    return found == nullptr ? "" : found->text;
}

const Node* find_setting(const Node& node, std::string_view key) {
    const auto* const config = node.find_value("config");
    const auto* const own = node.find_value(key);
    return own != nullptr || config == nullptr ? own : config->find_value(key);
}

void TableReader::add(Json check, const Node& at) {
    checks_.push_back({table_.table, std::move(check), place_of(at.at)});
}

void TableReader::read_tests(NodeReader& reader) {
    for (const auto* const key : {"tests", "data_tests"}) {
        for (const auto& test : reader.list(key)) {
            read_test(test, "");
        }
    }
    for (const auto& column : reader.list("columns")) {
        read_column(column);
    }
}

void TableReader::read_column(const Node& node) {
    NodeReader reader(
        node, fmt::format("column '{}' of {}", text_of(node, "name"), table_.name), mistakes_
    );
    const auto name = column_name(node);
    static_cast<void>(reader.required_text("name"));
    reader.ignore(
        {"description",
         "data_type",
         "meta",
         "tags",
         "quote",
         "policy_tags",
         "config",
         "dimension",
         "entity",
         "granularity"}
    );
    for (const auto* const key : {"tests", "data_tests"}) {
        for (const auto& test : reader.list(key)) {
            read_test(test, name);
        }
    }
    for (const auto& constraint : reader.list("constraints")) {
        add_constraint(constraint, name);
    }
    reader.finish();
}

void TableReader::add_constraint(const Node& node, const std::string& column) {
    NodeReader reader(node, fmt::format("constraint of {}", table_.name), mistakes_);
    for (auto& check : read_constraint(reader, column)) {
        add(std::move(check), node);
    }
}

void TableReader::read_contract(const Node& model) {
    const auto* const contract = find_setting(model, "contract");
    const auto* const enforced = contract == nullptr ? nullptr : contract->find_value("enforced");
    const auto* const list = model.find_value("columns");
    if (enforced == nullptr || enforced->as_boolean() != true || list == nullptr) {
        return;
    }
    Json columns = Json::object();
    for (const auto& column : list->items) {
        const auto type = text_of(column, "data_type");
        columns[column_name(column)] = type.empty() ? Json() : Json(type);
    }
    add({{"schema", {{"columns", columns}, {"exact", true}}}}, *contract);
}

void TableReader::add_freshness(const Node& rule, const Node* field) {
    NodeReader reader(rule, fmt::format("freshness of {}", table_.name), mistakes_);
    if (auto check = read_freshness(reader, field == nullptr ? "" : field->text)) {
        add(std::move(*check), rule);
    }
}

void TableReader::read_test(const Node& node, const std::string& column) {
    const auto call = read_call(node, table_.name, mistakes_);
    if (!call) {
        return;
    }
    NodeReader args(
        call->arguments, fmt::format("test '{}' of {}", call->name, table_.name), mistakes_
    );
    if (!call->apart) {
        args.ignore(config_keys);
    }
    DbtTest test{args, column, [&](std::string_view key) {
                     const auto named = read_relation(args, key);
                     return named ? table_of_(*named) : "";
                 }};
    auto check = translate(call->name, test);
    if (!check) {
        return mistakes_.add(
            place_of(node.at),
            fmt::format(
                "{} has the test '{}', which is not known here{}",
                table_.name,
                call->name,
                guess(call->name)
            )
        );
    }
    args.finish();
    if (add_config(*call, table_.name, *check, mistakes_)) {
        add(std::move(*check), node);
    }
}

}  // namespace reel::warehouse::dbt
