#include "fetch/part_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

#include "fetch/cache_entry.hpp"

namespace reel::fetch {

namespace {

namespace fs = std::filesystem;

class PartFileTest : public testing::Test {
  protected:
    PartFileTest() {
        std::string name = (fs::temp_directory_path() / "reel-part-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~PartFileTest() override {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    static std::string read(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    /// A part as a killed process leaves it.
    void leave_part(const Version& version, const std::string& content) const {
        auto part = PartFile::open(folder);
        ASSERT_TRUE(part);
        ASSERT_TRUE(part->restart(version));
        ASSERT_TRUE(part->append(content));
    }

    fs::path folder;
};

TEST_F(PartFileTest, GrowsAndBecomesTheFinishedFile) {
    auto part = PartFile::open(folder);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->size(), 0U);
    ASSERT_TRUE(part->restart({.etag = "\"v\"", .total = 6}));
    ASSERT_TRUE(part->append("abc"));
    ASSERT_TRUE(part->append("def"));
    EXPECT_EQ(part->size(), 6U);
    ASSERT_TRUE(part->finish(folder / "data"));
    EXPECT_EQ(read(folder / "data"), "abcdef");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(PartFileTest, IsTakenUpByALaterProcess) {
    leave_part({.etag = "\"v\"", .last_modified = "some day", .total = 10}, "abc");
    auto part = PartFile::open(folder);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->size(), 3U);
    EXPECT_EQ(part->version().etag, "\"v\"");
    EXPECT_EQ(part->version().last_modified, "some day");
    EXPECT_EQ(part->version().total, 10U);
    ASSERT_TRUE(part->append("d"));
    EXPECT_EQ(part->size(), 4U);
}

TEST_F(PartFileTest, IsDroppedWhenItsVersionCannotBeChecked) {
    leave_part({.etag = "W/\"weak\"", .total = 10}, "abc");
    EXPECT_EQ(PartFile::open(folder)->size(), 0U);
    leave_part({}, "abc");
    EXPECT_EQ(PartFile::open(folder)->size(), 0U);
    leave_part({.etag = "\"v\""}, "abc");
    std::ofstream(folder / "part.json") << "{\"etag\": 7}";
    EXPECT_EQ(PartFile::open(folder)->size(), 0U);
    leave_part({.etag = "\"v\""}, "abc");
    fs::remove(folder / "part.json");
    EXPECT_EQ(PartFile::open(folder)->size(), 0U);
}

TEST_F(PartFileTest, IsDroppedWhenItIsLongerThanTheWhole) {
    leave_part({.etag = "\"v\"", .total = 3}, "abcd");
    EXPECT_EQ(PartFile::open(folder)->size(), 0U);
}

TEST_F(PartFileTest, SurvivesAValidatorOfStrangeBytes) {
    leave_part({.etag = "\"\xff\xfe\"", .total = 10}, "abc");
    EXPECT_TRUE(PartFile::open(folder));
}

TEST_F(PartFileTest, AFolderThatCannotBeMadeIsNamed) {
    std::ofstream(folder / "file") << "x";
    const auto part = PartFile::open(folder / "file" / "below");
    ASSERT_FALSE(part);
    EXPECT_NE(part.error().message.find("file/below"), std::string::npos);
}

TEST(Version, NamesAStrongValidatorOnly) {
    EXPECT_EQ((Version{.etag = "\"a\"", .last_modified = "day"}.range_validator()), "\"a\"");
    EXPECT_EQ((Version{.etag = "W/\"a\"", .last_modified = "day"}.range_validator()), "day");
    EXPECT_EQ((Version{.etag = "W/\"a\""}.range_validator()), "");
}

TEST_F(PartFileTest, ACacheEntryIsWhatWasStoredWhileItsFileIsTheSame) {
    const auto entry = CacheEntry::open(folder, [] {});
    ASSERT_TRUE(entry);
    EXPECT_FALSE(entry->load());
    std::ofstream(entry->data()) << "hello";
    StoredFile file{.etag = "\"v\"", .last_modified = "day", .file_name = "a.csv", .sha256 = "abc"};
    file.stamp = load_stamp(entry->data()).value();
    ASSERT_TRUE(entry->store(file));
    const auto loaded = entry->load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->etag, "\"v\"");
    EXPECT_EQ(loaded->last_modified, "day");
    EXPECT_EQ(loaded->file_name, "a.csv");
    EXPECT_EQ(loaded->sha256, "abc");
    std::ofstream(entry->data(), std::ios::app) << "!";
    EXPECT_FALSE(entry->load());
    entry->drop();
    EXPECT_FALSE(entry->load_notes());
    EXPECT_FALSE(fs::exists(entry->data()));
}

TEST_F(PartFileTest, DamagedCacheNotesAreAsIfTheyWereNotThere) {
    const auto entry = CacheEntry::open(folder, [] {});
    ASSERT_TRUE(entry);
    for (const char* const text : {"", "[", "[]", "{}", "{\"etag\": 1}"}) {
        std::ofstream(folder / "entry.json", std::ios::trunc) << text;
        EXPECT_FALSE(entry->load_notes()) << text;
    }
}

}  // namespace

}  // namespace reel::fetch
