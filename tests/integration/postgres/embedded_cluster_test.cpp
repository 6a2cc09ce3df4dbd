#include "reel/postgres/embedded_cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "integration/postgres/own_cluster.hpp"
#include "reel/postgres/link.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

unsigned mode_of(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777U;
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string show(const OwnCluster& own, const std::string& setting) {
    return Link(own.uri()).exec("show " + setting).at(0, 0).value();
}

class EmbeddedClusterTest : public SharedClusterTest {};

TEST_F(EmbeddedClusterTest, IsReachableByItsOwnerOverASocketAlone) {
    EXPECT_EQ(show(own, "listen_addresses"), "");
    EXPECT_EQ(show(own, "server_encoding"), "UTF8");
    EXPECT_EQ(show(own, "password_encryption"), "scram-sha-256");
    EXPECT_EQ(mode_of(own.directory()), 0700U);
    EXPECT_EQ(mode_of(own.directory() / "socket"), 0700U);
    EXPECT_EQ(mode_of(own.directory() / "password"), 0600U);
    EXPECT_THAT(text_of(own.directory() / "data" / "pg_hba.conf"), Not(HasSubstr("trust\n")));
}

TEST_F(EmbeddedClusterTest, ManyMayAskForTheSameNewDatabaseAtOnce) {
    constexpr int askers = 6;
    std::vector<core::Result<std::string>> uris(askers, std::string());
    std::vector<std::jthread> threads;
    for (auto& uri : uris) {
        threads.emplace_back([&] {
            auto cluster = start_embedded_cluster({.directory = own.directory()});
            uri = cluster ? (*cluster)->uri("together") : std::unexpected(cluster.error());
        });
    }
    threads.clear();
    for (const auto& uri : uris) {
        ASSERT_TRUE(uri) << uri.error().describe();
        EXPECT_NO_THROW(Link{*uri});
    }
}

TEST_F(EmbeddedClusterTest, NeedsItsPasswordAndTellsItNobody) {
    std::string password = text_of(own.directory() / "password");
    password.pop_back();
    EXPECT_GE(password.size(), 32U);
    std::string wrong = own.uri();
    wrong.replace(wrong.find(password), password.size(), "x");
    EXPECT_THROW(Link{wrong}, DatabaseError);
    const std::string argv =
        text_of(fs::path("/proc") / std::to_string(own.postmaster()) / "cmdline");
    EXPECT_THAT(argv, HasSubstr("postgres"));
    EXPECT_THAT(argv, Not(HasSubstr(password)));
    EXPECT_THAT(text_of(own.directory() / "server.log"), Not(HasSubstr(password)));
}

std::string verifier_at(const std::string& uri) {
    constexpr const char* sql = "select rolpassword from pg_authid where rolname = 'reel'";
    return Link(uri).exec(sql).at(0, 0).value();
}

TEST_F(EmbeddedClusterTest, ChecksItsRandomPasswordInOneRound) {
    EXPECT_THAT(verifier_at(own.uri()), StartsWith("SCRAM-SHA-256$1:"));
    EXPECT_GE(text_of(own.directory() / "password").size(), 64U) << "as many bits as the hash";
    EXPECT_FALSE(fs::exists(own.directory() / "verifier"));
}

TEST_F(EmbeddedClusterTest, MakesAnOlderClusterCheckItsPasswordInOneRound) {
    std::string password = text_of(own.directory() / "password");
    password.pop_back();
    Link(own.uri()).exec("alter role reel password '" + password + "'");
    ASSERT_THAT(verifier_at(own.uri()), StartsWith("SCRAM-SHA-256$4096:"));
    const auto again = own.start();
    ASSERT_TRUE(again) << again.error().describe();
    ASSERT_TRUE((*again)->uri("any"));
    EXPECT_THAT(verifier_at(own.uri()), StartsWith("SCRAM-SHA-256$1:"));
}

TEST_F(EmbeddedClusterTest, LeavesAPasswordOfAPersonAsItIs) {
    const std::string random = text_of(own.directory() / "password");
    Link(own.uri()).exec("alter role reel password 'chosen'");
    std::ofstream(own.directory() / "password") << "chosen\n";
    const auto again = own.start();
    ASSERT_TRUE(again) << again.error().describe();
    const auto uri = (*again)->uri("any");
    ASSERT_TRUE(uri);
    EXPECT_THAT(verifier_at(*uri), StartsWith("SCRAM-SHA-256$4096:"));
    Link(*uri).exec("alter role reel password '" + random.substr(0, random.size() - 1) + "'");
    std::ofstream(own.directory() / "password") << random;
}

TEST_F(EmbeddedClusterTest, MakesADatabaseWhenFirstAsked) {
    Link(own.uri("my data \"x\"")).exec("create table t (a int)");
    EXPECT_EQ(Link(own.uri("my data \"x\"")).exec("select count(*) from t").at(0, 0), "0");
    const auto again = own.start();
    ASSERT_TRUE(again);
    EXPECT_NO_THROW(Link((*again)->uri("my data \"x\"").value()).exec("select from t"));
}

TEST_F(EmbeddedClusterTest, TakesOverAServerThatRuns) {
    const pid_t before = own.postmaster();
    const auto second = own.start();
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_TRUE((*second)->is_running());
    EXPECT_EQ(own.postmaster(), before);
    EXPECT_NO_THROW(Link{(*second)->uri("postgres").value()});
    EXPECT_TRUE((*second)->stop());
    EXPECT_FALSE(own.cluster().is_running());
}

TEST_F(EmbeddedClusterTest, LivesInASessionOfItsOwn) {
    EXPECT_EQ(::getsid(own.postmaster()), own.postmaster());
}

TEST_F(EmbeddedClusterTest, StopsAndStartsAgainWithItsData) {
    Link(own.uri()).exec("create table kept as select 1 as a");
    EXPECT_TRUE(own.cluster().stop());
    EXPECT_FALSE(own.cluster().is_running());
    EXPECT_TRUE(own.cluster().stop()) << "a second time is fine";
    ASSERT_TRUE(own.cluster().ensure_running());
    ASSERT_TRUE(own.cluster().ensure_running()) << "a second time is fine";
    EXPECT_EQ(Link(own.uri()).exec("select a from kept").at(0, 0), "1");
}

TEST_F(EmbeddedClusterTest, StopsAlthoughSomebodyIsConnected) {
    Link link(own.uri());
    EXPECT_TRUE(own.cluster().stop());
    EXPECT_THROW((void)link.exec("select 1"), DatabaseError);
}

TEST_F(EmbeddedClusterTest, RecoversAfterItsServerWasKilled) {
    Link(own.uri()).exec("create table survivor as select 1 as a");
    own.kill_postmaster();
    EXPECT_FALSE(own.cluster().is_running());
    const auto restarted = own.start();
    ASSERT_TRUE(restarted) << restarted.error().describe();
    EXPECT_EQ(
        Link((*restarted)->uri("postgres").value()).exec("select a from survivor").at(0, 0), "1"
    );
}

TEST_F(EmbeddedClusterTest, StartsAlthoughALeftOverProcessIdIsSomebodyElses) {
    ASSERT_TRUE(own.cluster().stop());
    std::ofstream(own.directory() / "data" / "postmaster.pid")
        << ::getppid() << "\n/elsewhere\n1\n5432\n../socket\n\n  1 1\nready   \n";
    EXPECT_FALSE(own.cluster().is_running());
    const auto started = own.cluster().ensure_running();
    ASSERT_TRUE(started) << started.error().describe();
    EXPECT_NO_THROW(Link{own.uri()});
}

TEST_F(EmbeddedClusterTest, BeginsAnewAfterAHalfMadeOne) {
    const PrivateFolder folder;
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    options.durable = false;
    fs::create_directories(options.directory / "data.new");
    std::ofstream(options.directory / "data.new" / "PG_VERSION") << "15\n";
    const auto started = start_embedded_cluster(options);
    ASSERT_TRUE(started) << started.error().describe();
    EXPECT_NO_THROW(Link{(*started)->uri("postgres").value()});
    EXPECT_TRUE((*started)->stop());
}

TEST_F(EmbeddedClusterTest, TwoStartsAtOnceGiveOneServer) {
    const PrivateFolder folder;
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    options.durable = false;
    core::Result<std::unique_ptr<EmbeddedCluster>> first;
    core::Result<std::unique_ptr<EmbeddedCluster>> second;
    {
        const std::jthread one([&] { first = start_embedded_cluster(options); });
        const std::jthread two([&] { second = start_embedded_cluster(options); });
    }
    ASSERT_TRUE(first) << first.error().describe();
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_EQ((*first)->uri("postgres").value(), (*second)->uri("postgres").value());
    EXPECT_TRUE((*first)->stop());
    EXPECT_FALSE((*second)->is_running());
}

TEST_F(EmbeddedClusterTest, IsReachableUnderAPathTooLongForASocket) {
    const fs::path deep = fs::path(std::string(60, 'a')) / std::string(60, 'b') / "pg";
    const OwnCluster distant(deep);
    EXPECT_THAT(distant.uri(), HasSubstr("host=%2Ftmp%2Freel-"));
    EXPECT_NO_THROW(Link(distant.uri()).exec("select 1"));
    const auto again = distant.start();
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->uri("postgres").value(), distant.uri());
    const std::string link = distant.uri().substr(distant.uri().find("reel-"));
    EXPECT_TRUE(fs::remove(fs::path("/tmp") / link));
}

