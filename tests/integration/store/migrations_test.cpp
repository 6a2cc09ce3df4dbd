#include "reel/store/migrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <thread>

#include "reel/postgres/link.hpp"
#include "reel/store/run_store.hpp"
#include "support/test_cluster.hpp"

namespace reel::store {

namespace {

using core::Errc;
using postgres::Link;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Migrate, BringsAnEmptyDatabaseToTheNewestLevel) {
    const std::string uri = support::test_database();
    EXPECT_EQ(migration_level(uri), 0);
    const auto applied = migrate(uri);
    ASSERT_TRUE(applied) << applied.error().describe();
    EXPECT_THAT(*applied, SizeIs(all_migrations().size()));
    EXPECT_EQ(applied->front(), "create_dags");
    EXPECT_EQ(migration_level(uri), static_cast<int>(all_migrations().size()));
}

TEST(Migrate, ASecondTimeDoesNothing) {
    const std::string uri = support::test_database();
    ASSERT_TRUE(migrate(uri));
    const auto again = migrate(uri);
    ASSERT_TRUE(again);
    EXPECT_THAT(*again, IsEmpty());
}

TEST(Migrate, IsSeenToBeDoneByOneQuestion) {
    const std::string uri = support::test_database();
    const auto database = postgres::make_database({.uri = uri, .max_connections = 1});
    EXPECT_FALSE(is_up_to_date(*database)) << "there is no schema yet";
    ASSERT_TRUE(migrate(uri));
    EXPECT_TRUE(is_up_to_date(*database));
    database->query("insert into reel.migration (number, name) values (999, 'from_the_future')");
    EXPECT_FALSE(is_up_to_date(*database)) << "migrate says what is wrong";
}

TEST(Migrate, TwoAtOnceApplyEachMigrationOnce) {
    const std::string uri = support::test_database();
    core::Result<std::vector<std::string>> first;
    core::Result<std::vector<std::string>> second;
    {
        const std::jthread one([&] { first = migrate(uri); });
        const std::jthread two([&] { second = migrate(uri); });
    }
    ASSERT_TRUE(first) << first.error().describe();
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_EQ(first->size() + second->size(), all_migrations().size());
}

TEST(Migrate, GoesOnFromWhereAnOlderProgramStopped) {
    const std::string uri = support::test_database();
    {
        Link link(uri);
        link.exec_script(
            "create schema reel; create table reel.migration "
            "(number int primary key, name text, applied_at timestamptz default now())"
        );
        link.exec_script(all_migrations().front().sql);
        link.exec("insert into reel.migration (number, name) values (1, 'create_dags')");
    }
    const auto applied = migrate(uri);
    ASSERT_TRUE(applied) << applied.error().describe();
    EXPECT_EQ(applied->front(), "create_runs");
    EXPECT_THAT(*applied, SizeIs(all_migrations().size() - 1));
}

TEST(Migrate, RefusesADatabaseOfANewerProgram) {
    const std::string uri = support::test_database();
    ASSERT_TRUE(migrate(uri));
    Link(uri).exec("insert into reel.migration (number, name) values (999, 'from_the_future')");
    const auto refused = migrate(uri);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_THAT(refused.error().message, HasSubstr("999"));
    EXPECT_THAT(refused.error().hint, HasSubstr("newer Reel"));
    EXPECT_EQ(migration_level(uri), 999);
}

TEST(Migrate, AFailedMigrationLeavesTheOnesBeforeIt) {
    const std::string uri = support::test_database();
    Link(uri).exec_script("create schema reel; create table reel.dag_run (a int)");
    const auto failed = migrate(uri);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::internal);
    EXPECT_EQ(failed.error().where, "migration 2 create_runs");
    EXPECT_THAT(failed.error().message, HasSubstr("\"dag_run\" already exists"));
    EXPECT_EQ(migration_level(uri), 1);
    Link(uri).exec("drop table reel.dag_run");
    EXPECT_TRUE(migrate(uri));
}

/// The database as it was when that level was the newest.
void migrate_to(Link& link, std::size_t level) {
    link.exec_script(
        "create schema reel; create table reel.migration "
        "(number int primary key, name text, applied_at timestamptz default now())"
    );
    for (const Migration& migration : std::span(all_migrations()).first(level)) {
        link.exec_script(std::string(migration.sql));
        link.exec(
            "insert into reel.migration (number, name) values ($1, $2)",
            {std::to_string(migration.number), std::string(migration.name)}
        );
    }
}

