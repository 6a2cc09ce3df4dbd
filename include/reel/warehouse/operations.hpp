#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::warehouse {

/// Whose work this is; becomes part of staging names, ledger and quarantine rows.
struct LoadIdentity {
    core::TaskKey key;
    int try_number = 1;
    core::AttemptId attempt = 0;
};

/// A table that a `stage` task made: what an `upsert`, `quality` or template may read.
struct StagedTable {
    std::string
        physical;  ///< quoted, schema-qualified: "reel_staging"."movies_stage_movies_movies_a17"
    core::JsonText columns;  ///< array of {"name", "type", "not_null"} in order
    core::JsonText key;      ///< array of column names, maybe empty
    /// Nobody but the one operation that is given it reads it: an `upsert` may make it the target.
    bool has_one_reader = false;
};

/// Everything an operation needs beside its own arguments.
struct OperationContext {
    std::string uri;  ///< warehouse connection (libpq URI), secret
    LoadIdentity identity;
    std::filesystem::path data_dir;  ///< relative source paths are below it (the run's data folder)
    std::filesystem::path
        fetch_dir;  ///< where what a source's URL gave lies while it is read; empty: data_dir
    std::filesystem::path
        cache_dir;  ///< keeps what was fetched between calls; empty: nothing is kept
    std::filesystem::path
        dag_dir;  ///< folder of the DAG file; `sql: sql/x.sql` is looked up there, then its parents
    std::map<std::string, StagedTable>
        staged;  ///< "task.table" → table, for every staged reference of the arguments
    std::function<void(const std::string&)> log;  ///< one line of the task's log
    /// Shows how far it is in one line in place of the last one; takes it away where it is empty.
    /// Unset: such lines go to the log every few seconds.
    std::function<void(const std::string&)> progress = {};
    std::uint64_t memory_limit = 0;  ///< bytes that the process may take; 0: what is usual
};

/// `stage`: one pass over the source feeds every declared table by binary COPY into tables of
/// schema reel_staging. Records that break a rule go to reel.quarantine; more of them than
/// `rejects.max` fail the task (rows kept). A source that is a URL is fetched first, and called
/// without its secrets everywhere; "etag" is its server's. Report:
/// {"file","sha256","bytes","etag","records_read","records_quarantined","records_rejoined","tables":{NAME:{"physical","columns","key","elements_read","staged",
///          "duplicates","quarantined","filtered","discarded"}},"seconds","records_per_second",
///          "bytes_per_second"}, the last three of reading and storing all of it, and "checks" as
///          quality's where tables have any: one that fails leaves nothing staged. For every table
///          elements_read = staged + duplicates + quarantined + filtered; discarded are values that
///          its contract made NULL or ignored, by column.
[[nodiscard]] core::Result<core::JsonText> stage(
    const core::JsonText& args, const OperationContext& context
);

/// `upsert`: staged table or query → target, one transaction together with its row in reel.loads
/// (the ledger). Running it again for the same staged data finds the ledger row and changes
/// nothing. `mode` is upsert, append, replace, delete_insert (of a `window`) or scd2. Report:
/// {"into","mode","rows","inserted","updated","unchanged","duplicates","deleted","already_loaded",
///          "seconds","strategy","reason"}; rows = inserted + updated + unchanged + duplicates,
///          deleted are
/// rows of the target (deleted, marked, or versions that were ended because the source lacks them).
/// strategy (unchanged, take_over, create, insert, on_conflict, compare) and its reason in words
/// are not there when the ledger had it. "evolved" are the statements by which the contract let the
/// target's columns follow the source's, "left_out" the source columns that it lacks; not there
/// where there are none. `checks` (as quality's) look at the rows before the target is touched;
/// where one fails nothing is published. Their results are "checks" in the report.
[[nodiscard]] core::Result<core::JsonText> upsert(
    const core::JsonText& args, const OperationContext& context
);

/// `quality`: all checks, each with a verdict; any failed check of severity error fails the task.
/// One row per check in reel.quality_results. `dbt` and `soda` are files below dag_dir. Report:
/// {"checks":[{"table","check","kind","severity","status","value","number","expected","failures",
///             "examples","message","sql","milliseconds","failures_table"}]}; status is pass, warn,
/// fail or error, number and failures_table may be null.
[[nodiscard]] core::Result<core::JsonText> quality(
    const core::JsonText& args, const OperationContext& context
);

/// `sql`: statements in one transaction. `sql` is text that was rendered already. Report: last
/// statement's rows as
/// {"rows":[{…}],"row_count"} (at most 1,000 rows), or {"affected"}.
[[nodiscard]] core::Result<core::JsonText> run_sql(
    const core::JsonText& args, const OperationContext& context
);

/// Drops what `stage` made for one run, and staging tables of any run older than `keep_failed`.
/// Gives how many.
[[nodiscard]] core::Result<int> drop_staged(
    const std::string& uri,
    const core::DagId& dag_id,
    const core::RunId& run_id,
    core::Duration keep_failed
);

/// Drops the staging tables that were made before a moment, but none of the runs in `spared`. Only
/// counts them when `dry_run`. Gives how many.
[[nodiscard]] core::Result<int> drop_staged_before(
    const std::string& uri,
    core::Timestamp before,
    const std::vector<std::pair<core::DagId, core::RunId>>& spared,
    bool dry_run
);

}  // namespace reel::warehouse
