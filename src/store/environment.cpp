#include "reel/store/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

#include "uri_text.hpp"

namespace reel::store {

using core::Errc;
using core::Result;
using nlohmann::ordered_json;

namespace {

/// Airflow's way of carrying an `extra` that is more than a flat object of texts.
constexpr const char* whole_extra = "__extra__";

/// What libpq understands of `extra`; the rest is for other programs.
constexpr std::array libpq_keywords = std::to_array<std::string_view>({
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "gssdelegation",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "options",
    "passfile",
    "port",
    "require_auth",
    "requirepeer",
    "service",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
});

auto malformed(const std::string& connection_id, const std::string& what) {
    return core::fail(
        Errc::invalid_argument,
        fmt::format("connection \"{}\": {}", connection_id, what),
        "write it as type://login:password@host:port/schema?key=value with reserved characters "
        "percent-encoded, or as JSON with conn_type, host, login, password, schema, port, extra"
    );
}

std::string conn_type_of(std::string scheme) {
    if (scheme == "postgresql") return "postgres";
    std::ranges::replace(scheme, '-', '_');
    return scheme;
}

std::string extra_of(const UriParts& parts) {
    if (parts.query.empty()) return "";
    if (parts.query.size() == 1 && parts.query.front().first == whole_extra) {
        return parts.query.front().second;
    }
    ordered_json extra = ordered_json::object();
    for (const auto& [key, value] : parts.query) extra[key] = value;
    return extra.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<ConnectionRecord> from_uri(const std::string& connection_id, const std::string& text) {
    auto parts = parse_uri(text);
    if (!parts) return malformed(connection_id, "it is neither a URI nor JSON");
    return ConnectionRecord{
        .connection_id = connection_id,
        .conn_type = conn_type_of(parts->scheme),
        .description = "",
        .host = parts->host,
        .login = parts->login,
        .password = parts->password,
        .schema = parts->path,
        .port = parts->port,
        .extra = extra_of(*parts),
    };
}

/// A text field; a number is taken as its text, null and absence as "".
std::optional<std::string> text_field(const ordered_json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return "";
    if (found->is_string()) return found->get<std::string>();
    if (found->is_number()) return found->dump();
    return std::nullopt;
}

std::optional<int> port_of(const std::string& text) {
    const bool is_number = !text.empty() && text.size() <= 5 &&
                           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number || std::stoi(text) > 65535) return std::nullopt;
    return std::stoi(text);
}

Result<ConnectionRecord> from_json(const std::string& connection_id, const std::string& text) {
    const ordered_json json = ordered_json::parse(text, nullptr, false);
    if (!json.is_object()) return malformed(connection_id, "its JSON is not an object");
    ConnectionRecord connection;
    connection.connection_id = connection_id;
    std::string port;
    const std::array fields = std::to_array<std::pair<const char*, std::string*>>({
        {"conn_type", &connection.conn_type},
        {"description", &connection.description},
        {"host", &connection.host},
        {"login", &connection.login},
        {"password", &connection.password},
        {"schema", &connection.schema},
        {"port", &port},
    });
    for (const auto& [key, target] : fields) {
        auto value = text_field(json, key);
        if (!value) return malformed(connection_id, fmt::format("\"{}\" is not a text", key));
        *target = std::move(*value);
    }
    if (connection.conn_type.empty()) return malformed(connection_id, "it has no conn_type");
    connection.conn_type = conn_type_of(connection.conn_type);
    connection.port = port_of(port);
    if (!port.empty() && !connection.port) {
        return malformed(connection_id, "\"port\" is not a number from 0 to 65535");
    }
    if (const auto extra = json.find("extra"); extra != json.end() && !extra->is_null()) {
        connection.extra = extra->is_string() ? extra->get<std::string>() : extra->dump();
    }
    return connection;
}

/// Key and value pairs of an extra that is a flat object of texts; nullopt for any other.
std::optional<std::vector<std::pair<std::string, std::string>>> flat_extra(const std::string& extra
) {
    const ordered_json json = ordered_json::parse(extra, nullptr, false);
    if (!json.is_object() || json.empty()) return std::nullopt;
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string() || key.empty()) return std::nullopt;
        pairs.emplace_back(key, value.get<std::string>());
    }
    return pairs;
}

