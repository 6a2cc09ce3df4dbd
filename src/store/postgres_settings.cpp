#include <fmt/format.h>

#include "misses.hpp"
#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Params;
using postgres::Rows;

// $1 key, $2 value, $3 description
constexpr const char* write_variable = R"sql(
    insert into reel.variable (key, value, description) values ($1, $2, $3)
    on conflict (key) do update set value = excluded.value, description = excluded.description)sql";

constexpr std::string_view connection_columns =
    "connection_id, conn_type, description, host, login, password, schema, port, extra";

// $1 id, $2 type, $3 description, $4 host, $5 login, $6 password, $7 schema, $8 port, $9 extra
constexpr std::string_view insert_connection = R"sql(
    insert into reel.connection ({})
    values ($1, $2, $3, $4, $5, $6, $7, $8::int, $9)
    on conflict do nothing)sql";

// as above
constexpr const char* update_connection = R"sql(
    update reel.connection set conn_type = $2, description = $3, host = $4, login = $5,
        password = $6, schema = $7, port = $8::int, extra = $9
    where connection_id = $1)sql";

VariableRecord read_variable(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    VariableRecord variable;
    variable.key = reader.text();
    variable.value = reader.text();
    variable.description = reader.text();
    return variable;
}

ConnectionRecord read_connection_row(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    ConnectionRecord connection;
    connection.connection_id = reader.text();
    connection.conn_type = reader.text();
    connection.description = reader.text();
    connection.host = reader.text();
    connection.login = reader.text();
    connection.password = reader.text();
    connection.schema = reader.text();
    connection.port = reader.optional_small();
    connection.extra = reader.text();
    return connection;
}

Params connection_values(const ConnectionRecord& connection) {
    return {
        text_value(connection.connection_id),
        text_value(connection.conn_type),
        text_value(connection.description),
        text_value(connection.host),
        text_value(connection.login),
        text_value(connection.password),
        text_value(connection.schema),
        connection.port ? number_value(*connection.port) : Param(),
        text_value(connection.extra),
    };
}

}  // namespace

Listing<VariableRecord> PostgresStore::list_variables(const Page& page) {
    const ListSql list{
        .columns = "key, value, description",
        .from = "from reel.variable",
        .order = "key",
        .params = {},
    };
    return read_page(*database_, list, page, read_variable);
}

core::Result<VariableRecord> PostgresStore::get_variable(const std::string& key) {
    const Rows rows = database_->read(
        "select key, value, description from reel.variable where key = $1", {text_value(key)}
    );
    if (rows.empty()) return no_such_variable(key);
    return read_variable(rows, 0);
}

void PostgresStore::set_variable(const VariableRecord& variable) {
    const core::Durably durably(core::Durable::set_variable);
    database_->query(
        write_variable,
        {text_value(variable.key), text_value(variable.value), text_value(variable.description)}
    );
}

core::Result<void> PostgresStore::delete_variable(const std::string& key) {
    const core::Durably durably(core::Durable::delete_variable);
    const Rows rows =
        database_->query("delete from reel.variable where key = $1", {text_value(key)});
    if (rows.affected() == 0) return no_such_variable(key);
    return {};
}

Listing<ConnectionRecord> PostgresStore::list_connections(const Page& page) {
    const ListSql list{
        .columns = std::string(connection_columns),
        .from = "from reel.connection",
        .order = "connection_id",
        .params = {},
    };
    return read_page(*database_, list, page, read_connection_row);
}

core::Result<ConnectionRecord> PostgresStore::get_connection(const std::string& connection_id) {
    const Rows rows = database_->read(
        fmt::format("select {} from reel.connection where connection_id = $1", connection_columns),
        {text_value(connection_id)}
    );
    if (rows.empty()) return no_such_connection(connection_id);
    return read_connection_row(rows, 0);
}

core::Result<void> PostgresStore::add_connection(const ConnectionRecord& connection) {
    const core::Durably durably(core::Durable::add_connection);
    const Rows rows = database_->query(
        fmt::format(insert_connection, connection_columns), connection_values(connection)
    );
    if (rows.affected() == 0) return connection_exists(connection.connection_id);
    return {};
}

core::Result<void> PostgresStore::set_connection(const ConnectionRecord& connection) {
    const core::Durably durably(core::Durable::set_connection);
    const Rows rows = database_->query(update_connection, connection_values(connection));
    if (rows.affected() == 0) return no_such_connection(connection.connection_id);
    return {};
}

core::Result<void> PostgresStore::delete_connection(const std::string& connection_id) {
    const core::Durably durably(core::Durable::delete_connection);
    const Rows rows = database_->query(
        "delete from reel.connection where connection_id = $1", {text_value(connection_id)}
    );
    if (rows.affected() == 0) return no_such_connection(connection_id);
    return {};
}

}  // namespace reel::store
