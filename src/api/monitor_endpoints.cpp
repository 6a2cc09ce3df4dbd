#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "endpoints.hpp"
#include "input.hpp"
#include "jwt.hpp"
#include "reel/postgres/error.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds heartbeat_limit{30};
constexpr std::string_view only_user = "admin";

struct Login {
    std::string username;
    std::string password;
};

Outcome<Login> login_from_form(const std::string& body) {
    const auto fields = parse_form(body);
    if (!fields) return reject({{{"body"}, "The form is not valid", "value_error"}});
    Url form;
    form.query = *fields;
    QueryReader reader(form);
    reader.text("grant_type");
    auto username = reader.text("username");
    auto password = reader.text("password");
    std::vector<Issue> missing;
    if (!username) missing.push_back({{"body", "username"}, "Field required", "missing"});
    if (!password) missing.push_back({{"body", "password"}, "Field required", "missing"});
    if (!missing.empty()) return reject(missing);
    return Login{std::move(*username), std::move(*password)};
}

Outcome<Login> login_of(const Request& request) {
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
        return login_from_form(request.body);
    }
    auto body = BodyReader::open(request.body);
    if (!body) return std::unexpected(body.error());
    Login login{body->required_text("username"), body->required_text("password")};
    const auto whole = body->finish();
    if (!whole) return std::unexpected(whole.error());
    return login;
}

/// What the database says, of itself and of whoever leads.
struct Health {
    bool database = false;
    bool leads = false;
    std::optional<core::Timestamp> heartbeat;
};

Health health_of(const store::LeaseRecord& lease) {
    Health health{.database = true, .leads = lease.is_held(), .heartbeat = {}};
    if (lease.epoch > 0) health.heartbeat = lease.renewed_at;
    return health;
}

Health ask(store::RunStore& store) {
    try {
        return health_of(store.read_lease());
    } catch (const postgres::DatabaseError&) {
        return {};  // as far as anybody can tell
    }
}

/// Whoever has just asked the database need not again: a program that has started is healthy the
/// sooner.
asio::awaitable<Health> look(Services& services) {
    const auto& known = services.options.known_lease;
    if (const auto lease = known ? known() : std::nullopt) co_return health_of(*lease);
    co_return co_await services.pool.run([&services] { return ask(services.store); });
}

}  // namespace

asio::awaitable<Outcome<Response>> create_token(Call call) {
    const auto login = login_of(call.request);
    if (!login) co_return std::unexpected(login.error());
    const ServerOptions& options = call.services.options;
    const bool right_user = equal_in_constant_time(login->username, only_user);
    const bool right_password = equal_in_constant_time(login->password, options.admin_password);
    if (!right_user || !right_password || options.admin_password.empty()) {
        asio::steady_timer delay(call.services.executor, call.services.failed_login_delay);
        co_await delay.async_wait(asio::use_awaitable);
        co_return reject(401, "Invalid credentials");
    }
    const std::string token = make_token(
        options.jwt_secret, login->username, call.services.clock.now(), options.token_lifetime
    );
    co_return json_response({{"access_token", token}}, 201);
}

asio::awaitable<Outcome<Response>> get_health(Call call) {
    Services& services = call.services;
    const Health health = co_await look(services);
    bool alive = health.leads;
    nlohmann::json at = nullptr;
    if (health.heartbeat) at = core::format_api(*health.heartbeat);
    // The scheduler's own word goes before that of the lease.
    if (const auto here = services.leader()) {
        const core::Timestamp heartbeat = here->latest_heartbeat();
        alive = services.clock.now() - heartbeat <= heartbeat_limit;
        at = core::format_api(heartbeat);
    }
    const std::string_view status = alive ? "healthy" : "unhealthy";
    co_return json_response(
        {{"metadatabase", {{"status", health.database ? "healthy" : "unhealthy"}}},
         {"scheduler", {{"status", status}, {"latest_scheduler_heartbeat", at}}},
         {"triggerer", {{"status", nullptr}, {"latest_triggerer_heartbeat", nullptr}}},
         {"dag_processor", {{"status", status}, {"latest_dag_processor_heartbeat", at}}}}
    );
}

Outcome<Response> get_version(const Call&) {
    return json_response({{"version", REEL_VERSION}, {"git_version", nullptr}});
}

Outcome<Response> get_leader(const Call& call) {
    const QueryReader query(call.url);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const store::LeaseRecord lease = call.services.store.read_lease();
    if (lease.epoch == 0) return reject(404, "No scheduler has led yet");
    return json_response(
        {{"term", lease.epoch},
         {"is_alive", lease.is_held()},
         {"hostname", lease.holder.hostname},
         {"pid", lease.holder.pid},
         {"address", lease.holder.address},
         {"acquired_at", core::format_api(lease.acquired_at)},
         {"renewed_at", core::format_api(lease.renewed_at)}}
    );
}

Outcome<Response> get_root(const Call&) {
    return json_response(
        {{"name", "Reel"},
         {"version", REEL_VERSION},
         {"api", "/api/v2"},
         {"token", "/auth/token"},
         {"health", "/api/v2/monitor/health"}}
    );
}

}  // namespace reel::api
