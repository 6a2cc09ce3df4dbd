#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reel/core/asset.hpp"

namespace reel::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = AssetExpression::Kind;

AssetExpression one(const std::string& uri) {
    return {.asset = make_asset(uri)};
}

AssetExpression both(AssetExpression left, AssetExpression right) {
    return {.kind = Kind::all, .asset = {}, .operands = {std::move(left), std::move(right)}};
}

bool met(const AssetExpression& expression, const std::set<std::string>& news) {
    return is_met(expression, [&](const std::string& uri) { return news.contains(uri); });
}

TEST(AssetAlias, IsFoundWhereverItStands) {
    const auto nested =
        both(one("a"), both(make_alias("x"), both(make_alias("y"), make_alias("x"))));
    EXPECT_THAT(aliases_of(nested), ElementsAre("x", "y"));
    EXPECT_THAT(aliases_of(one("x")), IsEmpty()) << "an asset of that name is another thing";
    ASSERT_EQ(assets_of(nested).size(), 1U);
    EXPECT_EQ(assets_of(nested)[0].uri, "a");
}

TEST(AssetAlias, IsNeverMetByItself) {
    EXPECT_FALSE(met(make_alias("x"), {"x"}));
    EXPECT_FALSE(met(both(one("a"), make_alias("x")), {"a", "x"}));
}

TEST(AssetAlias, ThatStandsForNothingIsNeverMet) {
    EXPECT_FALSE(met(resolve_aliases(make_alias("x"), {}), {"x", ""}));
    EXPECT_FALSE(met(resolve_aliases(both(one("a"), make_alias("x")), {{"x", {}}}), {"a"}));
}

TEST(AssetAlias, IsMetByAnyOfItsAssets) {
    const AliasedAssets assets{{"x", {"s3://1", "s3://2"}}, {"y", {"s3://3"}}};
    const auto resolved = resolve_aliases(both(one("a"), make_alias("x")), assets);
    EXPECT_THAT(aliases_of(resolved), IsEmpty());
    EXPECT_TRUE(met(resolved, {"a", "s3://2"}));
    EXPECT_TRUE(met(resolved, {"a", "s3://1"}));
    EXPECT_FALSE(met(resolved, {"a", "s3://3"}));
    EXPECT_FALSE(met(resolved, {"s3://1"}));
}

TEST(AssetAlias, ResolvingLeavesTheRestAsItIs) {
    const auto plain = both(one("a"), one("b"));
    EXPECT_EQ(resolve_aliases(plain, {{"a", {"s3://1"}}}), plain);
}

}  // namespace
}  // namespace reel::core
