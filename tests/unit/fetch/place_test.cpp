#include "fetch/place.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

#include "fetch/working_file.hpp"

namespace reel::fetch {

namespace {

namespace fs = std::filesystem;

class PlaceTest : public testing::Test {
  protected:
    PlaceTest() {
        std::string name = (fs::temp_directory_path() / "reel-place-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~PlaceTest() override {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    static std::string read(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    fs::path write(const fs::path& name, const std::string& text) const {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::binary) << text;
        return folder / name;
    }
    [[nodiscard]] std::ptrdiff_t entries(const fs::path& below = ".") const {
        return std::distance(fs::directory_iterator(folder / below), fs::directory_iterator());
    }

    fs::path folder;
};

TEST_F(PlaceTest, AFileGetsASecondName) {
    const auto from = write("from", "text");
    ASSERT_TRUE(place_file(from, folder / "to"));
    EXPECT_EQ(read(folder / "to"), "text");
    EXPECT_EQ(read(from), "text");
    EXPECT_EQ(fs::hard_link_count(from), 2U);
    EXPECT_EQ(entries(), 2) << "and nothing is left over";
}

TEST_F(PlaceTest, AFileTakesThePlaceOfAnother) {
    const auto from = write("from", "new");
    write("to", "old and longer");
    ASSERT_TRUE(place_file(from, folder / "to"));
    EXPECT_EQ(read(folder / "to"), "new");
}

TEST_F(PlaceTest, AReaderOfTheOldFileKeepsIt) {
    const auto from = write("from", "new");
    std::ifstream reader(write("to", "old"), std::ios::binary);
    ASSERT_TRUE(place_file(from, folder / "to"));
    std::string text;
    reader >> text;
    EXPECT_EQ(text, "old");
}

TEST_F(PlaceTest, PlacingTwiceIsPlacingOnce) {
    const auto from = write("from", "text");
    ASSERT_TRUE(place_file(from, folder / "to"));
    ASSERT_TRUE(place_file(from, folder / "to"));
    EXPECT_EQ(entries(), 2);
    EXPECT_EQ(fs::hard_link_count(from), 2U);
}

TEST_F(PlaceTest, ALinkToTheFileIsReplacedByTheFileItself) {
    const auto from = write("from", "text");
    fs::create_symlink(from, folder / "to");
    ASSERT_TRUE(place_file(from, folder / "to"));
    EXPECT_FALSE(fs::is_symlink(folder / "to"));
    EXPECT_EQ(read(folder / "to"), "text");
}

TEST_F(PlaceTest, WhatAKilledOneLeftIsSwept) {
    const auto from = write("from", "text");
    write(".to.part", "half");
    ASSERT_TRUE(place_file(from, folder / "to"));
    EXPECT_EQ(read(folder / "to"), "text");
    EXPECT_FALSE(fs::exists(folder / ".to.part"));
}

TEST_F(PlaceTest, AMissingFileIsAnErrorAndLeavesTheOldOne) {
    write("to", "old");
    const auto placed = place_file(folder / "none", folder / "to");
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().code, core::Errc::not_found);
    EXPECT_TRUE(placed.error().message.starts_with("cannot write " + (folder / "to").string()));
    EXPECT_EQ(read(folder / "to"), "old");
}

TEST_F(PlaceTest, AMissingFolderIsAnError) {
    const auto from = write("from", "text");
    EXPECT_FALSE(place_file(from, folder / "none" / "to"));
    EXPECT_FALSE(place_link(from, folder / "none" / "to"));
}

TEST_F(PlaceTest, AFolderIsNotReplacedByAFile) {
    const auto from = write("from", "text");
    write("to/inside", "kept");
    const auto placed = place_file(from, folder / "to");
    ASSERT_FALSE(placed);
    EXPECT_TRUE(placed.error().message.ends_with("in its place: Is a directory"));
    EXPECT_EQ(read(folder / "to" / "inside"), "kept");
    EXPECT_FALSE(fs::exists(folder / ".to.part"));
}

TEST_F(PlaceTest, ALinkTakesThePlaceOfAFileAndOfALink) {
    const auto target = write("target", "text");
    write("to", "old");
    ASSERT_TRUE(place_link(target, folder / "to"));
    EXPECT_EQ(fs::read_symlink(folder / "to"), target);
    const auto other = write("other", "more");
    ASSERT_TRUE(place_link(other, folder / "to"));
    EXPECT_EQ(read(folder / "to"), "more");
    EXPECT_EQ(read(target), "text");
}

TEST_F(PlaceTest, ALinkMayPointAtWhatIsNotThere) {
    ASSERT_TRUE(place_link("/no/such/file", folder / "to"));
    EXPECT_EQ(fs::read_symlink(folder / "to"), "/no/such/file");
}

TEST_F(PlaceTest, AFolderIsMovedFileByFileWhereTheTargetHasIt) {
    write("from/a/1", "one");
    write("from/b/2", "two");
    write("from/3", "three");
    write("into/a/0", "kept");
    write("into/a/1", "old");
    ASSERT_TRUE(merge_folder(folder / "from", folder / "into"));
    EXPECT_EQ(read(folder / "into/a/0"), "kept");
    EXPECT_EQ(read(folder / "into/a/1"), "one");
    EXPECT_EQ(read(folder / "into/b/2"), "two");
    EXPECT_EQ(read(folder / "into/3"), "three");
}

TEST_F(PlaceTest, AnEmptyFolderMovesNothing) {
    fs::create_directories(folder / "from");
    write("into/a", "kept");
    ASSERT_TRUE(merge_folder(folder / "from", folder / "into"));
    EXPECT_EQ(entries("into"), 1);
}

TEST_F(PlaceTest, AFileWhereAFolderShouldGoIsAnError) {
    write("from/a/1", "one");
    write("into/a", "a file");
    const auto moved = merge_folder(folder / "from", folder / "into");
    ASSERT_FALSE(moved);
    EXPECT_EQ(read(folder / "into/a"), "a file");
}

TEST_F(PlaceTest, AFolderThatIsNotThereIsNamed) {
    const auto moved = merge_folder(folder / "none", folder);
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, core::Errc::not_found);
    EXPECT_TRUE(moved.error().message.contains("/none"));
}

TEST_F(PlaceTest, AScratchFolderIsEmptiedFirstAndGoneAfterwards) {
    write("scratch/left", "over");
    {
        const auto scratch = ScratchFolder::make(folder / "scratch");
        ASSERT_TRUE(scratch);
        EXPECT_EQ(entries("scratch"), 0);
        write("scratch/new", "text");
    }
    EXPECT_FALSE(fs::exists(folder / "scratch"));
}

TEST_F(PlaceTest, AMovedScratchFolderIsRemovedOnce) {
    auto scratch = ScratchFolder::make(folder / "scratch");
    ASSERT_TRUE(scratch);
    {
        const ScratchFolder other(std::move(*scratch));
        EXPECT_TRUE(fs::exists(other.path()));
    }
    EXPECT_FALSE(fs::exists(folder / "scratch"));
}

TEST_F(PlaceTest, AScratchFolderBelowAFileIsAnError) {
    write("file", "x");
    EXPECT_FALSE(ScratchFolder::make(folder / "file" / "scratch"));
}

TEST_F(PlaceTest, AFolderIsMadeWithItsParentsAndAgain) {
    ASSERT_TRUE(make_folder(folder / "a" / "b" / "c"));
    ASSERT_TRUE(make_folder(folder / "a" / "b" / "c"));
    EXPECT_TRUE(fs::is_directory(folder / "a" / "b" / "c"));
    write("file", "x");
    const auto made = make_folder(folder / "file");
    ASSERT_FALSE(made);
    EXPECT_TRUE(made.error().message.ends_with("Not a directory"));
}

TEST_F(PlaceTest, AStampChangesWithTheFileAndFollowsLinks) {
    const auto file = write("file", "text");
    fs::create_symlink(file, folder / "link");
    const auto before = load_stamp(file);
    ASSERT_TRUE(before);
    EXPECT_EQ(before->size, 4U);
    EXPECT_EQ(load_stamp(file).value(), *before);
    EXPECT_EQ(load_stamp(folder / "link").value(), *before);
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::nanoseconds(1000));
    EXPECT_NE(load_stamp(file).value(), *before);
    EXPECT_EQ(load_stamp(folder / "none").error().code, core::Errc::not_found);
}

