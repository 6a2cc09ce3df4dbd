#include <gmock/gmock.h>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// The shapes in which the same two records may come.
class SourcesTest : public WarehouseTest {
  protected:
    static std::string args(const std::string& source) {
        return R"({"source": )" + source + R"(, "tables": {"t": {"key": "id", "columns": {
            "id": {"type": "integer"}, "name": {"type": "text"}}}}})";
    }
    std::string staged_rows() {
        return scalar(
            "SELECT string_agg(id || '=' || coalesce(name, 'NULL'), '|' ORDER BY id) FROM " +
            staged["stage.t"].physical
        );
    }
    std::string content(const std::string& source, const std::string& bytes) {
        put("t.csv", bytes);
        stage_ok(args(source));
        ++attempt;
        return staged_rows();
    }
};

TEST_F(SourcesTest, LineEndsOfAnyKind) {
    const std::string file = R"({"path": "t.csv"})";
    const std::string expected = "1=a|2=b";
    EXPECT_EQ(content(file, "id,name\n1,a\n2,b\n"), expected);
    EXPECT_EQ(content(file, "id,name\r\n1,a\r\n2,b\r\n"), expected);
    EXPECT_EQ(content(file, "id,name\r1,a\r2,b\r"), expected);
    EXPECT_EQ(content(file, "id,name\n1,a\r\n2,b"), expected);
    EXPECT_EQ(content(file, "id,name\n\n1,a\n\n\n2,b\n\n"), expected);
}

TEST_F(SourcesTest, AByteOrderMarkIsNoPartOfTheFirstName) {
    EXPECT_EQ(content(R"({"path": "t.csv"})", "\xef\xbb\xbfid,name\n1,a\n"), "1=a");
    EXPECT_EQ(content(R"({"path": "t.csv"})", "\xef\xbb\xbf\"id\",\"name\"\n1,a\n"), "1=a");
}

TEST_F(SourcesTest, LineBreaksInQuotesAreContent) {
    EXPECT_EQ(content(R"({"path": "t.csv"})", "id,name\r\n1,\"a\r\nb\"\r\n"), "1=a\r\nb");
}

TEST_F(SourcesTest, OtherDelimiters) {
    EXPECT_EQ(content(R"({"path": "t.csv", "delimiter": ";"})", "id;name\n1;a,b\n"), "1=a,b");
    EXPECT_EQ(content(R"({"path": "t.csv", "delimiter": "\\t"})", "id\tname\n1\ta\n"), "1=a");
    EXPECT_EQ(content(R"({"path": "t.csv", "format": "tsv"})", "id\tname\n1\ta\n"), "1=a");
    EXPECT_EQ(content(R"({"path": "t.csv", "delimiter": "|"})", "id|name\n1|a\n"), "1=a");
}

TEST_F(SourcesTest, OtherQuotesAndNone) {
    EXPECT_EQ(content(R"({"path": "t.csv", "quote": "'"})", "id,name\n1,'a,b'\n"), "1=a,b");
    EXPECT_EQ(content(R"({"path": "t.csv", "quote": "none"})", "id,name\n1,\"a\n"), "1=\"a");
}

TEST_F(SourcesTest, FilesWithoutAHeader) {
    EXPECT_EQ(
        content(R"({"path": "t.csv", "header": false, "columns": ["id", "name"]})", "1,a\n2,b\n"),
        "1=a|2=b"
    );
}

TEST_F(SourcesTest, ColumnsInAnyOrderAndMoreThanAreAskedFor) {
    EXPECT_EQ(content(R"({"path": "t.csv"})", "x,name,y,id\n0,a,0,1\n"), "1=a");
}

TEST_F(SourcesTest, AFileInAFolderOfAnArchive) {
    put("the-movies-dataset/inner.csv", "id,name\n1,a\n");
    stage_ok(args(R"("inner.csv")"));
    EXPECT_EQ(staged_rows(), "1=a");
}

TEST_F(SourcesTest, AnAbsolutePath) {
    const auto path = put("somewhere/else/x.csv", "id,name\n1,a\n");
    stage_ok(args("\"" + path.string() + "\""));
    EXPECT_EQ(staged_rows(), "1=a");
}

TEST_F(SourcesTest, ARepeatedColumnNameFails) {
    put("t.csv", "id,name,id\n1,a,2\n");
    const auto error = stage_error(args(R"("t.csv")"));
    EXPECT_THAT(error.describe(), HasSubstr("id"));
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel_staging')"), "NULL");
}

TEST_F(SourcesTest, Utf16ThatIsSaidToBeUtf8Fails) {
    put("t.csv", std::string("\xff\xfei\0d\0\n\0", 8));
    EXPECT_THAT(
        stage_error(args(R"({"path": "t.csv", "encoding": "utf-8"})")).describe(),
        HasSubstr("the file is UTF-16, not UTF-8")
    );
}

TEST_F(SourcesTest, TheReportHasTheContentsHash) {
    put("t.csv", "id,name\n1,a\n");
    const auto report = stage_ok(args(R"("t.csv")"));
    EXPECT_EQ(report["sha256"], "b7773700b1468b27c88d7122034e23bc5af7703c70bc13fd545d8e08534dcf41");
    EXPECT_EQ(report["bytes"], 12);
}

}  // namespace

}  // namespace reel::warehouse
