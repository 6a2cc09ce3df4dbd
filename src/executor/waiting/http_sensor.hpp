#pragma once

#include <optional>
#include <set>
#include <string>

#include "executor/connections.hpp"
#include "poke.hpp"
#include "reel/fetch/http_call.hpp"

namespace reel::executor {

/// An answer over HTTP that is waited for.
struct HttpWish {
    fetch::HttpCall call;
    /// Errors that mean "not yet"; any other of 400 and above fails (Airflow's
    /// response_error_codes_allowlist).
    std::set<int> waiting_statuses{404};
    std::set<int> expected_statuses;  ///< empty: any below 400; otherwise no other will do
    std::string contains;             ///< the body must hold it
    std::optional<std::string> json;  ///< pointer into the body; without `equals` it must be true
    Json equals;                      ///< what must stand there; null: not asked
};

/// From rendered arguments: the URL itself, or a connection and an endpoint (Airflow's HttpHook).
/// Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<HttpWish> parse_http_wish(const Json& args, Connections& connections);

/// What an answer, or that none came, means. A server that cannot be reached may be there the next
/// time.
[[nodiscard]] Poke judge_http(const HttpWish& wish, const core::Result<fetch::HttpAnswer>& answer);

}  // namespace reel::executor
