#include "fetch/gzip_source.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <random>
#include <string>

namespace reel::fetch {

namespace {

namespace fs = std::filesystem;

std::string gzip(const std::string& text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string input = text;
    std::string packed(deflateBound(&stream, input.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<unsigned char*>(input.data());
    stream.avail_in = static_cast<unsigned>(input.size());
    stream.next_out = reinterpret_cast<unsigned char*>(packed.data());
    stream.avail_out = static_cast<unsigned>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

class GzipSourceTest : public testing::Test {
  protected:
    GzipSourceTest() {
        std::string name = (fs::temp_directory_path() / "reel-gzip-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~GzipSourceTest() override {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    /// The whole text, or the error's message.
    [[nodiscard]] core::Result<std::string> unpack(const std::string& bytes) const {
        const auto file = folder / "file.gz";
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
        auto source = GzipSource::open(file);
        if (!source) return std::unexpected(source.error());
        std::string text;
        while (true) {
            const auto piece = source->read();
            if (!piece) return std::unexpected(piece.error());
            if (piece->empty()) return text;
            text += *piece;
        }
    }
    [[nodiscard]] std::string failure(const std::string& bytes) const {
        const auto result = unpack(bytes);
        if (result) return "it was unpacked to " + std::to_string(result->size()) + " bytes";
        EXPECT_EQ(result.error().code, core::Errc::corrupt_data);
        return result.error().message;
    }

    fs::path folder;
};

TEST_F(GzipSourceTest, GivesBackTextsOfAnySize) {
    for (const std::size_t size : {0U, 1U, 100U, 65'536U, 262'143U, 262'144U, 262'145U, 600'000U}) {
        std::string text(size, '\0');
        for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
        EXPECT_EQ(unpack(gzip(text)), text) << size;
    }
}

TEST_F(GzipSourceTest, GivesBackBytesThatCannotBePacked) {
    std::mt19937 engine(3);
    std::string text(200'000, '\0');
    for (char& letter : text) letter = static_cast<char>(engine() % 256);
    EXPECT_EQ(unpack(gzip(text)), text);
}

TEST_F(GzipSourceTest, GivesSeveralMembersAsOneText) {
    EXPECT_EQ(unpack(gzip("one,") + gzip("") + gzip("two,") + gzip("three")), "one,two,three");
}

TEST_F(GzipSourceTest, AMemberMayBeginAtAnyPlaceOfTheBuffer) {
    std::mt19937 engine(5);
    std::string noise(65'530, '\0');
    for (char& letter : noise) letter = static_cast<char>(engine() % 256);
    for (std::size_t cut = 0; cut < 40; cut += 3) {
        const std::string first = noise.substr(cut);
        EXPECT_EQ(unpack(gzip(first) + gzip("end")), first + "end") << cut;
    }
}

TEST_F(GzipSourceTest, ZerosBehindTheEndArePadding) {
    for (const std::size_t zeros : {1U, 2U, 511U, 100'000U}) {
        EXPECT_EQ(unpack(gzip("text") + std::string(zeros, '\0')), "text") << zeros;
    }
}

TEST_F(GzipSourceTest, AnythingElseBehindTheEndIsDamage) {
    for (const std::string& rest :
         {std::string("x"), std::string("<html>"), std::string("\0\0x", 3), std::string("\x1f")}) {
        EXPECT_EQ(failure(gzip("text") + rest), "damaged gzip file: rubbish follows its end");
    }
}

TEST_F(GzipSourceTest, AFileThatIsCutAnywhereIsTruncated) {
    const std::string whole = gzip("some text that is packed");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(failure(whole.substr(0, size)), "truncated gzip file") << size;
    }
}

TEST_F(GzipSourceTest, ASecondMemberThatIsCutIsTruncatedToo) {
    const std::string first = gzip("one");
    const std::string whole = first + gzip("two");
    for (std::size_t size = first.size() + 2; size < whole.size(); ++size) {
        EXPECT_EQ(failure(whole.substr(0, size)), "truncated gzip file") << size;
    }
}

TEST_F(GzipSourceTest, EveryBitOfTheSumsIsChecked) {
    const std::string whole = gzip("some text");
    for (std::size_t byte = whole.size() - 8; byte < whole.size(); ++byte) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = whole;
            damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
            EXPECT_TRUE(failure(damaged).starts_with("damaged gzip file: ")) << byte << "." << bit;
        }
    }
}

TEST_F(GzipSourceTest, WhatIsNoGzipFileIsDamage) {
    EXPECT_TRUE(failure("PK\x03\x04 a zip archive").starts_with("damaged gzip file: "));
    EXPECT_TRUE(failure("id,name\n1,a\n").starts_with("damaged gzip file: "));
}

TEST_F(GzipSourceTest, TheEndStaysTheEnd) {
    std::ofstream(folder / "a.gz", std::ios::binary) << gzip("text");
    auto source = GzipSource::open(folder / "a.gz");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->read().value(), "text");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(source->read().value(), "");
}

TEST_F(GzipSourceTest, AMissingFileIsNamed) {
    const auto source = GzipSource::open(folder / "none.gz");
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, core::Errc::not_found);
    EXPECT_TRUE(source.error().message.contains("none.gz"));
}

}  // namespace

}  // namespace reel::fetch
