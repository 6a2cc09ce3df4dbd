#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reel/postgres/link.hpp"
#include "warehouse/publish/ledger.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// What is published where: equal for the same rows, made and published in the same way.
struct PublishedContent {
    std::string target;  ///< quoted
    std::string work;    ///< how a file became rows, and they the target's: a hash
    std::string hash;    ///< of the file; "" for any, where a state is looked for
};

/// What a publish has left in its target, by which a later one can prove that it is all still
/// there. Rows tell by whom they were written: those of transactions that were over then are old,
/// and when there are no others and no fewer of them, nobody has added, changed or taken away a
/// row.
struct TargetState {
    std::string load_id;
    std::string content_hash;
    std::string finished_at;   ///< for people
    std::string staged_table;  ///< its reports tell what became of the file's records
    std::string source_file;
    std::int64_t staged = 0;  ///< rows of the source
    std::int64_t rows = 0;    ///< of the target
    std::string horizon;      ///< transactions before this one were over
    std::string own;          ///< the publishing one
};

/// The rows that a target holds before it is written to, and since when they are old.
struct StateBefore {
    std::int64_t rows = 0;
    std::string horizon;
};

/// Of a table that this transaction alone sees.
[[nodiscard]] StateBefore state_of_new(postgres::Link& link);
/// Reads the whole table.
[[nodiscard]] StateBefore count_before(postgres::Link& link, const std::string& target);

/// Inside the publishing transaction, behind record_load.
void record_state(
    postgres::Link& link,
    const PublishedContent& content,
    const LedgerEntry& entry,
    const StateBefore& before
);

/// What the target was left in by the last publish of this content, if nothing came after it that
/// was worth a state, and if the table is still of the same make.
[[nodiscard]] std::optional<TargetState> find_state(
    postgres::Link& link, const PublishedContent& content
);

/// Whether the target's rows are the ones of the state. Reads the whole table, as this transaction
/// sees it.
[[nodiscard]] bool is_untouched(
    postgres::Link& link, const std::string& target, const TargetState& state
);

/// The counts of a publish that finds `staged` rows in the target, all of them as they are.
[[nodiscard]] PublishCounts unchanged_counts(std::int64_t staged);

/// What a file whose rows are made in that way is to a target.
[[nodiscard]] PublishedContent content_of(
    const PublishSpec& spec,
    const LoadIdentity& identity,
    const std::string& made_by,
    const std::string& hash
);

/// For log and report.
[[nodiscard]] std::string reason_of(const TargetState& state);

}  // namespace reel::warehouse
