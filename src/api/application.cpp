#include "application.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <set>

#include "forward.hpp"
#include "jwt.hpp"
#include "reel/core/ascii.hpp"
#include "reel/postgres/error.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

using PathParameters = std::map<std::string, std::string, std::less<>>;

std::optional<PathParameters> match(
    std::string_view pattern, const std::vector<std::string>& segments
) {
    PathParameters parameters;
    std::size_t used = 0;
    pattern.remove_prefix(1);
    while (!pattern.empty()) {
        const std::size_t end = pattern.find('/');
        const std::string_view expected = pattern.substr(0, end);
        pattern = end == std::string_view::npos ? std::string_view() : pattern.substr(end + 1);
        if (used == segments.size()) return std::nullopt;
        const std::string& given = segments[used++];
        if (expected.starts_with('{')) {
            if (given.empty()) return std::nullopt;
            parameters.emplace(expected.substr(1, expected.size() - 2), given);
        } else if (expected != given) {
            return std::nullopt;
        }
    }
    if (used != segments.size()) return std::nullopt;
    return parameters;
}

struct Match {
    const Route* route = nullptr;
    PathParameters path;
    std::set<std::string> allowed;  ///< methods of the path, when the one asked for is not there
};

Match find_route(std::string_view method, const Url& url) {
    Match found;
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const Route& route : routes()) {
        auto parameters = match(route.pattern, url.segments);
        if (!parameters) continue;
        if (route.method == wanted) {
            found.route = &route;
            found.path = std::move(*parameters);
            return found;
        }
        found.allowed.emplace(route.method);
        if (route.method == "GET") found.allowed.emplace("HEAD");
    }
    return found;
}

Response method_not_allowed(const std::set<std::string>& allowed) {
    Response response = to_response({405, "Method Not Allowed"});
    std::string& list = response.headers["Allow"];
    for (const std::string& method : allowed) {
        list += (list.empty() ? "" : ", ") + method;
    }
    return response;
}

Outcome<std::string> authenticate(const Request& request, const Services& services) {
    constexpr std::string_view scheme = "bearer ";
    const std::string_view given = request.header("authorization");
    if (given.empty()) return reject(401, "Not authenticated");
    if (!core::equals_ignoring_case(given.substr(0, scheme.size()), scheme)) {
        return reject(401, "Not authenticated");
    }
    const auto user = verify_token(
        given.substr(scheme.size()), services.options.jwt_secret, services.clock.now()
    );
    if (!user) return reject(401, user.error().message);
    return *user;
}

bool needs_leader(const Route& route) {
    if (route.place == Place::by_method) return route.method != "GET";
    return route.place == Place::leader;
}

Response database_failed(const postgres::DatabaseError& error) {
    spdlog::warn("api: the database failed, sqlstate={} error={}", error.sqlstate(), error.what());
    if (error.kind() == postgres::FailureKind::conflict) {
        return to_response({409, "The database refused the change, look again and repeat it"});
    }
    if (error.kind() == postgres::FailureKind::bug) {
        return to_response({500, "Internal Server Error"});
    }
    return to_response({503, "The metadata database does not answer, try again"});
}

}  // namespace

asio::awaitable<Outcome<Response>> Application::dispatch(Request request) {
    auto url = parse_target(request.target);
    if (!url) co_return reject(400, "The request target is not a valid path");
    Match found = find_route(request.method, *url);
    if (found.route == nullptr) {
        if (found.allowed.empty()) co_return reject(404, "Not Found");
        co_return method_not_allowed(found.allowed);
    }
    const Route& route = *found.route;
    std::string user;
    if (route.access == Access::token) {
        auto known = authenticate(request, services_);
        if (!known) co_return std::unexpected(known.error());
        user = std::move(*known);
    }
    Call call{
        .services = services_,
        .request = std::move(request),
        .url = std::move(*url),
        .path = std::move(found.path),
        .user = std::move(user)
    };
    if (needs_leader(route)) {
        call.control = services_.leader();
        if (!call.control) co_return co_await pass_on(&services_, std::move(call.request));
    }
    if (const auto* loop = std::get_if<LoopEndpoint>(&route.endpoint)) {
        co_return co_await (*loop)(std::move(call));
    }
    const BlockingEndpoint blocking = std::get<BlockingEndpoint>(route.endpoint);
    co_return co_await services_.pool.run([&call, blocking] { return blocking(call); });
}

asio::awaitable<Response> Application::handle(Request request) {
    const std::string line = request.method + " " + request.target;
    Response response;
    try {
        const Outcome<Response> outcome = co_await dispatch(std::move(request));
        response = outcome ? *outcome : to_response(outcome.error());
    } catch (const postgres::DatabaseError& error) {
        response = database_failed(error);
    } catch (const store::LostLeadership&) {
        response =
            to_response({503, "The scheduler has just lost the lead, look again and repeat"});
    } catch (const std::exception& error) {
        spdlog::error("api: a request failed, request=\"{}\" error={}", line, error.what());
        response = to_response({500, "Internal Server Error"});
    }
    spdlog::debug("api: answered, request=\"{}\" status={}", line, response.status);
    co_return response;
}

}  // namespace reel::api
