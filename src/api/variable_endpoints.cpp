#include <algorithm>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

constexpr std::size_t longest_key = 250;

std::unexpected<Rejection> no_such_variable(const std::string& key) {
    return reject(404, "The Variable with key: `" + key + "` was not found");
}

/// A variable is text; any other JSON value becomes its text, as in Airflow.
std::string text_of(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : dump(value);
}

struct VariableBody {
    std::string key;
    std::optional<std::string> value;
    std::optional<std::string> description;
};

Outcome<VariableBody> read_body(const Call& call) {
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    VariableBody variable;
    variable.key = body->required_text("key");
    // No path could name it again.
    if (const auto key = body->any("key"); key && *key == "") {
        body->complain("key", "Should not be empty", "string_too_short");
    }
    if (variable.key.size() > longest_key) {
        body->complain("key", "Should be at most 250 bytes", "string_too_long");
    }
    if (const auto value = body->any("value")) variable.value = text_of(*value);
    if (!variable.value) body->complain("value", "Field required", "missing");
    if (body->has("description")) variable.description = body->text("description").value_or("");
    body->only_null("team_name");
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return variable;
}

}  // namespace

Outcome<Response> list_variables(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const auto pattern = query.text("variable_key_pattern");
    const bool descends = query.order_by({"key"}, "key").starts_with('-');
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const bool look_at_all = pattern || descends;
    auto listing = call.services.store.list_variables(look_at_all ? store::whole_list : page);
    if (look_at_all) {
        std::erase_if(listing.items, [&](const store::VariableRecord& variable) {
            return !matches_like(variable.key, pattern.value_or("~"));
        });
        if (descends) std::ranges::reverse(listing.items);
        keep_page(listing, page);
    }
    nlohmann::json items = nlohmann::json::array();
    for (const store::VariableRecord& variable : listing.items) {
        items.push_back(variable_json(variable));
    }
    return json_response(collection("variables", std::move(items), listing.total));
}

Outcome<Response> get_variable(const Call& call) {
    const std::string& key = call.parameter("variable_key");
    const auto variable = call.services.store.get_variable(key);
    if (!variable) return no_such_variable(key);
    return json_response(variable_json(*variable));
}

Outcome<Response> create_variable(const Call& call) {
    const auto body = read_body(call);
    if (!body) return std::unexpected(body.error());
    if (call.services.store.get_variable(body->key)) {
        return reject(409, "The Variable with key: `" + body->key + "` already exists");
    }
    const store::VariableRecord variable{
        .key = body->key, .value = *body->value, .description = body->description.value_or("")
    };
    call.services.store.set_variable(variable);
    return json_response(variable_json(variable), 201);
}

Outcome<Response> patch_variable(const Call& call) {
    QueryReader query(call.url);
    const auto mask = query.texts("update_mask");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto body = read_body(call);
    if (!body) return std::unexpected(body.error());
    const std::string& key = call.parameter("variable_key");
    if (body->key != key) return reject(400, "The key of the body is not the key of the path");
    auto variable = call.services.store.get_variable(key);
    if (!variable) return no_such_variable(key);
    const auto wanted = [&](std::string_view name) {
        return mask.empty() || std::ranges::find(mask, name) != mask.end();
    };
    if (wanted("value")) variable->value = *body->value;
    if (wanted("description") && body->description) variable->description = *body->description;
    call.services.store.set_variable(*variable);
    return json_response(variable_json(*variable));
}

Outcome<Response> delete_variable(const Call& call) {
    const std::string& key = call.parameter("variable_key");
    const auto done = call.services.store.delete_variable(key);
    if (done) return empty_response();
    if (done.error().code == core::Errc::not_found) return no_such_variable(key);
    return reject(done.error());
}

}  // namespace reel::api
