#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reel/store/environment.hpp"

namespace reel::store {

namespace {

using testing::HasSubstr;
using testing::Not;

ConnectionRecord a_connection() {
    return {
        .connection_id = "warehouse",
        .conn_type = "postgres",
        .host = "db.example",
        .login = "ann",
        .password = "p@ss/:?#",
        .schema = "my db",
        .port = 5433,
        .extra = R"({"sslmode":"require","x":"a b"})",
    };
}

TEST(ConnectionUri, IsAirflowsForm) {
    EXPECT_EQ(
        connection_uri(a_connection()),
        "postgres://ann:p%40ss%2F%3A%3F%23@db.example:5433/my%20db?sslmode=require&x=a%20b"
    );
    EXPECT_EQ(connection_uri({.conn_type = "my_type"}), "my-type:///");
    EXPECT_EQ(connection_uri({.conn_type = "x", .password = "p"}), "x://:p@/");
}

TEST(ConnectionUri, IsReadBackAsItWas) {
    std::vector<ConnectionRecord> connections = {a_connection()};
    connections.push_back({.connection_id = "warehouse", .conn_type = "http", .host = "::1"});
    connections.push_back({.connection_id = "warehouse", .conn_type = "http", .login = "only"});
    connections.push_back(a_connection());
    connections.back().extra = R"({"deep": {"a": [1, 2]}, "n": 1})";
    connections.push_back(a_connection());
    connections.back().extra = "not json";
    connections.push_back(a_connection());
    connections.back().host = "/var/run/postgresql";
    for (const ConnectionRecord& connection : connections) {
        EXPECT_EQ(parse_connection("warehouse", connection_uri(connection)), connection)
            << connection_uri(connection);
    }
}

TEST(LibpqUri, HasOnlyWhatLibpqUnderstands) {
    ConnectionRecord connection = a_connection();
    connection.extra =
        R"({"sslmode": "require", "iam": "yes", "connect_timeout": 3, "options": {}})";
    EXPECT_EQ(
        libpq_uri(connection),
        "postgresql://ann:p%40ss%2F%3A%3F%23@db.example:5433/my%20db"
        "?sslmode=require&connect_timeout=3"
    );
    connection.extra = R"({"require_auth": "scram-sha-256", "load_balance_hosts": "random"})";
    EXPECT_THAT(
        libpq_uri(connection).value(),
        HasSubstr("?require_auth=scram-sha-256&load_balance_hosts=random")
    );
    connection.extra = "not json";
    EXPECT_THAT(libpq_uri(connection).value(), Not(HasSubstr("?")));
}

TEST(LibpqUri, KeepsASocketFolder) {
    const std::string uri = "postgresql://reel:pw@/warehouse?host=%2Froot%2F.reel%2Fpg%2Fsocket";
    EXPECT_EQ(libpq_uri(parse_connection("warehouse", uri).value()), uri);
}

TEST(LibpqUri, IsForPostgresAndRedshiftAlone) {
    ConnectionRecord connection = a_connection();
    connection.conn_type = "redshift";
    EXPECT_TRUE(libpq_uri(connection));
    connection.conn_type = "mysql";
    const auto refused = libpq_uri(connection);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::Errc::unsupported);
    EXPECT_THAT(refused.error().message, HasSubstr("\"mysql\""));
    EXPECT_THAT(refused.error().describe(), Not(HasSubstr("p@ss")));
}

}  // namespace

}  // namespace reel::store
