#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"
#include "json_text.hpp"
#include "reel/store/environment.hpp"

namespace reel::cli {

namespace {

struct ConnectionOptions {
    store::ConnectionRecord record;
    std::string uri;
    std::string json;
    int port = -1;
    Format format = Format::table;
};

const std::vector<std::string>& connection_columns() {
    static const std::vector<std::string> columns{
        "connection_id",
        "conn_type",
        "host",
        "port",
        "schema",
        "login",
        "password",
        "extra",
        "description"
    };
    return columns;
}

void add_connection_list(CLI::App& connections, Context& context) {
    CLI::App* verb = add_verb(connections, "list", "list the connections, without their secrets");
    auto options = std::make_shared<ConnectionOptions>();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto listed = (*api)->list(api_path({"connections"}), "connections");
            if (!listed) return std::unexpected(listed.error());
            context.out() << render(*listed, connection_columns(), options->format);
            return 0;
        });
    });
}

std::shared_ptr<ConnectionOptions> add_id(CLI::App& verb) {
    auto options = std::make_shared<ConnectionOptions>();
    add_name(verb, "conn_id", options->record.connection_id, "its id")->required();
    return options;
}

void add_connection_get(CLI::App& connections, Context& context) {
    CLI::App* verb = add_verb(connections, "get", "show a connection, without its secrets");
    auto options = add_id(*verb);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto found =
                (*api)->get(api_path({"connections", options->record.connection_id}));
            if (!found) return std::unexpected(found.error());
            context.out(
            ) << render(nlohmann::json::array({*found}), connection_columns(), options->format);
            return 0;
        });
    });
}

/// The one given by URI, by JSON, or piece by piece. "-" reads it from stdin, which keeps a
/// password out of the list of processes.
core::Result<store::ConnectionRecord> read_connection(
    Context& context, const ConnectionOptions& options
) {
    const store::ConnectionRecord& pieces = options.record;
    std::string text = options.uri.empty() ? options.json : options.uri;
    if (text == "-") std::getline(context.world().in, text);
    if (!text.empty()) return store::parse_connection(pieces.connection_id, text);
    if (pieces.conn_type.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            "the connection is not described",
            "give --conn-uri URI, --conn-json JSON, or --conn-type and what else it needs"
        );
    }
    if (!pieces.extra.empty()) {
        const auto extra = parse_object(pieces.extra, "--conn-extra");
        if (!extra) return std::unexpected(extra.error());
    }
    store::ConnectionRecord record = pieces;
    if (options.port >= 0) record.port = options.port;
    return record;
}

core::Result<int> add_connection(Context& context, const ConnectionOptions& options) {
    const auto record = read_connection(context, options);
    if (!record) return std::unexpected(record.error());
    nlohmann::json body{{"connection_id", record->connection_id}, {"conn_type", record->conn_type}};
    const auto field = [&body](const char* name, const std::string& value) {
        if (!value.empty()) body[name] = value;
    };
    field(
        "description",
        options.record.description.empty() ? record->description : options.record.description
    );
    field("host", record->host);
    field("login", record->login);
    field("password", record->password);
    field("schema", record->schema);
    field("extra", record->extra);
    if (record->port) body["port"] = *record->port;
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto done = (*api)->post(api_path({"connections"}), body);
    if (!done) return std::unexpected(done.error());
    context.out() << "added " << record->connection_id << "\n";
    return 0;
}

void add_add(CLI::App& connections, Context& context) {
    CLI::App* verb = add_verb(connections, "add", "add a connection");
    auto options = add_id(*verb);
    store::ConnectionRecord& record = options->record;
    auto* uri =
        verb->add_option("--conn-uri", options->uri, "all of it as a URI; - reads it from stdin");
    auto* json =
        verb->add_option("--conn-json", options->json, "all of it as JSON; - reads it from stdin");
    json->excludes(uri);
    verb->add_option("--conn-description", record.description, "what it is for");
    for (CLI::Option* piece :
         {verb->add_option("--conn-type", record.conn_type, "postgres, redshift, http …"),
          verb->add_option("--conn-host", record.host, "the host"),
          verb->add_option("--conn-port", options->port, "the port")->check(CLI::Range(0, 65535)),
          verb->add_option("--conn-login", record.login, "the user"),
          verb->add_option("--conn-password", record.password, "the password"),
          verb->add_option("--conn-schema", record.schema, "the database"),
          verb->add_option("--conn-extra", record.extra, "more of it, a JSON object")}) {
        piece->excludes(uri)->excludes(json);
    }
    verb->callback([&context, options] {
        context.run_later([&context, options] { return add_connection(context, *options); });
    });
}

void add_connection_delete(CLI::App& connections, Context& context) {
    CLI::App* verb = add_verb(connections, "delete", "delete a connection");
    auto options = add_id(*verb);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const std::string& id = options->record.connection_id;
            const auto done = (*api)->remove(api_path({"connections", id}));
            if (!done) return std::unexpected(done.error());
            context.out() << "deleted " << id << "\n";
            return 0;
        });
    });
}

core::Result<int> test_connection(Context& context, const std::string& id) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto stored = (*api)->get(api_path({"connections", id}));
    if (!stored) return std::unexpected(stored.error());
    const auto answer = (*api)->post(api_path({"connections", "test"}), *stored);
    if (!answer) return std::unexpected(answer.error());
    if (!answer->value("status", false)) {
        return core::fail(
            core::Errc::unavailable, answer->value("message", "it does not answer"), "", id
        );
    }
    context.out() << answer->value("message", "") << "\n";
    return 0;
}

void add_connection_test(CLI::App& connections, Context& context) {
    CLI::App* verb = add_verb(connections, "test", "connect as a connection says");
    auto options = add_id(*verb);
    verb->callback([&context, options] {
        context.run_later([&context, options] {
            return test_connection(context, options->record.connection_id);
        });
    });
}

}  // namespace

void add_connections(CLI::App& connections, Context& context) {
    add_connection_list(connections, context);
    add_connection_get(connections, context);
    add_add(connections, context);
    add_connection_delete(connections, context);
    add_connection_test(connections, context);
}

}  // namespace reel::cli
