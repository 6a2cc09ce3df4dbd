#include "warehouse/sql/statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> texts(std::string_view script) {
    std::vector<std::string> out;
    for (const auto& statement : split_statements(script).value()) {
        out.push_back(statement.text);
    }
    return out;
}

TEST(SplitStatements, CutsAtSemicolons) {
    EXPECT_THAT(texts("select 1; select 2"), ElementsAre("select 1", "select 2"));
    EXPECT_THAT(texts("select 1;\n"), ElementsAre("select 1"));
    EXPECT_THAT(texts(" ;;; select 1 ;; "), ElementsAre("select 1"));
}

TEST(SplitStatements, GivesNothingForBlanksAndComments) {
    EXPECT_THAT(texts(""), IsEmpty());
    EXPECT_THAT(texts(" \n-- only; a comment\n/* and; another */ ;"), IsEmpty());
}

TEST(SplitStatements, LeavesStringsAndNamesWhole) {
    EXPECT_THAT(texts("select ';' ; select 2"), ElementsAre("select ';'", "select 2"));
    EXPECT_THAT(texts("select 'it''s;' ; x"), ElementsAre("select 'it''s;'", "x"));
    EXPECT_THAT(texts(R"(select "a;""b" ; x)"), ElementsAre(R"(select "a;""b")", "x"));
}

TEST(SplitStatements, KnowsBackslashesInEscapeStringsOnly) {
    EXPECT_THAT(texts(R"(select E'\';' ; x)"), ElementsAre(R"(select E'\';')", "x"));
    EXPECT_THAT(texts(R"(select e'\\' ; x)"), ElementsAre(R"(select e'\\')", "x"));
    EXPECT_THAT(texts(R"(select '\' ; x)"), ElementsAre(R"(select '\')", "x"));
    EXPECT_THAT(texts(R"(select name'\' ; x)"), ElementsAre(R"(select name'\')", "x"));
}

TEST(SplitStatements, LeavesDollarQuotesWhole) {
    EXPECT_THAT(texts("do $$ begin; end $$; x"), ElementsAre("do $$ begin; end $$", "x"));
    EXPECT_THAT(
        texts("do $body$ a; $$ b; $$ $body$; x"), ElementsAre("do $body$ a; $$ b; $$ $body$", "x")
    );
}

TEST(SplitStatements, TellsDollarQuotesFromParametersAndNames) {
    EXPECT_THAT(texts("select $1; select $2"), ElementsAre("select $1", "select $2"));
    EXPECT_THAT(texts("select a$b$c; x"), ElementsAre("select a$b$c", "x"));
    EXPECT_THAT(texts("select 1 $ 2; x"), ElementsAre("select 1 $ 2", "x"));
}

TEST(SplitStatements, LeavesCommentsWhole) {
    EXPECT_THAT(texts("select 1 -- a;b\n+ 1; x"), ElementsAre("select 1 -- a;b\n+ 1", "x"));
    EXPECT_THAT(
        texts("select /* a; /* b; */ c; */ 1; x"), ElementsAre("select /* a; /* b; */ c; */ 1", "x")
    );
    EXPECT_THAT(texts("select 1 -- it's\n; x"), ElementsAre("select 1 -- it's", "x"));
    EXPECT_THAT(texts("select '--' ; x"), ElementsAre("select '--'", "x"));
}

TEST(SplitStatements, KnowsTheLineOfEachFirstWord) {
    const auto statements =
        split_statements("-- head\n\nselect 1,\n  'a\nb';\n\n  select 2;").value();
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_EQ(statements[0].line, 3);
    EXPECT_EQ(statements[1].line, 7);
}

TEST(SplitStatements, TakesTitlesFromTheCommentAbove) {
    const auto statements = split_statements(
                                "-- title: Highest rated movies\n-- with a minimum of ratings\n"
                                "select 1;\nselect 2;\n--title:Second\nselect 3"
    )
                                .value();
    ASSERT_EQ(statements.size(), 3U);
    EXPECT_EQ(statements[0].title, "Highest rated movies");
    EXPECT_EQ(statements[1].title, "");
    EXPECT_EQ(statements[2].title, "Second");
}

TEST(SplitStatements, IgnoresATitleInsideAStatement) {
    const auto statements = split_statements("select 1 -- title: no\n+ 1; select 2").value();
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_EQ(statements[0].title, "");
    EXPECT_EQ(statements[1].title, "");
}

TEST(SplitStatements, SaysWhereAnOpenQuoteBegan) {
    const auto check = [](std::string_view script, std::string_view message) {
        const auto statements = split_statements(script);
        ASSERT_FALSE(statements.has_value()) << script;
        EXPECT_EQ(statements.error().code, core::Errc::invalid_argument);
        EXPECT_THAT(statements.error().message, HasSubstr(std::string(message)));
    };
    check("select 1;\nselect 'a\nb", "line 2: a string begins here and never ends");
    check("select \"a", "line 1: a quoted name");
    check("\n\ndo $x$ ...", "line 3: a $x$ quote");
    check("/* a /* b */", "line 1: a /* comment");
}

TEST(FirstWord, IsLowerCase) {
    EXPECT_EQ(first_word("SELECT 1"), "select");
    EXPECT_EQ(first_word("commit"), "commit");
    EXPECT_EQ(first_word("(select 1)"), "");
    EXPECT_EQ(first_word(""), "");
}

}  // namespace

}  // namespace reel::warehouse
