#include "warehouse/source/encoding.hpp"

#include <gmock/gmock.h>

#include <array>
#include <string>

#include "warehouse/types/utf8.hpp"

namespace reel::warehouse {
namespace {

using namespace std::string_literals;

std::string drain(ByteSource& source, std::size_t size) {
    std::string all;
    std::vector<std::byte> piece(size);
    while (const std::size_t got = source.read(piece).value()) {
        all.append(reinterpret_cast<const char*>(piece.data()), got);
    }
    EXPECT_EQ(source.read(piece).value(), 0U);
    return all;
}

/// As UTF-8, read in pieces of every small size, which must make no difference.
std::string converted(const std::string& bytes, std::optional<Encoding> declared) {
    const auto in_pieces = [&](std::size_t in, std::size_t out) {
        MemorySource source(bytes, in);
        return drain(*Utf8Source::open(source, declared).value(), out);
    };
    const std::string whole = in_pieces(SIZE_MAX, 100);
    for (const std::size_t in : {1, 2, 3, 5}) {
        for (const std::size_t out : {1, 4}) EXPECT_EQ(in_pieces(in, out), whole) << in << out;
    }
    return whole;
}

TEST(Encoding, HasTheNamesThatPeopleKnow) {
    EXPECT_EQ(parse_encoding("utf-8"), Encoding::utf8);
    EXPECT_EQ(parse_encoding("UTF8"), Encoding::utf8);
    EXPECT_EQ(parse_encoding("UTF-16LE"), Encoding::utf16le);
    EXPECT_EQ(parse_encoding("latin1"), Encoding::latin1);
    EXPECT_EQ(parse_encoding("ISO-8859-1"), Encoding::latin1);
    EXPECT_EQ(parse_encoding("cp1252"), Encoding::windows1252);
    EXPECT_EQ(parse_encoding("ebcdic"), std::nullopt);
    for (const auto& name : encoding_names()) EXPECT_TRUE(parse_encoding(name)) << name;
    EXPECT_EQ(to_string(Encoding::utf16be), "UTF-16");
    EXPECT_EQ(to_string(Encoding::utf8), "UTF-8");
}

TEST(Utf8Source, PassesOnWhatIsUtf8) {
    EXPECT_EQ(converted("", std::nullopt), "");
    EXPECT_EQ(converted("a", std::nullopt), "a");
    EXPECT_EQ(converted("\xEF\xBB\xBFid\xC3\xA9\xFF", std::nullopt), "\xEF\xBB\xBFid\xC3\xA9\xFF");
    EXPECT_EQ(converted("\xFF\xFEx", Encoding::utf8), "\xFF\xFEx");
}

TEST(Utf8Source, SeesUtf16ByItsMark) {
    EXPECT_EQ(converted("\xFF\xFEi\0d\0\xE9\0"s, std::nullopt), "id\xC3\xA9");
    EXPECT_EQ(converted("\xFE\xFF\0i\0d\0\xE9"s, std::nullopt), "id\xC3\xA9");
    EXPECT_EQ(converted("\xFF\xFE", std::nullopt), "");
}

TEST(Utf8Source, TellsWhatTheFileIsIn) {
    const auto found = [](const std::string& bytes, std::optional<Encoding> declared) {
        MemorySource source(bytes);
        return Utf8Source::open(source, declared).value()->encoding();
    };
    EXPECT_EQ(found("id", std::nullopt), Encoding::utf8);
    EXPECT_EQ(found("\xFE\xFF", std::nullopt), Encoding::utf16);
    EXPECT_EQ(found("id", Encoding::latin1), Encoding::latin1);
}

TEST(TranscodingSource, ReadsUtf16WithAndWithoutMark) {
    EXPECT_EQ(converted("i\0d\0"s, Encoding::utf16), "id");
    EXPECT_EQ(converted("\xFE\xFF\0i"s, Encoding::utf16), "i");
    EXPECT_EQ(converted("\xFF\xFEi\0"s, Encoding::utf16le), "i");
    EXPECT_EQ(converted("\0i\0d"s, Encoding::utf16be), "id");
    EXPECT_EQ(converted("i\0\xFF\xFE"s, Encoding::utf16le), "i\xEF\xBB\xBF");
}

TEST(TranscodingSource, JoinsSurrogatePairs) {
    EXPECT_EQ(converted("\x3D\xD8\x00\xDE"s, Encoding::utf16le), "\xF0\x9F\x98\x80");
    EXPECT_EQ(converted("\xD8\x3D\xDE\x00"s, Encoding::utf16be), "\xF0\x9F\x98\x80");
}

struct BrokenCase {
    std::string bytes;
    Encoding encoding;
    std::string text;
    std::size_t invalid_at;
};

class BrokenText : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenText, IsInvalidAtItsPlace) {
    const std::string text = converted(GetParam().bytes, GetParam().encoding);
    EXPECT_EQ(text, GetParam().text);
    EXPECT_EQ(find_invalid_utf8(text), GetParam().invalid_at);
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    BrokenText,
    testing::Values(
        BrokenCase{"a\0\x3D\xD8z\0"s, Encoding::utf16le, "a\xED\xA0\xBDz", 1},
        BrokenCase{"a\0\x00\xDEz\0"s, Encoding::utf16le, "a\xED\xB8\x80z", 1},
        BrokenCase{
            "\x3D\xD8\x3D\xD8\x00\xDE"s, Encoding::utf16le, "\xED\xA0\xBD\xF0\x9F\x98\x80", 0
        },
        BrokenCase{"a\0\x3D\xD8"s, Encoding::utf16le, "a\xED\xA0\xBD", 1},
        BrokenCase{"a\0b"s, Encoding::utf16le, "a\xFF", 1},
        BrokenCase{"\xE9\x81z", Encoding::windows1252, "\xC3\xA9\x81z", 2}
    )
);

TEST(TranscodingSource, ReadsEveryByteOfLatin1) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    const std::string text = converted(bytes, Encoding::latin1);
    EXPECT_FALSE(find_invalid_utf8(text));
    EXPECT_EQ(count_characters(text), 256U);
    EXPECT_TRUE(text.ends_with("\xC3\xBE\xC3\xBF"));
}

TEST(TranscodingSource, ReadsWindows1252) {
    EXPECT_EQ(
        converted("\x80 \x93quoted\x94 \x96 \xE9\x9F", Encoding::windows1252),
        "\xE2\x82\xAC \xE2\x80\x9Cquoted\xE2\x80\x9D \xE2\x80\x93 \xC3\xA9\xC5\xB8"
    );
}

TEST(TranscodingSource, ConvertsMoreThanOnePiece) {
    std::string bytes;
    for (int i = 0; i < 40'000; ++i) bytes += "\xE9\0"s;
    EXPECT_EQ(count_characters(converted(bytes, Encoding::utf16le)), 40'000U);
}

class BrokenSource final : public ByteSource {
  public:
    core::Result<std::size_t> read(std::span<std::byte> /*into*/) override {
        return core::fail(core::Errc::unavailable, "the disk is gone");
    }
};

TEST(Utf8Source, PassesOnTheSourcesFailure) {
    BrokenSource source;
    EXPECT_EQ(Utf8Source::open(source, std::nullopt).error().message, "the disk is gone");
    const auto latin = Utf8Source::open(source, Encoding::latin1).value();
    std::array<std::byte, 4> piece{};
    EXPECT_EQ(latin->read(piece).error().message, "the disk is gone");
}

}  // namespace
}  // namespace reel::warehouse
