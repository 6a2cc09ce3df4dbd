#include "reel/postgres/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>

#include "integration/postgres/own_cluster.hpp"
#include "support/test_cluster.hpp"

namespace reel::postgres {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<Database> a_database(std::size_t max_connections = 4) {
    return make_database({.uri = support::test_database(), .max_connections = max_connections});
}

TEST(Database, RunsOneStatementWithParameters) {
    const auto database = a_database();
    const Rows rows = database->query("select $1::int + 1 as n, $2::text as t", {"41", {}});
    EXPECT_THAT(rows.columns(), ElementsAre("n", "t"));
    EXPECT_EQ(rows.at(0, "n"), "42");
    EXPECT_EQ(rows.at(0, "t"), std::nullopt);
}

TEST(Database, ReadsWithoutATransactionAroundIt) {
    const auto database = a_database(1);
    EXPECT_EQ(database->read("select $1::int + 1", {"41"}).at(0, 0), "42");
    EXPECT_EQ(database_error_of([&] { (void)database->read("select 1 / 0"); }).sqlstate(), "22012");
    EXPECT_EQ(database->read("select 1").at(0, 0), "1") << "the connection is as it was";
    EXPECT_NO_THROW((void)database->read("vacuum pg_class")) << "which cannot run in one";
}

TEST(Database, CountsAffectedRows) {
    const auto database = a_database();
    (void)database->query("create table t (a int)");
    EXPECT_EQ(database->query("insert into t select generate_series(1, 3)").affected(), 3U);
    EXPECT_EQ(database->query("update t set a = 0 where a > 1").affected(), 2U);
}

TEST(Database, CommitsATransaction) {
    const auto database = a_database();
    database->transact([](Transaction& transaction) {
        transaction.exec("create table t (a int)");
        transaction.exec("insert into t values (1)");
    });
    EXPECT_EQ(database->query("select count(*) from t").at(0, 0), "1");
}

TEST(Database, RollsBackWhenTheWorkThrows) {
    const auto database = a_database();
    (void)database->query("create table t (a int)");
    EXPECT_THROW(
        database->transact([](Transaction& transaction) {
            transaction.exec("insert into t values (1)");
            throw std::runtime_error("no");
        }),
        std::runtime_error
    );
    EXPECT_EQ(database->query("select count(*) from t").at(0, 0), "0");
}

TEST(Database, CommitsWhatASavepointKept) {
    const auto database = a_database();
    database->transact([](Transaction& transaction) {
        transaction.exec("create table t (a int)");
        transaction.exec("savepoint s");
        transaction.exec("insert into t values (1)");
        EXPECT_THROW(transaction.exec("select nonsense"), DatabaseError);
        EXPECT_THROW(transaction.exec("select 1"), DatabaseError) << "until it is rolled back";
        transaction.exec("rollback to savepoint s");
        transaction.exec("insert into t values (2)");
    });
    const Rows rows = database->query("select a from t");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.at(0, 0), "2");
}

TEST(Database, AConnectionWhoseWorkThrewIsUsedAgain) {
    const auto database = a_database(1);
    const auto pid = database->query("select pg_backend_pid()").at(0, 0);
    EXPECT_THROW((void)database->query("select nonsense"), DatabaseError);
    EXPECT_THROW(
        database->transact([](Transaction&) { throw std::runtime_error("no"); }), std::runtime_error
    );
    EXPECT_EQ(database->query("select pg_backend_pid()").at(0, 0), pid);
}

TEST(Database, DoesNotCommitAfterAFailedStatementThatWasIgnored) {
    const auto database = a_database();
    (void)database->query("create table t (a int)");
    const DatabaseError error = database_error_of([&] {
        database->transact([](Transaction& transaction) {
            transaction.exec("insert into t values (1)");
            EXPECT_THROW(transaction.exec("select 1 / 0"), DatabaseError);
        });
    });
    EXPECT_EQ(error.sqlstate(), "25P02");
    EXPECT_EQ(database->query("select count(*) from t").at(0, 0), "0");
}