std::string query_text(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string text;
    for (const auto& [key, value] : pairs) {
        text += fmt::format(
            "{}{}={}", text.empty() ? '?' : '&', percent_encode(key), percent_encode(value)
        );
    }
    return text;
}

std::string authority_and_path(const ConnectionRecord& connection) {
    std::string text;
    if (!connection.login.empty() || !connection.password.empty()) {
        text += percent_encode(connection.login);
        if (!connection.password.empty()) text += ":" + percent_encode(connection.password);
        text += "@";
    }
    const bool is_ipv6 = connection.host.find(':') != std::string::npos &&
                         connection.host.find('/') == std::string::npos;
    text += is_ipv6 ? "[" + connection.host + "]" : percent_encode(connection.host);
    if (connection.port) text += fmt::format(":{}", *connection.port);
    text += "/" + percent_encode(connection.schema);
    return text;
}

std::optional<std::string> find_variable(
    const std::map<std::string, std::string>& environment, std::string_view kind, std::string name
) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    for (const std::string_view program : {"REEL", "AIRFLOW"}) {
        const auto found = environment.find(fmt::format("{}_{}_{}", program, kind, name));
        if (found != environment.end()) return found->second;
    }
    return std::nullopt;
}

}  // namespace

Result<ConnectionRecord> parse_connection(
    const std::string& connection_id, const std::string& uri_or_json
) {
    const std::size_t begin = uri_or_json.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return malformed(connection_id, "it is empty");
    const std::size_t end = uri_or_json.find_last_not_of(" \t\r\n");
    const std::string text = uri_or_json.substr(begin, end + 1 - begin);
    return text.front() == '{' ? from_json(connection_id, text) : from_uri(connection_id, text);
}

std::string connection_uri(const ConnectionRecord& connection) {
    std::string scheme = connection.conn_type;
    std::ranges::replace(scheme, '_', '-');
    std::string uri = scheme + "://" + authority_and_path(connection);
    if (connection.extra.empty()) return uri;
    const auto pairs = flat_extra(connection.extra);
    return uri + (pairs ? query_text(*pairs) : query_text({{whole_extra, connection.extra}}));
}

Result<std::string> libpq_uri(const ConnectionRecord& connection) {
    const std::string& type = connection.conn_type;
    if (type != "postgres" && type != "postgresql" && type != "redshift") {
        return core::fail(
            Errc::unsupported,
            fmt::format(
                "connection \"{}\" is of type \"{}\"; a database connection is postgres or "
                "redshift",
                connection.connection_id,
                type
            )
        );
    }
    std::vector<std::pair<std::string, std::string>> settings;
    const ordered_json extra = ordered_json::parse(connection.extra, nullptr, false);
    if (extra.is_object()) {
        for (const auto& [key, value] : extra.items()) {
            if (std::ranges::find(libpq_keywords, key) == libpq_keywords.end()) continue;
            if (value.is_string()) settings.emplace_back(key, value.get<std::string>());
            if (value.is_number()) settings.emplace_back(key, value.dump());
        }
    }
    return "postgresql://" + authority_and_path(connection) + query_text(settings);
}

Result<std::optional<ConnectionRecord>> environment_connection(
    const std::map<std::string, std::string>& environment, const std::string& connection_id
) {
    const auto text = find_variable(environment, "CONN", connection_id);
    if (!text) return std::nullopt;
    auto connection = parse_connection(connection_id, *text);
    if (!connection) return std::unexpected(connection.error());
    return *connection;
}

std::optional<std::string> environment_variable(
    const std::map<std::string, std::string>& environment, const std::string& key
) {
    return find_variable(environment, "VAR", key);
}

}  // namespace reel::store
