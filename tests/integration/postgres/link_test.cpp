#include "reel/postgres/link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>

#include "support/test_cluster.hpp"

namespace reel::postgres {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

DatabaseError error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const DatabaseError& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {FailureKind::bug, "", ""};
}

// As psql and everything else of the system does.
TEST(Link, LooksForTheSocketOfAServerWithoutAHostWhereDebianHasIt) {
    const DatabaseError error = error_of([] { const Link link("postgresql:///nobody?port=1"); });
    EXPECT_THAT(error.what(), HasSubstr("/var/run/postgresql/.s.PGSQL.1"));
}

TEST(Link, SendsParametersAndReadsRowsWithNulls) {
    Link link(support::test_database());
    const Rows rows = link.exec("select $1::text as a, $2::int as b", {"it's", std::nullopt});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_THAT(rows.columns(), ElementsAre("a", "b"));
    EXPECT_EQ(rows.at(0, "a"), "it's");
    EXPECT_EQ(rows.at(0, 1), std::nullopt);
    EXPECT_THROW((void)rows.at(0, "c"), std::out_of_range);
    EXPECT_THROW((void)rows.at(1, 0), std::out_of_range);
}

TEST(Link, TakesArrayLiterals) {
    Link link(support::test_database());
    const std::vector<Param> values = {"plain", "a,b", "say \"x\"", "back\\slash", "", "NULL", {}};
    const Rows rows = link.exec("select unnest($1::text[])", {array_literal(values)});
    ASSERT_EQ(rows.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(rows.at(i, 0), values[i]);
}

TEST(Link, RefusesTextWithANul) {
    Link link(support::test_database());
    const DatabaseError error =
        error_of([&] { (void)link.exec("select $1::text", {std::string("a\0b", 3)}); });
    EXPECT_EQ(error.kind(), FailureKind::bug);
    EXPECT_EQ(error.sqlstate(), "22021");
}

TEST(Link, ScriptGivesTheLastStatementsRows) {
    Link link(support::test_database());
    const Rows rows = link.exec_script(
        "create table t (a int); insert into t values (1), (2);\n"
        "select a from t order by a;"
    );
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows.at(1, 0), "2");
    EXPECT_EQ(link.exec("delete from t").affected(), 2U);
    EXPECT_TRUE(link.exec_script("").empty());
}

TEST(Link, ScriptErrorNamesTheLineOfASyntaxError) {
    Link link(support::test_database());
    const DatabaseError error =
        error_of([&] { (void)link.exec_script("-- größer\nselect 1;\nselect\n  1 frm;\n x y"); });
    EXPECT_EQ(error.sqlstate(), "42601");
    EXPECT_EQ(error.kind(), FailureKind::bug);
    EXPECT_THAT(error.what(), HasSubstr("line 5: "));
}

TEST(Link, ScriptErrorNamesTheLineOfAnUnknownTable) {
    Link link(support::test_database());
    const DatabaseError error =
        error_of([&] { (void)link.exec_script("select 1;\n/* ü */ select * from missing;"); });
    EXPECT_EQ(error.sqlstate(), "42P01");
    EXPECT_THAT(error.what(), HasSubstr("line 2: relation \"missing\" does not exist"));
}

TEST(Link, ScriptErrorWithoutAPositionNamesTheLineOfItsStatement) {
    Link link(support::test_database());
    const DatabaseError error = error_of([&] {
        (void)link.exec_script("select ';' as a;\n\n;\n  select 1 / 0;\nselect 2");
    });
    EXPECT_EQ(error.sqlstate(), "22012");
    EXPECT_THAT(error.what(), HasSubstr("line 4: division by zero"));
}

TEST(Link, ScriptWithCopyFailsInsteadOfWaiting) {
    Link link(support::test_database());
    const DatabaseError error = error_of([&] {
        (void)link.exec_script("create table t (a int); copy t from stdin; select 1");
    });
    EXPECT_EQ(error.kind(), FailureKind::bug);
    EXPECT_EQ(link.exec("select 1").at(0, 0), "1");
}

