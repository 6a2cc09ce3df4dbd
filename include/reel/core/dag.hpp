#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/asset.hpp"
#include "reel/core/callback.hpp"
#include "reel/core/ids.hpp"
#include "reel/core/json_text.hpp"
#include "reel/core/schedule_forms.hpp"
#include "reel/core/time.hpp"
#include "reel/core/trigger_rule.hpp"

namespace reel::core {

/// A place in a file that a person wrote; line and column count from 1, 0 means unknown.
struct SourcePosition {
    std::string file;
    int line = 0;
    int column = 0;
    auto operator<=>(const SourcePosition&) const = default;
};

/// Airflow's weight_rule.
enum class WeightRule { downstream, upstream, absolute };

[[nodiscard]] std::string_view to_string(WeightRule rule);
[[nodiscard]] std::optional<WeightRule> parse_weight_rule(std::string_view text);

/// Where one argument of a mapped task or group gets its elements from: a list that the file gives,
/// or what an upstream pushed.
struct MapSource {
    std::string argument;  ///< "" for expand_kwargs, whose elements are objects of arguments
    JsonText literal;      ///< a list or an object; null where `upstream` gives it
    std::optional<std::uint32_t> upstream;  ///< index into Dag::tasks
    std::string xcom_key = "return_value";
    bool operator==(const MapSource&) const = default;
};

/// Airflow's expand and expand_kwargs: one instance for every combination of the elements of all
/// sources, the last source turning fastest.
struct Mapping {
    std::vector<MapSource> sources;
    bool operator==(const Mapping&) const = default;
};

/// A task group. A mapped one gives all its tasks instances together: an instance waits for those
/// of its own map index within the group.
struct TaskGroup {
    std::string group_id;  ///< with the names of its parents in front, where they say so
    std::string label;     ///< the name in the file
    std::string tooltip;
    std::string parent;  ///< group_id, "" at the top
    std::optional<Mapping> mapping;
    bool operator==(const TaskGroup&) const = default;
};

/// One task as its DAG file declares it, defaults filled in. Names and defaults are Airflow's
/// (BaseOperator).
struct Task {
    TaskId task_id;
    std::string operator_name;  ///< Reel's short name: "bash", "stage", …
    JsonText args;  ///< the operator's own arguments, an object; templates not rendered yet
    std::vector<std::uint32_t> upstream;    ///< indices into Dag::tasks, ascending, each once
    std::vector<std::uint32_t> downstream;  ///< the inverse of upstream
    std::string group;                      ///< task_group_name, "" outside any group
    std::string owner = "airflow";
    std::string doc_md;
    std::string display_name;  ///< task_id where not set
    TriggerRule trigger_rule = TriggerRule::all_success;
    int retries = 0;
    Duration retry_delay = std::chrono::minutes(5);
    double retry_exponential_backoff = 0;  ///< 0 = off, else the multiplier per further try
    std::optional<Duration> max_retry_delay;
    JsonText params{"{}"};              ///< over those of the DAG, in the same form
    std::vector<int> retry_exit_codes;  ///< only these are tried again; empty: all are
    std::optional<Duration> execution_timeout;
    int priority_weight = 1;
    WeightRule weight_rule = WeightRule::downstream;
    std::string pool = "default_pool";
    int pool_slots = 1;
    std::string queue = "default";
    bool do_xcom_push = true;
    std::optional<Mapping> mapping;
    std::string map_index_template;  ///< names its instances once they have run; "": nothing does
    bool depends_on_past = false;
    bool wait_for_downstream = false;  ///< implies depends_on_past
    /// It is skipped, too, only when it may begin for what the run before did.
    bool wait_for_past_depends_before_skipping = false;
    /// A run whose logical date lies before or behind has no instance of it, but for a backfill's.
    std::optional<Timestamp> start_date;
    std::optional<Timestamp> end_date;
    std::optional<int> max_active_tis_per_dag;
    std::optional<int> max_active_tis_per_dagrun;
    bool is_setup = false;
    bool is_teardown = false;
    bool on_failure_fail_dagrun = false;  ///< of a teardown: its failure fails the run, too
    std::vector<Asset> inlets;            ///< what it says it reads
    std::vector<Asset> outlets;           ///< its success is an event of each
    Callbacks callbacks;                  ///< whom its states call; never `deadline`
    /// Its success is an event of the assets that its output names, which get these names, too.
    std::vector<std::string> outlet_aliases;
    SourcePosition position;

    bool operator==(const Task&) const = default;
};

/// A DAG as a checked value: acyclic, every reference resolved, `tasks` in the file's order.
struct Dag {
    DagId dag_id;
    std::string display_name;  ///< dag_id where not set
    std::string description;
    Schedule schedule;
    /// A run is due, too, whenever this is met by events that no run has consumed.
    std::optional<AssetExpression> asset_condition;
    std::string timezone = "UTC";  ///< IANA name; cron fields are read in it
    DstPolicy dst;
    IntervalRule intervals;
    Duration schedule_jitter{};  ///< a run is due up to this much behind its fire
    /// Of a cron DAG without start_date: the last fire gives a run at once when it is this recent.
    Duration run_immediately{};
    std::optional<Timestamp> start_date;
    std::optional<Timestamp> end_date;
    bool catchup = false;
    int max_active_runs = 16;
    int max_active_tasks = 16;
    std::optional<Duration> dagrun_timeout;
    std::optional<bool> is_paused_upon_creation;
    bool fail_fast = false;
    bool render_template_as_native_obj =
        false;  ///< an argument that is one expression gets its value
    std::string doc_md;
    std::vector<std::string> tags;
    JsonText params;  ///< object: name → {"type", "default", "description", …} (JSON Schema with a
                      ///< default)
    JsonText default_args;          ///< object, as written
    std::vector<TaskGroup> groups;  ///< parents before their children
    std::vector<Task> tasks;
    int max_consecutive_failed_dag_runs = 0;  ///< then it is paused; 0: never
    Callbacks callbacks;              ///< whom the ends of its runs call: `success`, `failure`
    std::vector<Deadline> deadlines;  ///< of each run
    std::string fileloc;              ///< absolute path of the file
    std::string relative_fileloc;     ///< the same below the DAG folder
    std::string
        version;  ///< 64 hex digits: SHA-256 over the DAG's own content with defaults merged

    [[nodiscard]] const Task* find_task(const TaskId& id) const;
    [[nodiscard]] std::optional<std::uint32_t> index_of(const TaskId& id) const;
    /// The mapped group that holds the task, directly or further up; null where there is none.
    [[nodiscard]] const TaskGroup* mapped_group_of(const Task& task) const;
    /// Directly or further down.
    [[nodiscard]] bool is_in_group(const Task& task, std::string_view group_id) const;
    /// The mapping of the task or of its mapped group; null for a task that is not mapped.
    [[nodiscard]] const Mapping* mapping_of(const Task& task) const;

    bool operator==(const Dag&) const = default;
};

}  // namespace reel::core
