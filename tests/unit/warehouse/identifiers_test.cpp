#include "warehouse/identifiers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

TEST(Identifiers, AreQuotedSoThatCaseAndQuotesSurvive) {
    EXPECT_EQ(quote_identifier("movie_id"), R"("movie_id")");
    EXPECT_EQ(quote_identifier("Movie Id"), R"("Movie Id")");
    EXPECT_EQ(quote_identifier(R"(a"b)"), R"("a""b")");
    EXPECT_EQ(quote_identifier(R"("; drop table x; --)"), R"("""; drop table x; --")");
}

TEST(Literals, DoubleTheirQuotes) {
    EXPECT_EQ(quote_literal("plain"), "'plain'");
    EXPECT_EQ(quote_literal("it's"), "'it''s'");
    EXPECT_EQ(quote_literal(""), "''");
}

TEST(Literals, SayBackslashesTheSameUnderBothSettings) {
    EXPECT_EQ(quote_literal(R"(^\d+$)"), R"(E'^\\d+$')");
    EXPECT_EQ(quote_literal(R"(\')"), R"(E'\\''')");
}

TEST(Literals, LeaveOutNul) {
    EXPECT_EQ(quote_literal(std::string("a\0b", 3)), "'ab'");
}

TEST(QuoteList, PutsThePrefixBeforeEachName) {
    EXPECT_EQ(quote_list({"a", "b"}), R"("a", "b")");
    EXPECT_EQ(quote_list({"a", "b"}, "t."), R"(t."a", t."b")");
    EXPECT_EQ(quote_list({}), "");
}

TEST(TableName, HasTwoParts) {
    const auto name = parse_table_name("movies.genres");
    ASSERT_TRUE(name.has_value());
    EXPECT_EQ(*name, (TableName{"movies", "genres"}));
    EXPECT_EQ(name->quoted(), R"("movies"."genres")");
    EXPECT_EQ(name->readable(), "movies.genres");
}

TEST(TableName, WithoutASchemaIsInPublic) {
    EXPECT_EQ(parse_table_name("genres").value(), (TableName{"public", "genres"}));
}

TEST(TableName, RefusesWhatIsNone) {
    const std::vector<std::string> wrong{
        "", ".", "a.", ".b", "a.b.c", "a.\"b\"", "a\nb", "a." + std::string(64, 'x')
    };
    for (const auto& text : wrong) {
        const auto name = parse_table_name(text);
        ASSERT_FALSE(name.has_value()) << text;
        EXPECT_EQ(name.error().code, core::Errc::invalid_argument);
        EXPECT_THAT(name.error().hint, HasSubstr("schema.table"));
    }
}

TEST(TableName, MayHave63Bytes) {
    EXPECT_TRUE(parse_table_name(std::string(63, 's') + "." + std::string(63, 't')).has_value());
}

TEST(DidYouMean, NamesTheNearestOrNothing) {
    EXPECT_EQ(did_you_mean("tiltle", {"id", "title"}), " (did you mean 'title'?)");
    EXPECT_EQ(did_you_mean("zzzzzz", {"id", "title"}), "");
    EXPECT_EQ(did_you_mean("x", {}), "");
}

TEST(CommaList, Joins) {
    EXPECT_EQ(comma_list({"a", "b"}), "a, b");
    EXPECT_EQ(comma_list({}), "");
}

}  // namespace

}  // namespace reel::warehouse
