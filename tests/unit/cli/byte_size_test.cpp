#include "cli/byte_size.hpp"

#include <gtest/gtest.h>

namespace reel::cli {

namespace {

TEST(ByteSize, IsANumberWithAUnit) {
    EXPECT_EQ(parse_byte_size("256MB"), 256'000'000U);
    EXPECT_EQ(parse_byte_size("1.5 gb"), 1'500'000'000U);
    EXPECT_EQ(parse_byte_size("64MiB"), 64U << 20U);
    EXPECT_EQ(parse_byte_size("100k"), 100'000U);
    EXPECT_EQ(parse_byte_size("7"), 7U);
    EXPECT_EQ(parse_byte_size("7 B"), 7U);
}

TEST(ByteSize, IsNothingElse) {
    for (const auto* const text :
         {"", "MB", "-1MB", "0", "0.5", "0.0001kb", "1e9", "12 parsecs", "99999999999GB", "nan"}) {
        const auto size = parse_byte_size(text);
        ASSERT_FALSE(size.has_value()) << text;
        EXPECT_EQ(size.error().hint, "write it like 256MB, 1.5GB or 512MiB");
    }
}

}  // namespace

}  // namespace reel::cli
