#pragma once

#include <optional>
#include <string_view>

namespace reel::warehouse {

class ArgReader;
class Mistakes;

/// What becomes of data that is not as it was declared: dlt's words.
enum class ContractWord { evolve, freeze, discard_row, discard_value };

[[nodiscard]] std::string_view to_string(ContractWord word);

/// The schema contract of one table. Unset members mean what was always done.
struct Contract {
    /// A table that the warehouse lacks: evolve makes it (as always), freeze fails.
    std::optional<ContractWord> tables;
    /// A column that nobody declared. In `stage` it is ignored as always, or: evolve stages it as
    /// text, freeze fails, discard_row rejects records with a value there, discard_value ignores
    /// and counts them. In `upsert`, one that the target lacks: it fails as always, or: evolve adds
    /// it, discard_value leaves it out.
    std::optional<ContractWord> columns;
    /// A value that does not fit its type. In `stage` the record or element is rejected as always
    /// (evolve and discard_row), or: freeze fails, discard_value makes it NULL. In `upsert`, a
    /// column whose type is not the target's: evolve widens the target's, freeze fails, the others
    /// leave it to the server, as always.
    std::optional<ContractWord> data_type;

    [[nodiscard]] bool columns_are(ContractWord word) const { return columns == word; }
    [[nodiscard]] bool types_are(ContractWord word) const { return data_type == word; }
};

/// The `contract` of an object: a word for all three, or a map of them. None where it is missing.
[[nodiscard]] Contract parse_contract(ArgReader& reader, Mistakes& mistakes);

}  // namespace reel::warehouse
