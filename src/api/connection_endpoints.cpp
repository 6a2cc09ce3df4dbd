#include <algorithm>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

constexpr std::string_view masked = "***";

std::unexpected<Rejection> no_such_connection(const std::string& id) {
    return reject(404, "The Connection with connection_id: `" + id + "` was not found");
}

/// The fields of a ConnectionBody that were given; null clears one.
struct ConnectionBody {
    store::ConnectionRecord record;
    std::vector<std::string> given;
};

void check_extra(BodyReader& body, const std::string& extra) {
    if (extra.empty()) return;
    const auto value = nlohmann::json::parse(extra, nullptr, false);
    if (!value.is_object()) {
        body.complain("extra", "The `extra` field must be a valid JSON object", "value_error");
    }
}

Outcome<ConnectionBody> read_body(const Call& call) {
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    ConnectionBody given;
    store::ConnectionRecord& record = given.record;
    record.connection_id = body->required_text("connection_id");
    const auto id = body->any("connection_id");
    if (id && id->is_string() && !core::is_valid_key(record.connection_id)) {
        body->complain("connection_id", "Letters, digits, '_', '-' and '.' only", "value_error");
    }
    record.conn_type = body->required_text("conn_type");
    const auto field = [&](const char* name, std::string& into) {
        if (body->has(name)) given.given.emplace_back(name);
        into = body->text(name).value_or("");
    };
    field("description", record.description);
    field("host", record.host);
    field("login", record.login);
    field("password", record.password);
    field("schema", record.schema);
    field("extra", record.extra);
    check_extra(*body, record.extra);
    if (body->has("port")) given.given.emplace_back("port");
    if (const auto port = body->integer("port", 0, 65535)) record.port = static_cast<int>(*port);
    body->only_null("team_name");
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return given;
}

/// What was shown as "***" and comes back so is meant to stay as it is.
void keep_masked(nlohmann::json& value, const nlohmann::json& stored) {
    if (value.is_array() && stored.is_array()) {
        for (std::size_t i = 0; i < std::min(value.size(), stored.size()); ++i) {
            keep_masked(value[i], stored[i]);
        }
    }
    if (!value.is_object() || !stored.is_object()) return;
    for (auto& [name, item] : value.items()) {
        const auto before = stored.find(name);
        if (before == stored.end()) continue;
        if (item == masked) {
            item = *before;
        } else {
            keep_masked(item, *before);
        }
    }
}

std::string merged_extra(const std::string& given, const std::string& stored) {
    auto value = nlohmann::json::parse(given, nullptr, false);
    const auto before = nlohmann::json::parse(stored, nullptr, false);
    if (!value.is_object()) return given;
    keep_masked(value, before);
    return dump(value);
}

void apply(const ConnectionBody& body, std::string_view name, store::ConnectionRecord& onto) {
    const store::ConnectionRecord& from = body.record;
    if (name == "description") onto.description = from.description;
    if (name == "host") onto.host = from.host;
    if (name == "login") onto.login = from.login;
    if (name == "schema") onto.schema = from.schema;
    if (name == "port") onto.port = from.port;
    if (name == "password" && from.password != masked) onto.password = from.password;
    if (name == "extra") onto.extra = merged_extra(from.extra, onto.extra);
}

}  // namespace

Outcome<Response> list_connections(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const auto pattern = query.text("connection_id_pattern");
    const bool descends = query.order_by({"connection_id"}, "connection_id").starts_with('-');
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const bool look_at_all = pattern || descends;
    auto listing = call.services.store.list_connections(look_at_all ? store::whole_list : page);
    if (look_at_all) {
        std::erase_if(listing.items, [&](const store::ConnectionRecord& connection) {
            return !matches_like(connection.connection_id, pattern.value_or("~"));
        });
        if (descends) std::ranges::reverse(listing.items);
        keep_page(listing, page);
    }
    nlohmann::json items = nlohmann::json::array();
    for (const store::ConnectionRecord& connection : listing.items) {
        items.push_back(connection_json(connection));
    }
    return json_response(collection("connections", std::move(items), listing.total));
}

Outcome<Response> get_connection(const Call& call) {
    const std::string& id = call.parameter("connection_id");
    const auto connection = call.services.store.get_connection(id);
    if (!connection) return no_such_connection(id);
    return json_response(connection_json(*connection));
}

Outcome<Response> create_connection(const Call& call) {
    const auto body = read_body(call);
    if (!body) return std::unexpected(body.error());
    const auto done = call.services.store.add_connection(body->record);
    if (done) return json_response(connection_json(body->record), 201);
    if (done.error().code != core::Errc::already_exists) return reject(done.error());
    return reject(
        409,
        "The Connection with connection_id: `" + body->record.connection_id + "` already exists"
    );
}

Outcome<Response> patch_connection(const Call& call) {
    QueryReader query(call.url);
    const auto mask = query.texts("update_mask");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto body = read_body(call);
    if (!body) return std::unexpected(body.error());
    const std::string& id = call.parameter("connection_id");
    if (body->record.connection_id != id) {
        return reject(400, "The connection_id of the body is not that of the path");
    }
    auto connection = call.services.store.get_connection(id);
    if (!connection) return no_such_connection(id);
    const auto wanted = [&](std::string_view name) {
        return mask.empty() || std::ranges::find(mask, name) != mask.end();
    };
    if (wanted("conn_type")) connection->conn_type = body->record.conn_type;
    for (const std::string& name : body->given) {
        if (wanted(name)) apply(*body, name, *connection);
    }
    if (const auto done = call.services.store.set_connection(*connection); !done) {
        return reject(done.error());
    }
    return json_response(connection_json(*connection));
}

Outcome<Response> delete_connection(const Call& call) {
    const std::string& id = call.parameter("connection_id");
    const auto done = call.services.store.delete_connection(id);
    if (done) return empty_response();
    if (done.error().code == core::Errc::not_found) return no_such_connection(id);
    return reject(done.error());
}

Outcome<Response> test_connection(const Call& call) {
    auto body = read_body(call);
    if (!body) return std::unexpected(body.error());
    store::ConnectionRecord& wanted = body->record;
    // A stored connection that comes back as it was shown is tested with its own secrets, but only
    // against its own host: else anyone could have them sent elsewhere.
    const auto stored = call.services.store.get_connection(wanted.connection_id);
    if (stored && stored->host == wanted.host && stored->port == wanted.port) {
        if (wanted.password == masked) wanted.password = stored->password;
        wanted.extra = merged_extra(wanted.extra, stored->extra);
    }
    const auto answer = call.services.check_connection(wanted);
    return json_response(
        {{"status", answer.has_value()}, {"message", answer ? *answer : answer.error().message}}
    );
}

}  // namespace reel::api
