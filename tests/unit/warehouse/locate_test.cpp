#include "warehouse/stage/locate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class LocateSourceTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto* const name = testing::UnitTest::GetInstance()->current_test_info()->name();
        folder = fs::temp_directory_path() /
                 (std::string("reel_locate_") + name + "_" + std::to_string(getpid()));
        fs::create_directories(folder);
    }
    void TearDown() override { fs::remove_all(folder); }

    fs::path put(const std::string& name) {
        const auto path = folder / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "x";
        return path;
    }

    fs::path folder;
};

TEST_F(LocateSourceTest, FindsAFileOfTheFolder) {
    const auto file = put("links.csv");
    put("sub/links.csv");
    EXPECT_EQ(locate_source(folder, "links.csv").value(), file);
}

TEST_F(LocateSourceTest, FindsItOneFolderDownWhenThereIsOnlyOne) {
    const auto file = put("ml-latest/links.csv");
    EXPECT_EQ(locate_source(folder, "links.csv").value(), file);
}

TEST_F(LocateSourceTest, TakesAPathAndAnAbsolutePath) {
    const auto file = put("a/b/links.csv");
    EXPECT_EQ(locate_source(folder, "a/b/links.csv").value(), file);
    EXPECT_EQ(locate_source("/nowhere", file.string()).value(), file);
}

TEST_F(LocateSourceTest, DoesNotChooseBetweenFolders) {
    put("a/links.csv");
    put("b/links.csv");
    const auto found = locate_source(folder, "links.csv");
    ASSERT_FALSE(found.has_value());
    EXPECT_THAT(found.error().message, HasSubstr("a/links.csv, b/links.csv"));
}

TEST_F(LocateSourceTest, ListsTheFilesThatAreThere) {
    put("ratings.csv");
    put("inner/links.csv");
    const auto found = locate_source(folder, "rating.csv");
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, core::Errc::not_found);
    EXPECT_THAT(found.error().message, HasSubstr("did you mean 'ratings.csv'?"));
    EXPECT_THAT(found.error().hint, HasSubstr("inner/links.csv, ratings.csv"));
    EXPECT_EQ(found.error().where, folder.string());
}

TEST_F(LocateSourceTest, ComparesCase) {
    put("Links.csv");
    EXPECT_FALSE(locate_source(folder, "links.csv").has_value());
}

TEST_F(LocateSourceTest, CutsALongList) {
    for (int i = 0; i < 25; ++i) {
        put("file" + std::to_string(100 + i));
    }
    const auto found = locate_source(folder, "x");
    ASSERT_FALSE(found.has_value());
    EXPECT_THAT(found.error().hint, HasSubstr("file119 and 5 more"));
    EXPECT_THAT(found.error().hint, Not(HasSubstr("file120")));
}

TEST_F(LocateSourceTest, SaysWhenNothingIsThere) {
    EXPECT_THAT(locate_source(folder, "x").error().hint, HasSubstr("empty or missing"));
    EXPECT_THAT(locate_source(folder / "none", "x").error().hint, HasSubstr("empty or missing"));
    EXPECT_FALSE(locate_source(folder, "/none/x").has_value());
}

TEST_F(LocateSourceTest, TakesNoFolderForAFile) {
    put("links.csv/inner");
    EXPECT_FALSE(locate_source(folder, "links.csv").has_value());
}

}  // namespace

}  // namespace reel::warehouse
