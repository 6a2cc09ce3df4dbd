#include "warehouse/stage/seen_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "warehouse/stage/row_encoder.hpp"

namespace reel::warehouse {

SeenKeys::SeenKeys(const std::vector<BoundTable>& tables) : bound_(tables), tables_(tables.size()) {
    for (std::size_t t = 0; t < tables.size(); ++t) {
        for (std::size_t c = 0; c < tables[t].columns.size(); ++c) {
            if (!tables[t].columns[c].cell) {
                tables_[t].unseen.push_back(c);
            }
        }
    }
}

void SeenKeys::see(std::size_t table, const literal::Value* record, const literal::Value* element) {
    Table& seen = tables_[table];
    seen.has_rows = true;
    std::erase_if(seen.unseen, [&](std::size_t c) {
        const BoundColumn& column = bound_[table].columns[c];
        const auto* object = column.of_record ? record : element;
        return object != nullptr && find_value(*object, column.keys) != nullptr;
    });
}

void SeenKeys::add(const SeenKeys& other) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        tables_[t].has_rows |= other.tables_[t].has_rows;
        std::erase_if(tables_[t].unseen, [&](std::size_t c) {
            return std::ranges::find(other.tables_[t].unseen, c) == other.tables_[t].unseen.end();
        });
    }
}

std::vector<std::string> SeenKeys::missing() const {
    std::vector<std::string> missing;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        for (const std::size_t c :
             tables_[t].has_rows ? tables_[t].unseen : std::vector<std::size_t>()) {
            const BoundColumn& column = bound_[t].columns[c];
            missing.push_back(fmt::format(
                "tables.{}.{}: '{}'", bound_[t].spec->name, column.spec->name, column.keys.front()
            ));
        }
    }
    return missing;
}

}  // namespace reel::warehouse
