#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "warehouse/infer/column_counts.hpp"

namespace reel::warehouse {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

ColumnFacts facts_of(const std::vector<std::string>& cells, std::size_t most_distinct = 1000) {
    ValueClassifier classifier;
    ColumnFacts facts("c", most_distinct);
    std::uint64_t line = 1;
    for (const auto& cell : cells) facts.take(cell, ++line, classifier);
    return facts;
}

ColumnChoice choice_of(const std::vector<std::string>& cells) {
    return choose_type(facts_of(cells));
}

std::string type_of(const std::vector<std::string>& cells) {
    const auto choice = choice_of(cells);
    return choice.type.sql() + (choice.format.empty() ? "" : " " + choice.format) +
           (choice.not_null ? " not null" : "");
}

TEST(ColumnChoice, IsTheTypeOfAColumnOfOneKind) {
    EXPECT_EQ(type_of({"true", "False"}), "boolean not null");
    EXPECT_EQ(type_of({"1", "-2147483648", "2147483647"}), "integer not null");
    EXPECT_EQ(type_of({"1", "2147483648"}), "bigint not null");
    EXPECT_EQ(type_of({"-2147483649"}), "bigint not null");
    EXPECT_EQ(type_of({"2020-01-31", ""}), "date");
    EXPECT_EQ(type_of({"2020-01-31 10:00"}), "timestamp not null");
    EXPECT_EQ(type_of({"2020-01-31 10:00Z"}), "timestamptz not null");
    EXPECT_EQ(type_of({"a", "b"}), "text not null");
    EXPECT_EQ(type_of({R"({"a": 1})", "[]"}), "jsonb not null");
    EXPECT_EQ(type_of({"[{'a': 1}]", "[]"}), "text not null");
    EXPECT_EQ(type_of({"31.12.2020", "01.02.2020"}), "date %d.%m.%Y not null");
    EXPECT_EQ(type_of({"12/31/2020", "01/02/2020"}), "date %m/%d/%Y not null");
}

TEST(ColumnChoice, IsTheLeastTypeThatTakesSeveralKinds) {
    EXPECT_EQ(type_of({"1", "2.5"}), "numeric(4,1) not null") << "with room for two digits";
    EXPECT_EQ(type_of({"102.700", "0.5"}), "numeric(8,3) not null");
    EXPECT_EQ(type_of({"0.1", "8.2e-05"}), "double precision not null");
    EXPECT_EQ(type_of({"1", "inf"}), "double precision not null");
    EXPECT_EQ(type_of({"0.12345678901234567891", "8.2e-05"}), "numeric not null");
    EXPECT_EQ(type_of({"0.12345678901234567891", "inf"}), "text not null");
    EXPECT_EQ(type_of({"2020-01-31", "2020-01-31 10:00"}), "timestamp not null");
}

TEST(ColumnChoice, IsTextWhereKindsDoNotGoTogether) {
    EXPECT_EQ(type_of({"true", "1"}), "text not null");
    EXPECT_EQ(type_of({"2020-01-31", "5"}), "text not null");
    EXPECT_EQ(type_of({"2020-01-31 10:00", "2020-01-31 10:00Z"}), "text not null");
    EXPECT_EQ(type_of({"2020-01-31", "2020-01-31 10:00Z"}), "text not null");
    EXPECT_EQ(type_of({"31/12/2020", "12/31/2020"}), "text not null") << "no format reads both";
    EXPECT_EQ(type_of({"01/02/2020"}), "text not null") << "day or month first?";
    EXPECT_EQ(type_of({"[1]", "a"}), "text not null");
    EXPECT_EQ(type_of({"", ""}), "text");
    EXPECT_EQ(type_of({}), "text");
}

TEST(ColumnChoice, KeepsWhatANumberWouldLoseAndSaysWhy) {
    EXPECT_EQ(type_of({"1", "007"}), "text not null");
    const auto zeros = choice_of({"12", "007", "08"});
    EXPECT_THAT(zeros.notes, Contains(HasSubstr("2 with leading zeros")));
    EXPECT_THAT(zeros.notes, Contains(HasSubstr("line 3: \"007\"")));
    EXPECT_THAT(choice_of({"+4912"}).notes, Contains(HasSubstr("1 with a plus sign")));
    EXPECT_THAT(
        choice_of({"1", "9223372036854775808"}).notes,
        Contains(HasSubstr("more digits than bigint"))
    );
}

TEST(ColumnChoice, SaysWhatANearlyCleanColumnHasWrong) {
    const auto choice = choice_of({"1", "2", "3", "1997-08-20", "x"});
    EXPECT_EQ(choice.reason, "3 of 5 are whole numbers, but not all");
    EXPECT_THAT(choice.notes, Contains("1 dates, the first in line 5: \"1997-08-20\""));
    EXPECT_THAT(choice.notes, Contains("1 other texts, the first in line 6: \"x\""));
}

TEST(ColumnChoice, TakesWordsForNullWhereTheyCannotBeValues) {
    const auto numbers = choice_of({"102.7", ".", "NaN", "."});
    EXPECT_EQ(numbers.type.sql(), "numeric(6,1)");
    EXPECT_THAT(numbers.null_values, ElementsAre("NaN", "."));
    EXPECT_FALSE(numbers.not_null);
    EXPECT_THAT(numbers.notes, Contains("2 times '.', taken for NULL"));
    const auto texts = choice_of({"a", "None"});
    EXPECT_TRUE(texts.null_values.empty());
    EXPECT_TRUE(texts.not_null) << "in a text it may be a name";
    EXPECT_THAT(texts.notes, Contains(HasSubstr("null_values: ['None']")));
    EXPECT_EQ(type_of({"NULL", "-"}), "text not null") << "nothing else tells the type";
}

TEST(ColumnChoice, NotesWhatElseTheValuesCouldBe) {
    EXPECT_THAT(choice_of({"0", "1"}).notes, Contains(HasSubstr("boolean would")));
    EXPECT_THAT(
        choice_of({"1260759144", "1494520936"}).notes, Contains(HasSubstr("format: epoch}"))
    );
    EXPECT_THAT(
        choice_of({"1260759144000", "1494520936123"}).notes, Contains(HasSubstr("epoch_ms"))
    );
    EXPECT_THAT(choice_of({" 5", "6"}).notes, Contains("blanks around 1 values do not count"));
    EXPECT_THAT(
        choice_of({"[{'id': 1, 'name': 'a'}, {'id': 2, 'name': None}]", "[]"}).notes,
        testing::ElementsAre(
            "lists of maps, 2 elements in all, at most 2; keys: id (integer), name (string, not "
            "always)",
            "`each: c` makes a table of its elements"
        )
    );
}

TEST(ColumnChoice, MayBeAKeyWhereEqualityIsPlain) {
    const auto may = [](const std::vector<std::string>& cells) {
        const auto facts = facts_of(cells);
        return may_be_key(facts, choose_type(facts));
    };
    EXPECT_TRUE(may({"1", "2"}));
    EXPECT_TRUE(may({"a", "b"}));
    EXPECT_TRUE(may({"2020-01-01"}));
    EXPECT_FALSE(may({"1", " 2"})) << "blanks make two spellings of one number";
    EXPECT_FALSE(may({"1.5", "2.0"}));
    EXPECT_FALSE(may({"true"}));
    EXPECT_FALSE(may({"[1]", "[2]"}));
    EXPECT_FALSE(may({R"({"a": 1})"}));
    EXPECT_FALSE(may({std::string(300, 'x')}));
}

TEST(ColumnFacts, CountNullsValuesWidthsAndExamples) {
    const auto facts = facts_of({"", "abc", "", "de", "abc", "f", "g"});
    EXPECT_EQ(facts.empty, 2U);
    EXPECT_EQ(facts.values, 5U);
    EXPECT_EQ(facts.least_bytes, 1U);
    EXPECT_EQ(facts.most_bytes, 3U);
    EXPECT_EQ(facts.distinct.count(), 4U);
    EXPECT_THAT(facts.examples, ElementsAre("\"abc\"", "\"de\"", "\"f\""));
    EXPECT_EQ(facts.is_unique(), false);
    const auto choice = choose_type(facts);
    EXPECT_EQ(nulls_of(facts, choice), 2U);
    EXPECT_EQ(distinct_of(facts, choice), 4U);
}

TEST(ColumnFacts, CountNullWordsAsTheChoiceTakesThem) {
    const auto facts = facts_of({"5", "NA", "6", "NA", ""});
    const auto choice = choose_type(facts);
    EXPECT_EQ(nulls_of(facts, choice), 3U);
    EXPECT_EQ(distinct_of(facts, choice), 2U);
}

TEST(ColumnFacts, KnowThatValuesAreUniqueUpToALimitOrWhereTheyAscend) {
    EXPECT_EQ(facts_of({"b", "a"}, 2).is_unique(), true);
    EXPECT_EQ(facts_of({"c", "b", "a"}, 2).is_unique(), std::nullopt);
    EXPECT_EQ(facts_of({"c", "c", "b", "a"}, 2).is_unique(), false);
    EXPECT_EQ(facts_of({"1", "2", "10", "11"}, 2).is_unique(), true) << "each is the greatest yet";
    EXPECT_EQ(facts_of({"1", "3", "2"}, 2).is_unique(), std::nullopt);
}

TEST(ColumnFacts, MakeExamplesThatKeepACommentsLine) {
    EXPECT_EQ(quoted_example("a\nb\t\"c\""), R"("a\nb\t\"c\"")");
    EXPECT_EQ(quoted_example("\x01"), R"("\\x01")");
    EXPECT_LT(quoted_example(std::string(1000, 'x')).size(), 60U);
}

}  // namespace
}  // namespace reel::warehouse
