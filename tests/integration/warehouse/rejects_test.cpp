#include <gmock/gmock.h>

#include "load_fixture.hpp"
#include "reel/warehouse/rejects.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;

class RejectsTest : public LoadTest {
  protected:
    Json rejects(
        core::Result<core::JsonText> (*look)(const std::string&, const RejectFilter&),
        const RejectFilter& filter = {}
    ) {
        const auto found = look(uri, filter);
        EXPECT_TRUE(found) << found.error().describe();
        return found ? Json::parse(found->text) : Json();
    }
};

TEST_F(RejectsTest, CountsAndShowsRejects) {
    EXPECT_EQ(rejects(count_rejects), Json::array()) << "nothing was ever loaded";
    put("t.csv", "id,day\n1,2020-01-01\nx,2020-01-02\n3\ny,\"2020\n\t\\\"\n");
    const LoadPlan plan{
        .stage_task = "stage",
        .stage = {R"({"source": "t.csv", "rejects": "9",
                      "tables": {"t": {"columns": {"id": "integer", "day": "date"}}}})"},
        .upserts = {{R"({"from": "stage.t", "into": "s.t"})"}}
    };
    load_ok(plan);
    const auto counts = rejects(count_rejects);
    ASSERT_EQ(counts.size(), 2U) << counts.dump();
    std::map<std::string, std::string> by_table;
    for (const auto& row : counts) {
        by_table[row.at("table")] =
            row.at("rejects").dump() + ": " + row.at("reasons").get<std::string>();
        EXPECT_EQ(row.at("run_id"), run);
        EXPECT_EQ(row.at("file"), "t.csv");
    }
    EXPECT_EQ(by_table["*"], "1: record × 1");
    EXPECT_EQ(by_table["t"], "2: type (id) × 2");

    const auto rows = rejects(list_rejects, {.table = "t"});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("line"), 3);
    EXPECT_EQ(rows[0].at("record"), 2);
    EXPECT_EQ(rows[0].at("column"), "id");
    EXPECT_EQ(rows[0].at("rule"), "type");
    EXPECT_EQ(rows[0].at("value"), "x");
    EXPECT_EQ(rows[0].at("raw"), "x,2020-01-02");
    EXPECT_EQ(rows[0].at("element"), Json());
    EXPECT_EQ(rows[1].at("raw"), R"(y,"2020\n\t\\")");
    EXPECT_EQ(rows[1].at("raw_size"), 11);
    EXPECT_EQ(rejects(list_rejects, {.limit = 1}).size(), 1U);
    EXPECT_EQ(rejects(list_rejects).size(), 3U);
    for (const RejectFilter& none :
         {RejectFilter{.dag_id = "x"},
          RejectFilter{.run_id = "x"},
          RejectFilter{.task_id = "x"},
          RejectFilter{.table = "x"},
          RejectFilter{.file = "x"}}) {
        EXPECT_EQ(rejects(list_rejects, none), Json::array());
        EXPECT_EQ(rejects(count_rejects, none), Json::array());
    }
    EXPECT_EQ(
        rejects(
            list_rejects,
            {.dag_id = "movies", .run_id = run, .task_id = "load", .table = "*", .file = "t.csv"}
        )
            .size(),
        1U
    );
}

TEST_F(RejectsTest, ShowsTheLatestLoadsRejectsFirst) {
    const LoadPlan plan{
        .stage_task = "stage",
        .stage =
            {R"({"source": "t.csv", "rejects": "9", "tables": {"t": {"columns": {"id": "integer"}}}})"
            },
        .upserts = {{R"({"from": "stage.t", "into": "s.t"})"}}
    };
    put("t.csv", "id\na\nb\n");
    load_ok(plan);
    put("t.csv", "id\nc\nd\n");
    load_ok(plan);
    std::vector<std::string> values;
    for (const auto& row : rejects(list_rejects)) values.push_back(row.at("value"));
    EXPECT_THAT(values, ElementsAre("c", "d", "a", "b"));
    EXPECT_EQ(rejects(count_rejects).at(0).at("run_id"), run);
}

}  // namespace
}  // namespace reel::warehouse
