#pragma once

#include <functional>
#include <string>
#include <vector>

#include "warehouse/quality/import/dbt_config.hpp"
#include "warehouse/quality/import/imported.hpp"

namespace reel::warehouse::dbt {

/// Reads what a dbt file says of one table: tests, columns, constraints, contract, freshness.
class TableReader final {
  public:
    struct Table {
        std::string name;   ///< for messages: "model 'ratings'"
        std::string table;  ///< schema.table, or a staged one
    };

    /// `table_of` tells where the tables are that tests refer to. All must outlive the reader.
    TableReader(
        Table table,
        const std::function<std::string(const RelationName&)>& table_of,
        Mistakes& mistakes,
        std::vector<ImportedCheck>& checks
    )
        : table_(std::move(table)), table_of_(table_of), mistakes_(mistakes), checks_(checks) {}

    /// `tests`, `data_tests` and `columns` of a model or a source's table.
    void read_tests(NodeReader& reader);
    /// Columns and types of a model with `contract: {enforced: true}`.
    void read_contract(const dagfile::Node& model);
    void add_freshness(const dagfile::Node& rule, const dagfile::Node* field);

  private:
    void read_column(const dagfile::Node& node);
    void read_test(const dagfile::Node& node, const std::string& column);
    void add_constraint(const dagfile::Node& node, const std::string& column);
    void add(Json check, const dagfile::Node& at);

    Table table_;
    const std::function<std::string(const RelationName&)>& table_of_;
    Mistakes& mistakes_;
    std::vector<ImportedCheck>& checks_;
};

/// A scalar below a map, "" where there is none.
[[nodiscard]] std::string text_of(const dagfile::Node& map, std::string_view key);

/// A value of the node itself, or of its config as dbt has it since 1.9.
[[nodiscard]] const dagfile::Node* find_setting(const dagfile::Node& node, std::string_view key);

}  // namespace reel::warehouse::dbt
