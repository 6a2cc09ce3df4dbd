#include "postgres/owner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "unit/postgres/scratch_folder.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;
using core::Errc;
using testing::HasSubstr;

class PrivateFiles : public testing::Test {
  protected:
    static unsigned mode_of(const fs::path& path) {
        struct stat status{};
        EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777U;
    }
    static std::string read(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    ScratchFolder scratch;
    fs::path folder = scratch.path() / "pg";
    Owner self{::geteuid(), ::getegid(), "me", false};
};

TEST_F(PrivateFiles, AFolderIsMadeWithItsParentsAndForItsOwnerAlone) {
    const fs::path deep = scratch.path() / "a" / "b" / "pg";
    ASSERT_TRUE(make_private_folder(deep, self));
    EXPECT_EQ(mode_of(deep), 0700U);
    ASSERT_TRUE(make_private_folder(deep, self)) << "a second time it is there";
    EXPECT_EQ(mode_of(deep), 0700U);
}

TEST_F(PrivateFiles, AnOpenFolderIsClosedToOthers) {
    for (const unsigned mode : {0755U, 0777U, 0500U, 01777U, 02750U}) {
        fs::create_directories(folder);
        ASSERT_EQ(::chmod(folder.c_str(), mode), 0);
        ASSERT_TRUE(make_private_folder(folder, self));
        EXPECT_EQ(mode_of(folder), 0700U) << std::oct << mode;
    }
}

TEST_F(PrivateFiles, WhatIsInAFolderStaysThere) {
    fs::create_directories(folder);
    std::ofstream(folder / "PG_VERSION") << "15\n";
    ASSERT_TRUE(make_private_folder(folder, self));
    EXPECT_EQ(read(folder / "PG_VERSION"), "15\n");
}

TEST_F(PrivateFiles, AFileInAFoldersPlaceIsNamedAndLeftAlone) {
    std::ofstream(folder) << "mine";
    const auto made = make_private_folder(folder, self);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::permission_denied);
    EXPECT_EQ(made.error().where, folder.string());
    EXPECT_THAT(made.error().message, HasSubstr("Not a directory"));
    EXPECT_THAT(made.error().hint, HasSubstr("REEL_HOME"));
    EXPECT_EQ(read(folder), "mine");
}

TEST_F(PrivateFiles, AFileInAParentsPlaceIsNamed) {
    std::ofstream(folder) << "mine";
    const auto made = make_private_folder(folder / "a" / "b", self);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().where, (folder / "a").string());
}

TEST_F(PrivateFiles, AFolderOfSomebodyElseIsNotTaken) {
    fs::create_directories(folder);
    const Owner other{self.uid + 1, self.gid, "other", false};
    const auto made = make_private_folder(folder, other);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::permission_denied);
    EXPECT_THAT(made.error().message, HasSubstr("the database would run as other"));
}

TEST_F(PrivateFiles, AFileIsForItsOwnerAloneAndReplacesWhatWasThere) {
    fs::create_directories(folder);
    const fs::path file = folder / "password";
    scratch.write("pg/password", "an older and longer password\n", 0666);
    for (const std::string text : {"secret\n", "", "other\n"}) {
        ASSERT_TRUE(write_private_file(file, text, self));
        EXPECT_EQ(read(file), text);
        EXPECT_EQ(mode_of(file), 0600U);
    }
}

TEST_F(PrivateFiles, ALinkIsReplacedAndNotFollowed) {
    fs::create_directories(folder);
    const fs::path elsewhere = scratch.path() / "elsewhere";
    std::ofstream(elsewhere) << "untouched";
    fs::create_symlink(elsewhere, folder / "password");
    ASSERT_TRUE(write_private_file(folder / "password", "secret\n", self));
    EXPECT_EQ(read(elsewhere), "untouched");
    EXPECT_FALSE(fs::is_symlink(folder / "password"));
    EXPECT_EQ(read(folder / "password"), "secret\n");
}

TEST_F(PrivateFiles, AFileThatCannotBeMadeIsNamedWithoutItsContent) {
    fs::create_directories(folder / "password");
    for (const fs::path& file : {folder / "password", scratch.path() / "missing" / "password"}) {
        const auto written = write_private_file(file, "secret\n", self);
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, Errc::permission_denied);
        EXPECT_EQ(written.error().where, file.string());
        EXPECT_EQ(written.error().describe().find("secret"), std::string::npos);
    }
}

TEST(FindOwner, IsThisUserOrTheOneThatRootBecomes) {
    const auto owner = find_owner("no-such-user-of-reel");
    if (::geteuid() == 0) {
        ASSERT_FALSE(owner);
        EXPECT_EQ(owner.error().code, Errc::not_found);
        EXPECT_THAT(owner.error().message, HasSubstr("no user \"no-such-user-of-reel\""));
        EXPECT_FALSE(find_owner("root")) << "Postgres refuses to run as root by any name";
        return;
    }
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->uid, ::geteuid());
    EXPECT_EQ(owner->gid, ::getegid());
    EXPECT_FALSE(owner->must_switch);
}

}  // namespace

}  // namespace reel::postgres
