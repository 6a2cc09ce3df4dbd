#include "warehouse/stage/repeated_rows.hpp"

#include <gtest/gtest.h>

#include "warehouse/stage/copy_sink.hpp"

namespace reel::warehouse {

namespace {

StageTableSpec table_of(const std::string& key, const std::string& each = R"("each": "l",)") {
    const auto spec = parse_stage_spec(
        {R"({"source": "f", "tables": {"t": {)" + each + R"("key": )" + key +
         R"(, "columns": {"name": "text", "id": "integer"}}}})"}
    );
    return spec.value().tables.front();
}

std::string row(const std::string& name, int id) {
    std::string fields;
    put_bytes(name, fields);
    put_int32(id, fields);
    return fields;
}

TEST(RepeatedRows, AreThoseThatSayWhatTheLastOfTheirKeySaid) {
    auto rows = RepeatedRows::of(table_of(R"("id")")).value();
    EXPECT_FALSE(rows.see(row("a", 1)));
    EXPECT_FALSE(rows.see(row("a", 2)));
    EXPECT_TRUE(rows.see(row("a", 1)));
    EXPECT_FALSE(rows.see(row("b", 1))) << "newer";
    EXPECT_FALSE(rows.see(row("a", 1))) << "newer than that";
    EXPECT_TRUE(rows.see(row("a", 1)));
    rows.restart();
    EXPECT_FALSE(rows.see(row("a", 1))) << "others may stand between two blocks";
}

TEST(RepeatedRows, AreLookedForInListsWithAnExactKey) {
    EXPECT_TRUE(RepeatedRows::of(table_of(R"("id")")));
    EXPECT_FALSE(RepeatedRows::of(table_of(R"("id")", "")));
    EXPECT_FALSE(RepeatedRows::of(table_of(R"("name")")));
    EXPECT_FALSE(RepeatedRows::of(table_of(R"(["id", "name"])")));
}

TEST(RepeatedRows, AreNoMoreLookedForInABlockThatHasHardlyAny) {
    auto rows = RepeatedRows::of(table_of(R"("id")")).value();
    for (const bool is_again : {false, true}) {
        for (int i = 0; i < 300; ++i) EXPECT_FALSE(rows.see(row("a", i))) << is_again;
        EXPECT_FALSE(rows.see(row("a", 1)));
        rows.restart();
    }
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(rows.see(row("a", i % 200)), i >= 200) << i;
}

}  // namespace

}  // namespace reel::warehouse
