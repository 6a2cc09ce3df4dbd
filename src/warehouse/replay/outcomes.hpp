#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reel/core/result.hpp"
#include "reel/postgres/link.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/record_router.hpp"

namespace reel::warehouse {

/// What became of the quarantine's rows. Every one that was tried was replayed or kept.
struct ReplayAccount {
    std::uint64_t records = 0;
    std::uint64_t replayed = 0;
    std::uint64_t kept = 0;
    std::uint64_t added = 0;  ///< elements, rejected of records that were replayed
};

/// What became of further rows.
void add(ReplayAccount& account, const ReplayAccount& more);

/// Makes the temporary table that holds the outcomes until they are settled, and says how it is
/// filled.
[[nodiscard]] CopySink::Target make_outcomes(postgres::Link& link);

/// Its rows, for the quarantine's row of that id.
[[nodiscard]] std::string replayed_fields(const std::string& id);
[[nodiscard]] std::string kept_fields(const std::string& id, const Rejection& rejection);
/// `bytes` are those that a replay reads for it, where they are not the row's.
[[nodiscard]] std::string added_fields(
    const std::string& id, const Rejection& rejection, const std::optional<std::string>& bytes
);

/// Writes all outcomes into the quarantine, and the account of the run. An error (internal) where
/// the counts are not those of the account.
[[nodiscard]] core::Result<void> settle_outcomes(
    postgres::Link& link, const std::string& run_id, const ReplayAccount& account
);

/// Whether a replay of that run has committed.
[[nodiscard]] bool find_replay(postgres::Link& link, const std::string& run_id);

}  // namespace reel::warehouse
