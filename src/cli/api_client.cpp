#include "api_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "reel/core/did_you_mean.hpp"

namespace reel::cli {

namespace {

// A wish: most lists give 100 at once.
constexpr std::size_t page_limit = 1000;

core::Errc code_of(int status) {
    switch (status) {
        case 401:
        case 403:
            return core::Errc::permission_denied;
        case 404:
            return core::Errc::not_found;
        case 409:
            return core::Errc::conflict;
        case 400:
        case 422:
            return core::Errc::invalid_argument;
        case 503:
            return core::Errc::unavailable;
        default:
            return core::Errc::internal;
    }
}

/// One of FastAPI's validation errors; anything else as it is.
std::string issue_text(const nlohmann::json& issue) {
    const nlohmann::json loc = issue.is_object() ? issue.value("loc", nlohmann::json()) : nullptr;
    const nlohmann::json msg = issue.is_object() ? issue.value("msg", nlohmann::json()) : nullptr;
    if (!loc.is_array() || !msg.is_string()) return issue.dump();
    std::string place;
    for (const nlohmann::json& part : loc) {
        if (!place.empty()) place += '.';
        place += part.is_string() ? part.get<std::string>() : part.dump();
    }
    return place + ": " + msg.get<std::string>();
}

/// "body.conf: Input should be …; query.limit: …", or the text itself.
std::string message_of(const nlohmann::json& detail) {
    if (detail.is_string()) return detail.get<std::string>();
    if (!detail.is_array()) return detail.is_null() ? "" : detail.dump();
    std::string text;
    for (const nlohmann::json& issue : detail) {
        text += (text.empty() ? "" : "; ") + issue_text(issue);
    }
    return text;
}

core::Error error_of(const HttpReply& reply, const Address& address) {
    const nlohmann::json body = nlohmann::json::parse(reply.body, nullptr, false);
    const nlohmann::json detail =
        body.is_object() ? body.value("detail", nlohmann::json()) : nullptr;
    core::Error error{code_of(reply.status), message_of(detail), "", ""};
    const std::size_t hint = error.message.find("\nhint: ");
    if (hint != std::string::npos) {
        error.hint = error.message.substr(hint + std::string_view("\nhint: ").size());
        error.message.resize(hint);
    }
    if (error.message.empty()) {
        error.message = fmt::format("{} answered with status {}", address.url(), reply.status);
    }
    if (reply.status == 401) {
        error.message = fmt::format(
            "the Reel server at {} refused the token: {}", address.url(), error.message
        );
        error.hint =
            "the server of this machine leaves its token in $REEL_HOME/run/token; for another one "
            "set "
            "REEL_API_TOKEN to what POST /auth/token gives";
    }
    return error;
}

/// Nothing was begun then, whatever was asked.
bool lacks_leader(const HttpReply& reply) {
    if (reply.status != 503) return false;
    const nlohmann::json body = nlohmann::json::parse(reply.body, nullptr, false);
    return body.is_object() && body.value("reason", nlohmann::json()) == "no_leader";
}

}  // namespace

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

std::string api_path(const std::vector<std::string>& parts) {
    std::string path = "/api/v2";
    for (const std::string& part : parts) {
        path += "/" + percent_encode(part);
    }
    return path;
}

ApiClient::ApiClient(
    std::unique_ptr<Transport> transport,
    Address address,
    std::function<std::string()> token,
    std::function<bool(int)> wait_for_leader
)
    : transport_(std::move(transport)),
      address_(std::move(address)),
      token_(std::move(token)),
      wait_for_leader_(std::move(wait_for_leader)) {}

core::Result<HttpReply> ApiClient::send_with_token(HttpCall& call) {
    const auto send = [&] {
        if (!known_token_.empty()) call.headers["Authorization"] = "Bearer " + known_token_;
        return transport_->send(call);
    };
    if (known_token_.empty()) known_token_ = token_();
    auto reply = send();
    if (!reply || reply->status != 401) return reply;
    std::string renewed = token_();
    if (renewed.empty() || renewed == known_token_) return reply;
    known_token_ = std::move(renewed);
    return send();  // what was refused has changed nothing
}

core::Result<nlohmann::json> ApiClient::send(HttpCall call) {
    if (!call.body.empty()) call.headers["Content-Type"] = "application/json";
    call.headers["Accept"] = "application/json";
    auto reply = send_with_token(call);
    for (int wait = 0; reply && lacks_leader(*reply) && wait_for_leader_(wait); ++wait) {
        reply = send_with_token(call);
    }
    if (!reply) return std::unexpected(reply.error());
    if (reply->status >= 400) {
        core::Error error = error_of(*reply, address_);
        if (error.hint.empty()) error.hint = hint_for_dag(error.message);
        return std::unexpected(std::move(error));
    }
    if (reply->body.empty()) return nlohmann::json();
    nlohmann::json value = nlohmann::json::parse(reply->body, nullptr, false);
    if (value.is_object()) return value;
    return core::fail(
        core::Errc::corrupt_data,
        "what answers at " + address_.url() + " is not a Reel server",
        "set REEL_API_URL to where the server is"
    );
}

std::string ApiClient::hint_for_dag(const std::string& message) {
    constexpr std::string_view start = "The Dag with ID: `";
    if (!message.starts_with(start)) return {};
    const std::string name = message.substr(start.size(), message.rfind('`') - start.size());
    const auto dags = list(api_path({"dags"}), "dags", {{"fields", "dag_id"}});
    if (!dags) return {};
    std::vector<std::string> known;
    for (const nlohmann::json& dag : *dags) known.push_back(dag.value("dag_id", ""));
    const std::string guess = core::did_you_mean(name, known);
    return guess.empty() ? "`reel dags list` lists them" : guess;
}

core::Result<nlohmann::json> ApiClient::get(const std::string& path, const Query& query) {
    std::string target = path;
    for (const auto& [name, value] : query) {
        target += target.size() == path.size() ? '?' : '&';
        target += percent_encode(name) + "=" + percent_encode(value);
    }
    return send({.method = "GET", .target = target});
}

core::Result<nlohmann::json> ApiClient::post(const std::string& path, const nlohmann::json& body) {
    return send({.method = "POST", .target = path, .body = body.dump()});
}

core::Result<nlohmann::json> ApiClient::patch(const std::string& path, const nlohmann::json& body) {
    return send({.method = "PATCH", .target = path, .body = body.dump()});
}

core::Result<nlohmann::json> ApiClient::put(const std::string& path) {
    return send({.method = "PUT", .target = path});
}

core::Result<nlohmann::json> ApiClient::remove(const std::string& path) {
    return send({.method = "DELETE", .target = path});
}

core::Result<nlohmann::json> ApiClient::list(
    const std::string& path, const std::string& name, Query query, std::size_t limit
) {
    nlohmann::json::array_t all;
    query.emplace_back("limit", "");
    query.emplace_back("offset", "");
    while (all.size() < limit) {
        query[query.size() - 2].second = std::to_string(std::min(page_limit, limit - all.size()));
        query[query.size() - 1].second = std::to_string(all.size());
        auto page = get(path, query);
        if (!page) return page;
        // Moved: a thousand of them take longer to copy than to show.
        nlohmann::json& items = (*page)[name];
        const std::size_t before = all.size();
        if (items.is_array()) std::ranges::move(items, std::back_inserter(all));
        if (all.size() == before) break;
        if (all.size() >= page->value("total_entries", std::size_t{0})) break;
    }
    return nlohmann::json(std::move(all));
}

}  // namespace reel::cli
