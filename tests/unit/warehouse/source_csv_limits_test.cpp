#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

constexpr std::size_t cell_limit = 12;
constexpr std::size_t record_limit = 30;

CsvOptions limits() {
    return {
        .columns = {},
        .max_cell_bytes = cell_limit,
        .max_record_bytes = record_limit,
        .cut_raw_bytes = 8
    };
}

SeenRecord first_of(const std::string& body, const CsvOptions& options = limits()) {
    const SeenFile file = read_csv("a,b\n" + body + "\n3,4\n", options);
    EXPECT_EQ(file.records.size(), 2U) << body;
    EXPECT_EQ(file.records.back().text, "3|4") << "the record behind it is whole";
    return file.records.front();
}

/// How a cell of `size` bytes is written.
struct Writing {
    const char* name;
    std::string (*write)(std::size_t size);
    std::string (*shown)(std::size_t size);
};

std::string xs(std::size_t size) {
    return std::string(size, 'x');
}

const Writing writings[] = {
    {"plain", xs, xs},
    {"quoted",
     [](std::size_t size) { return '"' + xs(size) + '"'; },
     [](std::size_t size) { return '<' + xs(size) + '>'; }},
    {"quoted_with_line_breaks",
     [](std::size_t size) { return '"' + std::string(size, '\n') + '"'; },
     [](std::size_t size) { return '<' + std::string(size, '\n') + '>'; }},
};

class CsvCellLimit : public testing::TestWithParam<Writing> {};

TEST_P(CsvCellLimit, IsTheLargestSizeThatIsTaken) {
    for (std::size_t size = 0; size <= cell_limit; ++size) {
        const SeenRecord record = first_of("1," + GetParam().write(size));
        EXPECT_EQ(record.text, "1|" + GetParam().shown(size));
    }
}

TEST_P(CsvCellLimit, SetsEveryLargerCellAside) {
    for (const std::size_t size : {13, 14, 15, 16, 20, 24}) {
        const std::string cell = GetParam().write(size);
        const SeenRecord record = first_of("1," + cell);
        EXPECT_EQ(record.text, "!column 2 (b): larger than 12 bytes") << size;
        EXPECT_EQ(record.raw, ("1," + cell).substr(0, 8));
        EXPECT_EQ(record.raw_size, cell.size() + 2);
    }
}

TEST_P(CsvCellLimit, HoldsForTheFirstCellAsForTheLast) {
    const SeenRecord record = first_of(GetParam().write(14) + ",2");
    EXPECT_EQ(record.text, "!column 1 (a): larger than 12 bytes");
}

INSTANTIATE_TEST_SUITE_P(Writings, CsvCellLimit, testing::ValuesIn(writings), [](const auto& info) {
    return std::string(info.param.name);
});

TEST(CsvCellLimits, ADoubledQuoteCountsAsItIsWritten) {
    const auto doubled = [](std::size_t pairs) {
        std::string cell = "\"";
        for (; pairs > 0; --pairs) cell += "\"\"";
        return cell + '"';
    };
    EXPECT_EQ(first_of("1," + doubled(6)).text, "1|<\"\"\"\"\"\">");
    EXPECT_EQ(first_of("1," + doubled(7)).text, "!column 2 (b): larger than 12 bytes");
}

TEST(CsvCellLimits, TheFirstOfSeveralLargeCellsIsNamed) {
    EXPECT_EQ(first_of(xs(13) + ',' + xs(13)).text, "!column 1 (a): larger than 12 bytes");
}

TEST(CsvCellLimits, ALargeCellIsWorseThanAStrayQuote) {
    EXPECT_EQ(first_of("x\"y," + xs(13)).text, "!column 2 (b): larger than 12 bytes");
    EXPECT_EQ(first_of("\"x\"y," + xs(13)).text, "!column 2 (b): larger than 12 bytes");
}

TEST(CsvRecordLimits, AreTheLargestSizeThatIsTaken) {
    const CsvOptions options = {
        .columns = {}, .max_cell_bytes = 100, .max_record_bytes = record_limit, .cut_raw_bytes = 8
    };
    for (std::size_t size = 20; size <= 40; ++size) {
        const std::string body = "1," + xs(size - 2);
        const SeenRecord record = first_of(body, options);
        if (size <= record_limit) {
            EXPECT_EQ(record.text, "1|" + xs(size - 2));
            EXPECT_EQ(record.raw, body);
        } else {
            EXPECT_EQ(record.text, '!' + std::to_string(size) + " bytes, a record may have 30");
            EXPECT_EQ(record.raw, body.substr(0, 8));
        }
        EXPECT_EQ(record.raw_size, size);
    }
}

