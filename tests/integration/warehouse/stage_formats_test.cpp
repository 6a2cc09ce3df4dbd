#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/archive_builder.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using namespace std::string_literals;
using testing::HasSubstr;

class StageFormatsTest : public WarehouseTest {
  protected:
    /// `source` is what stands in the map of it.
    static std::string args(const std::string& source) {
        return R"({"source": {"path": "t", )" + source + R"(}, "rejects": "50%", "tables": {"t":
            {"key": "id", "columns": {"id": "integer", "name": "text"}}}})";
    }
    static std::string lists(const std::string& format) {
        return R"({"source": {"path": "t", "format": ")" + format + R"("}, "rejects": "50%",
            "tables": {"t": {"key": "id", "columns": {"id": "integer", "name": "text"}},
                "tags": {"each": "tags", "columns": {
                    "id": {"from": "/id", "type": "integer"}, "tag": {"from": "t.name"}}}}})";
    }
    std::string rows(const std::string& table = "t") {
        return scalar(
            "SELECT string_agg(t::text, ' ' ORDER BY t) FROM " + staged["stage." + table].physical +
            " AS t"
        );
    }
    std::string rejects() {
        return scalar(
            "SELECT string_agg(concat_ws(' ', line, record_number, reason), '; ' "
            "ORDER BY id) FROM reel.quarantine"
        );
    }
};

TEST_F(StageFormatsTest, ReadsADialect) {
    put("t", "export of today\n# id;name\nid;name\n1;'a;\\'b'\n#2;c\n3;NA\n");
    stage_ok(args(
        R"("delimiter": ";", "quote": "'", "escape": "\\", "comment": "#", "skip": 1,
           "null_values": ["NA"])"
    ));
    EXPECT_EQ(rows(), "(1,a;'b) (3,)");
}

