// Branches that decide without a process of their own.

#include "operators.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

std::vector<Field> followed_fields() {
    const ShapePtr ids = either({text(check_not_blank), list_of(text(check_not_blank), true)});
    return {
        required("follow_task_ids_if_true", ids, "tasks right behind it, or one"),
        required("follow_task_ids_if_false", ids, "the same, at any other time"),
    };
}

}  // namespace

Operator branch_operator() {
    return {
        .name = "branch",
        .paths = {},
        .meaning = "goes on with the tasks that it follows and skips the others right behind it",
        .args = {required(
            "follow",
            either({text(), list_of(text(check_not_blank))}),
            "a task right behind it, a list of them, or a template that gives either"
        )}
    };
}

Operator branch_day_of_week_operator() {
    std::vector<Field> args = followed_fields();
    const ShapePtr day = text(check_week_day);
    args.push_back(required(
        "week_day", either({day, list_of(day, true)}), "monday … sunday, or a list of them"
    ));
    args.push_back(
        {.name = "use_task_logical_date",
         .shape = boolean(),
         .meaning = "the day of the logical date instead of today",
         .aliases = {"use_task_execution_day"}}
    );
    return {
        .name = "branch.day_of_week",
        .paths =
            {"airflow.providers.standard.operators.weekday.BranchDayOfWeekOperator",
             "airflow.operators.weekday.BranchDayOfWeekOperator"},
        .meaning = "goes on with these or those tasks, by the day of the week",
        .args = std::move(args)
    };
}

Operator branch_date_time_operator() {
    std::vector<Field> args = followed_fields();
    args.push_back(
        optional("target_lower", text(check_target_time), "from then on: 14:30 or 2024-01-31T14:30")
    );
    args.push_back(optional("target_upper", text(check_target_time), "until then"));
    args.push_back(
        {.name = "use_task_logical_date",
         .shape = boolean(),
         .meaning = "the logical date instead of now",
         .aliases = {"use_task_execution_date"}}
    );
    return {
        .name = "branch.datetime",
        .paths =
            {"airflow.providers.standard.operators.datetime.BranchDateTimeOperator",
             "airflow.operators.datetime.BranchDateTimeOperator"},
        .meaning = "goes on with these or those tasks, by the time",
        .args = std::move(args),
        .some_of = {"target_lower", "target_upper"}
    };
}

}  // namespace reel::dagfile
