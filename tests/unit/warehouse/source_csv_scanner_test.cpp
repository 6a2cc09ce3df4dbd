#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "warehouse/source/csv_scanner.hpp"

namespace reel::warehouse {
namespace {

/// Spans as they stand in the raw bytes: plain, "quoted" or "quoted"" with doubled quotes".
std::vector<std::string> spans_of(const CsvShape& shape) {
    std::vector<std::string> all;
    all.reserve(shape.spans.size());
    for (const CsvSpan& span : shape.spans) {
        const std::string text(shape.raw.substr(span.begin, span.size));
        all.push_back((span.quoted ? "q:" : "p:") + std::string(span.doubled ? "d:" : "") + text);
    }
    return all;
}

TEST(CsvScanner, FindsSpansWithoutUnescapingThem) {
    MemorySource source("a,\"b,\",\"\"\"c\"\n,\"\"\r\nx", 3);
    CsvScanner scanner(source, {.columns = {}, .read_bytes = 2});
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(spans_of(scanner.shape()), (std::vector<std::string>{"p:a", "q:b,", "q:d:\"\"c"}));
    EXPECT_EQ(scanner.shape().raw, "a,\"b,\",\"\"\"c\"");
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(spans_of(scanner.shape()), (std::vector<std::string>{"p:", "q:"}));
    EXPECT_EQ(scanner.shape().offset, 13U);
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(spans_of(scanner.shape()), (std::vector<std::string>{"p:x"}));
    EXPECT_EQ(scanner.shape().line, 3U);
    EXPECT_FALSE(scanner.scan());
    EXPECT_FALSE(scanner.scan());
    EXPECT_EQ(scanner.last_line(), 3U);
}

TEST(CsvScanner, CountsFieldsBeyondThoseItKeeps) {
    MemorySource source("1,2,3,4,5\n6\n");
    CsvScanner scanner(source, {.columns = {}});
    scanner.keep_fields(2);
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(scanner.shape().fields, 5U);
    EXPECT_EQ(spans_of(scanner.shape()), (std::vector<std::string>{"p:1", "p:2"}));
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(scanner.shape().fields, 1U);
}

TEST(CsvScanner, TellsAnEmptyLineFromAnEmptyQuotedCell) {
    MemorySource source("\n\"\"\n,\n");
    CsvScanner scanner(source, {.columns = {}});
    ASSERT_TRUE(scanner.scan());
    EXPECT_TRUE(scanner.shape().blank);
    ASSERT_TRUE(scanner.scan());
    EXPECT_FALSE(scanner.shape().blank);
    ASSERT_TRUE(scanner.scan());
    EXPECT_FALSE(scanner.shape().blank);
}

struct FaultCase {
    std::string text;
    CsvFault fault;
    std::uint64_t field;
    std::string next;  ///< raw bytes of the record behind it
};

class CsvScannerFault : public testing::TestWithParam<FaultCase> {};

TEST_P(CsvScannerFault, IsTheWorstOfItsRecordAndEndsWithIt) {
    const FaultCase& given = GetParam();
    for (const std::size_t size : {1, 2, 5, 1000}) {
        MemorySource source(given.text, size);
        const CsvOptions limits = {
            .columns = {},
            .max_cell_bytes = 10,
            .max_record_bytes = 40,
            .cut_raw_bytes = 8,
            .read_bytes = size
        };
        CsvScanner scanner(source, limits);
        ASSERT_TRUE(scanner.scan());
        EXPECT_EQ(scanner.shape().fault, given.fault) << given.text;
        if (given.fault != CsvFault::record_too_large) {
            EXPECT_EQ(scanner.shape().fault_field, given.field) << given.text;
        }
        EXPECT_EQ(scanner.scan(), !given.next.empty()) << given.text;
        if (!given.next.empty()) EXPECT_EQ(scanner.shape().raw, given.next);
        if (!given.next.empty()) EXPECT_EQ(scanner.shape().fault, CsvFault::none);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Records,
    CsvScannerFault,
    testing::Values(
        FaultCase{"a,b\nnext", CsvFault::none, 0, "next"},
        FaultCase{"a,b\"c\nnext", CsvFault::quote_in_plain_cell, 1, "next"},
        FaultCase{"a\"\"b\nnext", CsvFault::quote_in_plain_cell, 0, "next"},
        FaultCase{"a\"b,\"c\"d\nnext", CsvFault::text_after_quote, 1, "next"},
        FaultCase{"\"a\"b,c\"d\nnext", CsvFault::text_after_quote, 0, "next"},
        FaultCase{"\"a\"b\"c\nnext", CsvFault::text_after_quote, 0, "next"},
        FaultCase{"x,12345678901\nnext", CsvFault::cell_too_large, 1, "next"},
        FaultCase{"x,\"1234\n\"\"8901\"\r\nnext", CsvFault::cell_too_large, 1, "next"},
        FaultCase{"1\"x,12345678901\nnext", CsvFault::cell_too_large, 1, "next"},
        FaultCase{
            "123456789,123456789,123456789,123456789,1\rnext", CsvFault::record_too_large, 0, "next"
        },
        FaultCase{"a,\"b\nnext", CsvFault::unclosed_quote, 1, ""},
        FaultCase{"a,\"1234567890123456789\n\n", CsvFault::unclosed_quote, 1, ""},
        FaultCase{"\"", CsvFault::unclosed_quote, 0, ""},
        FaultCase{"a,\"\"\"", CsvFault::unclosed_quote, 1, ""}
    )
);

TEST(CsvScanner, LooksForAByteOrderMarkOnlyAtTheFront) {
    MemorySource source("\xEF\xBB\xBF\xEF\xBB\xBFx", 1);
    CsvScanner scanner(source, {.columns = {}, .read_bytes = 1});
    ASSERT_TRUE(scanner.skip_byte_order_mark());
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(scanner.shape().raw, "\xEF\xBB\xBFx");
    EXPECT_EQ(scanner.shape().offset, 3U);
}

TEST(CsvScanner, ReadsAFileThatIsShorterThanAByteOrderMark) {
    MemorySource source("\xEF");
    CsvScanner scanner(source, {.columns = {}});
    ASSERT_TRUE(scanner.skip_byte_order_mark());
    ASSERT_TRUE(scanner.scan());
    EXPECT_EQ(scanner.shape().raw, "\xEF");
}

}  // namespace
}  // namespace reel::warehouse
