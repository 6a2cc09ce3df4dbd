// What has to do with other DAGs: their runs, and the assets that they make.

#include "asset_shapes.hpp"
#include "operators.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

ShapePtr task_states() {
    return list_of(choice(
        {"success",
         "failed",
         "skipped",
         "upstream_failed",
         "up_for_retry",
         "running",
         "queued",
         "scheduled",
         "deferred",
         "removed"}
    ));
}

ShapePtr run_states() {
    return list_of(choice({"success", "failed", "running", "queued"}));
}

}  // namespace

Operator external_task_sensor() {
    const ShapePtr id = text(check_not_blank);
    return {
        .name = "sensor.external_task",
        .paths =
            {"airflow.providers.standard.sensors.external_task.ExternalTaskSensor",
             "airflow.sensors.external_task.ExternalTaskSensor",
             "airflow.sensors.external_task_sensor.ExternalTaskSensor"},
        .meaning = "waits for a run of another DAG, or for tasks of it",
        .args = sensor_fields(
            {required("external_dag_id", id, "the other DAG"),
             optional("external_task_id", id, "one task of it; without one the whole run"),
             optional("external_task_ids", list_of(id, true), "several tasks of it"),
             optional("external_task_group_id", id, "all tasks of one of its groups"),
             optional("allowed_states", task_states(), "that are waited for; success by default"),
             optional("failed_states", task_states(), "that fail this task"),
             optional("skipped_states", task_states(), "that skip this task"),
             optional(
                 "execution_delta", duration(), "how much earlier the other run's logical date is"
             ),
             optional("check_existence", boolean(), "fail at once when DAG or task are not there"),
             planned("execution_date_fn", {}),
             planned("execution_date_fn_name", {}),
             planned("execution_date_fn_file", {}),
             descriptive("poll_interval", "Airflow's; poke_interval is used")}
        ),
        .at_most_one_of = {{"external_task_id", "external_task_ids", "external_task_group_id"}}
    };
}

Operator asset_sensor() {
    return {
        .name = "sensor.asset",
        .paths = {},
        .meaning = "waits for an event of an asset; the event is its XCom",
        .args = sensor_fields(
            {required("asset", either({text(check_asset_or_template), asset_shape()}), "its URI"),
             optional(
                 "after",
                 text(check_not_blank),
                 "events count from then on; from the start of the data interval by default"
             )}
        )
    };
}

Operator trigger_dag_operator() {
    return {
        .name = "trigger_dag",
        .paths =
            {"airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator",
             "airflow.operators.trigger_dagrun.TriggerDagRunOperator",
             "airflow.operators.dagrun_operator.TriggerDagRunOperator"},
        .meaning = "makes a run of another DAG, and waits for its end where it is told to",
        .args =
            {required("trigger_dag_id", text(check_not_blank), "the other DAG"),
             optional("conf", either({map_of(any_value()), text()}), "of the run"),
             optional("trigger_run_id", text(check_not_blank), "its run id"),
             {.name = "logical_date",
              .shape = text(check_not_blank),
              .meaning = "its logical date; none by default",
              .aliases = {"execution_date"}},
             optional("note", text(), "of the run"),
             optional("wait_for_completion", boolean(), "wait until the run has ended"),
             optional("poke_interval", duration(), "between two looks at the run; 1m by default"),
             optional("allowed_states", run_states(), "end the wait well; success by default"),
             optional("failed_states", run_states(), "fail this task; failed by default"),
             optional("reset_dag_run", boolean(), "begin a run of that id anew where there is one"),
             optional(
                 "skip_when_already_exists", boolean(), "skip the task where there is such a run"
             ),
             planned("fail_when_dag_is_paused", {"false"}),
             planned("openlineage_inject_parent_info", {"true", "false"}),
             descriptive("deferrable", "Airflow's; the task never holds a place here")}
    };
}

}  // namespace reel::dagfile
