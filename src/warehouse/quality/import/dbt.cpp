#include <map>

#include <fmt/format.h>

#include "warehouse/quality/import/dbt_table.hpp"
#include "warehouse/quality/import/imported.hpp"

namespace reel::warehouse {

namespace {

using dagfile::Node;

class DbtFile final {
  public:
    DbtFile(const Node& root, const ImportOptions& options, Mistakes& mistakes)
        : root_(root), options_(options), mistakes_(mistakes) {}

    std::vector<ImportedCheck> read() {
        NodeReader file(root_, "the file", mistakes_);
        // None of these holds a test of data.
        file.ignore(
            {"version",
             "exposures",
             "metrics",
             "macros",
             "semantic_models",
             "saved_queries",
             "groups",
             "analyses"}
        );
        const auto sources = file.list("sources");
        for (const auto& source : sources) {
            learn_source(source);
        }
        for (const auto& [key, word] :
             {std::pair{"models", "model"}, {"seeds", "seed"}, {"snapshots", "snapshot"}}) {
            for (const auto& node : file.list(key)) {
                read_model(node, word);
            }
        }
        for (const auto& source : sources) {
            read_source(source);
        }
        file.finish();
        return std::move(checks_);
    }

  private:
    /// Before anything refers to its tables by source().
    void learn_source(const Node& source) {
        const auto name = dbt::text_of(source, "name");
        const auto schema = dbt::text_of(source, "schema");
        const auto* const tables = source.find_value("tables");
        if (tables == nullptr) {
            return;
        }
        for (const auto& table : tables->items) {
            const auto called = dbt::text_of(table, "name");
            const auto identifier = dbt::text_of(table, "identifier");
            sources_[{name, called}] = fmt::format(
                "{}.{}", schema.empty() ? name : schema, identifier.empty() ? called : identifier
            );
        }
    }

    [[nodiscard]] std::string table_of(const dbt::RelationName& named) const {
        const auto& [source, name] = named;
        if (source.empty()) {
            return options_.table_of(name);
        }
        for (const auto& key : {fmt::format("{}.{}", source, name), name}) {
            if (const auto given = options_.tables.find(key); given != options_.tables.end()) {
                return given->second;
            }
        }
        const auto known = sources_.find({source, name});
        return known == sources_.end() ? fmt::format("{}.{}", source, name) : known->second;
    }

    [[nodiscard]] std::string table_of_model(const Node& node, const std::string& name) const {
        const auto* const config = node.find_value("config");
        if (options_.tables.contains(name) || config == nullptr) {
            return options_.table_of(name);
        }
        const auto schema = dbt::text_of(*config, "schema");
        const auto alias = dbt::text_of(*config, "alias");
        return fmt::format(
            "{}.{}", schema.empty() ? options_.schema : schema, alias.empty() ? name : alias
        );
    }

    void read_model(const Node& node, std::string_view word) {
        const auto name = dbt::text_of(node, "name");
        NodeReader reader(node, fmt::format("{} '{}'", word, name), mistakes_);
        static_cast<void>(reader.required_text("name"));
        reader.ignore(
            {"description",
             "docs",
             "meta",
             "tags",
             "latest_version",
             "access",
             "group",
             "deprecation_date",
             "primary_key",
             "config",
             "contract"}
        );
        const auto* const enabled = dbt::find_setting(node, "enabled");
        if (enabled != nullptr && enabled->as_boolean() == false) {
            return;
        }
        dbt::TableReader table(
            {reader.what(), table_of_model(node, name)}, resolve_, mistakes_, checks_
        );
        table.read_tests(reader);
        table.read_contract(node);
        reader.finish();
    }

    void read_source(const Node& node) {
        const auto name = dbt::text_of(node, "name");
        NodeReader reader(node, fmt::format("source '{}'", name), mistakes_);
        static_cast<void>(reader.required_text("name"));
        reader.ignore(
            {"description",
             "schema",
             "database",
             "loader",
             "meta",
             "tags",
             "quoting",
             "overrides",
             "config",
             "freshness",
             "loaded_at_field"}
        );
        for (const auto& table : reader.list("tables")) {
            read_source_table(table, node, name);
        }
        reader.finish();
    }

    void read_source_table(const Node& node, const Node& parent, const std::string& source) {
        const auto name = dbt::text_of(node, "name");
        NodeReader reader(node, fmt::format("table '{}.{}'", source, name), mistakes_);
        static_cast<void>(reader.required_text("name"));
        reader.ignore(
            {"description",
             "identifier",
             "meta",
             "tags",
             "quoting",
             "loader",
             "external",
             "config",
             "freshness",
             "loaded_at_field"}
        );
        dbt::TableReader table(
            {reader.what(), table_of({source, name})}, resolve_, mistakes_, checks_
        );
        table.read_tests(reader);
        const auto* const own_field = dbt::find_setting(node, "loaded_at_field");
        const auto* const own = dbt::find_setting(node, "freshness");
        // `freshness: null` takes the source's away.
        const bool refused = node.find("freshness") != nullptr && own == nullptr;
        const auto* const rule = own != nullptr ? own : dbt::find_setting(parent, "freshness");
        if (rule != nullptr && !refused) {
            table.add_freshness(
                *rule,
                own_field != nullptr ? own_field : dbt::find_setting(parent, "loaded_at_field")
            );
        }
        reader.finish();
    }

    const Node& root_;
    const ImportOptions& options_;
    Mistakes& mistakes_;
    std::map<std::pair<std::string, std::string>, std::string> sources_;
    std::vector<ImportedCheck> checks_;
    const std::function<std::string(const dbt::RelationName&)> resolve_ =
        [this](const dbt::RelationName& named) { return table_of(named); };
};

}  // namespace

std::vector<ImportedCheck> import_dbt(
    const Node& root, const ImportOptions& options, Mistakes& mistakes
) {
    return DbtFile(root, options, mistakes).read();
}

}  // namespace reel::warehouse
