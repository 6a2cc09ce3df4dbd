#include <gtest/gtest.h>

#include <string>

#include "warehouse/types/utf8.hpp"

namespace reel::warehouse {
namespace {

/// Length of the character at the front by the definition: decode, then ask whether the shortest
/// form of a code point that may be encoded was used; 0 when there is none.
std::size_t reference_size(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t size = 1;
    std::uint32_t code = byte(0);
    if (code >= 0xF8 || (code >= 0x80 && code < 0xC0)) return 0;
    if (code >= 0xF0) {
        size = 4;
        code &= 0x07U;
    } else if (code >= 0xE0) {
        size = 3;
        code &= 0x0FU;
    } else if (code >= 0xC0) {
        size = 2;
        code &= 0x1FU;
    }
    if (text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
        code = code * 64 + (byte(i) - 0x80U);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < least[size] || code > 0x10FFFF || surrogate ? 0 : size;
}

std::optional<std::size_t> reference_invalid(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = reference_size(text.substr(at));
        if (size == 0) return at;
        at += size;
    }
    return std::nullopt;
}

TEST(Utf8Reference, AgreesOnEveryByteAlone) {
    for (int code = 0; code < 256; ++code) {
        const std::string text(1, static_cast<char>(code));
        EXPECT_EQ(find_invalid_utf8(text), reference_invalid(text)) << code;
    }
}

TEST(Utf8Reference, AgreesOnPairsOfBytes) {
    for (int first = 0x70; first < 256; ++first) {
        for (int second = 0x70; second < 0xD0; ++second) {
            const std::string text = {static_cast<char>(first), static_cast<char>(second)};
            ASSERT_EQ(find_invalid_utf8(text), reference_invalid(text)) << first << ' ' << second;
        }
    }
}

TEST(Utf8Reference, AgreesOnLongCharactersAtTheBoundsOfTheirBytes) {
    for (int first = 0xE0; first < 0xF9; ++first) {
        for (const int second : {0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0}) {
            for (const int third : {0x7F, 0x80, 0xBF, 0xC0}) {
                for (const int fourth : {0x41, 0x7F, 0x80, 0xBF, 0xC0}) {
                    const std::string text = {
                        static_cast<char>(first),
                        static_cast<char>(second),
                        static_cast<char>(third),
                        static_cast<char>(fourth)
                    };
                    ASSERT_EQ(find_invalid_utf8(text), reference_invalid(text))
                        << first << ' ' << second << ' ' << third << ' ' << fourth;
                }
            }
        }
    }
}

TEST(Utf8Reference, AgreesWhereverTheBadByteIsInALongText) {
    const std::string characters[] = {"x", "é", "値", "😀"};
    for (const std::string& character : characters) {
        std::string text;
        while (text.size() < 40) text += character;
        EXPECT_EQ(find_invalid_utf8(text), std::nullopt);
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (const char bad : {'\xFF', '\x80', '\xC3', 'A'}) {
                std::string damaged = text;
                damaged[at] = bad;
                ASSERT_EQ(find_invalid_utf8(damaged), reference_invalid(damaged)) << at;
            }
            const std::string cut = text.substr(0, at);
            EXPECT_EQ(find_invalid_utf8(cut), reference_invalid(cut)) << at;
        }
    }
}

struct BoundCase {
    char32_t code;
    std::string bytes;
};

class Utf8Bound : public testing::TestWithParam<BoundCase> {};

TEST_P(Utf8Bound, IsWrittenInItsShortestForm) {
    std::string out = "x";
    append_utf8(out, GetParam().code);
    EXPECT_EQ(out, 'x' + GetParam().bytes);
    EXPECT_EQ(find_invalid_utf8(out), std::nullopt);
    EXPECT_EQ(count_characters(out), 2U);
    EXPECT_EQ(is_plain_ascii(out), GetParam().code > 0 && GetParam().code < 0x80);
}

INSTANTIATE_TEST_SUITE_P(
    CodePoints,
    Utf8Bound,
    testing::Values(
        BoundCase{0x0, std::string(1, '\0')},
        BoundCase{0x1, "\x01"},
        BoundCase{0x7F, "\x7F"},
        BoundCase{0x80, "\xC2\x80"},
        BoundCase{0x7FF, "\xDF\xBF"},
        BoundCase{0x800, "\xE0\xA0\x80"},
        BoundCase{0xD7FF, "\xED\x9F\xBF"},
        BoundCase{0xE000, "\xEE\x80\x80"},
        BoundCase{0xFEFF, "\xEF\xBB\xBF"},
        BoundCase{0xFFFF, "\xEF\xBF\xBF"},
        BoundCase{0x10000, "\xF0\x90\x80\x80"},
        BoundCase{0x3FFFF, "\xF0\xBF\xBF\xBF"},
        BoundCase{0x40000, "\xF1\x80\x80\x80"},
        BoundCase{0xFFFFF, "\xF3\xBF\xBF\xBF"},
        BoundCase{0x100000, "\xF4\x80\x80\x80"},
        BoundCase{0x10FFFF, "\xF4\x8F\xBF\xBF"}
    )
);

}  // namespace
}  // namespace reel::warehouse
