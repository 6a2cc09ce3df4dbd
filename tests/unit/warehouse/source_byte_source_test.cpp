#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "warehouse/source/byte_source.hpp"

namespace reel::warehouse {
namespace {

std::string read_all(ByteSource& source) {
    std::string all;
    std::array<std::byte, 5> piece = {};
    while (const std::size_t got = source.read(piece).value()) {
        for (std::size_t i = 0; i < got; ++i) all += static_cast<char>(piece[i]);
    }
    return all;
}

/// A file of its own for each test.
class FileSourceFile : public testing::Test {
  protected:
    FileSourceFile() {
        std::string name = testing::TempDir() + "reel_source_XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~FileSourceFile() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_F(FileSourceFile, IsReadToItsEnd) {
    const auto path = folder_ / "x.csv";
    std::ofstream(path) << "twelve bytes";
    const auto source = FileSource::open(path);
    ASSERT_TRUE(source);
    EXPECT_EQ(read_all(**source), "twelve bytes");
    std::array<std::byte, 5> piece = {};
    EXPECT_EQ((*source)->read(piece).value(), 0U);
}

TEST_F(FileSourceFile, NamesThePathOfAMissingFile) {
    const auto source = FileSource::open(folder_ / "missing.csv");
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, core::Errc::not_found);
    EXPECT_EQ(source.error().message, "cannot open the file: No such file or directory");
    EXPECT_EQ(source.error().where, (folder_ / "missing.csv").string());
}

TEST_F(FileSourceFile, RefusesAFolder) {
    const auto source = FileSource::open(folder_);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().message, "cannot read: Is a directory");
}

TEST(MemorySource, GivesNoMoreThanItsReadSize) {
    MemorySource source("abcde", 2);
    std::array<std::byte, 5> piece = {};
    EXPECT_EQ(source.read(piece).value(), 2U);
    EXPECT_EQ(source.read(std::span(piece).first(1)).value(), 1U);
    EXPECT_EQ(source.read(piece).value(), 2U);
    EXPECT_EQ(source.read(piece).value(), 0U);
}

TEST(HashingSource, KnowsTheHashOfWhatItPassedOn) {
    MemorySource inner("abc", 2);
    HashingSource source(inner);
    EXPECT_EQ(source.sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(read_all(source), "abc");
    EXPECT_EQ(source.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(source.bytes(), 3U);
}

}  // namespace
}  // namespace reel::warehouse
