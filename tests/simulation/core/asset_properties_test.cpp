#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "reel/core/asset.hpp"

namespace reel::core {
namespace {

using Kind = AssetExpression::Kind;
using News = std::set<std::string>;

constexpr std::uint32_t seeds = 300;
const std::vector<std::string> uris{"a", "b", "s3://c/d", "x.y"};

/// Chance that comes out the same on every machine.
class Chance final {
  public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t count) { return engine_() % count; }

  private:
    std::mt19937 engine_;
};

/// As the parser leaves it: no list of one.
AssetExpression any_expression(Chance& chance, int depth) {
    if (depth == 0 || chance.below(3) == 0) {
        return {.asset = make_asset(uris[chance.below(uris.size())])};
    }
    AssetExpression whole{.kind = chance.below(2) == 0 ? Kind::all : Kind::any};
    const std::size_t count = 2 + chance.below(3);
    for (std::size_t i = 0; i < count; ++i) {
        whole.operands.push_back(any_expression(chance, depth - 1));
    }
    return whole;
}

/// Every list in brackets, with blanks here and there.
std::string text_of(const AssetExpression& expression, Chance& chance) {
    const auto blanks = [&] { return std::string(chance.below(3), ' '); };
    if (expression.kind == Kind::asset) return blanks() + expression.asset.uri + blanks();
    std::string text;
    for (const AssetExpression& operand : expression.operands) {
        if (!text.empty()) text += expression.kind == Kind::all ? "&" : "|";
        text += text_of(operand, chance);
    }
    return blanks() + "(" + text + ")" + blanks();
}

News any_news(Chance& chance) {
    News news;
    for (const std::string& uri : uris) {
        if (chance.below(2) == 0) news.insert(uri);
    }
    return news;
}

bool met(const AssetExpression& expression, const News& news) {
    return is_met(expression, [&](const std::string& uri) { return news.contains(uri); });
}

/// All where any was, and the other way round.
AssetExpression turned(AssetExpression expression) {
    if (expression.kind == Kind::asset) return expression;
    expression.kind = expression.kind == Kind::all ? Kind::any : Kind::all;
    for (AssetExpression& operand : expression.operands) operand = turned(operand);
    return expression;
}

template <class Check>
void for_each_expression(Check check) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Chance chance(seed);
        check(any_expression(chance, 4), chance);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(AssetExpressionProperties, WhatIsWrittenIsReadBack) {
    for_each_expression([](const AssetExpression& expression, Chance& chance) {
        const std::string text = text_of(expression, chance);
        const auto read = parse_asset_condition(text);
        ASSERT_TRUE(read) << text << ": " << read.error().message;
        EXPECT_EQ(*read, expression) << text;
    });
}

TEST(AssetExpressionProperties, MoreNewsNeverMeetLess) {
    for_each_expression([](const AssetExpression& expression, Chance& chance) {
        const News few = any_news(chance);
        News more = any_news(chance);
        more.insert(few.begin(), few.end());
        EXPECT_LE(met(expression, few), met(expression, more));
    });
}

TEST(AssetExpressionProperties, NoNewsMeetNothingAndNewsOfAllMeetEverything) {
    for_each_expression([](const AssetExpression& expression, Chance&) {
        News named;
        for (const Asset& asset : assets_of(expression)) named.insert(asset.uri);
        EXPECT_FALSE(met(expression, {}));
        EXPECT_TRUE(met(expression, named));
    });
}

TEST(AssetExpressionProperties, AllAndAnyMirrorEachOther) {
    for_each_expression([](const AssetExpression& expression, Chance& chance) {
        const News news = any_news(chance);
        News others;
        std::ranges::set_difference(
            std::set(uris.begin(), uris.end()), news, std::inserter(others, others.end())
        );
        EXPECT_NE(met(expression, news), met(turned(expression), others)) << "De Morgan";
    });
}

TEST(AssetExpressionProperties, OnlyTheAssetsItNamesCount) {
    for_each_expression([](const AssetExpression& expression, Chance& chance) {
        const std::vector<Asset> named = assets_of(expression);
        const News news = any_news(chance);
        News relevant;
        for (const Asset& asset : named) {
            if (news.contains(asset.uri)) relevant.insert(asset.uri);
        }
        EXPECT_EQ(met(expression, news), met(expression, relevant));
        EXPECT_EQ(assets_of(turned(expression)), named);
    });
}

std::string any_garbage(Chance& chance) {
    static const std::string letters("ab:/ &|()\t\0@\xC3", 13);
    std::string text;
    const std::size_t length = chance.below(12);
    for (std::size_t i = 0; i < length; ++i) text += letters[chance.below(letters.size())];
    return text;
}

/// The 7 of "…, at character 7".
std::size_t place_in(const std::string& message) {
    const std::size_t at = message.rfind("at character ");
    return at == std::string::npos ? 0 : std::stoul(message.substr(at + 13));
}

TEST(AssetConditionProperties, GarbageIsReadOrRefusedAtAPlaceOfIt) {
    std::map<bool, int> counts;
    for (std::uint32_t seed = 1; seed <= 5000; ++seed) {
        Chance chance(seed);
        const std::string text = any_garbage(chance);
        const auto read = parse_asset_condition(text);
        ++counts[read.has_value()];
        if (read) {
            EXPECT_EQ(text.find_first_of(std::string("\0\xC3", 2)), std::string::npos)
                << "seed " << seed << " hides something: " << ::testing::PrintToString(text);
            continue;
        }
        EXPECT_GE(place_in(read.error().message), 1U) << read.error().message;
        EXPECT_LE(place_in(read.error().message), text.size() + 1) << read.error().message;
        EXPECT_FALSE(read.error().hint.empty());
    }
    EXPECT_GT(counts[true], 100);
    EXPECT_GT(counts[false], 100);
}

TEST(AssetConditionProperties, ANulDoesNotEndACondition) {
    EXPECT_FALSE(parse_asset_condition(std::string_view("a \0 & b", 7)));
    EXPECT_FALSE(parse_asset_condition(std::string_view("a & \0", 5)));
    EXPECT_FALSE(parse_asset_condition(std::string_view("(a) \0", 5)));
    EXPECT_FALSE(parse_asset_condition(std::string_view("\0", 1)));
}

TEST(AssetConditionProperties, WhatIsTooMuchIsNamedWhole) {
    const auto mistake_in = [](std::string_view text) {
        return parse_asset_condition(text).error().message;
    };
    EXPECT_EQ(mistake_in("a s3://b | c"), "'s3://b' is one too many, at character 3");
    EXPECT_EQ(mistake_in("a  \u00fcber"), "'\u00fcber' is one too many, at character 4");
    EXPECT_EQ(mistake_in("(a) (b)"), "'(' is one too many, at character 5");
    EXPECT_EQ(mistake_in("(a)) b"), "')' is one too many, at character 4");
}

TEST(AssetConditionProperties, MistakesDoNotShowAPassword) {
    EXPECT_EQ(
        parse_asset_condition("a & s3://me:p@w@bucket/key").error().message,
        "the asset '\u2026@bucket/key' must not hold a user or a password, at character 5"
    );
}

TEST(AssetConditionProperties, LinesAndTabsAreBlanks) {
    const auto expected = parse_asset_condition("(a & b) | c");
    EXPECT_EQ(parse_asset_condition("(a\n &\tb)\r\n| c\n").value(), expected.value());
    EXPECT_EQ(parse_asset_condition("\n(a&b)|\nc").value(), expected.value());
    EXPECT_FALSE(parse_asset_condition("a\nb"));
    EXPECT_FALSE(parse_asset_condition("\n"));
}

TEST(AssetConditionProperties, BracketsNestAHundredDeepAndNoDeeper) {
    const auto nested = [](std::size_t depth) {
        return parse_asset_condition(std::string(depth, '(') + "a" + std::string(depth, ')'));
    };
    EXPECT_TRUE(nested(100));
    EXPECT_FALSE(nested(101));
    std::string side_by_side = "(a)";
    for (int i = 0; i < 300; ++i) side_by_side += "|(a)";
    EXPECT_TRUE(parse_asset_condition(side_by_side)) << "only depth counts";
}

}  // namespace
}  // namespace reel::core
