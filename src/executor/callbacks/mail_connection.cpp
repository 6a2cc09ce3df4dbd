#include "mail_connection.hpp"

#include <fmt/format.h>

#include "executor/json.hpp"
#include "executor/waiting/rules.hpp"

namespace reel::executor {

core::Result<MailConnection> find_mail_server(
    const std::string& connection_id, Connections& connections
) {
    constexpr int tls_port = 465;
    constexpr int plain_port = 25;
    const auto found = connections.find(connection_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!found->has_value()) {
        return core::fail(
            core::Errc::not_found,
            fmt::format("there is no connection '{}'", connection_id),
            fmt::format(
                "reel connections add {} --conn-type smtp --conn-host mail.example.org",
                connection_id
            )
        );
    }
    const store::ConnectionRecord& record = **found;
    if (record.host.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("the connection '{}' names no host", connection_id)
        );
    }
    const Json parsed = Json::parse(record.extra, nullptr, false);
    const Json extra = parsed.is_object() ? parsed : Json::object();
    MailConnection connection;
    fetch::MailServer& server = connection.server;
    server.host = record.host;
    server.tls = !flag_of(extra, "disable_ssl");
    server.starttls = !server.tls && !flag_of(extra, "disable_tls");
    server.port = record.port.value_or(server.tls ? tls_port : plain_port);
    server.login = record.login;
    server.password = record.password;
    connection.from = text_of(extra, "from_email", record.login.contains('@') ? record.login : "");
    if (connection.from.empty()) {
        connection.from = "reel@localhost";
    }
    return connection;
}

}  // namespace reel::executor
