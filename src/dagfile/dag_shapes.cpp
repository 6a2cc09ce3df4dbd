#include "dag_shapes.hpp"

#include <algorithm>
#include <iterator>

#include "callback_shapes.hpp"
#include "text_checks.hpp"
#include "timetable_block.hpp"

namespace reel::dagfile {
namespace {

ShapePtr dependencies_shape() {
    return either({list_of(text()), text()});
}

ShapePtr dst_shape() {
    return object(
        {optional(
             "gap",
             choice({"shift", "skip"}),
             "times left out: behind the gap, or not at all; Airflow's way by default"
         ),
         optional(
             "overlap",
             choice({"first", "both", "last"}),
             "which pass of times that come twice; Airflow's way by default"
         )},
        "dst"
    );
}

std::vector<Field> declare_schedule_fields() {
    return {
        optional(
            "schedule",
            schedule(),
            "cron expression or a list of them, preset like @daily, none, @once, @continuous, a "
            "duration, {at: date}, a timedelta, relativedelta or timetable of Airflow's, assets, "
            "or "
            "{assets: …, timetable: …}"
        ),
        optional(
            "dst", dst_shape(), "what happens to times that clock changes leave out or repeat"
        ),
        optional(
            "schedule_jitter",
            duration(),
            "runs are due up to that much later, each by its own constant part of it"
        ),
        optional("start_date", date(), "no run is due before it"),
        optional("end_date", date(), "no run is due after it"),
        optional("timezone", text(check_timezone), "IANA name; UTC by default"),
        optional(
            "catchup", boolean(), "whether runs that were due before it was known are made up for"
        ),
    };
}

std::vector<Field> declare_carried_dag_fields() {
    return {
        optional("dag_id", text(check_key), "the key says it already"),
        optional("dag_display_name", text(), "its name for people"),
        optional("description", text(), "one line about it"),
        optional("max_active_runs", integer(1), "16 by default"),
        {.name = "max_active_tasks",
         .shape = integer(1),
         .meaning = "16 by default",
         .aliases = {"concurrency"}},
        optional("dagrun_timeout", duration(), "a run fails when it takes longer"),
        optional("deadline", deadlines_shape(), "who is called when a run has not ended in time"),
        optional(
            "max_consecutive_failed_dag_runs",
            integer(0),
            "it is paused after that many failed runs in a row; 0: never"
        ),
        optional(
            "default_args",
            elsewhere("default_args"),
            "arguments of every task that does not give its own"
        ),
        optional(
            "params",
            map_of(any_value()),
            "name → default value, or {type, default, description, enum …}"
        ),
        optional("tags", list_of(text(check_tag)), "for finding it"),
        optional("doc_md", text(), "what it does, in Markdown"),
        optional("is_paused_upon_creation", boolean(), "whether it starts paused"),
        optional("fail_fast", boolean(), "the first failure ends the run"),
        optional(
            "render_template_as_native_obj",
            boolean(),
            "an argument that is one {{ expression }} gets its value instead of a text"
        ),
        required("tasks", elsewhere("tasks"), "the tasks, a list or a map by task_id"),
        optional("task_groups", elsewhere("task_groups"), "the groups, a list or a map by name"),
    };
}

ShapePtr declare_dag() {
    std::vector<Field> fields = declare_carried_dag_fields();
    std::ranges::move(declare_schedule_fields(), std::back_inserter(fields));
    std::ranges::move(dag_callback_fields(), std::back_inserter(fields));
    for (const char* name :
         {"access_control",
          "owner_links",
          "default_view",
          "orientation",
          "vars",
          "disable_bundle_versioning"}) {
        fields.push_back(descriptive(name, "Airflow's; accepted and not used"));
    }
    for (const char* name :
         {"template_searchpath",
          "template_undefined",
          "doc_md_python_callable_name",
          "doc_md_python_callable_file",
          "doc_md_python_arguments"}) {
        fields.push_back(planned(name, {}));
    }
    fields.push_back(replaced("schedule_interval", "write 'schedule'"));
    fields.push_back(
        replaced("sla_miss_callback", "write 'deadline: {reference: …, interval: …, callback: …}'")
    );
    fields.push_back(optional(
        "timetable",
        timetable_block_shape(),
        "dag-factory's: a timetable of Airflow's and its arguments; 'schedule' says the same"
    ));
    fields.push_back(replaced("doc_md_file_path", "write the text itself into 'doc_md'"));
    fields.push_back(planned("auto_register", {"true"}));
    for (const char* name :
         {"user_defined_macros", "user_defined_filters", "jinja_environment_kwargs"}) {
        fields.push_back(planned(name, {"{}"}));
    }
    Shape shape = *object(std::move(fields), "dag");
    for (const Field& field : task_fields()) {
        if (shape.find_field(field.name) == nullptr) {
            shape.of_tasks.push_back(field.name);
        }
    }
    return std::make_shared<const Shape>(std::move(shape));
}

ShapePtr declare_task_group() {
    return object(
        {optional("group_name", text(check_key), "its name; only in a list of groups"),
         optional("tooltip", text(), "what it is, for people"),
         optional(
             "prefix_group_id",
             boolean(),
             "whether its name stands before those of its tasks; true by default"
         ),
         optional("parent_group_name", text(), "the group it belongs to"),
         optional(
             "dependencies", dependencies_shape(), "tasks and groups that all of it waits for"
         ),
         optional(
             "default_args", elsewhere("group_default_args"), "arguments of every task of the group"
         ),
         optional(
             "expand",
             map_of(any_value(), true),
             "lists: all tasks of the group run once per element"
         ),
         descriptive("group_display_name", "Airflow's; accepted and not used"),
         descriptive("ui_color", "Airflow's; accepted and not used"),
         descriptive("ui_fgcolor", "Airflow's; accepted and not used"),
         planned("add_suffix_on_collision", {"false"})},
        "task_group"
    );
}

}  // namespace

const Shape& dag_shape() {
    static const ShapePtr shape = declare_dag();
    return *shape;
}

const Shape& task_group_shape() {
    static const ShapePtr shape = declare_task_group();
    return *shape;
}

}  // namespace reel::dagfile
