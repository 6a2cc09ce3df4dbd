#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

TEST(CsvReader, SetsARecordOfAnotherFieldCountAsideAndGoesOn) {
    const SeenFile file = read_csv("a,b\n1\n1,2,3\n\"\"\n1,2\n");
    EXPECT_EQ(
        file.texts(),
        (Texts{
            "!1 field, the header has 2",
            "!3 fields, the header has 2",
            "!1 field, the header has 2",
            "1|2"
        })
    );
    EXPECT_EQ(file.counts.problems, 3U);
    EXPECT_EQ(file.counts.records, 4U);
    EXPECT_EQ(file.records[1].raw, "1,2,3");
}

TEST(CsvReader, SetsAQuoteInsideAnUnquotedCellAside) {
    const SeenFile file = read_csv("a,b\n1,5\" disk\nx\",\"y\"\n3,4\n");
    EXPECT_EQ(
        file.texts(),
        (Texts{
            "!column 2 (b): a quote inside an unquoted value",
            "!column 1 (a): a quote inside an unquoted value",
            "3|4"
        })
    );
    EXPECT_EQ(file.records[0].raw, "1,5\" disk");
}

TEST(CsvReader, SetsTextBehindAClosingQuoteAside) {
    const SeenFile file = read_csv("a,b\n\"x\"y,1\n1,\"a \"quoted\" word\"\n\"x\" ,2\n3,4\n");
    EXPECT_EQ(
        file.texts(),
        (Texts{
            "!column 1 (a): text behind the closing quote",
            "!column 2 (b): text behind the closing quote",
            "!column 1 (a): text behind the closing quote",
            "3|4"
        })
    );
}

TEST(CsvReader, NamesBothWhenStructureAndFieldCountAreWrong) {
    // The tail of a record that an unquoted line break has split.
    EXPECT_EQ(
        read_csv("a,b\n - the end\",1,2\n").texts(),
        (Texts{"!column 1 (a): a quote inside an unquoted value; 3 fields, the header has 2"})
    );
}

TEST(CsvReader, NamesColumnAndByteOfInvalidUtf8) {
    const SeenFile file = read_csv("a,b\n1,caf\xE9\nok,\xC3\xA9\n\"\xFF\",2\n");
    EXPECT_EQ(
        file.texts(),
        (Texts{
            "!column 2 (b): invalid UTF-8 at byte 4 (0xE9)",
            "ok|\xC3\xA9",
            "!column 1 (a): invalid UTF-8 at byte 1 (0xFF)"
        })
    );
    EXPECT_EQ(file.records[0].raw, "1,caf\xE9");
}

TEST(CsvReader, NamesColumnAndByteOfANul) {
    const SeenFile file = read_csv(std::string_view("a,b\n1,x\0y\n2,3\n", 14));
    EXPECT_EQ(file.texts(), (Texts{"!column 2 (b): NUL at byte 2", "2|3"}));
    EXPECT_EQ(file.records[0].raw, std::string("1,x\0y", 5));
}

TEST(CsvReader, MarksAnUnclosedQuoteWithTheLineThatOpenedIt) {
    const SeenFile file = read_csv("a,b\n1,2\n3,\"4\n5,6\n\n7,8\n");
    ASSERT_EQ(file.records.size(), 2U);
    EXPECT_EQ(file.records[0].text, "1|2");
    EXPECT_EQ(
        file.records[1].text,
        "!column 2 (b): the quote opened on line 3 is never closed, everything up to the end of "
        "the "
        "file is in this record"
    );
    EXPECT_EQ(file.records[1].line, 3U);
    EXPECT_EQ(file.records[1].raw, "3,\"4\n5,6\n\n7,8\n");
    EXPECT_TRUE(file.counts.unclosed_quote);
    const SeenFile later = read_csv("a,b\n\"1\n2\",\"");
    EXPECT_EQ(later.records.at(0).line, 3U);
    EXPECT_FALSE(read_csv("a,b\n1,\"2\"").counts.unclosed_quote);
}

CsvOptions tight(std::size_t cell, std::size_t record = 1000) {
    return {.columns = {}, .max_cell_bytes = cell, .max_record_bytes = record, .cut_raw_bytes = 6};
}

TEST(CsvReader, CutsARecordWithTooLargeACellAndGoesOnBehindIt) {
    const std::string big(500, 'x');
    const SeenFile file =
        read_csv("a,b\n1," + big + "\n\"" + big + "\n\"\"\",2\n3,4\n", tight(100));
    ASSERT_EQ(file.records.size(), 3U);
    EXPECT_EQ(file.records[0].text, "!column 2 (b): larger than 100 bytes");
    EXPECT_EQ(file.records[0].raw, "1,xxxx");
    EXPECT_EQ(file.records[0].raw_size, 502U);
    EXPECT_EQ(file.records[1].text, "!column 1 (a): larger than 100 bytes");
    EXPECT_EQ(file.records[1].raw_size, 507U);
    EXPECT_EQ(file.records[2].text, "3|4");
    EXPECT_EQ(file.records[2].line, 5U);
}

