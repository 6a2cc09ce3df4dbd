#pragma once

#include <map>
#include <string>
#include <utility>

#include "application.hpp"
#include "records_json.hpp"

namespace reel::api {

// Reads that several endpoints share. Blocking. Ids from the path that no thing can have are
// answered like ids that no thing has.

[[nodiscard]] Outcome<core::DagId> dag_id_of(const Call& call);
[[nodiscard]] Outcome<core::RunId> run_id_of(const Call& call);
/// {dag_id}, {dag_run_id}, {task_id} and {map_index} (or -1) of the path.
[[nodiscard]] Outcome<core::TaskKey> task_key_of(const Call& call);
[[nodiscard]] Outcome<store::DagRecord> find_dag(store::RunStore& store, const core::DagId& dag_id);
[[nodiscard]] Outcome<store::RunRecord> find_run(
    store::RunStore& store, const core::DagId& dag_id, const core::RunId& run_id
);
[[nodiscard]] Outcome<store::TaskInstanceRecord> find_task_instance(
    store::RunStore& store, const core::TaskKey& key
);
/// The command line says who it is, so that a run tells a person's trigger from a program's.
[[nodiscard]] core::TriggeredBy triggered_by(const Request& request);
[[nodiscard]] nlohmann::json collection(
    std::string_view name, nlohmann::json items, std::size_t total
);

/// Remembers the runs and DAGs that a page of records belongs to, each read once.
class RunViews final {
  public:
    explicit RunViews(store::RunStore& store) : store_(store) {}
    RunView view(const core::TaskKey& key);
    const std::string& dag_display_name(const core::DagId& dag_id);

  private:
    const core::Dag& dag(const core::DagId& dag_id);
    store::RunStore& store_;
    std::map<core::DagId, std::string> display_names_;
    std::map<core::DagId, core::Dag> dags_;
    std::map<std::pair<core::DagId, core::RunId>, store::RunRecord> runs_;
};

}  // namespace reel::api
