#include <gmock/gmock.h>

#include <random>

#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

const CsvOptions escaped = {.escape = '\\', .columns = {}};
const CsvOptions commented = {.comment = '#', .columns = {}};

Texts texts_of(std::string_view bytes, const CsvOptions& options) {
    return read_csv(bytes, options).texts();
}

TEST(CsvEscape, MakesAQuoteOrItselfDataInAQuotedCell) {
    EXPECT_EQ(texts_of("a,b\n\"x\\\"y\",1\n", escaped), (Texts{"<x\"y>|1"}));
    EXPECT_EQ(texts_of("a,b\n\"x\\\\\",1\n", escaped), (Texts{"<x\\>|1"}));
    EXPECT_EQ(texts_of("a,b\n\"x\\\"\",\"\n\\\"\"\n", escaped), (Texts{"<x\">|<\n\">"}));
}

TEST(CsvEscape, AllowsDoubledQuotesAsWell) {
    EXPECT_EQ(texts_of("a,b\n\"x\"\"y\\\"z\",1\n", escaped), (Texts{"<x\"y\"z>|1"}));
}

TEST(CsvEscape, IsDataInFrontOfAnythingElse) {
    EXPECT_EQ(texts_of("a,b\n\"C:\\new\\,\",\\N\n", escaped), (Texts{"<C:\\new\\,>|\\N"}));
    EXPECT_EQ(texts_of("a\nx\\", escaped), (Texts{"x\\"}));
}

TEST(CsvEscape, MakesSeparatorsDataInAPlainCell) {
    EXPECT_EQ(texts_of("a,b\nx\\,y,1\n", escaped), (Texts{"x,y|1"}));
    EXPECT_EQ(texts_of("a,b\nx\\\ny,1\n", escaped), (Texts{"x\ny|1"}));
    EXPECT_EQ(texts_of("a,b\nx\\\r\ny,1\r\n", escaped), (Texts{"x\r\ny|1"}));
    EXPECT_EQ(texts_of("a,b\nx\\\ry,1\n", escaped), (Texts{"x\ry|1"}));
    EXPECT_EQ(texts_of("a,b\n\\\"x\\\\,1\n", escaped), (Texts{"\"x\\|1"}));
}

TEST(CsvEscape, WorksWithoutQuotes) {
    const CsvOptions options = {.delimiter = '\t', .quote = '\0', .escape = '\\', .columns = {}};
    EXPECT_EQ(texts_of("a\tb\n\"x\\\ty\t1\n", options), (Texts{"\"x\ty|1"}));
}

TEST(CsvEscape, CountsLinesRight) {
    const auto seen = read_csv("a,b\nx\\\ny,1\n\"p\nq\\\"\n\",2\nz\n", escaped);
    EXPECT_EQ(seen.records[0].line, 2U);
    EXPECT_EQ(seen.records[1].line, 4U);
    EXPECT_EQ(seen.records[2].line, 7U);
    EXPECT_EQ(seen.records[2].text, "!1 field, the header has 2");
}

TEST(CsvEscape, KeepsThatAQuoteIsOpen) {
    const auto seen = read_csv("a\n\"x\\\"\ny\n", escaped);
    EXPECT_TRUE(seen.counts.unclosed_quote);
    EXPECT_TRUE(read_csv("a\n\"x\\", escaped).counts.unclosed_quote);
}

TEST(CsvEscape, IsTakenForTextBehindAClosingQuote) {
    EXPECT_EQ(
        texts_of("a,b\n\"x\"\\,y,1\nz,2\n", escaped),
        (Texts{"!column 1 (a): text behind the closing quote", "z|2"})
    );
}

TEST(CsvEscape, ReadsTheHeaderToo) {
    EXPECT_EQ(read_csv("\"a\\\"b\",c\\,d\n", escaped).header, (Texts{"a\"b", "c,d"}));
}

TEST(CsvComment, IsNoRecord) {
    const auto seen =
        read_csv("# made by hand, \"on\na,b\n#1,2\n1,2\n  #3,4\n#\"\n5,#6\n#", commented);
    EXPECT_EQ(seen.header, (Texts{"a", "b"}));
    EXPECT_EQ(seen.texts(), (Texts{"1|2", "  #3|4", "5|#6"}));
    EXPECT_EQ(seen.records[2].line, 7U);
    EXPECT_EQ(seen.counts.records, 3U);
}

TEST(CsvComment, IsCounted) {
    EXPECT_EQ(read_pieces("#x\na\n#y\r\n1\r#z", commented, SIZE_MAX).counts.comments, 3U);
    EXPECT_EQ(read_blocks("#x\na\n#y\r\n1\r#z", commented, 2).counts.comments, 3U);
}

TEST(CsvComment, MayBeWhereRecordsHaveOneCell) {
    EXPECT_EQ(texts_of("a\n#x\n\n1\n", commented), (Texts{"", "1"}));
}

TEST(CsvComment, IsDataInsideQuotes) {
    EXPECT_EQ(texts_of("a,b\n\"x\n#y\",1\n", commented), (Texts{"<x\n#y>|1"}));
    EXPECT_EQ(texts_of("a,b\n\"#x\",1\n", commented), (Texts{"<#x>|1"}));
}

