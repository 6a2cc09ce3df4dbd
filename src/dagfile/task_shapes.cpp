#include "dag_shapes.hpp"

#include <algorithm>
#include <iterator>

#include "asset_shapes.hpp"
#include "callback_shapes.hpp"
#include "operators.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

ShapePtr trigger_rule_shape() {
    return choice(
        {"all_success",
         "all_failed",
         "all_done",
         "all_done_min_one_success",
         "all_skipped",
         "one_success",
         "one_failed",
         "one_done",
         "none_failed",
         "none_failed_min_one_success",
         "none_skipped",
         "always",
         "all_done_setup_success"},
        {{"none_failed_or_skipped", "none_failed_min_one_success"}, {"dummy", "always"}}
    );
}

ShapePtr dependencies_shape() {
    return either({list_of(text()), text()});
}

std::vector<Field> declare_carried_task_fields() {
    return {
        optional("owner", text(), "who to ask; 'airflow' by default"),
        optional("trigger_rule", trigger_rule_shape(), "which ends of its upstreams let it run"),
        optional("retries", integer(0), "how often it is tried again"),
        optional("retry_delay", duration(), "between two tries; 5m by default"),
        optional(
            "retry_exponential_backoff",
            either({boolean(), number(0)}),
            "multiplier of the delay per further try; true is 2"
        ),
        optional("max_retry_delay", duration(), "the delay never grows beyond it"),
        optional("execution_timeout", duration(), "the task is ended after that long"),
        optional("priority_weight", integer(), "the higher the earlier"),
        optional(
            "weight_rule", choice({"downstream", "upstream", "absolute"}), "how priorities add up"
        ),
        optional(
            "retry_exit_codes",
            list_of(integer(0)),
            "only these ends of its process are tried again"
        ),
        optional("pool", text(check_not_blank), "whose slots it takes; default_pool by default"),
        optional("pool_slots", integer(1), "how many of them; 1 by default"),
        optional("queue", text(check_queue), "which workers take it; default by default"),
        optional("max_active_tis_per_dag", integer(1), "instances at one time over all runs"),
        optional("max_active_tis_per_dagrun", integer(1), "instances at one time in one run"),
        optional("depends_on_past", boolean(), "waits until it ended well in the run before"),
        optional(
            "wait_for_downstream",
            boolean(),
            "waits until what stands right behind it ended well in the run before, too"
        ),
        optional(
            "wait_for_past_depends_before_skipping",
            boolean(),
            "is skipped only when the run before would let it begin, too"
        ),
        optional(
            "map_index_template",
            text(check_template),
            "names the instances of a mapped task: rendered when each has run"
        ),
        optional("inlets", assets_shape(), "assets that it reads, for people and templates"),
        optional(
            "outlets",
            outlets_shape(),
            "assets that have news when it succeeds; {alias: name} for those that its output names"
        ),
        optional(
            "params",
            map_of(any_value()),
            "over those of the DAG, in its templates: name → default value, or a schema"
        ),
        optional("do_xcom_push", boolean(), "whether its result is kept as XCom"),
        optional("doc_md", text(), "what it does, in Markdown"),
    };
}

std::vector<Field> declare_other_task_fields() {
    std::vector<Field> fields;
    for (const char* name :
         {"email",
          "email_on_failure",
          "email_on_retry",
          "doc",
          "doc_json",
          "doc_yaml",
          "doc_rst",
          "ui_color",
          "ui_fgcolor",
          "allow_nested_operators"}) {
        fields.push_back(descriptive(name, "Airflow's; accepted and not used"));
    }
    for (const char* name : {"depends_on_previous_tasks", "multiple_outputs"}) {
        fields.push_back(planned(name, {"false"}));
    }
    for (const char* name :
         {"sla",
          "resources",
          "run_as_user",
          "executor",
          "logger_name",
          "pre_execute",
          "post_execute"}) {
        fields.push_back(planned(name, {}));
    }
    fields.push_back(planned("executor_config", {"{}"}));
    fields.push_back(planned("ignore_first_depends_on_past", {"true"}));
    fields.push_back(
        replaced("decorator", "write 'operator: python' with its arguments in op_kwargs")
    );
    fields.push_back(replaced(
        "variables_as_arguments", "write {{ var.value.NAME }} where the variable's value belongs"
    ));
    return fields;
}

