#pragma once

#include <string>
#include <vector>

#include "warehouse/literal/value.hpp"
#include "warehouse/stage/binding.hpp"

namespace reel::warehouse {

/// Which columns of tables ever found their key in an object. A header tells at once that a name is
/// wrong; objects only do when none of them has it.
class SeenKeys final {
  public:
    /// The tables must outlive it.
    explicit SeenKeys(const std::vector<BoundTable>& tables);

    /// A row of the table comes from these; `element` is nullptr for tables without `each`.
    void see(std::size_t table, const literal::Value* record, const literal::Value* element);
    /// What another one saw of the same tables.
    void add(const SeenKeys& other);
    /// "tables.t.column: 'key'" for each column of a table with rows whose key no object had.
    [[nodiscard]] std::vector<std::string> missing() const;

  private:
    struct Table {
        std::vector<std::size_t> unseen;  ///< columns
        bool has_rows = false;
    };

    const std::vector<BoundTable>& bound_;
    std::vector<Table> tables_;
};

}  // namespace reel::warehouse