TEST(CsvComment, MayBeLong) {
    const std::string file = "a,b\n#" + std::string(5000, '"') + "\n1,2\n";
    const CsvOptions small = {.comment = '#', .columns = {}, .max_record_bytes = 100};
    EXPECT_EQ(read_pieces(file, small, 7).texts(), (Texts{"1|2"}));
    EXPECT_EQ(read_blocks(file, commented, 64).texts(), (Texts{"1|2"}));
}

TEST(CsvSkip, PassesLinesInFrontOfTheHeader) {
    const CsvOptions options = {.skip = 3, .columns = {}};
    const auto seen = read_csv("\xEF\xBB\xBFReport, \"of\n\r\n2024\ra,b\n1,2\n", options);
    EXPECT_EQ(seen.header, (Texts{"a", "b"}));
    EXPECT_EQ(seen.texts(), (Texts{"1|2"}));
    EXPECT_EQ(seen.records[0].line, 5U);
    EXPECT_EQ(
        open_error("one\ntwo", options), "the file is empty, its first line should name the columns"
    );
}

TEST(CsvSkip, PassesLinesInFrontOfRecords) {
    const CsvOptions options = {.skip = 1, .header = false, .columns = {"x"}};
    EXPECT_EQ(texts_of("title\n1\n2\n", options), (Texts{"1", "2"}));
}

const CsvOptions fixed = {
    .delimiter = '\0',
    .quote = '\0',
    .widths = {3, 4, 2},
    .header = false,
    .columns = {"a", "b", "c"}
};

TEST(FixedWidth, CutsCellsAtTheirPlaces) {
    EXPECT_EQ(
        texts_of("  1 ab cd\n 22\"x,y e\r\n333    f", fixed),
        (Texts{"1|ab|cd", "22|\"x,y|e", "333||f"})
    );
}

TEST(FixedWidth, CountsCharacters) {
    EXPECT_EQ(
        texts_of("\xC3\xA9\xC3\xA9 \xE2\x82\xAC\xF0\x9F\x98\x80  zz\n", fixed),
        (Texts{"\xC3\xA9\xC3\xA9|\xE2\x82\xAC\xF0\x9F\x98\x80|zz"})
    );
}

TEST(FixedWidth, LetsALineEndEarlyButNotLate) {
    const auto seen = read_csv("1\n\n  2ab  \n  3ab  cdX\n  4ab  cd  \n", fixed);
    EXPECT_EQ(
        seen.texts(), (Texts{"1||", "2|ab|", "!1 characters behind the last column", "4|ab|cd"})
    );
    EXPECT_EQ(seen.counts.blank_lines, 1U);
    EXPECT_EQ(seen.records[2].line, 4U);
}

TEST(FixedWidth, RejectsWhatIsNoText) {
    EXPECT_EQ(
        texts_of("  1\xFF\n", fixed), (Texts{"!column 1 (a): invalid UTF-8 at byte 4 (0xFF)"})
    );
    EXPECT_EQ(texts_of(std::string("1\0", 2), fixed), (Texts{"!column 1 (a): NUL at byte 2"}));
}

TEST(FixedWidth, SkipsCommentsAndLines) {
    CsvOptions options = fixed;
    options.comment = '*';
    options.skip = 1;
    EXPECT_EQ(texts_of("title\n* \n  1ab\n", options), (Texts{"1|ab|"}));
}

TEST(FixedWidth, MayBeOneColumn) {
    CsvOptions options = fixed;
    options.widths = {4};
    options.columns = {"a"};
    EXPECT_EQ(texts_of(" a\nbcd \n", options), (Texts{"a", "bcd"}));
}

TEST(FixedWidth, NeedsAWidthForEachColumn) {
    CsvOptions options = fixed;
    options.columns.pop_back();
    EXPECT_EQ(open_error("", options), "3 widths for 2 columns");
}

TEST(CsvDialect, IsChecked) {
    EXPECT_EQ(
        open_error("", {.escape = ',', .columns = {}}),
        "CSV escape or comment is the same character as delimiter or quote"
    );
    EXPECT_EQ(
        open_error("", {.comment = '"', .columns = {}}),
        "CSV escape or comment is the same character as delimiter or quote"
    );
    EXPECT_EQ(
        open_error("", {.comment = '\n', .columns = {}}),
        "a CSV escape or comment must not be a line break"
    );
    EXPECT_EQ(
        open_error("", {.escape = '#', .comment = '#', .columns = {}}),
        "CSV escape and comment are the same character"
    );
}

/// Texts of the characters that matter most, read in pieces and blocks of every small size.
TEST(CsvDialect, IsReadAlikeInBlocksOfAnySize) {
    std::mt19937 random(21);
    const std::string_view letters = "\\\\\"\",,\n\r#xy";
    const CsvOptions both = {.escape = '\\', .comment = '#', .columns = {}};
    const CsvOptions no_quote = {.quote = '\0', .escape = '\\', .comment = '#', .columns = {}};
    for (int round = 0; round < 400; ++round) {
        std::string file = "a,b\n";
        for (std::size_t i = random() % 60; i > 0; --i) file += letters[random() % letters.size()];
        SCOPED_TRACE(testing::PrintToString(file));
        read_csv(file, both);
        read_csv(file, no_quote);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(CsvDialect, TellsCharactersOfAConvertedFile) {
    const CsvOptions options = {.encoding = Encoding::windows1252, .columns = {}};
    EXPECT_EQ(
        texts_of("a,b\n1,\xC3\xA9x\x81\n", options),
        (Texts{"!column 2 (b): invalid windows-1252 at character 3"})
    );
}

}  // namespace
}  // namespace reel::warehouse
