#include "scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "executor/context.hpp"
#include "reel/fetch/http_call.hpp"

namespace reel::executor {

using core::CallbackEvent;

namespace {

Json time_or_null(const std::optional<core::Timestamp>& at) {
    return at ? Json(core::format_iso(*at)) : Json(nullptr);
}

std::string task_state_after(CallbackEvent event) {
    switch (event) {
        case CallbackEvent::execute:
            return "running";
        case CallbackEvent::success:
            return "success";
        case CallbackEvent::retry:
            return "up_for_retry";
        case CallbackEvent::skipped:
            return "skipped";
        default:
            return "failed";
    }
}

Json instance_context(const CallbackScene& scene) {
    const auto& attempt = scene.attempt;
    const auto start = attempt ? attempt->start_date : std::nullopt;
    const auto end = attempt ? attempt->end_date : std::nullopt;
    Json duration;
    if (start && end) {
        duration = std::chrono::duration<double>(*end - *start).count();
    }
    return {
        {"state", state_in(scene)},
        {"start_date", time_or_null(start)},
        {"end_date", time_or_null(end)},
        {"duration", duration},
        {"hostname", attempt ? attempt->hostname : ""},
        {"log_url", page_url(scene)},
    };
}

Json deadline_context(const CallbackScene& scene) {
    const auto index = static_cast<std::size_t>(scene.record.deadline);
    if (index >= scene.dag->deadlines.size()) {
        return nullptr;
    }
    const core::Deadline& deadline = scene.dag->deadlines[index];
    return {
        {"reference", core::to_string(deadline.reference)},
        {"interval_seconds", std::chrono::duration<double>(deadline.interval).count()},
    };
}

}  // namespace

scheduler::AttemptOrder CallbackScene::order() const {
    scheduler::AttemptOrder order;
    order.attempt = attempt ? attempt->attempt : 0;
    order.key = record.key;
    order.try_number = record.try_number;
    order.dag = dag;
    order.task_index = dag->index_of(record.key.task_id).value_or(0);
    order.run = run;
    return order;
}

core::Result<CallbackScene> load_scene(
    const store::CallbackRecord& record, store::RunStore& store, const std::string& base_url
) {
    auto run = store.get_run(record.key.dag_id, record.key.run_id);
    if (!run) {
        return std::unexpected(run.error());
    }
    auto dag = store.get_dag_version(record.key.dag_id, record.dag_version);
    if (!dag) {
        return std::unexpected(dag.error());
    }
    CallbackScene scene{
        .record = record,
        .dag = std::make_shared<const core::Dag>(*std::move(dag)),
        .run = *std::move(run),
        .attempt = std::nullopt,
        .base_url = base_url,
    };
    if (record.is_of_task()) {
        // Of several of one number the last is meant: its forerunners were interrupted.
        for (auto& attempt : store.list_attempts(record.key)) {
            if (attempt.try_number == record.try_number) {
                scene.attempt = std::move(attempt);
            }
        }
    }
    return scene;
}

core::Result<core::Callback> find_callback(const CallbackScene& scene) {
    const store::CallbackRecord& record = scene.record;
    const std::vector<core::Callback>* list = nullptr;
    const core::Task* task = scene.task();
    const core::Callbacks& events = task != nullptr ? task->callbacks : scene.dag->callbacks;
    const auto deadline = static_cast<std::size_t>(record.deadline);
    if (record.event == CallbackEvent::deadline && deadline < scene.dag->deadlines.size()) {
        list = &scene.dag->deadlines[deadline].callbacks;
    } else if (const auto found = events.find(record.event); found != events.end()) {
        list = &found->second;
    }
    const auto position = static_cast<std::size_t>(record.position);
    if (list == nullptr || position >= list->size()) {
        return core::fail(core::Errc::not_found, "the DAG declares no such callback any more");
    }
    return (*list)[position];
}

std::string state_in(const CallbackScene& scene) {
    if (scene.record.is_of_task()) {
        return task_state_after(scene.record.event);
    }
    if (scene.record.event == CallbackEvent::deadline) {
        return std::string(core::to_string(scene.run.state));
    }
    return scene.record.event == CallbackEvent::success ? "success" : "failed";
}

std::string page_url(const CallbackScene& scene) {
    const core::TaskKey& key = scene.record.key;
    std::string url = fmt::format(
        "{}/dags/{}/runs/{}",
        scene.base_url,
        fetch::percent_encode(key.dag_id.str()),
        fetch::percent_encode(key.run_id.str())
    );
    if (!scene.record.is_of_task()) {
        return url;
    }
    url += "/tasks/" + fetch::percent_encode(key.task_id.str());
    if (key.map_index >= 0) {
        url += fmt::format("/mapped/{}", key.map_index);
    }
    return url + fmt::format("?try_number={}", scene.record.try_number);
}

Json callback_context(const CallbackScene& scene) {
    const store::CallbackRecord& record = scene.record;
    const bool is_of_task = scene.task() != nullptr;
    Json context =
        is_of_task ? template_context(scene.order()) : run_template_context(*scene.dag, scene.run);
    if (is_of_task) {
        context["ti"].update(instance_context(scene));
        context["task_instance"] = context["ti"];
        // What a task says while its run goes on is not changed by how the run ended since.
        context["dag_run"]["state"] = "running";
    } else {
        context["dag_run"]["state"] = state_in(scene);
        context["dag_run"]["end_date"] = time_or_null(scene.run.end_date);
    }
    if (record.event == CallbackEvent::deadline) {
        context["deadline"] = deadline_context(scene);
    }
    context["event"] = core::to_string(record.event);
    context["reason"] = record.reason;
    context["exception"] = record.reason;
    context["log_url"] = page_url(scene);
    return context;
}

// --- what is said without a text

namespace {

std::string what_has_happened(const CallbackScene& scene) {
    switch (scene.record.event) {
        case CallbackEvent::execute:
            return "has begun";
        case CallbackEvent::success:
            return "has succeeded";
        case CallbackEvent::retry:
            return "has failed and will be tried again";
        case CallbackEvent::skipped:
            return "was skipped";
        case CallbackEvent::deadline:
            return "has missed its deadline";
        case CallbackEvent::failure:
            break;
    }
    return "has failed";
}

std::string subject_of(const CallbackScene& scene) {
    const core::TaskKey& key = scene.record.key;
    if (!scene.record.is_of_task()) {
        return fmt::format("run {} of DAG {}", key.run_id.str(), key.dag_id.str());
    }
    const std::string instance =
        key.map_index >= 0 ? fmt::format("[{}]", key.map_index) : std::string();
    return fmt::format("task {}.{}{}", key.dag_id.str(), key.task_id.str(), instance);
}

}  // namespace

std::string default_title(const CallbackScene& scene) {
    return fmt::format("Reel: {} {}", subject_of(scene), what_has_happened(scene));
}

std::string default_text(const CallbackScene& scene) {
    const store::CallbackRecord& record = scene.record;
    std::string text = fmt::format("{} {}\n", subject_of(scene), what_has_happened(scene));
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    if (!record.reason.empty()) {
        text += fmt::format("Reason: {}\n", record.reason);
    }
    text += fmt::format("Run: {}\n", record.key.run_id.str());
    if (record.is_of_task()) {
        text += fmt::format("Try: {}\n", record.try_number);
    }
    return text + fmt::format("Log: {}\n", page_url(scene));
}

Json default_payload(const CallbackScene& scene) {
    const store::CallbackRecord& record = scene.record;
    Json payload{
        {"event", core::to_string(record.event)},
        {"dag_id", record.key.dag_id.str()},
        {"dag_run_id", record.key.run_id.str()},
        {"state", state_in(scene)},
        {"reason", record.reason},
        {"log_url", page_url(scene)},
    };
    if (record.is_of_task()) {
        payload["task_id"] = record.key.task_id.str();
        payload["map_index"] = record.key.map_index;
        payload["try_number"] = record.try_number;
    }
    return payload;
}

}  // namespace reel::executor