TEST(Database, SortsFailures) {
    const auto database = a_database();
    (void)database->query("create table t (a int primary key)");
    (void)database->query("insert into t values (1)");
    const auto failure = [&](const char* sql) {
        return database_error_of([&] { (void)database->query(sql); });
    };
    EXPECT_EQ(failure("insert into t values (1)").kind(), FailureKind::conflict);
    EXPECT_EQ(failure("insert into t values (1)").sqlstate(), "23505");
    EXPECT_EQ(failure("selec 1").kind(), FailureKind::bug);
    EXPECT_EQ(failure("selec 1").sqlstate(), "42601");
    EXPECT_EQ(failure("select * from missing").sqlstate(), "42P01");
    EXPECT_THAT(failure("select * from missing").what(), HasSubstr("\"missing\" does not exist"));
    EXPECT_EQ(failure("do $$ begin raise sqlstate '40001'; end $$").kind(), FailureKind::transient);
    EXPECT_EQ(failure("do $$ begin raise sqlstate '40P01'; end $$").sqlstate(), "40P01");
    EXPECT_EQ(failure("do $$ begin raise sqlstate '53100'; end $$").kind(), FailureKind::transient);
}

TEST(Database, RefusesAParameterWithANul) {
    const auto database = a_database();
    const DatabaseError error = database_error_of([&] {
        (void)database->query("select $1::text", {std::string("a\0b", 3)});
    });
    EXPECT_EQ(error.kind(), FailureKind::bug);
}

TEST(Database, ReusesAConnection) {
    const auto database = a_database();
    const auto first = database->query("select pg_backend_pid()").at(0, 0);
    EXPECT_EQ(database->query("select pg_backend_pid()").at(0, 0), first);
    EXPECT_THROW((void)database->query("select 1 / 0"), DatabaseError);
    EXPECT_EQ(database->query("select pg_backend_pid()").at(0, 0), first);
}

TEST(Database, NeverOpensMoreConnectionsThanAllowed) {
    const auto database = a_database(2);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::vector<std::jthread> threads;
    threads.reserve(6);
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            database->transact([&](Transaction& transaction) {
                const int now = ++inside;
                int seen = most;
                while (now > seen && !most.compare_exchange_weak(seen, now)) {
                }
                transaction.exec("select pg_sleep(0.01)");
                --inside;
            });
        });
    }
    threads.clear();
    EXPECT_LE(most, 2);
}

TEST(Database, WaitsForAConnectionThatComesFreeBeforeItOpensOneMore) {
    const auto database =
        make_database({.uri = support::test_database(), .patience = std::chrono::minutes(1)});
    std::optional<std::string> first;
    std::optional<std::string> second;
    std::jthread other;
    database->transact([&](Transaction& transaction) {
        first = transaction.exec("select pg_backend_pid()").at(0, 0);
        std::binary_semaphore comes{0};
        other = std::jthread([&] {
            comes.release();
            second = database->read("select pg_backend_pid()").at(0, 0);
        });
        comes.acquire();
    });
    other.join();
    EXPECT_EQ(second, first);
}

TEST(Database, OpensOneMoreWhenNoneComesFree) {
    const auto database =
        make_database({.uri = support::test_database(), .patience = std::chrono::milliseconds(1)});
    database->transact([&](Transaction& transaction) {
        const auto first = transaction.exec("select pg_backend_pid()").at(0, 0);
        EXPECT_NE(database->read("select pg_backend_pid()").at(0, 0), first);
    });
}

TEST(Database, NamesItselfAndEndsStatementsInTime) {
    const auto database = make_database(
        {.uri = support::test_database(),
         .application_name = "it's reel",
         .statement_timeout_ms = 50}
    );
    EXPECT_EQ(database->query("show application_name").at(0, 0), "it's reel");
    const DatabaseError error =
        database_error_of([&] { (void)database->query("select pg_sleep(5)"); });
    EXPECT_EQ(error.sqlstate(), "57014");
}

TEST(Database, OpensNoConnectionBeforeItIsNeeded) {
    const auto database = make_database({.uri = "postgresql://u:secret1@/d?host=/nowhere"});
    const DatabaseError error = database_error_of([&] { database->ping(); });
    EXPECT_EQ(error.kind(), FailureKind::transient);
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret1")));
    EXPECT_EQ(database_error_of([&] { database->ping(); }).kind(), FailureKind::transient);
}

}  // namespace

}  // namespace reel::postgres
