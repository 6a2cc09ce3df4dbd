#include "http_target.hpp"

#include <fmt/format.h>

#include <utility>

namespace reel::executor {

namespace {

std::string join_url(std::string base, const std::string& endpoint) {
    if (endpoint.empty()) {
        return base;
    }
    const bool has_slash = base.ends_with('/') || endpoint.starts_with('/');
    if (base.ends_with('/') && endpoint.starts_with('/')) {
        base.pop_back();
    }
    return base + (has_slash ? "" : "/") + endpoint;
}

/// "https://user:word@host:8080" of a connection.
std::string base_url(const store::ConnectionRecord& connection) {
    const std::size_t separator = connection.host.find("://");
    std::string scheme =
        separator == std::string::npos ? connection.schema : connection.host.substr(0, separator);
    const std::string host =
        separator == std::string::npos ? connection.host : connection.host.substr(separator + 3);
    if (scheme.empty()) {
        scheme = connection.conn_type == "https" ? "https" : "http";
    }
    std::string user;
    if (!connection.login.empty()) {
        user = fmt::format(
            "{}:{}@",
            fetch::percent_encode(connection.login),
            fetch::percent_encode(connection.password)
        );
    }
    const std::string port = connection.port ? fmt::format(":{}", *connection.port) : "";
    return fmt::format("{}://{}{}{}", scheme, user, host, port);
}

}  // namespace

/// Airflow keeps headers in `extra`.
void add_http_headers(const Json& headers, std::vector<std::string>& lines) {
    if (!headers.is_object()) {
        return;
    }
    for (const auto& [name, value] : headers.items()) {
        lines.push_back(
            fmt::format("{}: {}", name, value.is_string() ? value.get<std::string>() : dump(value))
        );
    }
}

core::Result<void> read_http_target(
    const HttpTarget& target, Connections& connections, fetch::HttpCall& call
) {
    call.url = target.url;
    if (!call.url.empty()) {
        return {};
    }
    const auto found = connections.find(target.conn_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!found->has_value()) {
        return core::fail(
            core::Errc::not_found,
            fmt::format("there is no connection '{}'", target.conn_id),
            fmt::format(
                "reel connections add {} --conn-uri https://…, or give the whole url",
                target.conn_id
            )
        );
    }
    call.url = join_url(base_url(**found), target.path);
    const Json extra = Json::parse((*found)->extra, nullptr, false);
    add_http_headers(extra.is_object() ? extra.value("headers", extra) : Json(), call.headers);
    return {};
}

std::string http_form(const Json& fields) {
    std::string form;
    for (const auto& [name, value] : fields.items()) {
        form += form.empty() ? "" : "&";
        form += fetch::percent_encode(name) + "=" +
                fetch::percent_encode(value.is_string() ? value.get<std::string>() : dump(value));
    }
    return form;
}

}  // namespace reel::executor
