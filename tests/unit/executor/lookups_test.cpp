#include "executor/lookups.hpp"

#include <gtest/gtest.h>

#include "executor/json.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

class TaskLookupsTest : public testing::Test {
  protected:
    config::Environment environment;
    FakeStore store;
    SecretMask mask;
    Connections connections{environment, store, {}, mask};
    scheduler::AttemptOrder order = an_order("bash", Json::object());
    StoreLookups lookups{order, store, connections};
};

}  // namespace

TEST_F(TaskLookupsTest, GiveAConnectionWithAllItsFields) {
    store.add_database("warehouse", "s3cret");
    store.connections["warehouse"].extra = R"({"sslmode": "require"})";
    const auto found = lookups.connection("warehouse");
    ASSERT_TRUE(found && found->has_value());
    const Json json = Json::parse((*found)->text);
    EXPECT_EQ(json["conn_id"], "warehouse");
    EXPECT_EQ(json["conn_type"], "postgres");
    EXPECT_EQ(json["host"], "db.example");
    EXPECT_EQ(json["login"], "loader");
    EXPECT_EQ(json["password"], "s3cret");
    EXPECT_EQ(json["schema"], "films");
    EXPECT_EQ(json["port"], 5432);
    EXPECT_EQ(json["extra_dejson"]["sslmode"], "require");
    EXPECT_NE(json["uri"].get<std::string>().find("db.example"), std::string::npos);
}

TEST_F(TaskLookupsTest, GiveNothingForWhatDoesNotExist) {
    const auto variable = lookups.variable("none");
    const auto connection = lookups.connection("none");
    const auto xcom = lookups.xcom("none", "return_value", std::nullopt);
    ASSERT_TRUE(variable && connection && xcom);
    EXPECT_FALSE(variable->has_value());
    EXPECT_FALSE(connection->has_value());
    EXPECT_FALSE(xcom->has_value());
    EXPECT_NO_THROW(lookups.rethrow_failure());
}

TEST_F(TaskLookupsTest, GiveAnXComOfAnotherTaskOfTheRun) {
    store.xcoms[{"extract", "rows"}] = "42";
    const auto xcom = lookups.xcom("extract", "rows", std::nullopt);
    ASSERT_TRUE(xcom && xcom->has_value());
    EXPECT_EQ((*xcom)->text, "42");
}

TEST_F(TaskLookupsTest, GiveThePhysicalNameOfAStagedTable) {
    store.add_staged("stage_movies", "movies");
    const auto name = lookups.staged("stage_movies.movies");
    ASSERT_TRUE(name && name->has_value());
    EXPECT_EQ(**name, "\"reel_staging\".\"stage_movies_movies\"");
    EXPECT_FALSE(lookups.staged("stage_movies.genres"));
}

TEST_F(TaskLookupsTest, TurnALostDatabaseIntoAnErrorAndThrowItAfterwards) {
    store.away = 1;
    const auto variable = lookups.variable("region");
    ASSERT_FALSE(variable);
    EXPECT_EQ(variable.error().code, core::Errc::unavailable);
    EXPECT_THROW(lookups.rethrow_failure(), postgres::DatabaseError);
}

}  // namespace reel::executor
