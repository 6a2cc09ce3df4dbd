#pragma once

#include <map>
#include <optional>
#include <string>

#include "reel/core/result.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

/// Airflow's connection URI ("postgres://user:pass@host:5432/db?sslmode=require", percent-encoded;
/// the query becomes `extra`) or its JSON form ({"conn_type": …, "login": …}). Errors never quote
/// the text: it holds a password.
[[nodiscard]] core::Result<ConnectionRecord> parse_connection(
    const std::string& connection_id, const std::string& uri_or_json
);

/// Airflow's URI of a connection; holds the password.
[[nodiscard]] std::string connection_uri(const ConnectionRecord& connection);

/// A URI that libpq takes ("postgresql://…"); Errc::unsupported for a conn_type that is no Postgres
/// or Redshift.
[[nodiscard]] core::Result<std::string> libpq_uri(const ConnectionRecord& connection);

/// What the environment defines: REEL_CONN_<ID> before AIRFLOW_CONN_<ID>, ids in upper case.
/// nullopt: not defined there.
[[nodiscard]] core::Result<std::optional<ConnectionRecord>> environment_connection(
    const std::map<std::string, std::string>& environment, const std::string& connection_id
);
/// REEL_VAR_<KEY> before AIRFLOW_VAR_<KEY>.
[[nodiscard]] std::optional<std::string> environment_variable(
    const std::map<std::string, std::string>& environment, const std::string& key
);

}  // namespace reel::store
