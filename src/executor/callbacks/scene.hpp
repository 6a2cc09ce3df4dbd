#pragma once

#include <memory>
#include <optional>
#include <string>

#include "executor/json.hpp"
#include "reel/core/dag.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::executor {

/// What a callback is about, as it stands in the store.
struct CallbackScene {
    store::CallbackRecord record;
    std::shared_ptr<const core::Dag> dag;  ///< of the version that declares the callback
    store::RunRecord run;
    std::optional<store::AttemptRecord> attempt;  ///< the try that it is about, where there was one
    std::string base_url;                         ///< of this server, without a slash at its end

    [[nodiscard]] const core::Task* task() const { return dag->find_task(record.key.task_id); }
    /// As templates and what they look up know it; its task is the first one where the callback is
    /// the run's.
    [[nodiscard]] scheduler::AttemptOrder order() const;
};

/// Blocking; throws postgres::DatabaseError. Errc::not_found: the run or its DAG is gone.
[[nodiscard]] core::Result<CallbackScene> load_scene(
    const store::CallbackRecord& record, store::RunStore& store, const std::string& base_url
);

/// The callback that the record names; Errc::not_found: that version of the DAG has none there.
[[nodiscard]] core::Result<core::Callback> find_callback(const CallbackScene& scene);

/// Airflow's context, and what it adds for callbacks: `reason`, `exception`, `log_url`, `event`,
/// how the task and the run stand.
[[nodiscard]] Json callback_context(const CallbackScene& scene);

/// "failed", "up_for_retry" …: how the task, or the run, stands by what has happened.
[[nodiscard]] std::string state_in(const CallbackScene& scene);

/// The page of the task, or of the run.
[[nodiscard]] std::string page_url(const CallbackScene& scene);

// What is said where the callback gives no text of its own.
[[nodiscard]] std::string default_title(const CallbackScene& scene);
[[nodiscard]] std::string default_text(const CallbackScene& scene);
[[nodiscard]] Json default_payload(const CallbackScene& scene);

}  // namespace reel::executor
