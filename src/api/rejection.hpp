#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "message.hpp"
#include "reel/core/result.hpp"

namespace reel::api {

/// A request that is answered with an error; `detail` is a text, or a list for 422. `reason` is a
/// word for programs, where one is to act on it.
struct Rejection {
    int status = 500;
    nlohmann::json detail;
    std::string reason = {};
};

template <class T>
using Outcome = std::expected<T, Rejection>;

/// One thing wrong with a query or a body, as FastAPI reports it.
struct Issue {
    std::vector<std::string> loc;  ///< {"body", "conf"}
    std::string msg;
    std::string type;
};

[[nodiscard]] inline std::unexpected<Rejection> reject(int status, std::string detail) {
    return std::unexpected(Rejection{status, std::move(detail)});
}
/// 503 with the reason `no_leader`: nothing was begun, so the request can be sent again.
[[nodiscard]] std::unexpected<Rejection> reject_without_leader(std::string detail);
[[nodiscard]] std::unexpected<Rejection> reject(const std::vector<Issue>& issues);
/// Not found → 404, already exists and conflict → 409, invalid argument → 400, …
[[nodiscard]] std::unexpected<Rejection> reject(const core::Error& error);

[[nodiscard]] Response to_response(const Rejection& rejection);
[[nodiscard]] Response json_response(const nlohmann::json& value, int status = 200);
[[nodiscard]] Response empty_response(int status = 204);
/// Never throws: bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string dump(const nlohmann::json& value);

}  // namespace reel::api
