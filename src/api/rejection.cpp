#include "rejection.hpp"

namespace reel::api {

namespace {

int status_of(core::Errc code) {
    switch (code) {
        case core::Errc::not_found:
            return 404;
        case core::Errc::already_exists:
        case core::Errc::conflict:
            return 409;
        case core::Errc::permission_denied:
            return 403;
        case core::Errc::unavailable:
            return 503;
        case core::Errc::timed_out:
            return 504;
        case core::Errc::invalid_argument:
        case core::Errc::unsupported:
            return 400;
        case core::Errc::corrupt_data:
        case core::Errc::internal:
            return 500;
    }
    return 500;
}

}  // namespace

std::unexpected<Rejection> reject_without_leader(std::string detail) {
    return std::unexpected(Rejection{503, std::move(detail), "no_leader"});
}

std::unexpected<Rejection> reject(const std::vector<Issue>& issues) {
    nlohmann::json detail = nlohmann::json::array();
    for (const Issue& issue : issues) {
        detail.push_back({{"loc", issue.loc}, {"msg", issue.msg}, {"type", issue.type}});
    }
    return std::unexpected(Rejection{422, std::move(detail)});
}

std::unexpected<Rejection> reject(const core::Error& error) {
    return reject(status_of(error.code), error.describe());
}

Response to_response(const Rejection& rejection) {
    nlohmann::json body{{"detail", rejection.detail}};
    if (!rejection.reason.empty()) body["reason"] = rejection.reason;
    Response response = json_response(body, rejection.status);
    if (rejection.status == 401) response.headers["WWW-Authenticate"] = "Bearer";
    if (rejection.status == 503) response.headers["Retry-After"] = "5";
    return response;
}

Response json_response(const nlohmann::json& value, int status) {
    return {.status = status, .body = dump(value)};
}

Response empty_response(int status) {
    return {.status = status, .content_type = ""};
}

std::string dump(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace reel::api