TEST_F(EmbeddedClusterTest, RunsBelowAFolderThatTheServersUserMayNotEnter) {
    const PrivateFolder closed;
    ASSERT_EQ(mode_of(closed.path()), 0700U);
    EmbeddedClusterOptions options;
    options.directory = closed.path() / "home" / ".reel" / "pg";
    options.durable = false;
    const auto started = start_embedded_cluster(options);
    ASSERT_TRUE(started) << started.error().describe();
    const std::string uri = (*started)->uri("metadata").value();
    Link(uri).exec("create table t as select generate_series(1, 1000) as a");
    Link(uri).exec("checkpoint");
    EXPECT_TRUE(fs::exists(closed.path() / "home" / ".reel" / "pg" / "data" / "PG_VERSION"));
    EXPECT_TRUE((*started)->stop());
}

TEST_F(EmbeddedClusterTest, MovesWithItsHomeWhileItRuns) {
    const PrivateFolder folder;
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "before" / "pg";
    options.durable = false;
    ASSERT_TRUE(start_embedded_cluster(options));
    fs::rename(folder.path() / "before", folder.path() / "after");
    options.directory = folder.path() / "after" / "pg";
    const auto moved = start_embedded_cluster(options);
    ASSERT_TRUE(moved) << moved.error().describe();
    EXPECT_NO_THROW(Link{(*moved)->uri("postgres").value()});
    EXPECT_TRUE((*moved)->stop());
}

}  // namespace

}  // namespace reel::postgres
