#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "executor/secrets.hpp"
#include "poke.hpp"
#include "reel/core/result.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/scheduler/run_control.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"
#include "rules.hpp"

namespace reel::executor {

/// Waits until a moment.
struct UntilMoment {
    core::Timestamp at;
};

/// Looks at the world outside: blocking, on a thread of its own. `abandoned` becomes true when
/// nobody wants to know any more.
struct LookOutside {
    std::function<Poke(const std::atomic<bool>& abandoned)> look;
};

/// Asks the store for states of runs and tasks, together with all others that ask.
struct AskStore {
    store::StateQuestion question;
    std::function<Poke(const store::StateAnswer&)> judge;
};

/// Makes a run, and waits for its end where it says so.
struct TriggerRun {
    scheduler::TriggerRequest request;  ///< with a run id
    bool reset_dag_run = false;
    bool skip_when_already_exists = false;
    std::optional<AskStore> then;
};

/// One attempt of a task that waits, its arguments rendered: what for, and how.
struct Wait {
    WaitRules rules;
    std::variant<UntilMoment, LookOutside, AskStore, TriggerRun> condition;
    std::string what;  ///< "the file /data/x.csv", for people
    /// From when the timeout counts, where that is not the begin of this attempt.
    std::optional<core::Timestamp> since;
};

/// Renders the arguments of an attempt and reads what it waits for. Secrets are made known to
/// `mask`. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<Wait> prepare_wait(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask
);

}  // namespace reel::executor
