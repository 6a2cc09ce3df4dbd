#include "postgres/socket_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/postgres/scratch_folder.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

const fs::path long_path = fs::path("/") / std::string(50, 'a') / std::string(50, 'b') / "socket";

TEST(SocketFolder, IsUsedAsItIsWhenItsNameFits) {
    // 107 bytes with "/.s.PGSQL.5432", which has 14.
    const fs::path longest = "/" + std::string(92, 'a');
    EXPECT_EQ(reachable_socket_folder(longest, "m", "/nowhere"), longest);
}

TEST(SocketFolder, OneByteTooLongIsReachedThroughALink) {
    const ScratchFolder links;
    const fs::path socket = "/" + std::string(93, 'a');
    const auto folder = reachable_socket_folder(socket, "1-2", links.path());
    ASSERT_TRUE(folder);
    EXPECT_EQ(folder->parent_path(), links.path());
    EXPECT_THAT(folder->string(), testing::EndsWith("-1-2"));
    EXPECT_EQ(fs::read_symlink(*folder), socket);
}

TEST(SocketFolder, ALinkIsUsedAgainAndSetRight) {
    const ScratchFolder links;
    const auto first = reachable_socket_folder(long_path, "m", links.path());
    EXPECT_EQ(reachable_socket_folder(long_path, "m", links.path()).value(), first.value());
    const fs::path moved = long_path / "moved";
    EXPECT_EQ(reachable_socket_folder(moved, "m", links.path()).value(), first.value());
    EXPECT_EQ(fs::read_symlink(*first), moved);
}

TEST(SocketFolder, AFileInTheLinksPlaceIsNotTouched) {
    const ScratchFolder links;
    const std::string name = "reel-" + std::to_string(::geteuid()) + "-m";
    links.write(name, "somebody's");
    const auto folder = reachable_socket_folder(long_path, "m", links.path());
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message, testing::HasSubstr("is not ours"));
    EXPECT_TRUE(fs::is_regular_file(links.path() / name));
}

TEST(SocketFolder, WithoutAPlaceForTheLinkTheHintIsAShorterHome) {
    const auto missing = reachable_socket_folder(long_path, "m", "/proc/nowhere");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().hint, testing::HasSubstr("REEL_HOME"));
    EXPECT_FALSE(reachable_socket_folder(long_path, "m", long_path));
}

TEST(PercentEncoded, LeavesOnlyWhatIsSafeInAUri) {
    EXPECT_EQ(percent_encoded("aZ0-._~"), "aZ0-._~");
    EXPECT_EQ(percent_encoded("/a b?ü"), "%2Fa%20b%3F%C3%BC");
}

}  // namespace

}  // namespace reel::postgres
