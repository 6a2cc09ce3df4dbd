#include "unit/warehouse/source_reading.hpp"

namespace reel::warehouse {
namespace {

TEST(CsvReader, TakesACellOfSixteenMebibytesAndSetsOneOfTwentyAside) {
    const std::string fits(16U << 20U, 'x');
    const std::string over(20U << 20U, 'y');
    MemorySource source("a,b\n1," + fits + "\n2,\"" + over + "\"\n3,4\n");
    auto reader = CsvReader::open(source);
    ASSERT_TRUE(reader);
    Record record;
    ASSERT_TRUE(reader->next(record).value());
    EXPECT_EQ(record.cells.at(1).text.size(), fits.size());
    ASSERT_TRUE(reader->next(record).value());
    EXPECT_EQ(record.problem, "column 2 (b): larger than 16777216 bytes");
    EXPECT_EQ(record.raw.size(), 64U << 10U);
    EXPECT_EQ(record.raw_size, over.size() + 4);
    ASSERT_TRUE(reader->next(record).value());
    EXPECT_EQ(show(record), "3|4");
    EXPECT_EQ(record.line, 4U);
}

}  // namespace
}  // namespace reel::warehouse
