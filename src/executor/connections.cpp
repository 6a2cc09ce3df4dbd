#include "connections.hpp"

#include <fmt/format.h>

#include <utility>

#include "json.hpp"
#include "reel/store/environment.hpp"

namespace reel::executor {

namespace {

constexpr const char* warehouse = "warehouse";

/// Tokens and keys lie in `extra`; its other members (sslmode, region) are no secrets.
void mask_extra(const std::string& extra, SecretMask& mask) {
    const Json members = Json::parse(extra, nullptr, false);
    if (!members.is_object()) {
        return;
    }
    for (const auto& [name, value] : members.items()) {
        if (value.is_string()) {
            mask.add_variable(name, value.get<std::string>());
        }
    }
}

}  // namespace

Connections::Connections(
    const config::Environment& environment,
    store::RunStore& store,
    std::string default_warehouse_uri,
    SecretMask& mask
)
    : environment_(environment),
      store_(store),
      default_warehouse_uri_(std::move(default_warehouse_uri)),
      mask_(mask) {}

core::Result<std::optional<store::ConnectionRecord>> Connections::find_defined(
    const std::string& connection_id
) {
    auto from_environment = store::environment_connection(environment_, connection_id);
    if (!from_environment || from_environment->has_value()) {
        return from_environment;
    }
    auto stored = store_.get_connection(connection_id);
    if (!stored) {
        if (stored.error().code == core::Errc::not_found) {
            return std::nullopt;
        }
        return std::unexpected(stored.error());
    }
    return *std::move(stored);
}

core::Result<std::optional<store::ConnectionRecord>> Connections::find(
    const std::string& connection_id
) {
    auto found = find_defined(connection_id);
    if (found && !found->has_value() && is_default_warehouse(connection_id)) {
        mask_.add(password_of_uri(default_warehouse_uri_));
        auto parsed = store::parse_connection(connection_id, default_warehouse_uri_);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        found = *std::move(parsed);
    }
    if (found && found->has_value()) {
        mask_secrets(**found);
    }
    return found;
}

core::Result<std::string> Connections::database_uri(const std::string& connection_id) {
    const auto found = find_defined(connection_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->has_value()) {
        mask_secrets(**found);
        auto uri = store::libpq_uri(**found);
        if (uri) {
            mask_.add(password_of_uri(*uri));
        }
        return uri;
    }
    if (is_default_warehouse(connection_id)) {
        mask_.add(password_of_uri(default_warehouse_uri_));
        return default_warehouse_uri_;
    }
    return core::fail(
        core::Errc::not_found,
        fmt::format("there is no connection '{}'", connection_id),
        fmt::format("reel connections add {} --conn-uri postgresql://…", connection_id)
    );
}

core::Result<std::optional<std::string>> Connections::variable(const std::string& key) {
    auto value = store::environment_variable(environment_, key);
    if (!value) {
        const auto stored = store_.get_variable(key);
        if (!stored) {
            if (stored.error().code == core::Errc::not_found) {
                return std::nullopt;
            }
            return std::unexpected(stored.error());
        }
        value = stored->value;
    }
    mask_.add_variable(key, *value);
    return value;
}

void Connections::mask_secrets(const store::ConnectionRecord& connection) {
    mask_.add(connection.password);
    mask_.add(password_of_uri(store::connection_uri(connection)));
    mask_extra(connection.extra, mask_);
}

bool Connections::is_default_warehouse(const std::string& connection_id) const {
    return connection_id == warehouse && !default_warehouse_uri_.empty();
}

std::string connection_id_of(const core::Dag& dag, const core::Task& task) {
    const Json args = Json::parse(task.args.text, nullptr, false);
    std::string own = text_of(args, "conn_id");
    if (!own.empty()) {
        return own;
    }
    const Json defaults = Json::parse(dag.default_args.text, nullptr, false);
    return text_of(defaults, "conn_id", warehouse);
}

}  // namespace reel::executor
