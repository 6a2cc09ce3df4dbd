#include "warehouse/literal/map_builder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "warehouse/literal/number.hpp"

namespace reel::warehouse::literal {
namespace {

Value integer(std::int64_t value) {
    return Value{value};
}
Value text(std::string value) {
    return Value{std::move(value)};
}

/// Whether the second key takes the first one's place, in a map of any size.
bool are_one(const Value& first, const Value& second) {
    bool one[2] = {};
    for (const int others : {0, 40}) {
        MapBuilder builder;
        for (int i = 0; i < others; ++i) builder.put(text("other" + std::to_string(i)), Value());
        builder.put(first, integer(1));
        builder.put(second, integer(2));
        one[others > 0 ? 1 : 0] = builder.take().size() == static_cast<std::size_t>(others) + 1;
    }
    EXPECT_EQ(one[0], one[1]) << "the size of the map must make no difference";
    return one[0];
}

TEST(MapBuilder, HoldsEqualKeysOnce) {
    EXPECT_TRUE(are_one(text("a"), text("a")));
    EXPECT_TRUE(are_one(integer(1), Value{true}));
    EXPECT_TRUE(are_one(integer(0), Value{false}));
    EXPECT_TRUE(are_one(integer(5), Value{5.0}));
    EXPECT_TRUE(are_one(Value{0.0}, Value{-0.0}));
    EXPECT_TRUE(are_one(Value(), Value()));
    EXPECT_TRUE(are_one(Value{Bytes{"x"}}, Value{Bytes{"x"}}));
    EXPECT_TRUE(are_one(Value{List{integer(1), text("a")}}, Value{List{Value{true}, text("a")}}));
    EXPECT_TRUE(are_one(make_integer("99999999999999999999"), make_integer("99999999999999999999"))
    );
}

TEST(MapBuilder, TakesDecimalsForTheDoublesThatPythonMakesOfThem) {
    EXPECT_TRUE(are_one(make_decimal("1e400"), make_decimal("123e4567890")));
    EXPECT_TRUE(are_one(make_decimal("0.10000000000000000001"), Value{0.1}));
    EXPECT_TRUE(are_one(make_decimal("100000000000000000000000.0"), make_decimal("1e23")));
    EXPECT_FALSE(are_one(make_decimal("1e400"), make_decimal("-1e400")));
    EXPECT_FALSE(are_one(make_decimal("1e23"), make_integer("100000000000000000000000")))
        << "the double next to it is another number";
}

TEST(MapBuilder, TellsDifferentKeysApart) {
    EXPECT_FALSE(are_one(text("a"), text("A")));
    EXPECT_FALSE(are_one(text("1"), integer(1)));
    EXPECT_FALSE(are_one(text("none"), Value()));
    EXPECT_FALSE(are_one(text("x"), Value{Bytes{"x"}}));
    EXPECT_FALSE(are_one(Value{0.5}, integer(0)));
    EXPECT_FALSE(are_one(Value{List{text("ab")}}, Value{List{text("a"), text("b")}}));
    EXPECT_FALSE(are_one(Value{List{integer(1)}}, integer(1)));
    EXPECT_FALSE(are_one(Value{List{}}, Value{List{Value{List{}}}}));
}

TEST(MapBuilder, KeepsTheFirstPlaceAndTheLastValue) {
    MapBuilder builder;
    for (int i = 0; i < 50; ++i) builder.put(text("k" + std::to_string(i % 20)), integer(i));
    const Map map = builder.take();
    ASSERT_EQ(map.size(), 20U);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(*map[static_cast<std::size_t>(i)].key.text(), "k" + std::to_string(i));
        EXPECT_EQ(map[static_cast<std::size_t>(i)].value, integer(i < 10 ? i + 40 : i + 20));
    }
}

TEST(Numbers, AreIntegersAsLongAsTheyFit) {
    EXPECT_EQ(make_integer("0"), integer(0));
    EXPECT_EQ(make_integer("-0"), integer(0));
    EXPECT_EQ(make_integer("-007"), integer(-7));
    EXPECT_EQ(make_integer("9223372036854775807"), integer(INT64_MAX));
    EXPECT_EQ(make_integer("-9223372036854775808"), integer(INT64_MIN));
    EXPECT_EQ(make_integer("9223372036854775808"), (Value{Number{"9223372036854775808"}}));
    EXPECT_EQ(make_integer("-0009223372036854775809"), (Value{Number{"-9223372036854775809"}}));
}

TEST(Numbers, AreDoublesAsLongAsNothingIsLost) {
    EXPECT_EQ(make_decimal("0.1"), (Value{0.1}));
    EXPECT_EQ(make_decimal("-8.2e-05"), (Value{-8.2e-05}));
    EXPECT_EQ(make_decimal("000.000"), (Value{0.0}));
    EXPECT_EQ(make_decimal("123456789012345"), (Value{123456789012345.0}));
    EXPECT_EQ(make_decimal("1.00000000000000000000"), (Value{1.0}));
    EXPECT_EQ(make_decimal("100000000000000000000.0"), (Value{1e20}));
    EXPECT_EQ(make_decimal("0.1234567890123456"), (Value{Number{"0.1234567890123456"}}));
    EXPECT_EQ(make_decimal("1e309"), (Value{Number{"1e309"}}));
    EXPECT_EQ(make_decimal("5e-324"), (Value{Number{"5e-324"}}));
}

}  // namespace
}  // namespace reel::warehouse::literal
