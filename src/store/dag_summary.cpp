#include <set>

#include "reel/store/records.hpp"

namespace reel::store {

std::vector<std::string> owners_of(const core::Dag& dag) {
    std::set<std::string> owners;
    for (const core::Task& task : dag.tasks) owners.insert(task.owner);
    return {owners.begin(), owners.end()};
}

DagSummary summarize(const DagRecord& record) {
    return {
        .dag_id = record.dag.dag_id,
        .display_name = record.dag.display_name,
        .fileloc = record.dag.fileloc,
        .relative_fileloc = record.dag.relative_fileloc,
        .owners = owners_of(record.dag),
        .tags = record.dag.tags,
        .is_paused = record.is_paused,
        .is_stale = record.is_stale,
        .has_import_errors = record.has_import_errors,
        .version_number = record.version_number,
        .last_parsed_at = record.last_parsed_at,
        .next_run_after = record.next_run_after,
        .consecutive_failed_runs = record.consecutive_failed_runs,
    };
}

}  // namespace reel::store