TEST_F(StageFormatsTest, ReadsADialectOfManyBlocks) {
    std::string text = "id,name\n";
    for (int i = 1; i <= 60'000; ++i) {
        text += fmt::format("{},\"{:>30}\\\"\n\"\n#\"{}\n", i, i, i);
    }
    put("t", text + "x,\n");
    const auto report = stage_ok(args(R"("escape": "\\", "comment": "#")"));
    EXPECT_EQ(report["records_read"], 60'001);
    EXPECT_EQ(report["tables"]["t"]["staged"], 60'000);
    EXPECT_EQ(scalar("SELECT line FROM reel.quarantine"), "180002");
}

TEST_F(StageFormatsTest, ReadsTabsAndNoQuotes) {
    put("t", "id\tname\n1\t\"a\n");
    stage_ok(args(R"("format": "tsv", "quote": "none")"));
    EXPECT_EQ(scalar("SELECT name FROM " + staged["stage.t"].physical), "\"a");
}

TEST_F(StageFormatsTest, ReadsAFileWithoutHeaderInTheOrderOfTheColumns) {
    put("t", "1,a\n2,b\n");
    stage_ok(args(R"("header": false)"));
    EXPECT_EQ(rows(), "(1,a) (2,b)");
    ++attempt;
    put("t", "x,1\ny,2\n");
    stage_ok(args(R"("header": false, "columns": ["name", "id"])"));
    EXPECT_EQ(rows(), "(1,x) (2,y)");
}

TEST_F(StageFormatsTest, ReadsColumnsOfFixedWidth) {
    put("t", "  1caf\xE9  \n 22b\n  3\nx 4c\n");
    stage_ok(args(R"("format": "fixed", "widths": [3, 6], "encoding": "latin-1")"));
    EXPECT_EQ(rows(), "(1,caf\xC3\xA9) (3,) (22,b)");
    EXPECT_EQ(scalar("SELECT line || ' ' || value FROM reel.quarantine"), "4 x 4");
}

TEST_F(StageFormatsTest, ReadsOtherEncodings) {
    put("t", "id,name\n1,caf\xE9 \x80\n2,\x81\n3,x\n");
    stage_ok(args(R"("encoding": "windows-1252")"));
    EXPECT_EQ(
        scalar("SELECT name FROM " + staged["stage.t"].physical + " WHERE id = 1"),
        "caf\xC3\xA9 \xE2\x82\xAC"
    );
    EXPECT_EQ(rejects(), "3 2 column 2 (name): invalid windows-1252 at character 1");
}

TEST_F(StageFormatsTest, ReadsUtf16ByItsMark) {
    std::string text = "\xFF\xFE";
    for (const char c : "id,name\r\n1,a\r\n2,"s) text += {c, '\0'};
    put("t", text + "\xE9\0\r\0\n\0"s + "3\0,\0\0\xD8z\0\n\0"s);
    const auto report = stage_ok(args(R"("header": true)"));
    EXPECT_EQ(
        scalar("SELECT name FROM " + staged["stage.t"].physical + " WHERE id = 2"), "\xC3\xA9"
    );
    EXPECT_EQ(rejects(), "4 3 column 2 (name): invalid UTF-16 at character 1");
    EXPECT_EQ(report["bytes"], text.size() + 16);
}

TEST_F(StageFormatsTest, ReadsJsonLines) {
    put("t",
        "{\"id\": 1, \"name\": \"a\", \"tags\": [{\"t\": {\"name\": \"x\"}}, {}]}\n"
        "{\"id\": 2, \"tags\": null}\n{\"id\": 3\n{\"name\": \"none\"}\n");
    const auto report = stage_ok(lists("jsonl"));
    EXPECT_EQ(rows(), "(1,a) (2,)");
    EXPECT_EQ(rows("tags"), "(1,x) (1,)");
    EXPECT_EQ(report["tables"]["t"]["quarantined"], 2);
    EXPECT_EQ(report["tables"]["tags"]["elements_read"], 2);
    EXPECT_THAT(rejects(), HasSubstr("3 3 not JSON: byte 9"));
    EXPECT_EQ(
        scalar(
            "SELECT byte_offset || ' ' || encode(raw, 'escape') FROM reel.quarantine ORDER BY id "
            "LIMIT 1"
        ),
        "83 {\"id\": 3"
    );
}

TEST_F(StageFormatsTest, ReadsAJsonArray) {
    put("t", "[\n {\"id\": 1, \"name\": \"a\"},\n {\"id\": \"x\"},\n {\"id\": 2}\n]\n");
    stage_ok(lists("json"));
    EXPECT_FALSE(logged("no object has"));
    EXPECT_EQ(rows(), "(1,a) (2,)");
    EXPECT_THAT(rejects(), HasSubstr("3 2 integer: "));
}

TEST_F(StageFormatsTest, ReadsJsonOfManyBlocksWithDuplicates) {
    for (const std::string format : {"jsonl", "json"}) {
        std::string text = format == "json" ? "[" : "";
        for (int i = 0; i < 60'000; ++i) {
            text += fmt::format(
                "{{\"id\": {}, \"name\": \"{:>40}]\"}}{}\n",
                i % 50'000,
                i,
                format == "json" ? "," : ""
            );
        }
        text += format == "json" ? "{\"id\": null}]" : "{\"id\": null}";
        put("t", support::pack(text, "gzip"));
        const auto report = stage_ok(lists(format));
        EXPECT_EQ(report["records_read"], 60'001);
        EXPECT_EQ(report["tables"]["t"]["staged"], 50'000);
        EXPECT_EQ(report["tables"]["t"]["duplicates"], 10'000);
        EXPECT_EQ(
            scalar("SELECT btrim(name, ' ]') FROM " + staged["stage.t"].physical + " WHERE id = 7"),
            "50007"
        );
        EXPECT_EQ(scalar("SELECT line FROM reel.quarantine"), "60001");
        exec("DELETE FROM reel.quarantine");
        ++attempt;
    }
}

TEST_F(StageFormatsTest, SaysWhenCsvIsJson) {
    put("t", "{\"id\": 1, \"name\": \"a\"}\n");
    const auto error = stage_error(args(R"("format": "csv")"));
    EXPECT_THAT(error.message, HasSubstr("the header cannot be read"));
    EXPECT_EQ(error.hint, "if the file is JSON, format: jsonl or json reads it");
}

TEST_F(StageFormatsTest, TellsOfAKeyThatNoObjectHas) {
    put("t", "[{\"id\": 1, \"nmae\": \"a\"}]");
    stage_ok(lists("json"));
    EXPECT_TRUE(logged("no object has the key of tables.t.name: 'name', so the column is NULL"));
}

TEST_F(StageFormatsTest, AnArrayThatWasCutStagesNothing) {
    put("t", "[{\"id\": 1},\n{\"id\": 2}");
    const auto error = stage_error(lists("json"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("the file ends before its array does"));
    EXPECT_EQ(error.where, "t");
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(StageFormatsTest, AJsonRecordThatIsTooLargeIsQuarantined) {
    put("t", "{\"id\": 1}\n{\"name\": \"" + std::string(70'000'000, 'x') + "\"}\n{\"id\": 2}\n");
    stage_ok(lists("jsonl"));
    EXPECT_EQ(rows(), "(1,) (2,)");
    EXPECT_EQ(rejects(), "2 2 70000012 bytes, a record may have 67108864");
    EXPECT_EQ(
        scalar("SELECT length(raw) || ' ' || raw_size FROM reel.quarantine"), "65536 70000012"
    );
}

}  // namespace

}  // namespace reel::warehouse
