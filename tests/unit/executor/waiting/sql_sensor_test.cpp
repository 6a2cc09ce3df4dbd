#include "executor/waiting/sql_sensor.hpp"

#include <gtest/gtest.h>

#include "executor/truth.hpp"

namespace reel::executor {

namespace {

Finding judge(const postgres::Param& cell) {
    return judge_rows(postgres::Rows({"x", "y"}, {{cell, "t"}, {"t", "t"}}, 0), false).finding;
}

}  // namespace

TEST(SqlSensor, IsMetByAFirstCellThatIsTrue) {
    for (const char* cell : {"1", "t", "true", "-1", "0.5", "yes", " ", "no", "10", "0a"}) {
        EXPECT_EQ(judge(cell), Finding::met) << cell;
    }
    for (const char* cell : {"", "0", "0.0", "-0", "00", "f", "false"}) {
        EXPECT_EQ(judge(cell), Finding::not_yet) << cell;
    }
    EXPECT_EQ(judge(std::nullopt), Finding::not_yet);
}

TEST(SqlSensor, WaitsForARowUnlessItIsToldToFail) {
    const postgres::Rows none({"x"}, {}, 0);
    EXPECT_EQ(judge_rows(none, false).finding, Finding::not_yet);
    EXPECT_EQ(judge_rows(none, true).finding, Finding::failed);
    EXPECT_EQ(judge_rows(postgres::Rows({}, {}, 3), false).finding, Finding::not_yet);
}

TEST(SqlSensor, SaysWhatItSaw) {
    EXPECT_EQ(judge_rows(postgres::Rows({"x"}, {{"0"}}, 0), false).words, "the first cell is '0'");
    EXPECT_EQ(
        judge_rows(postgres::Rows({"x"}, {{std::nullopt}}, 0), false).words,
        "the first cell is NULL"
    );
}

TEST(SqlSensor, ADatabaseThatCannotBeReachedMayBeThereTheNextTime) {
    const Poke poke =
        look_by_sql({.uri = "postgresql://u:word@/x?host=/nonexistent", .sql = "select 1"});
    EXPECT_EQ(poke.finding, Finding::not_yet);
    EXPECT_EQ(poke.words.find("word"), std::string::npos);
}

TEST(Truth, OfJsonIsPythons) {
    for (const Json& value :
         {Json(),
          Json(false),
          Json(0),
          Json(0.0),
          Json(""),
          Json("False"),
          Json("none"),
          Json::array(),
          Json::object()}) {
        EXPECT_TRUE(is_false(value)) << value;
    }
    for (const Json& value : {Json(true), Json(2), Json("no"), Json::array({0}), Json{{"a", 0}}}) {
        EXPECT_FALSE(is_false(value)) << value;
    }
}

}  // namespace reel::executor