TEST(Link, CopiesRowsIn) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int, b text)");
    link.copy_begin("copy t from stdin");
    link.copy_data(bytes_of("1\tone\n2\t"));
    link.copy_data(bytes_of("two\n3\t\\N\n"));
    EXPECT_EQ(link.copy_end(), 3U);
    const Rows rows = link.exec("select b from t order by a");
    EXPECT_EQ(rows.at(1, 0), "two");
    EXPECT_EQ(rows.at(2, 0), std::nullopt);
}

TEST(Link, CopyOfBadDataFailsAndLeavesTheConnectionUsable) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int)");
    link.copy_begin("copy t from stdin");
    link.copy_data(bytes_of("1\nx\n"));
    const DatabaseError error = error_of([&] { (void)link.copy_end(); });
    EXPECT_EQ(error.sqlstate(), "22P02");
    EXPECT_THAT(error.what(), HasSubstr("COPY t, line 2, column a"));
    EXPECT_EQ(link.exec("select count(*) from t").at(0, 0), "0");
}

TEST(Link, CopyAbortLeavesNoRows) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int)");
    link.copy_begin("copy t from stdin");
    link.copy_data(bytes_of("1\n"));
    link.copy_abort("the source is broken");
    EXPECT_EQ(link.exec("select count(*) from t").at(0, 0), "0");
}

TEST(Link, CopyBeginRefusesAnythingElse) {
    Link link(support::test_database());
    EXPECT_EQ(error_of([&] { link.copy_begin("select 1"); }).kind(), FailureKind::bug);
    EXPECT_EQ(
        error_of([&] { link.copy_begin("copy (select 1) to stdout"); }).kind(), FailureKind::bug
    );
    EXPECT_EQ(link.exec("select 1").at(0, 0), "1");
}

TEST(Link, ForwardsNotices) {
    Link link(support::test_database());
    std::vector<std::string> notices;
    link.on_notice([&](const std::string& text) { notices.push_back(text); });
    (void)link.exec("drop table if exists missing");
    EXPECT_THAT(notices, ElementsAre("table \"missing\" does not exist, skipping"));
}

TEST(Link, KnowsTheServerAndQuotes) {
    const Link link(support::test_database());
    EXPECT_GE(link.server_version(), 130000);
    EXPECT_EQ(link.quote_identifier("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(link.quote_literal("it's"), "'it''s'");
    EXPECT_EQ(error_of([&] { (void)link.quote_identifier("\xff"); }).kind(), FailureKind::bug);
}

TEST(Link, ConstraintViolationIsAConflictThatShowsNoWholeRow) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int primary key, password text check (length(password) > 9))"
    );
    (void)link.exec("insert into t values (1, '0123456789')");
    const DatabaseError duplicate =
        error_of([&] { (void)link.exec("insert into t values (1, '0123456789')"); });
    EXPECT_EQ(duplicate.kind(), FailureKind::conflict);
    EXPECT_EQ(duplicate.sqlstate(), "23505");
    const DatabaseError checked =
        error_of([&] { (void)link.exec("insert into t values (2, 'hunter2')"); });
    EXPECT_EQ(checked.kind(), FailureKind::conflict);
    EXPECT_THAT(checked.what(), Not(HasSubstr("hunter2")));
}

TEST(Link, AServerThatIsNotThereIsTransient) {
    const DatabaseError error =
        error_of([] { const Link link("postgresql://u:secret1@/db?host=/nowhere"); });
    EXPECT_EQ(error.kind(), FailureKind::transient);
    EXPECT_THAT(error.what(), Not(HasSubstr("secret1")));
}

TEST(Link, AWrongPasswordOrDatabaseIsNot) {
    std::string uri = support::test_database();
    // The tests' own user needs no password here.
    const std::size_t user = uri.find("reel:");
    const std::size_t end = uri.find('@');
    const DatabaseError refused = error_of([&] {
        const Link link(std::string(uri).replace(user, end - user, "somebody:wrongpassword"));
    });
    EXPECT_EQ(refused.kind(), FailureKind::bug);
    EXPECT_THAT(refused.what(), HasSubstr("password authentication failed"));
    EXPECT_THAT(refused.what(), Not(HasSubstr("wrongpassword")));
    const std::size_t name = uri.find("/test_") + 1;
    const DatabaseError missing =
        error_of([&] { const Link link(uri.replace(name, uri.find('?') - name, "missing")); });
    EXPECT_EQ(missing.kind(), FailureKind::bug);
}

