#include "dag_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "callback_reader.hpp"
#include "dag_shapes.hpp"
#include "draft.hpp"
#include "followed_tasks.hpp"
#include "graph.hpp"
#include "group_builder.hpp"
#include "mapping.hpp"
#include "params.hpp"
#include "reel/core/did_you_mean.hpp"
#include "reel/core/ids.hpp"
#include "reel/core/schedule.hpp"
#include "schedule_builder.hpp"
#include "setup_checks.hpp"
#include "shape_check.hpp"
#include "span_checks.hpp"
#include "task_builder.hpp"
#include "task_references.hpp"
#include "values.hpp"
#include "version.hpp"

namespace reel::dagfile {
namespace {

class DagBuilder final {
  public:
    DagBuilder(const Entry& description, const LoadOptions& options, Diagnostics& diagnostics)
        : id_(description.key),
          at_(description.at),
          node_(description.value),
          options_(options),
          diagnostics_(diagnostics) {}

    core::Dag build() {
        check_whole();
        read_texts();
        read_dates();
        read_limits();
        read_calls();
        build_schedule(node_, options_, dag_, diagnostics_);
        const Node params = params_of(node_);
        dag_.params = build_params(&params, diagnostics_);
        if (const Node* args = node_.find_value("default_args")) {
            dag_.default_args = {to_json_text(*args)};
        } else {
            dag_.default_args = {"{}"};
        }
        build_tasks();
        check_rules();
        dag_.version = hash_version(id_, node_);
        return std::move(dag_);
    }

  private:
    void check_whole() {
        const Subject subject{fmt::format("DAG '{}'", id_)};
        dag_.dag_id = core::DagId(id_);
        if (!core::is_valid_key(id_)) {
            diagnostics_.add(
                at_,
                fmt::format("'{}' is no name for a DAG", id_),
                "letters, digits, '_', '-' and '.', at most 250 bytes"
            );
        }
        check_shape(node_, dag_shape(), subject, diagnostics_);
        if (const Node* args = node_.find_value("default_args")) {
            check_present(
                *args,
                dag_default_args_shape(),
                {fmt::format("default_args of {}", subject.owner)},
                diagnostics_
            );
        }
        const Node* own = node_.find_value("dag_id");
        if (own != nullptr && own->is_text() && own->text != id_) {
            diagnostics_.add(
                own->at, fmt::format("dag_id '{}' differs from the key '{}'", own->text, id_)
            );
        }
    }

    [[nodiscard]] std::string text_of(const char* name, const std::string& fallback) const {
        const Node* node = node_.find_value(name);
        return node == nullptr ? fallback : node->as_text().value_or(fallback);
    }

    void read_texts() {
        dag_.display_name = text_of("dag_display_name", id_);
        dag_.description = text_of("description", "");
        dag_.doc_md = text_of("doc_md", "");
        if (const Node* tags = node_.find_value("tags")) {
            for (const Node* tag : tags->as_texts()) {
                dag_.tags.push_back(tag->text);
            }
        }
    }

    /// Of the DAG, else of its default_args, as Airflow does.
    [[nodiscard]] const Node* find_date_field(const char* name) const {
        if (const Node* own = node_.find_value(name)) {
            return own;
        }
        const Node* args = node_.find_value("default_args");
        return args == nullptr ? nullptr : args->find_value(name);
    }

    void read_dates() {
        const Node* zone = find_date_field("timezone");
        const bool is_known =
            zone != nullptr && zone->is_text() && core::is_known_timezone(zone->text);
        dag_.timezone = is_known ? zone->text : options_.timezone;
        const DateContext dates{.timezone = dag_.timezone, .now = options_.now};
        dag_.start_date = read_optional_date(find_date_field("start_date"), dates);
        dag_.end_date = read_optional_date(find_date_field("end_date"), dates);
    }

    [[nodiscard]] int integer_of(const char* name, int fallback, int least = 1) const {
        const Node* node = find_value(node_, *dag_shape().find_field(name));
        const auto value = node == nullptr ? std::nullopt : node->as_integer();
        return value && *value >= least && *value <= std::numeric_limits<int>::max()
                   ? static_cast<int>(*value)
                   : fallback;
    }

    [[nodiscard]] std::optional<bool> boolean_of(const char* name) const {
        const Node* node = node_.find_value(name);
        return node == nullptr ? std::nullopt : node->as_boolean();
    }

    void read_limits() {
        dag_.max_active_runs = integer_of("max_active_runs", options_.max_active_runs);
        dag_.max_active_tasks = integer_of("max_active_tasks", options_.max_active_tasks);
        dag_.max_consecutive_failed_dag_runs = integer_of(
            "max_consecutive_failed_dag_runs", options_.max_consecutive_failed_dag_runs, 0
        );
        dag_.fail_fast = boolean_of("fail_fast").value_or(false);
        dag_.render_template_as_native_obj =
            boolean_of("render_template_as_native_obj").value_or(false);
        dag_.is_paused_upon_creation = boolean_of("is_paused_upon_creation");
        if (const Node* timeout = node_.find_value("dagrun_timeout")) {
            if (const auto duration = read_duration(*timeout)) {
                dag_.dagrun_timeout = *duration;
            }
        }
    }

    void read_calls() {
        dag_.callbacks = read_callback_fields(node_);
        if (const Node* deadline = node_.find_value("deadline")) {
            dag_.deadlines = read_deadlines(*deadline, dag_.timezone);
        }
    }

    void build_tasks() {
        DagDraft draft;
        build_groups(node_, draft, diagnostics_);
        const DateContext dates{.timezone = dag_.timezone, .now = options_.now};
        dagfile::build_tasks(node_, dates, draft, diagnostics_);
        draft.index();
        resolve_task_references(draft, diagnostics_);
        resolve_followed_tasks(draft, diagnostics_);
        resolve_mappings(draft, diagnostics_);
        connect_tasks(draft, diagnostics_);
        check_setups(draft, diagnostics_);
        dag_.groups = groups_of(draft);
        for (TaskDraft& task : draft.tasks) {
            task.task.args = {to_json_text(task.args)};
            dag_.tasks.push_back(std::move(task.task));
        }
    }

    void check_rules() {
        if (dag_.start_date && dag_.end_date && *dag_.end_date < *dag_.start_date) {
            diagnostics_.add(find_date_field("end_date")->at, "end_date lies before start_date");
        }
        check_fail_fast();
        check_spans(dag_, at_, diagnostics_);
    }

    void check_fail_fast() {
        const bool has_other_rule = std::ranges::any_of(dag_.tasks, [](const core::Task& task) {
            const bool is_teardowns =
                task.trigger_rule == core::TriggerRule::all_done_setup_success;
            return task.trigger_rule != core::TriggerRule::all_success && !is_teardowns;
        });
        if (dag_.fail_fast && has_other_rule) {
            diagnostics_.add(
                node_.find_entry("fail_fast")->at,
                "fail_fast goes only with the trigger rules all_success and, of teardowns, "
                "all_done_setup_success"
            );
        }
    }

    const std::string& id_;
    const core::SourcePosition& at_;
    const Node& node_;
    const LoadOptions& options_;
    Diagnostics& diagnostics_;
    core::Dag dag_;
};

}  // namespace

core::Dag build_dag(
    const Entry& description,
    const DagFileText& file,
    const LoadOptions& options,
    Diagnostics& diagnostics
) {
    core::Dag dag = DagBuilder(description, options, diagnostics).build();
    dag.fileloc = file.path;
    dag.relative_fileloc = file.relative_path;
    return dag;
}

}  // namespace reel::dagfile
