#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "reel/store/run_store.hpp"

namespace reel::store {

/// What every RunStore must do, whichever it is: each test runs against each implementation.
class RunStoreContract : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override;

    /// Saves a DAG of tasks "extract" and "load" under version "v1".
    core::Dag save_dag(const std::string& dag_id, const std::string& version = "v1");
    /// Commits a queued run of `dag_id` with those two tasks in state none.
    NewRun start_run(const std::string& dag_id, const std::string& run_id, int hour = 0);
    /// Commits one change of a task and gives what it is now.
    TaskInstanceRecord change(
        TaskInstanceRecord task, core::TaskState to, core::AttemptId attempt = 0
    );

    std::unique_ptr<RunStore> store;
};

/// "memory" or "postgres". The Postgres stores share one database: making one empties it.
[[nodiscard]] std::unique_ptr<RunStore> make_empty_store(const std::string& kind);

/// Of the database that they share.
[[nodiscard]] const std::string& empty_store_uri();

/// The way of the scheduler's loop: begin() where it can, commit() where something is in the way.
[[nodiscard]] core::Result<void> begin_or_commit(RunStore& store, const Commit& commit);

/// 2026-01-01T00:00:00 and so many hours and microseconds later.
[[nodiscard]] core::Timestamp at(int hour, int micros = 0);
[[nodiscard]] core::Dag a_dag(const std::string& dag_id, const std::string& version = "v1");
[[nodiscard]] NewRun a_run(const std::string& dag_id, const std::string& run_id, int hour = 0);
[[nodiscard]] core::TaskKey key_of(
    const std::string& dag_id, const std::string& run_id, const std::string& task_id
);

/// The code of a failed result; nullopt for a good one.
template <class T>
std::optional<core::Errc> code_of(const core::Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace reel::store
