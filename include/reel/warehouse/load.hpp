#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reel/warehouse/operations.hpp"

namespace reel::warehouse {

/// A load without a DAG: one file, staged once, and what is published of it.
struct LoadPlan {
    std::string stage_task = "stage";     ///< what `from` of the upserts calls it
    core::JsonText stage;                 ///< arguments of `stage`
    std::vector<core::JsonText> upserts;  ///< arguments of `upsert`, in their order
};

/// What a command line says beside the spec; empty members leave the spec's.
struct LoadWishes {
    std::string file;  ///< instead of source.path
    std::string into;  ///< "schema.table"; only where one table is published
    std::vector<std::string> key;
    std::string mode;
    std::string rejects;  ///< rejects.max
};

/// Reads a spec: a DAG file with one `stage` task and the `upsert` tasks that take from it (what
/// `infer_load` writes), such a list of tasks, or a map of `source` and either `tables` or `into`,
/// `mode`, `key`, `columns` and `checks`. Templates are not rendered: they are mistakes here.
[[nodiscard]] core::Result<LoadPlan> read_load_spec(
    const std::filesystem::path& spec, const LoadWishes& wishes
);

/// Stages and publishes, then drops what was staged. Where the file's content was loaded before in
/// the same way and no row of the targets was touched since, that is recorded, and nothing else
/// done: its counts are then those of when it was read. More rejects than the limit publish
/// nothing; each upsert is a transaction of its own. The identity's task is what quarantine and
/// ledger say. Report: array of
/// {"table","file","mode","records_read","records_rejected","records_rejoined",
/// "read","rejected","duplicates","filtered","discarded","staged","inserted","updated","unchanged",
/// "deleted","already_loaded","bytes","peak_memory" (bytes of the process so far),
/// "stage_seconds","publish_seconds","records_per_second","bytes_per_second" (of staging),
/// "strategy","reason"}, one for each upsert: read = rejected + duplicates + filtered + staged, and
/// staged = inserted + updated + unchanged. `read` counts elements for a table of a list column,
/// else records. The last two are empty where nothing was written.
[[nodiscard]] core::Result<core::JsonText> load(
    const LoadPlan& plan, const OperationContext& context
);

/// What `load` would do, and why. Reads the file's header and the catalog, and changes nothing.
/// Report: array of {"step","what","reason","sql"}.
[[nodiscard]] core::Result<core::JsonText> explain_load(
    const LoadPlan& plan, const OperationContext& context
);

}  // namespace reel::warehouse
