#include "warehouse/stage/locate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LocateSourcesTest : public testing::Test {
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

    /// What was found, as "name" or the message of the error.
    std::vector<std::string> names(const std::string& path) {
        const auto files = locate_sources(folder, path);
        if (!files) return {files.error().message};
        std::vector<std::string> names;
        for (const auto& file : *files) names.push_back(file.name);
        return names;
    }
    /// The only file.
    fs::path one(const std::string& path) {
        const auto files = locate_sources(folder, path).value();
        EXPECT_EQ(files.size(), 1U);
        EXPECT_EQ(files.front().name, path);
        return files.front().path;
    }

    fs::path folder;
};

TEST_F(LocateSourcesTest, FindsAFileOfTheFolder) {
    const auto file = put("links.csv");
    put("sub/links.csv");
    EXPECT_EQ(one("links.csv"), file);
}

TEST_F(LocateSourcesTest, FindsItOneFolderDownWhenThereIsOnlyOne) {
    const auto file = put("ml-latest/links.csv");
    EXPECT_EQ(one("links.csv"), file);
}

TEST_F(LocateSourcesTest, TakesAPathAndAnAbsolutePath) {
    const auto file = put("a/b/links.csv");
    EXPECT_EQ(one("a/b/links.csv"), file);
    EXPECT_EQ(one(file.string()), file);
}

TEST_F(LocateSourcesTest, DoesNotChooseBetweenFolders) {
    put("a/links.csv");
    put("b/links.csv");
    const auto found = locate_sources(folder, "links.csv");
    ASSERT_FALSE(found.has_value());
    EXPECT_THAT(found.error().message, HasSubstr("a/links.csv, b/links.csv"));
}

TEST_F(LocateSourcesTest, ListsTheFilesThatAreThere) {
    put("ratings.csv");
    put("inner/links.csv");
    const auto found = locate_sources(folder, "rating.csv");
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, core::Errc::not_found);
    EXPECT_THAT(found.error().message, HasSubstr("did you mean 'ratings.csv'?"));
    EXPECT_THAT(found.error().hint, HasSubstr("inner/links.csv, ratings.csv"));
    EXPECT_EQ(found.error().where, folder.string());
}

TEST_F(LocateSourcesTest, ComparesCase) {
    put("Links.csv");
    EXPECT_FALSE(locate_sources(folder, "links.csv").has_value());
}

TEST_F(LocateSourcesTest, CutsALongList) {
    for (int i = 0; i < 25; ++i) {
        put("file" + std::to_string(100 + i));
    }
    const auto found = locate_sources(folder, "x");
    ASSERT_FALSE(found.has_value());
    EXPECT_THAT(found.error().hint, HasSubstr("file119 and 5 more"));
    EXPECT_THAT(found.error().hint, Not(HasSubstr("file120")));
}

TEST_F(LocateSourcesTest, SaysWhenNothingIsThere) {
    EXPECT_THAT(locate_sources(folder, "x").error().hint, HasSubstr("empty or missing"));
    EXPECT_THAT(locate_sources(folder / "none", "x").error().hint, HasSubstr("empty or missing"));
    EXPECT_FALSE(locate_sources(folder, "/none/x").has_value());
}

TEST_F(LocateSourcesTest, TakesAllFilesOfAFolderSorted) {
    put("clicks/dt=2/part-1.json");
    put("clicks/dt=1/part-2.json");
    put("clicks/dt=1/part-1.json");
    put("clicks/all.json");
    put("clicks/_SUCCESS");
    put("clicks/.hidden");
    put("clicks/_temporary/part-9.json");
    put("other.json");
    EXPECT_THAT(
        names("clicks"),
        ElementsAre(
            "clicks/all.json",
            "clicks/dt=1/part-1.json",
            "clicks/dt=1/part-2.json",
            "clicks/dt=2/part-1.json"
        )
    );
    EXPECT_THAT(names((folder / "clicks/dt=2").string()), ElementsAre("clicks/dt=2/part-1.json"));
}

TEST_F(LocateSourcesTest, TakesAllFilesThatFitAPattern) {
    put("b.csv");
    put("a.csv");
    put("a.txt");
    put("deep/c.csv");
    put("deep/deeper/d.csv");
    EXPECT_THAT(names("*.csv"), ElementsAre("a.csv", "b.csv"));
    EXPECT_THAT(names("?.*"), ElementsAre("a.csv", "a.txt", "b.csv"));
    EXPECT_THAT(names("[b-z].csv"), ElementsAre("b.csv"));
    EXPECT_THAT(names("*/*.csv"), ElementsAre("deep/c.csv"));
    EXPECT_THAT(
        names("**/*.csv"), ElementsAre("a.csv", "b.csv", "deep/c.csv", "deep/deeper/d.csv")
    );
    EXPECT_THAT(names("deep/**"), ElementsAre("deep/c.csv", "deep/deeper/d.csv"));
    EXPECT_THAT(names((folder / "deep").string() + "/*"), ElementsAre("deep/c.csv"));
}

TEST_F(LocateSourcesTest, LooksForAPatternOneFolderFurtherDown) {
    put("ml-latest/ratings_1.csv");
    put("ml-latest/ratings_2.csv");
    EXPECT_THAT(
        names("ratings_*.csv"), ElementsAre("ml-latest/ratings_1.csv", "ml-latest/ratings_2.csv")
    );
    put("older/ratings_1.csv");
    EXPECT_THAT(
        names("ratings_*.csv"),
        ElementsAre("'ratings_*.csv' is in several folders: ml-latest/ratings_*.csv, "
                    "older/ratings_*.csv")
    );
}

TEST_F(LocateSourcesTest, SaysWhenNothingFits) {
    put("a.csv");
    EXPECT_THAT(names("*.json"), ElementsAre("no file fits '*.json'"));
    EXPECT_THAT(names("/none/*.json"), ElementsAre("no file fits '*.json'"));
}

TEST_F(LocateSourcesTest, TakesAFileWhoseNameLooksLikeAPattern) {
    put("a[1].csv");
    EXPECT_THAT(names("a[1].csv"), ElementsAre("a[1].csv"));
}

}  // namespace

}  // namespace reel::warehouse
