#include "postgres/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::postgres {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LineOfCharacter, CountsCharactersNotBytes) {
    const std::string_view sql = "größe\nx\n\ny";
    EXPECT_EQ(line_of_character(sql, 1), 1U);
    EXPECT_EQ(line_of_character(sql, 5), 1U);
    EXPECT_EQ(line_of_character(sql, 7), 2U);
    EXPECT_EQ(line_of_character(sql, 10), 4U);
}

TEST(LineOfCharacter, BeyondTheEndIsTheLastLine) {
    EXPECT_EQ(line_of_character("a\nb", 99), 2U);
    EXPECT_EQ(line_of_character("", 1), 1U);
}

TEST(StatementLines, AreWhereStatementsBegin) {
    EXPECT_THAT(statement_lines("select 1; select 2;\n\n  select\n 3"), ElementsAre(1, 1, 3));
}

TEST(StatementLines, OfNothingAreNone) {
    EXPECT_THAT(statement_lines(""), IsEmpty());
    EXPECT_THAT(statement_lines(" \n -- only a comment\n ;; /* x; */ ;"), IsEmpty());
}

TEST(StatementLines, PassOverQuotes) {
    EXPECT_THAT(
        statement_lines("select 'a;''b;\n;';\nselect \"x;\"\"y\";\nz"), ElementsAre(1, 3, 4)
    );
}

TEST(StatementLines, PassOverBackslashQuotesOnlyInEStrings) {
    EXPECT_THAT(statement_lines("select e'a\\';b';\nx"), ElementsAre(1, 2));
    EXPECT_THAT(statement_lines("select 'a\\';\nx"), ElementsAre(1, 2));
    EXPECT_THAT(statement_lines("select type'a\\';\nx"), ElementsAre(1, 2));
}

TEST(StatementLines, PassOverDollarQuotes) {
    EXPECT_THAT(
        statement_lines("do $$ begin; end; $$;\ndo $x$ ; $y$ ; $$ ; $x$;\nselect $1;\nz"),
        ElementsAre(1, 2, 3, 4)
    );
}

TEST(StatementLines, PassOverCommentsWithinEachOther) {
    EXPECT_THAT(
        statement_lines("/* a; /* b; */ c; */ select 1 -- ; x\n;\n select 2"), ElementsAre(1, 3)
    );
}

TEST(StatementLines, OfUnfinishedTextEndWithIt) {
    for (const char* sql :
         {"select 'a;", "select \"a;", "do $$ a;", "select 1 /* a;", "select e'\\"}) {
        EXPECT_THAT(statement_lines(sql), ElementsAre(1)) << sql;
    }
}

TEST(StatementLines, TakeADollarInANameForItsPart) {
    EXPECT_THAT(statement_lines("select a$b$c;\nselect $b$;"), ElementsAre(1, 2));
}

}  // namespace

}  // namespace reel::postgres