struct FetchErrnoCase {
    int number;
    core::Errc code;
    bool has_hint;
};

TEST(FetchErrno, SaysWhatToDoWhereSomethingCanBeDone) {
    const FetchErrnoCase cases[] = {
        {ENOSPC, core::Errc::unavailable, true},
        {EDQUOT, core::Errc::unavailable, true},
        {EFBIG, core::Errc::unavailable, true},
        {EIO, core::Errc::unavailable, false},
        {EACCES, core::Errc::permission_denied, false},
        {EPERM, core::Errc::permission_denied, false},
        {ENOENT, core::Errc::not_found, false},
    };
    for (const auto& each : cases) {
        const core::Result<void> result = fail_errno("cannot write x", each.number);
        EXPECT_EQ(result.error().code, each.code) << each.number;
        EXPECT_EQ(!result.error().hint.empty(), each.has_hint) << each.number;
        EXPECT_TRUE(result.error().message.starts_with("cannot write x: "));
    }
}

TEST(FetchErrno, AWriteIntoNothingNamesTheFile) {
    const UniqueFd none;
    const auto written = write_all(none, "text", "/some/file");
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().message.starts_with("cannot write /some/file: "));
    EXPECT_TRUE(write_all(none, "", "/some/file")) << "nothing to write is no failure";
}

}  // namespace

}  // namespace reel::fetch
