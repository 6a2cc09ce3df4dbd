#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using testing::ElementsAre;

ConnectionRecord a_connection(const std::string& id) {
    return {
        .connection_id = id,
        .conn_type = "postgres",
        .description = "the warehouse",
        .host = "db.example",
        .login = "ann",
        .password = "p@ss 'word'",
        .schema = "movies",
        .port = 5433,
        .extra = R"({"sslmode": "require"})",
    };
}

TEST_P(RunStoreContract, AVariableIsSetReadReplacedAndDeleted) {
    const VariableRecord first{"path", "/data 'x' ü", "where it lies"};
    store->set_variable(first);
    EXPECT_EQ(store->get_variable("path").value(), first);
    const VariableRecord second{"path", "", ""};
    store->set_variable(second);
    EXPECT_EQ(store->get_variable("path").value(), second);
    EXPECT_TRUE(store->delete_variable("path"));
    EXPECT_EQ(code_of(store->get_variable("path")), Errc::not_found);
    EXPECT_EQ(code_of(store->delete_variable("path")), Errc::not_found);
}

TEST_P(RunStoreContract, VariablesAreListedByKey) {
    for (const char* key : {"b", "a", "C"}) store->set_variable({key, "1", ""});
    const auto listing = store->list_variables({});
    EXPECT_EQ(listing.total, 3U);
    EXPECT_EQ(listing.items.at(0).key, "C");
    const auto page = store->list_variables({.limit = 1, .offset = 1});
    EXPECT_THAT(page.items, ElementsAre(VariableRecord{"a", "1", ""}));
    EXPECT_EQ(page.total, 3U);
}

TEST_P(RunStoreContract, AConnectionIsAddedOnceAndReadWhole) {
    const ConnectionRecord connection = a_connection("warehouse");
    ASSERT_TRUE(store->add_connection(connection));
    EXPECT_EQ(store->get_connection("warehouse").value(), connection);
    ConnectionRecord other = connection;
    other.host = "elsewhere";
    EXPECT_EQ(code_of(store->add_connection(other)), Errc::already_exists);
    EXPECT_EQ(store->get_connection("warehouse").value(), connection);
}

TEST_P(RunStoreContract, AConnectionIsReplacedAndDeleted) {
    ConnectionRecord connection = a_connection("warehouse");
    EXPECT_EQ(code_of(store->set_connection(connection)), Errc::not_found);
    ASSERT_TRUE(store->add_connection(connection));
    connection = {.connection_id = "warehouse", .conn_type = "http"};
    ASSERT_TRUE(store->set_connection(connection));
    EXPECT_EQ(store->get_connection("warehouse").value(), connection);
    EXPECT_TRUE(store->delete_connection("warehouse"));
    EXPECT_EQ(code_of(store->get_connection("warehouse")), Errc::not_found);
    EXPECT_EQ(code_of(store->delete_connection("warehouse")), Errc::not_found);
}

TEST_P(RunStoreContract, ConnectionsAreListedById) {
    for (const char* id : {"b", "a", "c"}) ASSERT_TRUE(store->add_connection(a_connection(id)));
    const auto page = store->list_connections({.limit = 2, .offset = 1});
    EXPECT_THAT(page.items, ElementsAre(a_connection("b"), a_connection("c")));
    EXPECT_EQ(page.total, 3U);
}

}  // namespace

}  // namespace reel::store
