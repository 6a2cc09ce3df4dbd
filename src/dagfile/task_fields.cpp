#include "task_fields.hpp"

#include <limits>

#include "asset_reader.hpp"
#include "callback_reader.hpp"

namespace reel::dagfile {
namespace {

class FieldReader final {
  public:
    explicit FieldReader(const Node& body) : body_(body) {}

    void read(const char* name, std::string& into) const {
        if (const Node* node = body_.find_value(name)) {
            into = node->as_text().value_or(into);
        }
    }
    void read(const char* name, int& into) const {
        const Node* node = body_.find_value(name);
        const auto value = node == nullptr ? std::nullopt : node->as_integer();
        if (value && *value >= std::numeric_limits<int>::min() &&
            *value <= std::numeric_limits<int>::max()) {
            into = static_cast<int>(*value);
        }
    }
    void read(const char* name, std::optional<int>& into) const {
        int value = 0;
        read(name, value);
        if (value > 0) {
            into = value;
        }
    }
    void read(const char* name, std::vector<int>& into) const {
        const Node* node = body_.find_value(name);
        if (node == nullptr) {
            return;
        }
        for (const Node& item : node->items) {
            into.push_back(static_cast<int>(item.as_integer().value_or(0)));
        }
    }
    void read(const char* name, std::vector<core::Asset>& into) const {
        const Node* node = body_.find_value(name);
        if (node == nullptr) {
            return;
        }
        for (const Node& item : node->items) {
            into.push_back(read_asset(item));
        }
    }
    void read(const char* name, bool& into) const {
        if (const Node* node = body_.find_value(name)) {
            into = node->as_boolean().value_or(into);
        }
    }
    void read(const char* name, core::Duration& into) const {
        if (const Node* node = body_.find_value(name)) {
            into = read_duration(*node).value_or(into);
        }
    }
    void read(const char* name, std::optional<core::Duration>& into) const {
        const Node* node = body_.find_value(name);
        const auto value =
            node == nullptr ? core::fail(core::Errc::not_found, "") : read_duration(*node);
        if (value) {
            into = *value;
        }
    }

  private:
    const Node& body_;
};

void read_outlets(const Node& body, core::Task& task) {
    const Node* outlets = body.find_value("outlets");
    if (outlets == nullptr) {
        return;
    }
    for (const Node& item : outlets->items) {
        if (auto alias = read_alias(item)) {
            task.outlet_aliases.push_back(*std::move(alias));
        } else {
            task.outlets.push_back(read_asset(item));
        }
    }
}

void read_words(const Node& body, core::Task& task) {
    if (const Node* rule = body.find_value("trigger_rule")) {
        task.trigger_rule = core::parse_trigger_rule(rule->text).value_or(task.trigger_rule);
    }
    if (const Node* rule = body.find_value("weight_rule")) {
        task.weight_rule = core::parse_weight_rule(rule->text).value_or(task.weight_rule);
    }
    if (const Node* backoff = body.find_value("retry_exponential_backoff")) {
        task.retry_exponential_backoff = read_backoff(*backoff);
    }
}

}  // namespace

core::Task read_task_fields(const Node& body, const DateContext& dates) {
    core::Task task;
    const FieldReader reader(body);
    reader.read("owner", task.owner);
    reader.read("doc_md", task.doc_md);
    reader.read("task_display_name", task.display_name);
    reader.read("retries", task.retries);
    reader.read("retry_delay", task.retry_delay);
    reader.read("max_retry_delay", task.max_retry_delay);
    reader.read("execution_timeout", task.execution_timeout);
    reader.read("priority_weight", task.priority_weight);
    reader.read("do_xcom_push", task.do_xcom_push);
    reader.read("retry_exit_codes", task.retry_exit_codes);
    reader.read("inlets", task.inlets);
    read_outlets(body, task);
    reader.read("map_index_template", task.map_index_template);
    reader.read("pool", task.pool);
    reader.read("pool_slots", task.pool_slots);
    reader.read("queue", task.queue);
    reader.read("max_active_tis_per_dag", task.max_active_tis_per_dag);
    reader.read("max_active_tis_per_dagrun", task.max_active_tis_per_dagrun);
    reader.read("wait_for_downstream", task.wait_for_downstream);
    reader.read("depends_on_past", task.depends_on_past);
    reader.read(
        "wait_for_past_depends_before_skipping", task.wait_for_past_depends_before_skipping
    );
    reader.read("is_setup", task.is_setup);
    reader.read("is_teardown", task.is_teardown);
    reader.read("on_failure_fail_dagrun", task.on_failure_fail_dagrun);
    if (task.is_teardown) {
        task.trigger_rule = core::TriggerRule::all_done_setup_success;
    }
    task.callbacks = read_callback_fields(body);
    read_words(body, task);
    task.start_date = read_optional_date(body.find_value("start_date"), dates);
    task.end_date = read_optional_date(body.find_value("end_date"), dates);
    return task;
}

}  // namespace reel::dagfile
