#include "warehouse/stage/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/args.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;

class StageReportTest : public testing::Test {
  protected:
    StageReportTest() {
        spec = parse_stage_spec({R"({"source": "a.csv", "tables": {
            "movies": {"key": "id", "columns": {"id": "integer", "title": "text"}},
            "genres": {"each": "genres", "columns": {"id": {"from": "id", "type": "smallint"}}}
        }})"})
                   .value();
        tables = bind_columns(spec, {"id", "title", "genres"}).value();
        account.records_read = 10;
        account.records_quarantined = 2;
        account.tables = {{"movies", 10, 7, 1, 2, 0}, {"genres", 12345, 12345, 0, 0, 0}};
    }

    Json report() {
        return Json::parse(stage_report({file, files, content, account, tables, identity}).text);
    }

    const std::string file = "a.csv";
    const FileContent content{"abc", 99};
    const LoadIdentity identity{{core::DagId("d"), core::RunId("r"), core::TaskId("t"), -1}, 1, 17};
    StageSpec spec;
    std::vector<BoundTable> tables;
    FileAccount account;
    std::vector<FileOutcome> files = {{"a.csv", content, {}}};
};

TEST_F(StageReportTest, NamesTheFile) {
    const auto json = report();
    EXPECT_EQ(json["file"], "a.csv");
    EXPECT_EQ(json["sha256"], "abc");
    EXPECT_EQ(json["bytes"], 99);
    EXPECT_EQ(json["records_read"], 10);
    EXPECT_EQ(json["records_quarantined"], 2);
}

TEST_F(StageReportTest, TellsOfEachFileWhereThereAreSeveral) {
    EXPECT_FALSE(report().contains("files"));
    files.push_back({"b.csv", {"def", 7}, {.records_read = 3, .records_quarantined = 1}});
    const auto second = report()["files"][1];
    EXPECT_EQ(
        second.dump(),
        R"({"file":"b.csv","sha256":"def","bytes":7,"records_read":3,"records_quarantined":1,"records_rejoined":0})"
    );
}

TEST_F(StageReportTest, KnowsTheContentOfAllFiles) {
    EXPECT_EQ(whole_content(files).sha256, "abc");
    files.push_back({"b.csv", {"def", 7}, {}});
    const FileContent both = whole_content(files);
    EXPECT_EQ(both.bytes, 106U);
    EXPECT_EQ(both.sha256.size(), 64U);
    std::swap(files[0], files[1]);
    EXPECT_NE(whole_content(files).sha256, both.sha256);
}

TEST_F(StageReportTest, TellsHowFastItWas) {
    const auto timed =
        Json::parse(stage_report({file, files, content, account, tables, identity, 0.5}).text);
    EXPECT_EQ(timed["seconds"], 0.5);
    EXPECT_EQ(timed["records_per_second"], 20);
    EXPECT_EQ(timed["bytes_per_second"], 198);
    EXPECT_EQ(report()["records_per_second"], 0) << "no time, no rate";
}

TEST_F(StageReportTest, GivesEachTablesCounts) {
    const auto table = report()["tables"]["movies"];
    EXPECT_EQ(table["elements_read"], 10);
    EXPECT_EQ(table["staged"], 7);
    EXPECT_EQ(table["duplicates"], 1);
    EXPECT_EQ(table["quarantined"], 2);
    EXPECT_EQ(table["filtered"], 0);
}

TEST_F(StageReportTest, GivesWhatAnUpsertNeeds) {
    const auto json = report();
    const auto& movies = json["tables"]["movies"];
    EXPECT_EQ(movies["physical"], staging_table(identity, "movies"));
    EXPECT_EQ(movies["key"].dump(), R"(["id"])");
    EXPECT_EQ(
        movies["columns"].dump(),
        R"([{"name":"id","type":"integer","not_null":true},)"
        R"({"name":"title","type":"text","not_null":false}])"
    );
    EXPECT_EQ(json["tables"]["genres"]["key"].dump(), "[]");
}

TEST_F(StageReportTest, KeepsTheOrderOfTables) {
    std::vector<std::string> names;
    const auto json = report();
    for (const auto& [name, table] : json["tables"].items()) {
        names.push_back(name);
    }
    EXPECT_THAT(names, ElementsAre("movies", "genres"));
}

TEST_F(StageReportTest, PrintsItsCountsAligned) {
    EXPECT_THAT(
        account_lines(account),
        ElementsAre(
            "table     read  staged  duplicates  quarantined  filtered",
            "------  ------  ------  ----------  -----------  --------",
            "movies      10       7           1            2         0",
            "genres  12,345  12,345           0            0         0"
        )
    );
}

}  // namespace

}  // namespace reel::warehouse
