#include "executor/connections.hpp"

#include <gtest/gtest.h>

#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

class ConnectionsTest : public testing::Test {
  protected:
    Connections connections(const std::string& default_warehouse = {}) {
        return Connections(environment, store, default_warehouse, mask);
    }

    config::Environment environment;
    FakeStore store;
    SecretMask mask;
};

}  // namespace

TEST_F(ConnectionsTest, TakesTheEnvironmentBeforeTheStore) {
    environment["REEL_CONN_WAREHOUSE"] = "postgresql://env:from_env@e.example/films";
    store.add_database("warehouse", "from_store");
    auto source = connections();
    const auto found = source.find("warehouse");
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->password, "from_env");
    EXPECT_EQ(store.look_ups, 0);
}

TEST_F(ConnectionsTest, TakesTheStoreBeforeTheDefaultWarehouse) {
    store.add_database("warehouse", "from_store");
    auto source = connections("postgresql://def:from_default@d.example/films");
    const auto uri = source.database_uri("warehouse");
    ASSERT_TRUE(uri);
    EXPECT_NE(uri->find("from_store"), std::string::npos);
}

TEST_F(ConnectionsTest, GivesTheDefaultWarehouseWordForWord) {
    const std::string given = "postgresql://def:p%40ss@/films?host=/srv/pg/socket";
    auto source = connections(given);
    const auto uri = source.database_uri("warehouse");
    ASSERT_TRUE(uri);
    EXPECT_EQ(*uri, given);
}

TEST_F(ConnectionsTest, KnowsTheDefaultWarehouseAsAConnectionToo) {
    auto source = connections("postgresql://def:from_default@d.example:5433/films");
    const auto found = source.find("warehouse");
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->login, "def");
    EXPECT_EQ((*found)->host, "d.example");
    EXPECT_EQ((*found)->port, 5433);
}

TEST_F(ConnectionsTest, SaysHowToAddTheOneThatIsMissing) {
    auto source = connections("postgresql://def:from_default@d.example/films");
    const auto uri = source.database_uri("mart");
    ASSERT_FALSE(uri);
    EXPECT_EQ(uri.error().code, core::Errc::not_found);
    EXPECT_EQ(uri.error().message, "there is no connection 'mart'");
    EXPECT_EQ(uri.error().hint, "reel connections add mart --conn-uri postgresql://…");
    const auto found = source.find("mart");
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->has_value());
}

TEST_F(ConnectionsTest, RefusesAConnectionThatIsNoDatabase) {
    environment["REEL_CONN_WEB"] = "http://u:secret@web.example";
    auto source = connections();
    const auto uri = source.database_uri("web");
    ASSERT_FALSE(uri);
    EXPECT_EQ(uri.error().code, core::Errc::unsupported);
    EXPECT_EQ(uri.error().describe().find("secret"), std::string::npos);
}

TEST_F(ConnectionsTest, MakesEverySecretKnownToTheMask) {
    store.add_database("warehouse", "p@ssw0rd");
    store.connections["warehouse"].extra = R"({"sslmode": "require", "api_token": "tok-12345"})";
    auto source = connections();
    const auto found = source.find("warehouse");
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ(mask.apply("p@ssw0rd p%40ssw0rd tok-12345 require"), "*** *** *** require");
}

TEST_F(ConnectionsTest, TakesVariablesOfTheEnvironmentBeforeThoseOfTheStore) {
    environment["REEL_VAR_REGION"] = "eu";
    store.variables["region"] = "us";
    store.variables["limit"] = "5";
    auto source = connections();
    const auto region = source.variable("region");
    const auto limit = source.variable("limit");
    const auto none = source.variable("none");
    ASSERT_TRUE(region && limit && none);
    EXPECT_EQ(region->value_or(""), "eu");
    EXPECT_EQ(limit->value_or(""), "5");
    EXPECT_FALSE(none->has_value());
}

TEST_F(ConnectionsTest, LetsALostDatabaseThrough) {
    store.away = 1;
    auto source = connections();
    EXPECT_THROW((void)source.find("warehouse"), postgres::DatabaseError);
}

TEST(ConnectionIdOf, IsTheTasksThenTheDagsThenWarehouse) {
    const auto own = an_order("sql", Json{{"conn_id", "mart"}}, [](core::Dag& dag) {
        dag.default_args = core::JsonText{R"({"conn_id": "lake"})"};
    });
    const auto of_dag = an_order("sql", Json::object(), [](core::Dag& dag) {
        dag.default_args = core::JsonText{R"({"conn_id": "lake"})"};
    });
    const auto neither = an_order("sql", Json::object());
    EXPECT_EQ(connection_id_of(*own.dag, own.task()), "mart");
    EXPECT_EQ(connection_id_of(*of_dag.dag, of_dag.task()), "lake");
    EXPECT_EQ(connection_id_of(*neither.dag, neither.task()), "warehouse");
}

}  // namespace reel::executor
