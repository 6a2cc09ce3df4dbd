#include "json_pieces.hpp"
#include "records_json.hpp"
#include "reel/core/secret_name.hpp"
#include "reel/core/time.hpp"

namespace reel::api {

using nlohmann::json;

namespace {

void mask(json& value) {
    for (auto& [name, item] : value.items()) {
        if (value.is_object() && core::names_a_secret(name)) {
            item = "***";
        } else if (item.is_structured()) {
            mask(item);
        }
    }
}

}  // namespace

std::string masked_extra(const std::string& extra) {
    if (extra.empty()) return extra;
    json value = json::parse(extra, nullptr, false);
    if (!value.is_structured()) return "***";
    mask(value);
    return value.dump();
}

json variable_json(const store::VariableRecord& variable) {
    return {
        {"key", variable.key},
        {"value", variable.value},
        {"description", text_or_null(variable.description)},
        {"is_encrypted", false},
        {"team_name", nullptr}
    };
}

json connection_json(const store::ConnectionRecord& connection) {
    return {
        {"connection_id", connection.connection_id},
        {"conn_type", connection.conn_type},
        {"description", text_or_null(connection.description)},
        {"host", text_or_null(connection.host)},
        {"login", text_or_null(connection.login)},
        {"password", connection.password.empty() ? json(nullptr) : json("***")},
        {"schema", text_or_null(connection.schema)},
        {"port", connection.port ? json(*connection.port) : json(nullptr)},
        {"extra", text_or_null(masked_extra(connection.extra))},
        {"team_name", nullptr}
    };
}

json import_error_json(const store::ImportErrorRecord& error) {
    return {
        {"import_error_id", error.id},
        {"filename", error.filename},
        {"timestamp", core::format_api(error.at)},
        {"stack_trace", error.stack_trace},
        {"bundle_name", "dags-folder"}
    };
}

}  // namespace reel::api
