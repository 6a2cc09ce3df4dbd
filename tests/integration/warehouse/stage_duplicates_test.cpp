#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

class StageDuplicatesTest : public WarehouseTest {
  protected:
    static constexpr int records = 60'000;

    /// Lists whose elements say the same again and again, and now and then something else.
    std::string lists(unsigned seed, int keys) {
        std::mt19937 dice(seed);
        std::string text = "id,list,filling\n";
        for (int i = 0; i < records; ++i) {
            text += fmt::format("{},\"[", i);
            for (int n = 0; n < 3; ++n) {
                const int key = static_cast<int>(dice() % static_cast<unsigned>(keys));
                const auto name = dice() % 50 == 0 ? fmt::format("new {}", dice() % 3) : "usual";
                text += fmt::format("{{'k': {}, 'name': '{}'}},", key, name);
                last_[key] = name;
            }
            text += fmt::format("]\",{:>200}\n", "");
        }
        return text;
    }
    std::string expected() const {
        std::string rows;
        for (const auto& [key, name] : last_) rows += fmt::format("{}={} ", key, name);
        return rows;
    }
    std::string staged() {
        return scalar(
            "SELECT string_agg(k || '=' || name || ' ', '' ORDER BY k) FROM " +
            scalar("SELECT physical FROM reel.staged_tables ORDER BY staged_at DESC LIMIT 1")
        );
    }
    static std::string args(const std::string& source) {
        return R"({"source": ")" + source + R"(", "tables": {
            "t": {"each": "list", "key": "k", "columns": {"k": "integer", "name": "text"}}}})";
    }

    std::map<int, std::string> last_;
};

TEST_F(StageDuplicatesTest, OfListsLeaveTheLastOfEachKeyAndAreCounted) {
    for (const int keys : {20, 5000, 1'000'000}) {
        last_.clear();
        put("t.csv", lists(static_cast<unsigned>(keys), keys));
        const auto table = stage_ok(args("t.csv"))["tables"]["t"];
        EXPECT_EQ(table["elements_read"], 3 * records);
        EXPECT_EQ(table["staged"], last_.size());
        EXPECT_EQ(table["duplicates"], 3 * records - static_cast<int>(last_.size()));
        EXPECT_EQ(staged(), expected()) << keys;
        ++attempt;
    }
}

TEST_F(StageDuplicatesTest, AreCountedForTheFileThatHasThem) {
    put("a.csv", lists(1, 20));
    put("b.csv", lists(2, 20));
    const auto report = stage_ok(args("*.csv"));
    EXPECT_EQ(report["tables"]["t"]["staged"], 20);
    EXPECT_EQ(report["tables"]["t"]["duplicates"], 6 * records - 20);
    EXPECT_EQ(staged(), expected());
    EXPECT_EQ(
        scalar("SELECT string_agg(file || ' ' || elements_read || ' ' || staged || ' ' || "
               "duplicates, ', ' ORDER BY file) FROM reel.stage_reports"),
        "a.csv 180000 0 180000, b.csv 180000 20 179980"
    );
}

}  // namespace

}  // namespace reel::warehouse
