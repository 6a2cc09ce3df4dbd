#pragma once

#include <string>
#include <vector>

#include "connections.hpp"
#include "json.hpp"
#include "reel/fetch/http_call.hpp"

namespace reel::executor {

/// Where a request goes: the URL itself, or what a connection says and a path behind it (Airflow's
/// HttpHook).
struct HttpTarget {
    std::string url;
    std::string conn_id;
    std::string path;
};

/// Fills in the URL and the headers of the connection. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<void> read_http_target(
    const HttpTarget& target, Connections& connections, fetch::HttpCall& call
);

/// "Name: value" of each member of an object.
void add_http_headers(const Json& headers, std::vector<std::string>& lines);

/// "a=1&b=x%20y" of an object.
[[nodiscard]] std::string http_form(const Json& fields);

}  // namespace reel::executor
