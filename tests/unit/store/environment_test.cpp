#include "reel/store/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::store {

namespace {

using core::Errc;
using testing::HasSubstr;
using testing::Not;
using Environment = std::map<std::string, std::string>;

TEST(ParseConnection, TakesAUriApart) {
    const ConnectionRecord expected{
        .connection_id = "warehouse",
        .conn_type = "postgres",
        .host = "db.example",
        .login = "ann",
        .password = "p@ss/wörd",
        .schema = "movies",
        .port = 5433,
        .extra = R"({"sslmode":"require","x":"a b"})",
    };
    EXPECT_EQ(
        parse_connection(
            "warehouse",
            " postgresql://ann:p%40ss%2Fw%C3%B6rd@db.example:5433/movies?sslmode=require&x=a+b\n"
        ),
        expected
    );
}

TEST(ParseConnection, TakesAShortUri) {
    const auto connection = parse_connection("x", "google-cloud-platform://");
    ASSERT_TRUE(connection);
    EXPECT_EQ(connection->conn_type, "google_cloud_platform");
    EXPECT_EQ(connection->host, "");
    EXPECT_EQ(connection->port, std::nullopt);
    EXPECT_EQ(connection->extra, "");
}

TEST(ParseConnection, TakesExtraThatIsMoreThanTexts) {
    const auto connection =
        parse_connection("x", "http://h?__extra__=%7B%22a%22%3A+%7B%22b%22%3A+1%7D%7D");
    ASSERT_TRUE(connection);
    EXPECT_EQ(connection->extra, R"({"a": {"b": 1}})");
}

TEST(ParseConnection, TakesJson) {
    const ConnectionRecord expected{
        .connection_id = "x",
        .conn_type = "postgres",
        .description = "d",
        .host = "h",
        .login = "l",
        .password = "p",
        .schema = "s",
        .port = 1,
        .extra = R"({"z":1,"a":{"b":[2]}})",
    };
    const char* json = R"({"conn_type": "postgresql", "description": "d", "host": "h", "login": "l",
        "password": "p", "schema": "s", "port": 1, "extra": {"z": 1, "a": {"b": [2]}}})";
    EXPECT_EQ(parse_connection("x", json), expected);
}

TEST(ParseConnection, TakesJsonWithTextsForPortAndExtraAndWithNulls) {
    const auto connection = parse_connection(
        "x", R"({"conn_type": "http", "port": "8080", "extra": "{\"a\": 1}", "login": null})"
    );
    ASSERT_TRUE(connection);
    EXPECT_EQ(connection->port, 8080);
    EXPECT_EQ(connection->extra, R"({"a": 1})");
    EXPECT_EQ(connection->login, "");
}

TEST(ParseConnection, ErrorsNameTheConnectionAndNeverItsText) {
    for (const char* text :
         {"",
          "  ",
          "hunter2",
          "://hunter2",
          "postgres://u:hunter2%zz@h/x",
          "postgres://u:hunter2@h:99999/",
          "postgres://u:hunter2@h:5x/",
          "postgres://hunter2%00@h",
          "postgres://u:hunter2@[::1/x",
          "{\"password\": \"hunter2\"",
          "{\"password\": \"hunter2\"}",
          "{hunter2}",
          R"({"conn_type": "x", "password": "hunter2", "port": 70000})",
          R"({"conn_type": "x", "password": "hunter2", "port": -1})",
          R"({"conn_type": "x", "password": ["hunter2"]})"}) {
        const auto connection = parse_connection("warehouse", text);
        ASSERT_FALSE(connection) << text;
        EXPECT_EQ(connection.error().code, Errc::invalid_argument);
        EXPECT_THAT(connection.error().message, HasSubstr("\"warehouse\""));
        EXPECT_THAT(connection.error().describe(), Not(HasSubstr("hunter2")));
    }
}

TEST(EnvironmentConnection, IsFoundByItsIdInUpperCase) {
    const Environment environment = {{"REEL_CONN_MY_DB", "postgres://h/reel"}};
    const auto found = environment_connection(environment, "my_db");
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->connection_id, "my_db");
    EXPECT_EQ((*found)->schema, "reel");
}

TEST(EnvironmentConnection, OfReelComesBeforeThatOfAirflow) {
    Environment environment = {
        {"AIRFLOW_CONN_X", "postgres://h/airflow"}, {"REEL_CONN_X", "postgres://h/reel"}
    };
    EXPECT_EQ(environment_connection(environment, "x").value()->schema, "reel");
    environment.erase("REEL_CONN_X");
    EXPECT_EQ(environment_connection(environment, "x").value()->schema, "airflow");
}

TEST(EnvironmentConnection, ThatIsNotThereIsNone) {
    EXPECT_EQ(environment_connection({}, "x").value(), std::nullopt);
}

TEST(EnvironmentConnection, ThatIsMalformedIsAnError) {
    EXPECT_FALSE(environment_connection({{"REEL_CONN_X", "what"}}, "x"));
}

TEST(EnvironmentVariable, OfReelComesBeforeThatOfAirflow) {
    const Environment environment = {
        {"AIRFLOW_VAR_A", "1"}, {"REEL_VAR_A", "2"}, {"AIRFLOW_VAR_B", ""}
    };
    EXPECT_EQ(environment_variable(environment, "a"), "2");
    EXPECT_EQ(environment_variable(environment, "b"), "");
    EXPECT_EQ(environment_variable(environment, "c"), std::nullopt);
}

}  // namespace

}  // namespace reel::store
