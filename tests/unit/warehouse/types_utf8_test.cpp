#include <gtest/gtest.h>

#include <string>

#include "warehouse/types/utf8.hpp"

namespace reel::warehouse {
namespace {

TEST(Utf8, AcceptsEveryCharacterAndRoundTripsIt) {
    std::string all;
    std::size_t count = 0;
    for (char32_t code = 0; code <= 0x10FFFF; code += code < 0x1000 ? 1 : 97) {
        if (code >= 0xD800 && code < 0xE000) continue;
        append_utf8(all, code);
        ++count;
    }
    EXPECT_EQ(find_invalid_utf8(all), std::nullopt);
    EXPECT_EQ(count_characters(all), count);
    std::string last;
    append_utf8(last, 0x10FFFF);
    EXPECT_EQ(last, "\xF4\x8F\xBF\xBF");
}

TEST(Utf8, FindsTheFirstByteThatIsNone) {
    const std::string front = "0123456789é";
    for (const std::string bad :
         {"\x80",
          "\xC0\xAF",  // overlong
          "\xC1\xBF",
          "\xE0\x9F\xBF",      // overlong
          "\xED\xA0\x80",      // surrogate
          "\xF0\x8F\xBF\xBF",  // overlong
          "\xF4\x90\x80\x80",  // beyond the last character
          "\xF5\x80\x80\x80",
          "\xFF",
          "\xC3",  // cut
          "\xE2\x82",
          "\xF0\x9F\x8E",
          "\xC3(",
          "\xE2\x82("}) {
        EXPECT_EQ(find_invalid_utf8(front + bad), front.size());
        EXPECT_EQ(find_invalid_utf8(front + bad + "more text behind"), front.size());
    }
    EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
}

TEST(Utf8, KnowsPlainAsciiAtEveryPosition) {
    for (std::size_t size = 0; size < 20; ++size) {
        EXPECT_TRUE(is_plain_ascii(std::string(size, '\x7F'))) << size;
        EXPECT_TRUE(is_plain_ascii(std::string(size, '\1'))) << size;
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'x');
            text[at] = '\0';
            EXPECT_FALSE(is_plain_ascii(text)) << size << ' ' << at;
            text[at] = '\x80';
            EXPECT_FALSE(is_plain_ascii(text)) << size << ' ' << at;
        }
    }
}

}  // namespace
}  // namespace reel::warehouse