TEST(CsvRecordLimits, CountTheDelimitersOfManyEmptyCells) {
    EXPECT_EQ(first_of(std::string(30, ',')).text, "!31 fields, the header has 2");
    EXPECT_EQ(first_of(std::string(31, ',')).text, "!31 bytes, a record may have 30");
}

TEST(CsvRecordLimits, DoNotCountTheLineBreak) {
    for (const std::string end : {"\n", "\r", "\r\n"}) {
        const std::string cells = xs(12) + ',' + xs(12);
        const CsvOptions tight = {
            .columns = {}, .max_cell_bytes = 12, .max_record_bytes = cells.size()
        };
        const SeenFile file = read_csv("a,b" + end + cells + end + cells + end, tight);
        EXPECT_EQ(file.counts.problems, 0U);
        EXPECT_EQ(file.records.size(), 2U);
    }
}

TEST(CsvRecordLimits, OfALargeRecordLinesAndOffsetsBehindItAreRight) {
    std::string large = "\"";
    for (int i = 0; i < 40; ++i) large += "x\r\n";
    large += "\",2";
    const SeenFile file = read_csv("a,b\n" + large + "\n3,4\n5,6", limits());
    ASSERT_EQ(file.records.size(), 3U);
    EXPECT_EQ(file.records[0].line, 2U);
    EXPECT_EQ(file.records[0].raw_size, large.size());
    EXPECT_EQ(file.records[1].line, 43U);
    EXPECT_EQ(file.records[1].offset, 4 + large.size() + 1);
    EXPECT_EQ(file.records[2].line, 44U);
    EXPECT_EQ(file.counts.bytes, 4 + large.size() + 8);
}

TEST(CsvRecordLimits, ManyLargeRecordsInARowAreEachSetAside) {
    std::string bytes = "a,b\n";
    for (int i = 0; i < 20; ++i) bytes += std::to_string(i) + ',' + xs(50) + "\n";
    const SeenFile file = read_csv(bytes, limits());
    EXPECT_EQ(file.counts.records, 20U);
    EXPECT_EQ(file.counts.problems, 20U);
    for (const SeenRecord& record : file.records) EXPECT_EQ(record.raw.size(), 8U);
}

TEST(CsvRecordLimits, NothingIsKeptWhereNothingMayBe) {
    CsvOptions options = limits();
    options.cut_raw_bytes = 0;
    const SeenRecord record = first_of("1," + xs(50), options);
    EXPECT_EQ(record.raw, "");
    EXPECT_EQ(record.raw_size, 52U);
}

TEST(CsvRecordLimits, ALargeHeaderIsRefused) {
    EXPECT_EQ(
        open_error(xs(13) + ",b\n", limits()),
        "line 1: the header cannot be read: column 1: larger than 12 bytes"
    );
    EXPECT_EQ(
        open_error("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n", limits()),
        "line 1: the header cannot be read: 31 bytes, a record may have 30"
    );
}

TEST(CsvColumnLimits, AFileMayHave4096Columns) {
    std::string header = "c0";
    std::string row = "0";
    for (int i = 1; i < 4096; ++i) {
        header += ",c" + std::to_string(i);
        row += ",0";
    }
    const SeenFile file =
        read_pieces(header + '\n' + row + '\n' + row + ",0\n", {.columns = {}}, 997);
    ASSERT_EQ(file.header.size(), 4096U);
    ASSERT_EQ(file.records.size(), 2U);
    EXPECT_FALSE(file.records[0].text.starts_with('!'));
    EXPECT_EQ(file.records[1].text, "!4097 fields, the header has 4096");
    EXPECT_TRUE(open_error(header + ",more\n").ends_with("4097 columns, more than 4096"));
}

TEST(CsvColumnLimits, HoldForTheFirstRecordOfAFileWithoutHeader) {
    const CsvOptions headless = {.header = false, .columns = {}};
    EXPECT_EQ(open_error(std::string(4095, ',') + "\n", headless), "opened");
    EXPECT_EQ(
        open_error(std::string(4096, ',') + "\n", headless),
        "the first record has 4097 fields, more than 4096"
    );
}

}  // namespace
}  // namespace reel::warehouse