TEST(CsvReader, MeasuresACellExactly) {
    const std::string fits(8, 'x');
    EXPECT_EQ(read_csv("a,b\n1," + fits + "\n", tight(8)).texts(), (Texts{"1|" + fits}));
    EXPECT_EQ(read_csv("a,b\n1,\"" + fits + "\"\n", tight(8)).texts(), (Texts{"1|<" + fits + ">"}));
    const Texts too_large = {"!column 2 (b): larger than 8 bytes"};
    EXPECT_EQ(read_csv("a,b\n1," + fits + "y\n", tight(8)).texts(), too_large);
    EXPECT_EQ(read_csv("a,b\n1,\"" + fits + "y\"", tight(8)).texts(), too_large);
}

TEST(CsvReader, BoundsTheRecordAsItBoundsTheCell) {
    const std::string many(30, ',');
    const SeenFile file =
        read_csv("a,b\n" + many + "\n\"1\"xxxxxxxxxxxxxxx,2\r\n3,4\r\n", tight(8, 16));
    EXPECT_EQ(
        file.texts(),
        (Texts{"!30 bytes, a record may have 16", "!20 bytes, a record may have 16", "3|4"})
    );
    EXPECT_EQ(read_csv("a,b\n12345678,1234567\r\n", tight(8, 16)).counts.problems, 0U);
}

TEST(CsvReader, CutsAnUnclosedQuoteToo) {
    const SeenFile file = read_csv("a,b\n1,\"" + std::string(400, '\n'), tight(50));
    ASSERT_EQ(file.records.size(), 1U);
    EXPECT_TRUE(file.counts.unclosed_quote);
    EXPECT_EQ(file.records[0].raw, "1,\"\n\n\n");
    EXPECT_EQ(file.records[0].raw_size, 403U);
    EXPECT_EQ(file.counts.last_line, 402U);
}

TEST(CsvReader, RefusesAHeaderThatNamesNoOrEqualColumns) {
    EXPECT_EQ(open_error("a,b,a,c,b,a\n"), "the header has more than one column is called a, b");
    EXPECT_EQ(open_error("a,,b,\n"), "the header has no name for column 2, 4");
    EXPECT_EQ(
        open_error(",x,x\n"),
        "the header has no name for column 1; more than one column is called x"
    );
}

TEST(CsvReader, RefusesAHeaderThatCannotBeRead) {
    EXPECT_EQ(open_error(""), "the file is empty, its first line should name the columns");
    EXPECT_EQ(open_error("\n\n"), "the file is empty, its first line should name the columns");
    EXPECT_EQ(
        open_error("a,\"b\n1,2\n"),
        "line 1: the header cannot be read: column 2: the quote opened on line 1 is never closed, "
        "everything up to the end of the file is in this record"
    );
    EXPECT_EQ(
        open_error("a,b\xFF\n"),
        "line 1: the header cannot be read: column 2: invalid UTF-8 at byte 2 (0xFF)"
    );
    EXPECT_EQ(
        open_error(std::string(5000, ',') + "\n"),
        "line 1: the header cannot be read: 5001 columns, more than 4096"
    );
    EXPECT_EQ(
        open_error(std::string(5000, ',') + "\n", {.header = false, .columns = {}}),
        "the first record has 5001 fields, more than 4096"
    );
}

TEST(CsvReader, RefusesUtf16WithAHint) {
    for (const std::string_view mark : {"\xFF\xFE", "\xFE\xFF"}) {
        EXPECT_EQ(open_error(std::string(mark) + "a,b"), "the file is UTF-16, not UTF-8");
    }
}

TEST(CsvReader, RefusesSenselessOptions) {
    EXPECT_EQ(
        open_error("a\n", {.delimiter = '"', .columns = {}}),
        "CSV delimiter and quote are the same character"
    );
    EXPECT_EQ(
        open_error("a\n", {.delimiter = '\n', .columns = {}}),
        "a CSV delimiter must not be a line break or NUL"
    );
    EXPECT_EQ(
        open_error("a\n", {.quote = '\r', .columns = {}}), "a CSV quote must not be a line break"
    );
    EXPECT_EQ(
        open_error("a\n", {.columns = {"a"}}),
        "column names are given for a CSV file that has a header"
    );
    EXPECT_EQ(open_error("a\n", tight(0)), "a size limit for CSV is 0");
    EXPECT_EQ(
        open_error("1,2\n", {.header = false, .columns = {"a", "a"}}),
        "the header has more than one column is called a"
    );
}

}  // namespace
}  // namespace reel::warehouse
