#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reel/warehouse/load.hpp"
#include "reel/warehouse/rejects.hpp"

namespace reel::warehouse {

/// What is replayed, and how.
struct ReplayWishes {
    RejectFilter filter;  ///< `limit` and `replayed` say nothing here
    /// Names of the cells, in order, for records whose load did not keep its file's header: those
    /// of before version 3 of schema `reel`.
    std::vector<std::string> columns;
    bool dry_run = false;  ///< everything is done, and taken back
};

/// The load that rejected records go through, from a spec as read_load_spec takes it, or from any
/// list of a DAG's tasks: the stage task of that name (empty: the only one) and the upserts that
/// read what it stages, in their order. Where the source lies, what is above a single record (how
/// many rejects are borne, checks of a whole table) and what would take rows away (`replace`,
/// `delete_insert`, `delete_missing`) is left out: a replay only brings what was missing.
/// Templates are still in it.
[[nodiscard]] core::Result<LoadPlan> parse_replay_spec(
    const core::JsonText& document, const std::string& stage_task
);
[[nodiscard]] core::Result<LoadPlan> read_replay_spec(
    const std::filesystem::path& spec, const std::string& stage_task
);

/// What `staged('task.table')` is in the queries of a replay.
[[nodiscard]] std::string replay_relation(const std::string& table);

/// Runs the quarantined records that the filter names through the load again: from the bytes that
/// were kept to the targets of the plan. Of a record that was rejected as a whole nothing went in,
/// so all of it goes; of one whose list had a bad element, that element alone. Records that pass
/// are marked with the identity's run; the others stay, with the reason that they have now; an
/// element that is rejected of a record that passes becomes a row of its own. Rows, ledger, marks
/// and the account in reel.quarantine_replays are one transaction: it happens once or not at all,
/// and running it again finds what is left. Records of loads that staged nothing, of attempts that
/// a later one has overtaken, and records of which only a part was kept are left alone; the log
/// says how many. Report: array of {"table","mode","dry_run","records","replayed","kept","added",
/// "read","rejected","duplicates","staged","inserted","updated","unchanged","strategy","reason"},
/// one for each upsert: records = replayed + kept count the quarantine's rows, added those that are
/// new there; read = rejected + duplicates + staged (of a query: what it gave), staged = inserted +
/// updated + unchanged. Empty where there was nothing to replay.
[[nodiscard]] core::Result<core::JsonText> replay(
    const LoadPlan& plan, const ReplayWishes& wishes, const OperationContext& context
);

}  // namespace reel::warehouse