TEST(Migrate, FindsTheOwnersAndVersionsOfDagsThatAreThere) {
    const std::string uri = support::test_database();
    {
        Link link(uri);
        migrate_to(link, 15);
        link.exec_script(R"sql(
            insert into reel.dag (dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version, last_parsed_at)
            select id, id, false, '', '', '{}', 'v2', now() from unnest(array['a', 'b', 'c']) as i(id);
            insert into reel.dag_version (dag_id, version, version_number, body) values
                ('a', 'v1', 1, '{"tasks": [{"owner": "before"}]}'),
                ('a', 'v2', 2, '{"tasks": [{"owner": "x"}, {"owner": "B"}, {"owner": "x"}, {}]}'),
                ('b', 'v2', 1, '{"tasks": []}'),
                ('c', 'v2', 1, '{"tasks": [{"owner": "a\u0000"}]}'))sql");
    }
    ASSERT_TRUE(migrate(uri));
    const auto owners =
        Link(uri).exec("select owners::text, version_number from reel.dag order by dag_id");
    EXPECT_EQ(owners.at(0, 1), "2");
    EXPECT_EQ(owners.at(1, 1), "1");
    EXPECT_EQ(owners.at(0, 0), "{B,x}");
    EXPECT_EQ(owners.at(1, 0), "{}");
    EXPECT_EQ(owners.at(2, 0), "{a\xEF\xBF\xBD}");
}

TEST(Migrate, FindsTheQueuesOfAnEvent) {
    const std::string uri = support::test_database();
    {
        Link link(uri);
        migrate_to(link, 16);
        link.exec_script(R"sql(
            insert into reel.dag (dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version, last_parsed_at)
            values ('d', 'd', false, '', '', '{}', 'v', now());
            insert into reel.asset (uri, name, asset_group, extra, created_at, updated_at)
            values ('a', 'a', '', '{}', now(), now());
            insert into reel.asset_event (id, asset_id, at, extra)
            select i, (select id from reel.asset), now(), '{}' from generate_series(1, 9) i;
            insert into reel.asset_dag_run_queue select 'd', id from reel.asset_event)sql");
    }
    ASSERT_TRUE(migrate(uri));
    Link link(uri);
    link.exec("set enable_seqscan = off");
    const auto plan =
        link.exec("explain delete from only reel.asset_dag_run_queue where event_id = 3");
    std::string words;
    for (std::size_t row = 0; row < plan.size(); ++row) words += *plan.at(row, 0);
    EXPECT_THAT(words, HasSubstr("asset_dag_run_queue_of_event"));
    EXPECT_EQ(link.exec("select count(*) from reel.asset_dag_run_queue").at(0, 0), "9");
}

TEST(Migrate, AUserWithoutTheRightIsToldSo) {
    std::string uri = support::test_database();
    const std::string name =
        "guest_" + uri.substr(uri.find("test_"), uri.find('?') - uri.find("test_"));
    Link(uri).exec("create role " + name + " login password 'guest'");
    const std::size_t begin = uri.find("//") + 2;
    uri.replace(begin, uri.find('@') - begin, name + ":guest");
    const auto refused = migrate(uri);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::permission_denied);
    EXPECT_THAT(refused.error().hint, HasSubstr("create a schema"));
}

TEST(Migrate, AServerThatIsAwayIsThrown) {
    EXPECT_THROW(
        [[maybe_unused]] const auto applied = migrate("postgresql:///x?host=/nowhere"),
        postgres::DatabaseError
    );
    EXPECT_THROW((void)migration_level("postgresql:///x?host=/nowhere"), postgres::DatabaseError);
}

TEST(Reset, EmptiesTheDatabaseAndMigratesAnew) {
    const std::string uri = support::test_database();
    ASSERT_TRUE(reset(uri)) << "an empty database is fine too";
    make_postgres_store(uri)->set_variable({"a", "1", ""});
    Link(uri).exec("create table mine as select 1 as a");
    ASSERT_TRUE(reset(uri));
    EXPECT_EQ(make_postgres_store(uri)->list_variables({}).total, 0U);
    EXPECT_EQ(migration_level(uri), static_cast<int>(all_migrations().size()));
    EXPECT_EQ(Link(uri).exec("select a from mine").at(0, 0), "1") << "others' tables stay";
}

TEST(Reset, TakesADatabaseOfANewerProgramBack) {
    const std::string uri = support::test_database();
    ASSERT_TRUE(migrate(uri));
    Link(uri).exec("insert into reel.migration (number, name) values (999, 'from_the_future')");
    EXPECT_TRUE(reset(uri));
    EXPECT_EQ(migration_level(uri), static_cast<int>(all_migrations().size()));
}

}  // namespace

}  // namespace reel::store
