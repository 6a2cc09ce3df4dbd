#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "transport.hpp"

namespace reel::cli {

using Query = std::vector<std::pair<std::string, std::string>>;

/// The server's REST API, one request at a time. Errors say which server was asked and what to do.
class ApiClient final {
  public:
    /// `token` is asked for before the first request, and again when a request was refused: the
    /// server renews what it left, and a command may outlive it. `wait_for_leader` is asked with
    /// 0, 1, 2, … while no scheduler leads; it waits, and says whether to send the request again.
    ApiClient(
        std::unique_ptr<Transport> transport,
        Address address,
        std::function<std::string()> token,
        std::function<bool(int)> wait_for_leader
    );

    core::Result<nlohmann::json> get(const std::string& path, const Query& query = {});
    core::Result<nlohmann::json> post(const std::string& path, const nlohmann::json& body);
    core::Result<nlohmann::json> patch(const std::string& path, const nlohmann::json& body);
    core::Result<nlohmann::json> put(const std::string& path);
    core::Result<nlohmann::json> remove(const std::string& path);
    /// The items under `name`, over as many pages as it takes; at most `limit` of them.
    core::Result<nlohmann::json> list(
        const std::string& path,
        const std::string& name,
        Query query = {},
        std::size_t limit = 100'000
    );

    [[nodiscard]] const Address& address() const { return address_; }

  private:
    core::Result<nlohmann::json> send(HttpCall call);
    core::Result<HttpReply> send_with_token(HttpCall& call);
    /// Which DAG was meant, where the message says that there is none of that name.
    std::string hint_for_dag(const std::string& message);
    std::unique_ptr<Transport> transport_;
    Address address_;
    std::function<std::string()> token_;
    std::function<bool(int)> wait_for_leader_;
    std::string known_token_;
};

/// "/api/v2/dags/movies/dagRuns/manual__2026%2B…": each part encoded by itself.
[[nodiscard]] std::string api_path(const std::vector<std::string>& parts);
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace reel::cli
