#include <gtest/gtest.h>

#include <thread>

#include "integration/postgres/own_cluster.hpp"
#include "reel/postgres/database.hpp"
#include "reel/postgres/link.hpp"
#include "support/test_cluster.hpp"

namespace reel::postgres {

namespace {

class DatabaseFailures : public SharedClusterTest {};

TEST_F(DatabaseFailures, ReconnectsAfterTheServerWasRestarted) {
    const auto database = make_database({.uri = own.uri()});
    database->transact([&](Transaction& transaction) {
        // A second connection for the pool: all of them are dead after the restart.
        database->ping();
        transaction.exec("select 1");
    });

    ASSERT_TRUE(own.cluster().stop());
    EXPECT_EQ(database_error_of([&] { database->ping(); }).kind(), FailureKind::transient);
    EXPECT_EQ(database_error_of([&] { database->ping(); }).kind(), FailureKind::transient);
    ASSERT_TRUE(own.cluster().ensure_running());

    EXPECT_NO_THROW(database->ping());
    EXPECT_NO_THROW(database->ping());
}

TEST_F(DatabaseFailures, IdleConnectionsThatARestartEndedAreReplacedUnnoticed) {
    const auto database = make_database({.uri = own.uri()});
    database->transact([&](Transaction&) { database->ping(); });
    ASSERT_TRUE(own.cluster().stop());
    ASSERT_TRUE(own.cluster().ensure_running());
    EXPECT_NO_THROW(database->ping());
    EXPECT_NO_THROW(database->transact([&](Transaction&) { database->ping(); }));
}

TEST_F(DatabaseFailures, AConnectionLostInATransactionIsTransient) {
    const auto database = make_database({.uri = support::test_database()});
    const DatabaseError error = database_error_of([&] {
        database->transact([&](Transaction& transaction) {
            const auto pid = transaction.exec("select pg_backend_pid()").at(0, 0);
            (void)database->query("select pg_terminate_backend($1::int)", {pid});
            transaction.exec("select 1");
        });
    });
    EXPECT_EQ(error.kind(), FailureKind::transient);
    EXPECT_NO_THROW(database->ping());
}

TEST_F(DatabaseFailures, AConnectionLostDuringCommitIsInDoubt) {
    const std::string uri = support::test_database();
    Link(uri).exec_script(R"(
        create table t (a int);
        create function die() returns trigger language plpgsql as
            'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
        create constraint trigger dies after insert on t deferrable initially deferred
            for each row execute function die();)");
    const auto database = make_database({.uri = uri});
    const DatabaseError error = database_error_of([&] {
        database->transact([](Transaction& transaction) {
            transaction.exec("insert into t values (1)");
        });
    });
    EXPECT_EQ(error.kind(), FailureKind::in_doubt);
    EXPECT_NO_THROW(database->ping());
}

TEST_F(DatabaseFailures, AConstraintCheckedAtCommitIsAConflict) {
    const auto database = make_database({.uri = support::test_database()});
    (void)database->query("create table t (a int unique deferrable initially deferred)");
    const DatabaseError error =
        database_error_of([&] { (void)database->query("insert into t values (1), (1)"); });
    EXPECT_EQ(error.kind(), FailureKind::conflict);
    EXPECT_EQ(error.sqlstate(), "23505");
}

TEST_F(DatabaseFailures, ADeadlockIsTransient) {
    const std::string uri = support::test_database();
    Link first(uri);
    Link second(uri);
    (void)first.exec_script("create table t (a int); create table u (a int)");
    (void)first.exec_script("begin; set deadlock_timeout = '10ms'; lock table t");
    (void)second.exec_script("begin; set deadlock_timeout = '10s'; lock table u");
    const std::jthread waiting([&] { (void)second.exec("lock table t"); });
    const DatabaseError error = database_error_of([&] { (void)first.exec("lock table u"); });
    (void)first.exec("rollback");
    EXPECT_EQ(error.kind(), FailureKind::transient);
    EXPECT_EQ(error.sqlstate(), "40P01");
}

}  // namespace

}  // namespace reel::postgres
