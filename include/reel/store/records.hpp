#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/states.hpp"

namespace reel::store {

/// A DAG as the store knows it. `dag` may be older than the file when the file has an import error
/// now.
struct DagRecord {
    core::Dag dag;
    bool is_paused = true;
    bool is_stale = false;  ///< its file is gone
    bool has_import_errors = false;
    int version_number = 1;  ///< counts the distinct contents seen, from 1
    core::Timestamp last_parsed_at;
    std::optional<core::Timestamp>
        next_run_after;  ///< when the next scheduled run is due; empty: none
    /// Since the last that succeeded, or since it was unpaused; counted where it has a limit.
    int consecutive_failed_runs = 0;
};

/// The same without what its tasks do: what lists show and the scheduler keeps beside the DAG.
/// Costs a row, however large the DAG is.
struct DagSummary {
    core::DagId dag_id;
    std::string display_name;  ///< "": as the id
    std::string fileloc;
    std::string relative_fileloc;
    std::vector<std::string> owners;  ///< of its tasks, each once, sorted
    std::vector<std::string> tags;
    bool is_paused = true;
    bool is_stale = false;
    bool has_import_errors = false;
    int version_number = 1;
    core::Timestamp last_parsed_at;
    std::optional<core::Timestamp> next_run_after;
    int consecutive_failed_runs = 0;
    bool operator==(const DagSummary&) const = default;
};

[[nodiscard]] DagSummary summarize(const DagRecord& record);
/// The owners of its tasks, each once, sorted.
[[nodiscard]] std::vector<std::string> owners_of(const core::Dag& dag);

/// How a DAG stands whose failures are counted.
struct DagStanding {
    core::DagId dag_id;
    std::optional<bool> is_paused;  ///< empty: as it is
    int consecutive_failed_runs = 0;
    bool operator==(const DagStanding&) const = default;
};

/// A content that a DAG has had.
struct DagVersionRecord {
    int number = 1;       ///< counts the distinct contents seen, from 1
    std::string version;  ///< Dag::version
    core::Timestamp created_at;
    bool operator==(const DagVersionRecord&) const = default;
};

/// One run of a DAG (Airflow's DagRun).
struct RunRecord {
    core::DagId dag_id;
    core::RunId run_id;
    core::RunState state = core::RunState::queued;
    core::RunType type = core::RunType::manual;
    core::TriggeredBy triggered_by = core::TriggeredBy::rest_api;
    std::string triggering_user;
    core::JsonText conf;  ///< object; "{}" where none was given
    std::optional<core::Timestamp> logical_date;
    std::optional<core::DataInterval> data_interval;
    core::Timestamp run_after;
    core::Timestamp queued_at;
    std::optional<core::Timestamp> start_date;
    std::optional<core::Timestamp> end_date;
    std::string note;
    std::string dag_version;  ///< Dag::version the run is pinned to
    int version_number = 1;
    bool operator==(const RunRecord&) const = default;
};

/// Fires of a DAG's schedule that gave no run: from the first to the last, both included.
struct SkippedFiresRecord {
    core::DagId dag_id;
    core::Timestamp first;
    core::Timestamp last;
    std::int64_t count = 0;
    core::Timestamp recorded_at;
    bool operator==(const SkippedFiresRecord&) const = default;
};

/// One task of one run as it stands now (Airflow's TaskInstance).
struct TaskInstanceRecord {
    core::TaskKey key;
    core::TaskState state = core::TaskState::none;
    int try_number = 0;           ///< tries begun; 0 before the first
    int max_tries = 0;            ///< retries allowed beyond the first try
    core::AttemptId attempt = 0;  ///< the live or last attempt
    std::optional<core::Timestamp> scheduled_at;
    std::optional<core::Timestamp> queued_at;
    std::optional<core::Timestamp> start_date;
    std::optional<core::Timestamp> end_date;
    std::optional<core::Timestamp> next_retry_at;  ///< set while up_for_retry
    std::string operator_name;
    std::string pool = "default_pool";
    int pool_slots = 1;
    int priority_weight = 1;
    std::string queue = "default";
    std::string hostname;
    int pid = 0;          ///< of the live or last attempt; 0: none
    std::string message;  ///< why it stands as it stands, for people: "exit code 3", "timed out
                          ///< after 5m"; may be empty
    std::string note;
    std::string rendered_map_index;  ///< how a mapped instance is called; may be empty
    bool operator==(const TaskInstanceRecord&) const = default;
};

/// One try of a task instance, kept after the next one begins.
struct AttemptRecord {
    core::AttemptId attempt = 0;
    core::TaskKey key;
    int try_number = 1;
    core::TaskState state = core::TaskState::queued;
    core::Timestamp queued_at;
    std::optional<core::Timestamp> start_date;
    std::optional<core::Timestamp> end_date;
    std::string hostname;
    int pid = 0;
    std::string message;
    bool operator==(const AttemptRecord&) const = default;
};

/// The try that the task is at, as the task's row tells it.
[[nodiscard]] AttemptRecord attempt_of(const TaskInstanceRecord& task);

struct XComRecord {
    core::TaskKey key;
    std::string name = "return_value";
    core::JsonText value;
    core::Timestamp at;
    bool operator==(const XComRecord&) const = default;
};

/// Under this name a branch leaves what it skipped, so that a task that is cleared alone is skipped
/// again (Airflow's SkipMixin).
inline constexpr const char* skip_xcom = "skipmixin_key";

struct VariableRecord {
    std::string key;
    std::string value;
    std::string description;
    bool operator==(const VariableRecord&) const = default;
};

/// Airflow's Pool: slots that tasks share over all DAGs.
struct PoolRecord {
    std::string name = "default_pool";
    int slots = 128;  ///< -1: no limit
    std::string description = "Default pool";
    bool include_deferred = false;  ///< whether what waits without a process counts, too
    bool operator==(const PoolRecord&) const = default;
};

/// The slots that the task instances of one pool in one state have or wish.
struct PoolUse {
    std::string pool;
    core::TaskState state = core::TaskState::none;
    int slots = 0;
    bool operator==(const PoolUse&) const = default;
};

/// Airflow's Connection. `password` and `extra` are secrets.
struct ConnectionRecord {
    std::string connection_id;
    std::string conn_type;
    std::string description;
    std::string host;
    std::string login;
    std::string password;
    std::string schema;
    std::optional<int> port;
    std::string extra;
    bool operator==(const ConnectionRecord&) const = default;
};

struct ImportErrorRecord {
    std::int64_t id = 0;
    std::string filename;  ///< below the DAG folder
    core::Timestamp at;
    std::string stack_trace;  ///< every diagnostic of the file, one or two lines each
    bool operator==(const ImportErrorRecord&) const = default;
};

}  // namespace reel::store