TEST(Link, TextThatIsNoUriIsNotQuoted) {
    const DatabaseError error = error_of([] { const Link link("postgresql://u:secret1@[::1/x"); });
    EXPECT_EQ(error.kind(), FailureKind::bug);
    EXPECT_THAT(error.what(), Not(HasSubstr("secret1")));
}

TEST(LinkTransaction, RollsBackUnlessCommitted) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int)");
    {
        const LinkTransaction transaction(link);
        (void)link.exec("insert into t values (1)");
    }
    EXPECT_EQ(link.exec("select count(*) from t").at(0, 0), "0");
    LinkTransaction transaction(link);
    (void)link.exec("insert into t values (1)");
    transaction.commit();
    EXPECT_EQ(link.exec("select count(*) from t").at(0, 0), "1");
}

TEST(LinkTransaction, WithAFailedStatementDoesNotCommit) {
    Link link(support::test_database());
    {
        LinkTransaction transaction(link);
        EXPECT_THROW((void)link.exec("select 1 / 0"), DatabaseError);
        EXPECT_EQ(error_of([&] { transaction.commit(); }).sqlstate(), "25P02");
    }
    EXPECT_EQ(link.exec("select 1").at(0, 0), "1");
}

TEST(LinkTransaction, ConnectionLostDuringCommitIsInDoubt) {
    Link link(support::test_database());
    (void)link.exec_script(R"(
        create table t (a int);
        create function die() returns trigger language plpgsql as
            'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
        create constraint trigger dies after insert on t deferrable initially deferred
            for each row execute function die();)");
    LinkTransaction transaction(link);
    (void)link.exec("insert into t values (1)");
    EXPECT_EQ(error_of([&] { transaction.commit(); }).kind(), FailureKind::in_doubt);
}

TEST(LinkTransact, GivesTheRowsOfEveryStatement) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int)");
    const std::vector<Statement> batch = {
        {.sql = "insert into t select unnest($1::int[]) returning a", .params = {"{1,2,3}"}},
        {.sql = "update t set a = a + $1::int", .params = {"10"}},
        {.sql = "select sum(a), $1::text from t", .params = {std::nullopt}},
    };
    for (const char* const sum : {"36", "102"}) {
        const auto rows = link.transact(batch);
        ASSERT_EQ(rows.size(), 3U);
        EXPECT_EQ(rows[0].size(), 3U);
        EXPECT_EQ(rows[2].at(0, 0), sum);
        EXPECT_EQ(rows[2].at(0, 1), std::nullopt);
    }
    EXPECT_EQ(link.exec("select count(*) from pg_prepared_statements").at(0, 0), "3");
}

TEST(LinkTransact, AFailureUndoesWhatStandsBeforeItAndSkipsTheRest) {
    Link link(support::test_database());
    (void)link.exec("create table t (a int)");
    const Statement insert{.sql = "insert into t values ($1::int)", .params = {"1"}};
    const Statement fail{.sql = "select 1 / $1::int", .params = {"0"}};
    const std::vector<Statement> batch = {insert, fail, insert};
    for (int round = 0; round < 2; ++round) {
        const DatabaseError error = error_of([&] { (void)link.transact(batch); });
        EXPECT_EQ(error.sqlstate(), "22012");
        EXPECT_EQ(error.kind(), FailureKind::bug);
    }
    EXPECT_EQ(link.exec("select count(*) from t").at(0, 0), "0");
    const std::vector<Statement> good = {insert};
    EXPECT_EQ(link.transact(good).at(0).affected(), 1U) << "the link goes on";
}

TEST(LinkTransact, AStatementThatCannotBePreparedIsTriedAnewNextTime) {
    Link link(support::test_database());
    const std::vector<Statement> batch = {
        {.sql = "select 1", .params = {}}, {.sql = "select a from t", .params = {}}
    };
    EXPECT_EQ(error_of([&] { (void)link.transact(batch); }).sqlstate(), "42P01");
    (void)link.exec("create table t (a int)");
    EXPECT_EQ(link.transact(batch).size(), 2U);
}

