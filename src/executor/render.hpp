#pragma once

#include "connections.hpp"
#include "json.hpp"
#include "reel/executor/process_executor.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// A task's arguments as its operator gets them, and the connections they may still be asked about.
struct RenderedTask {
    Json args;
    std::string connection_id;  ///< rendered; "warehouse" where neither task nor DAG names one
    Json expand;                ///< what the mapping gives to this instance
};

/// Renders every string of the arguments, reads the files that `sql`, `query` and `bash_command`
/// name (.sql, .sh) as templates, and puts values in the place of {"__xcom__": {task_id, key}}.
/// Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<RenderedTask> render_arguments(
    const scheduler::AttemptOrder& order, store::RunStore& store, Connections& connections
);

/// Whether rendering and preparing the task reads neither database nor file.
[[nodiscard]] bool is_rendered_at_once(const scheduler::AttemptOrder& order);

/// The connection alone, rendered. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<std::string> render_connection_id(
    const scheduler::AttemptOrder& order, store::RunStore& store, Connections& connections
);

}  // namespace reel::executor
