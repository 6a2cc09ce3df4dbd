#include "warehouse/stage/key_order.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "warehouse/stage/copy_sink.hpp"

namespace reel::warehouse {
namespace {

StageTableSpec table_of(const std::string& key, const std::string& columns) {
    const auto text =
        R"({"source": "a", "tables": {"t": {"key": )" + key + R"(, "columns": )" + columns + "}}}";
    return parse_stage_spec({text}).value().tables.front();
}

constexpr auto two_parts = R"({"name": "text", "id": "bigint", "part": "bigint", "more": "text"})";

std::string row(const std::string& name, std::int64_t id, std::int64_t part) {
    std::string fields;
    name.empty() ? encode_null(fields) : put_bytes(name, fields);
    put_int64(id, fields);
    put_int64(part, fields);
    put_bytes("more", fields);
    return fields;
}

using Keys = std::vector<std::pair<std::int64_t, std::int64_t>>;

KeyRange range_of(const Keys& keys) {
    auto order = KeyOrder::of(table_of(R"(["part", "id"])", two_parts)).value();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        order.see(row(std::string(i * 7 % 5, 'x'), keys[i].first, keys[i].second));
    }
    return order.range();
}

TEST(KeyOrder, AscendsWhileEachKeyIsGreaterThanTheOneBefore) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    EXPECT_TRUE(range_of({}).ascends);
    EXPECT_TRUE(range_of({{5, 5}}).ascends);
    EXPECT_TRUE(range_of({{least, 0},
                          {-256, 1},
                          {-1, most},
                          {0, least},
                          {0, -1},
                          {0, 0},
                          {255, 0},
                          {256, 0},
                          {most, most}}
    ).ascends);
}

TEST(KeyOrder, DoesNotAscendWithARepeatedOrSmallerKeyAnywhere) {
    EXPECT_FALSE(range_of({{1, 1}, {1, 1}}).ascends);
    EXPECT_FALSE(range_of({{1, 2}, {1, 1}}).ascends);
    EXPECT_FALSE(range_of({{0, 0}, {-1, 0}}).ascends);
    EXPECT_FALSE(range_of({{1, 1}, {3, 0}, {2, 0}, {4, 0}}).ascends);
}

TEST(KeyOrder, BeginsAnew) {
    auto order = KeyOrder::of(table_of(R"("id")", two_parts)).value();
    order.see(row("x", 2, 0));
    order.see(row("x", 2, 0));
    order.restart();
    order.see(row("x", 1, 0));
    EXPECT_TRUE(order.range().ascends);
}

TEST(KeyOrder, IsNotWatchedWhereEqualValuesHaveSeveralForms) {
    StageTableSpec without_key = table_of(R"("id")", two_parts);
    without_key.key.clear();
    EXPECT_FALSE(KeyOrder::of(without_key));
    for (const std::string type :
         {"text", "numeric", "real", "char(3)", "boolean", "uuid", "jsonb"}) {
        const auto columns = R"({"id": "integer", "k": ")" + type + R"("})";
        EXPECT_FALSE(KeyOrder::of(table_of(R"(["id", "k"])", columns))) << type;
    }
    for (const std::string type :
         {"smallint", "integer", "bigint", "date", "time", "timestamp", "timestamptz"}) {
        EXPECT_TRUE(KeyOrder::of(table_of(R"("k")", R"({"k": ")" + type + R"("})"))) << type;
    }
}

KeyRange joined(const std::vector<Keys>& parts) {
    KeyRange whole;
    for (const Keys& part : parts) whole.join(range_of(part));
    return whole;
}

TEST(KeyRange, AscendsOverBordersThatDo) {
    EXPECT_TRUE(joined({}).ascends);
    EXPECT_TRUE(joined({{}, {{1, 0}, {2, 0}}, {}, {{2, 1}}, {{3, 0}, {4, 0}}}).ascends);
    EXPECT_FALSE(joined({{{1, 0}, {2, 0}}, {{2, 0}}}).ascends);
    EXPECT_FALSE(joined({{{1, 0}, {2, 0}}, {}, {{1, 5}}, {{9, 0}}}).ascends);
    EXPECT_FALSE(joined({{{1, 0}}, {{3, 0}, {2, 0}}, {{4, 0}}}).ascends);
}

}  // namespace
}  // namespace reel::warehouse
