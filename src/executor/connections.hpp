#pragma once

#include <optional>
#include <string>

#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// Where connections and variables come from: the environment before the store, and the default
/// warehouse where nobody defines a connection of that name. Blocking; throws
/// postgres::DatabaseError. Every secret it hands out is made known to the mask.
class Connections final {
  public:
    Connections(
        const config::Environment& environment,
        store::RunStore& store,
        std::string default_warehouse_uri,
        SecretMask& mask
    );

    /// nullopt: nobody defines it.
    [[nodiscard]] core::Result<std::optional<store::ConnectionRecord>> find(
        const std::string& connection_id
    );
    /// What libpq connects with. Errors: not_found with a hint how to add it, unsupported for a
    /// connection that is no database.
    [[nodiscard]] core::Result<std::string> database_uri(const std::string& connection_id);
    [[nodiscard]] core::Result<std::optional<std::string>> variable(const std::string& key);

  private:
    void mask_secrets(const store::ConnectionRecord& connection);
    [[nodiscard]] bool is_default_warehouse(const std::string& connection_id) const;
    [[nodiscard]] core::Result<std::optional<store::ConnectionRecord>> find_defined(
        const std::string& connection_id
    );

    const config::Environment& environment_;
    store::RunStore& store_;
    std::string default_warehouse_uri_;
    SecretMask& mask_;
};

/// The connection that a task names, itself or by its DAG's default_args; "warehouse" where neither
/// does. Not rendered.
[[nodiscard]] std::string connection_id_of(const core::Dag& dag, const core::Task& task);

}  // namespace reel::executor
