#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::warehouse {

/// Which rejected records; empty members stand for all.
struct RejectFilter {
    std::string dag_id;
    std::string run_id;
    std::string task_id;
    std::string table;  ///< whose rule was broken
    std::string file;
    std::string rule;
    std::size_t limit = 100;
    bool replayed = false;  ///< those that were replayed, instead of those that were not
};

/// Rejected records counted, the latest load first. Report: array of {"dag_id","run_id","task_id",
/// "map_index","try_number","table","file","rejects","reasons","last_at"}; reasons is "rule
/// (column) × count", the most frequent five first. Empty where nothing was ever loaded.
[[nodiscard]] core::Result<core::JsonText> count_rejects(
    const std::string& uri, const RejectFilter& filter
);

/// The records themselves, the latest load first and in the order of its file. Report: array of
/// {"id","file","line","record","offset","element","table","column","rule","reason","value","raw",
/// "raw_size","dag_id","run_id","task_id","map_index","try_number","at","edited","tried_at",
/// "replayed_at","replayed_by"}. `raw` is the record as it stands in the file, escaped
/// (escape_bytes); raw_size its bytes, of which raw may be a part. `edited` is what a replay reads
/// instead (edit_reject), tried_at when one failed on it last, replayed_by the run of the one that
/// did not.
[[nodiscard]] core::Result<core::JsonText> list_rejects(
    const std::string& uri, const RejectFilter& filter
);

/// What a replay takes for the record from now on; its bytes as they stood in the file stay. Waits
/// for a replay that is under way. not_found where there is no such record, or it was replayed.
[[nodiscard]] core::Result<void> edit_reject(
    const std::string& uri, std::int64_t id, std::string_view text
);

/// Bytes as text in one line that says each of them: \\ \n \r \t, \xNN for other controls and for
/// what is no UTF-8.
[[nodiscard]] std::string escape_bytes(std::string_view bytes);

}  // namespace reel::warehouse
