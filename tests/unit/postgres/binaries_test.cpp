#include "postgres/binaries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/postgres/scratch_folder.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

/// Searches below a scratch folder only.
class Binaries : public testing::Test {
  protected:
    Binaries() {
        search.versions = folder.path() / "versions";
        search.others = {folder.path() / "other"};
    }

    fs::path install(const std::string& where) {
        folder.write(fs::path(where) / "initdb", "", 0755);
        folder.write(fs::path(where) / "postgres", "", 0755);
        return folder.path() / where;
    }

    ScratchFolder folder;
    BinarySearch search;
};

TEST_F(Binaries, MissingEverywhereTellsHowToInstall) {
    const auto found = find_binaries(search);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, core::Errc::not_found);
    EXPECT_THAT(found.error().hint, testing::HasSubstr("apt-get install -y postgresql"));
}

TEST_F(Binaries, OfSeveralVersionsTheNewestIsTaken) {
    install("versions/9.6/bin");
    install("versions/13/bin");
    const fs::path newest = install("versions/15/bin");
    EXPECT_EQ(find_binaries(search), newest);
}

TEST_F(Binaries, AVersionWithoutAServerIsPassedOver) {
    folder.write("versions/16/bin/psql", "", 0755);
    const fs::path whole = install("versions/15/bin");
    EXPECT_EQ(find_binaries(search), whole);
}

TEST_F(Binaries, TheSearchPathComesBeforeTheVersions) {
    install("versions/15/bin");
    const fs::path first = install("mine");
    search.search_path = "/nowhere::" + first.string() + ":/usr/bin";
    EXPECT_EQ(find_binaries(search), first);
}

TEST_F(Binaries, TheVersionOfTheDataComesBeforeAll) {
    search.search_path = install("mine").string();
    install("versions/15/bin");
    const fs::path own = install("versions/13/bin");
    search.data_version = "13";
    EXPECT_EQ(find_binaries(search), own);
}

TEST_F(Binaries, OtherUsualPlacesComeLast) {
    const fs::path other = install("other");
    EXPECT_EQ(find_binaries(search), other);
    const fs::path version = install("versions/15/bin");
    EXPECT_EQ(find_binaries(search), version);
}

TEST_F(Binaries, AGivenFolderIsTheOnlyOneTried) {
    install("versions/15/bin");
    search.folder = folder.path() / "empty";
    const auto found = find_binaries(search);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().where, search.folder.string());
}

TEST_F(Binaries, ProgramsThatCannotBeRunDoNotCount) {
    folder.write("mine/initdb", "", 0644);
    folder.write("mine/postgres", "", 0644);
    search.folder = folder.path() / "mine";
    EXPECT_FALSE(find_binaries(search));
}

}  // namespace

}  // namespace reel::postgres