/// What default_args may say of every task.
std::vector<Field> inheritable_fields() {
    std::vector<Field> fields = declare_carried_task_fields();
    std::ranges::move(task_callback_fields(), std::back_inserter(fields));
    for (Field& field : declare_other_task_fields()) {
        fields.push_back(std::move(field));
    }
    return fields;
}

/// Of a task or its group; those in the default_args of a DAG are the DAG's.
std::vector<Field> span_fields() {
    return {
        optional("start_date", date(), "runs of an earlier logical date go without it"),
        optional("end_date", date(), "runs of a later logical date go without it"),
    };
}

std::vector<Field> declare_task_fields() {
    std::vector<Field> fields{
        optional("task_id", text(check_key), "its name; only in a list of tasks"),
        required("operator", text(), "what it does: bash, sql, stage … or Airflow's dotted path"),
        optional("dependencies", dependencies_shape(), "tasks and task groups it waits for"),
        optional("task_group_name", text(), "the task group it belongs to"),
        optional("task_display_name", text(), "its name for people"),
        optional("expand", map_of(any_value(), true), "arguments of which each element runs alone"),
        optional(
            "expand_kwargs",
            either({list_of(map_of(any_value())), text()}),
            "a list of maps of arguments, each of which runs alone"
        ),
        optional("partial", map_of(any_value()), "arguments that all instances of expand share"),
        optional("is_setup", boolean(), "prepares what its teardown takes down again"),
        optional(
            "is_teardown", boolean(), "runs when all before it is done and its setup succeeded"
        ),
        optional(
            "on_failure_fail_dagrun", boolean(), "of a teardown: its failure fails the run, too"
        ),
    };
    for (Field& field : inheritable_fields()) {
        fields.push_back(std::move(field));
    }
    std::ranges::move(span_fields(), std::back_inserter(fields));
    return fields;
}

/// An argument of an operator in default_args fits some tasks and not others: each task that takes
/// it checks it.
void add_operator_args(std::vector<Field>& fields) {
    for (const Operator& one : all_operators()) {
        for (Field field : one.args) {
            const auto same = std::ranges::find(fields, field.name, &Field::name);
            if (same == fields.end()) {
                field.shape = any_value();
                field.required = false;
                fields.push_back(std::move(field));
            }
        }
    }
}

ShapePtr declare_default_args(bool of_group) {
    std::vector<Field> fields = inheritable_fields();
    if (of_group) {
        std::ranges::move(span_fields(), std::back_inserter(fields));
    } else {
        fields.push_back(
            optional("start_date", date(), "as of the DAG; of its tasks where it says another")
        );
        fields.push_back(
            optional("end_date", date(), "as of the DAG; of its tasks where it says another")
        );
        fields.push_back(optional("timezone", text(check_timezone), "as of the DAG"));
    }
    add_operator_args(fields);
    Shape shape = *object(std::move(fields), of_group ? "group_default_args" : "default_args");
    for (const Field& field : dag_shape().fields) {
        if (shape.find_field(field.name) == nullptr) {
            shape.elsewhere.push_back(field.name);
        }
    }
    return std::make_shared<const Shape>(std::move(shape));
}

}  // namespace

const std::vector<Field>& task_fields() {
    static const std::vector<Field> fields = declare_task_fields();
    return fields;
}

const Shape& dag_default_args_shape() {
    static const ShapePtr shape = declare_default_args(false);
    return *shape;
}

const Shape& group_default_args_shape() {
    static const ShapePtr shape = declare_default_args(true);
    return *shape;
}

}  // namespace reel::dagfile
