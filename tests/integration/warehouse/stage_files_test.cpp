#include <gmock/gmock.h>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class StageFilesTest : public WarehouseTest {
  protected:
    static std::string args(const std::string& path) {
        return R"({"source": ")" + path + R"(", "rejects": "50%", "tables": {"t": {"key": "id",
            "columns": {"id": "integer", "name": "text"}}}})";
    }
    std::string rows() {
        return scalar(
            "SELECT string_agg(id || name, ' ' ORDER BY id) FROM " + staged["stage.t"].physical
        );
    }
};

TEST_F(StageFilesTest, ReadsAllThatFitAPatternInOrder) {
    put("in/b.csv", "id,name\n2,b\n1,b\n");
    put("in/a.csv", "id,name\n1,a\n2,a\n3,a\n");
    put("in/c.txt", "no table");
    const auto report = stage_ok(args("in/*.csv"));
    EXPECT_EQ(rows(), "1b 2b 3a");
    EXPECT_EQ(report["file"], "in/*.csv");
    EXPECT_EQ(report["records_read"], 5);
    EXPECT_EQ(report["tables"]["t"]["duplicates"], 2);
    EXPECT_EQ(report["files"][0]["file"], "in/a.csv");
    EXPECT_EQ(report["files"][1]["records_read"], 2);
    EXPECT_EQ(
        scalar("SELECT source_file || ' ' || content_hash FROM reel.staged_tables"),
        "in/*.csv " + report["sha256"].get<std::string>()
    );
    EXPECT_TRUE(logged("in/a.csv …, 2 files"));
}

TEST_F(StageFilesTest, ReadsAFolder) {
    put("in/dt=1/part-0.csv", "id,name\n1,a\n");
    put("in/dt=2/part-0.csv", "id,name\n2,b\n");
    put("in/_SUCCESS", "");
    stage_ok(args("in"));
    EXPECT_EQ(rows(), "1a 2b");
}

TEST_F(StageFilesTest, TheLedgerOfALoadCountsTheRejectsOfAllItsFiles) {
    exec("CREATE SCHEMA m");
    put("a.csv", "id,name\n1,a\nx,a\n");
    put("b.csv", "id,name\n2,b\n3,c\ny,b\nz,b\n");
    stage_ok(args("?.csv"));
    upsert_ok(R"({"from": "stage.t", "into": "m.t", "key": "id"})");
    EXPECT_EQ(scalar("SELECT rows || ' ' || quarantined FROM reel.loads"), "3 3");
}

TEST_F(StageFilesTest, RejectsNameTheirFileAndTheLineInIt) {
    put("a.csv", "id,name\n1,a\nx,a\n");
    put("b.csv", "id,name\n2,\"b\nb\"\n3,c\ny,b\n");
    stage_ok(args("?.csv"));
    EXPECT_EQ(
        scalar("SELECT string_agg(concat_ws(' ', file, line, record_number, byte_offset), ', ' "
               "ORDER BY id) FROM reel.quarantine"),
        "a.csv 3 2 12, b.csv 5 3 20"
    );
    EXPECT_TRUE(logged("rejected: b.csv line 5, record 3"));
}

TEST_F(StageFilesTest, RejectsCountAgainstAllFilesTogether) {
    put("a.csv", "id,name\nx,a\n");
    put("b.csv", "id,name\n2,b\n");
    stage_ok(args("?.csv"));
    put("c.csv", "id,name\ny,b\n");
    ++attempt;
    EXPECT_THAT(stage_error(args("?.csv")).message, HasSubstr("2 of 3 records were rejected"));
    EXPECT_EQ(
        scalar("SELECT count(*) FROM reel.stage_reports WHERE status = 'too_many_rejects'"), "3"
    );
}

TEST_F(StageFilesTest, AllFilesNeedTheSameHeader) {
    put("a.csv", "id,name\n1,a\n");
    put("b.csv", "id,title\n2,b\n");
    auto error = stage_error(args("?.csv"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(error.where, "b.csv");
    EXPECT_EQ(
        error.message, "the header is not that of the first file: it lacks name, it has also title"
    );
    EXPECT_EQ(staging_tables(), "0");
    put("b.csv", "name,id\nb,2\n");
    error = stage_error(args("?.csv"));
    EXPECT_THAT(error.message, HasSubstr("its columns have another order"));
    EXPECT_EQ(error.hint, "the first file's header has: id, name");
}

TEST_F(StageFilesTest, AnOpenQuoteInOneOfThemFails) {
    put("a.csv", "id,name\n1,\"a\n");
    put("b.csv", "id,name\n2,b\n");
    const auto error = stage_error(args("?.csv"));
    EXPECT_THAT(error.message, HasSubstr("quote was still open"));
    EXPECT_EQ(error.where, "a.csv");
}

TEST_F(StageFilesTest, AFileWithoutRecordsIsOneOfThem) {
    put("a.csv", "id,name\n");
    put("b.csv", "id,name\n2,b\n");
    EXPECT_EQ(stage_ok(args("?.csv"))["files"].size(), 2U);
    EXPECT_EQ(rows(), "2b");
}

}  // namespace

}  // namespace reel::warehouse
