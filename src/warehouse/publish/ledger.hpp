#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/publish/spec.hpp"
#include "warehouse/registry.hpp"

namespace reel::warehouse {

/// What publishing did to the target's rows.
struct PublishCounts {
    std::int64_t rows = 0;  ///< of the source
    std::int64_t inserted = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t duplicates = 0;
    std::int64_t deleted = 0;  ///< target rows that `replace` took away; no part of the equation

    [[nodiscard]] bool balances() const {
        return rows == inserted + updated + unchanged + duplicates && unchanged >= 0;
    }
    auto operator<=>(const PublishCounts&) const = default;
};

/// One publish, as the ledger keeps it.
struct LedgerEntry {
    std::string load_id;
    const PublishSpec& spec;
    const LoadIdentity& identity;
    const std::optional<RegisteredTable>& staged;  ///< where the rows came from, if from one table
    PublishCounts counts;
    std::string started_at;  ///< the database's clock, as text
};

/// Publishers of one target take turns, from here to the end of the transaction.
void lock_target(postgres::Link& link, const PublishSpec& spec);
/// Those of several, in one order, so that two who want the same never wait for each other.
void lock_targets(postgres::Link& link, std::vector<const PublishSpec*> specs);

/// What a load that has committed did; nullopt when there is none of this id.
[[nodiscard]] std::optional<PublishCounts> find_load(
    postgres::Link& link, const std::string& load_id
);

/// Inside the transaction of the load itself.
void record_load(postgres::Link& link, const LedgerEntry& entry);

}  // namespace reel::warehouse
