#include "warehouse/text_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::ElementsAre;

TEST(TextTable, AlignsTextLeftAndNumbersRight) {
    TextTable table({"table", "rows"});
    table.add({"movies", "3,187"});
    table.add({"genres", "20"});
    EXPECT_THAT(
        table.lines(),
        ElementsAre("table    rows", "------  -----", "movies  3,187", "genres     20")
    );
}

TEST(TextTable, TreatsAColumnWithOneWordAsText) {
    TextTable table({"v"});
    table.add({"1"});
    table.add({"none"});
    EXPECT_THAT(table.lines(), ElementsAre("v", "----", "1", "none"));
}

TEST(TextTable, CountsCodePointsNotBytes) {
    TextTable table({"name", "x"});
    table.add({"Ørnås", "a"});
    table.add({"abc", "b"});
    EXPECT_THAT(table.lines(), ElementsAre("name   x", "-----  -", "Ørnås  a", "abc    b"));
}

TEST(TextTable, KeepsACellOnOneLineAndCutsLongOnes) {
    TextTable table({"t"});
    table.add({"a\nb\tc"});
    table.add({std::string(200, 'x')});
    const auto lines = table.lines();
    EXPECT_EQ(lines[2], "a b c");
    EXPECT_EQ(lines[3], std::string(59, 'x') + "…");
}

TEST(TextTable, WithoutRowsShowsItsHeader) {
    EXPECT_THAT(TextTable({"a", "b"}).lines(), ElementsAre("a  b", "-  -"));
}

TEST(TextTable, FillsShortRowsWithBlanks) {
    TextTable table({"a", "b"});
    table.add({"x"});
    EXPECT_THAT(table.lines(), ElementsAre("a  b", "-  -", "x"));
}

TEST(Grouped, PutsCommasBetweenThousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(34269772841), "34,269,772,841");
    EXPECT_EQ(grouped(-1234), "-1,234");
    EXPECT_EQ(grouped(-123), "-123");
}

TEST(ReadableBytes, UsesPowersOfTen) {
    EXPECT_EQ(readable_bytes(0), "0 B");
    EXPECT_EQ(readable_bytes(999), "999 B");
    EXPECT_EQ(readable_bytes(1500), "1.5 kB");
    EXPECT_EQ(readable_bytes(710000000), "710.0 MB");
    EXPECT_EQ(readable_bytes(999999999), "1.0 GB");
    EXPECT_EQ(readable_bytes(5000000000000000), "5000.0 TB");
}

TEST(Shortened, NeverSplitsACodePoint) {
    EXPECT_EQ(shortened("abc", 3), "abc");
    EXPECT_EQ(shortened("abcd", 3), "ab…");
    EXPECT_EQ(shortened("øøøø", 3), "øø…");
}

TEST(Printable, KeepsValidTextAndLineBreaks) {
    EXPECT_EQ(printable("Ørnås 映画 🎬\n\tx"), "Ørnås 映画 🎬\n\tx");
}

TEST(Printable, ShowsWrongBytesAndControlsAsHex) {
    EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("a\xff"), "a\\xff");
    EXPECT_EQ(printable("\xc3"), "\\xc3");
    EXPECT_EQ(printable("\xc0\x80"), "\\xc0\\x80");
    EXPECT_EQ(printable("\xe0\x80\x80"), "\\xe0\\x80\\x80");
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
    EXPECT_EQ(printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
    EXPECT_EQ(printable("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
}

}  // namespace

}  // namespace reel::warehouse
