#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "warehouse/infer/value_kind.hpp"

namespace reel::warehouse {
namespace {

class ValueKinds : public testing::Test {
  protected:
    void expect(ValueKind kind, const std::vector<std::string>& texts) {
        for (const auto& text : texts) EXPECT_EQ(classifier.classify(text).kind, kind) << text;
    }

    ValueClassifier classifier;
};

TEST_F(ValueKinds, AreTheNarrowestThatATextHas) {
    expect(ValueKind::boolean, {"true", "False", "TRUE", " true "});
    expect(ValueKind::integer, {"0", "7", "-12", " 5", "9223372036854775807"});
    expect(ValueKind::decimal, {"0.5", "-3.25", ".5", "7.", "102.700"});
    expect(ValueKind::real, {"8.2e-05", "1E6", "inf", "-Infinity"});
    expect(ValueKind::date, {"2020-02-29", "1874-12-09"});
    expect(
        ValueKind::timestamp, {"2020-02-29 12:30", "2020-02-29T12:30:00.5", "2020-02-29 00:00:00"}
    );
    expect(ValueKind::timestamptz, {"2020-02-29T12:30:00Z", "2020-02-29 12:30:00+02"});
    expect(ValueKind::written_date, {"31.12.2020", "12/31/2020", "2020/12/31"});
    expect(ValueKind::list, {"[]", "[{'id': 1}]", R"({"a": [1]})", "{'a': None}"});
}

TEST_F(ValueKinds, AreTextWhereNothingElseFits) {
    expect(ValueKind::text, {"a",        " ",           "2021-02-29", "2021-02-29 10:00",
                             "1,5",      "1 2",         "0x1f",       "1e999",
                             "t",        "yes",         "12:30",      "31.02.2020",
                             "[1, 2",    "[a]",         "--1",        "{1, 2",
                             "\xC3\xA9", "1997-08-20x", "nonsense",   "infinitely",
                             "1.2.3"});
}

TEST_F(ValueKinds, AreTextWhereANumberWouldLoseSomething) {
    const std::vector<std::pair<std::string, Trap>> cases{
        {"007", Trap::leading_zeros},
        {"00", Trap::leading_zeros},
        {"-01", Trap::leading_zeros},
        {"00.5", Trap::leading_zeros},
        {"01e3", Trap::leading_zeros},
        {"+49", Trap::plus_sign},
        {"+0.5", Trap::plus_sign},
        {"9223372036854775808", Trap::too_long},
        {"12345678901234567890123", Trap::too_long},
        {"abc", Trap::none},
    };
    for (const auto& [text, trap] : cases) {
        const auto shape = classifier.classify(text);
        EXPECT_EQ(shape.kind, ValueKind::text) << text;
        EXPECT_EQ(shape.trap, trap) << text;
    }
}

TEST_F(ValueKinds, KnowWhetherADoubleGivesTheDigitsBack) {
    for (const char* const kept :
         {"0.1",
          "21.946943",
          "8.2e-05",
          "0.30000000000000004",
          "1e22",
          "0.000",
          "-123456789012345",
          "1.10000000000000000000",
          "123456789012345680000"}) {
        EXPECT_TRUE(classifier.classify(kept).is_exact_double) << kept;
    }
    for (const char* const lost :
         {"9007199254740993", "0.1000000000000000000001", "1.00000000000000012e5"}) {
        EXPECT_FALSE(classifier.classify(lost).is_exact_double) << lost;
    }
}

TEST_F(ValueKinds, CountTheDigitsOnBothSidesOfThePoint) {
    const auto digits = [&](const char* text) {
        const auto shape = classifier.classify(text);
        return std::pair(shape.integer_digits, shape.fraction_digits);
    };
    EXPECT_EQ(digits("102.700"), std::pair(3, 3));
    EXPECT_EQ(digits("-0.5"), std::pair(0, 1));
    EXPECT_EQ(digits(".25"), std::pair(0, 2));
    EXPECT_EQ(digits("7."), std::pair(1, 0));
    EXPECT_EQ(digits("0"), std::pair(0, 0));
    EXPECT_EQ(digits("-42"), std::pair(2, 0));
}

TEST_F(ValueKinds, TellWhichFormatsReadADate) {
    EXPECT_EQ(classifier.classify("31.12.2020").date_formats, 0b0001);
    EXPECT_EQ(classifier.classify("2020/12/31").date_formats, 0b0010);
    EXPECT_EQ(classifier.classify("12/31/2020").date_formats, 0b0100);
    EXPECT_EQ(classifier.classify("31/12/2020").date_formats, 0b1000);
    EXPECT_EQ(classifier.classify("01/02/2020").date_formats, 0b1100) << "either";
}

TEST_F(ValueKinds, OfListsTellJsonFromPython) {
    EXPECT_TRUE(classifier.classify(R"([{"id": 1}])").is_json);
    EXPECT_FALSE(classifier.classify("[{'id': 1}]").is_json);
    ASSERT_NE(classifier.value().list(), nullptr);
    EXPECT_EQ(classifier.value().list()->size(), 1U);
}

TEST(NullWords, AreThoseThatPeopleWriteForNothing) {
    for (const auto word : null_words) {
        ASSERT_TRUE(find_null_word(word)) << word;
        EXPECT_EQ(null_words.at(*find_null_word(word)), word);
    }
    for (const char* const other : {"", " ", "nul", "Nope", "0", "--", "unknown"}) {
        EXPECT_FALSE(find_null_word(other)) << other;
    }
}

/// What a kind is must be what the type's own parser takes; else staging would reject it.
TEST_F(ValueKinds, AgreeWithTheParsersOfTheTypes) {
    const std::vector<std::pair<ValueKind, BaseType>> types{
        {ValueKind::boolean, BaseType::boolean},
        {ValueKind::integer, BaseType::bigint},
        {ValueKind::decimal, BaseType::numeric},
        {ValueKind::real, BaseType::double_precision},
        {ValueKind::date, BaseType::date},
        {ValueKind::timestamp, BaseType::timestamp},
        {ValueKind::timestamptz, BaseType::timestamptz},
    };
    // Every text of up to four of these.
    const std::string letters = "01-+.eET:/ n";
    std::vector<std::string> texts{""};
    for (std::size_t from = 0; texts.back().size() < 4;) {
        const std::size_t to = texts.size();
        for (; from < to; ++from) {
            for (const char letter : letters) texts.push_back(texts[from] + letter);
        }
    }
    for (const char* const whole :
         {"2020-01-01 1:00",
          "2020-01-01T24:00",
          "2020-01-01 23:59:60",
          "0000-01-01",
          "2020-1-1",
          "2020-01-01 10:00 +01",
          "99999-01-01",
          "12/31/20",
          "true ",
          "Infinity",
          "+inf",
          "nan(1)"}) {
        texts.emplace_back(whole);
    }
    for (const auto& text : texts) {
        if (text.empty()) continue;
        const auto kind = classifier.classify(text).kind;
        for (const auto& [known, base] : types) {
            if (kind != known) continue;
            std::string out;
            EXPECT_TRUE(FieldEncoder::make({.base = base}).value().encode(text, out)) << text;
        }
    }
}

}  // namespace
}  // namespace reel::warehouse