TEST(LinkTransact, AConnectionThatDiesUnderwayIsInDoubt) {
    Link link(support::test_database());
    const std::vector<Statement> batch = {
        {.sql = "select pg_terminate_backend(pg_backend_pid())", .params = {}}
    };
    EXPECT_EQ(error_of([&] { (void)link.transact(batch); }).kind(), FailureKind::in_doubt);
}

TEST(LinkTransact, RefusesTextWithANul) {
    Link link(support::test_database());
    const std::vector<Statement> batch = {
        {.sql = "select $1::text", .params = {std::string("a\0b", 3)}}
    };
    EXPECT_EQ(error_of([&] { (void)link.transact(batch); }).sqlstate(), "22021");
}

TEST(Link, KnowsWhenTheServerHasEndedIt) {
    const std::string uri = support::test_database();
    Link link(uri);
    EXPECT_FALSE(link.has_ended());
    const std::string pid = *link.exec("select pg_backend_pid()").at(0, 0);
    (void)Link(uri).exec("select pg_terminate_backend($1::int, 10000)", {pid});
    EXPECT_TRUE(link.has_ended());
}

bool becomes_readable(const Link& link) {
    constexpr int patience_ms = 10'000;
    pollfd socket{.fd = link.socket(), .events = POLLIN, .revents = 0};
    return ::poll(&socket, 1, patience_ms) == 1;
}

TEST(Link, HearsWhatItListensTo) {
    const std::string uri = support::test_database();
    Link link(uri);
    (void)link.exec("listen one");
    (void)link.exec("listen two");
    EXPECT_THAT(link.take_notifications(), testing::IsEmpty());
    Link other(uri);
    other.exec_script("begin; notify one; notify one; notify three; notify two; commit");
    ASSERT_TRUE(becomes_readable(link));
    EXPECT_THAT(link.take_notifications(), ElementsAre("one", "two")) << "each once";
    EXPECT_THAT(link.take_notifications(), testing::IsEmpty());
}

TEST(Link, KnowsWhenThereIsNothingMoreToHear) {
    const std::string uri = support::test_database();
    Link link(uri);
    const std::string pid = *link.exec("select pg_backend_pid()").at(0, 0);
    (void)Link(uri).exec("select pg_terminate_backend($1::int, 10000)", {pid});
    ASSERT_TRUE(becomes_readable(link));
    const DatabaseError error = error_of([&] {
        // The farewell and the end may come one after the other.
        (void)link.take_notifications();
        (void)becomes_readable(link);
        (void)link.take_notifications();
    });
    EXPECT_EQ(error.kind(), FailureKind::transient);
}

TEST(Link, AConnectionThatDiedIsTransient) {
    const std::string uri = support::test_database();
    Link link(uri);
    const std::string pid = *link.exec("select pg_backend_pid()").at(0, 0);
    (void)Link(uri).exec("select pg_terminate_backend($1::int)", {pid});
    const DatabaseError error = error_of([&] { (void)link.exec("select 1"); });
    EXPECT_EQ(error.kind(), FailureKind::transient);
}

TEST(Link, PreparesAheadWhatATransactionSendsLater) {
    Link link(support::test_database());
    constexpr std::string_view known = "select $1::int + 1";
    link.prepare(std::array<std::string_view, 2>{known, "select 2"});
    constexpr const char* count = "select count(*) from pg_prepared_statements";
    EXPECT_EQ(link.exec(count).at(0, 0), "2");
    const auto rows = link.transact(std::array{Statement{.sql = known, .params = {"41"}}});
    EXPECT_EQ(rows.at(0).at(0, 0), "42");
    EXPECT_EQ(link.exec(count).at(0, 0), "2") << "it is the same one";
    const auto error =
        error_of([&] { link.prepare(std::array<std::string_view, 1>{"select no"}); });
    EXPECT_EQ(error.sqlstate(), "42703");
    EXPECT_EQ(link.exec("select 1").at(0, 0), "1") << "the link goes on";
}

}  // namespace

}  // namespace reel::postgres
