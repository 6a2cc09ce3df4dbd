#include "postgres/cluster_setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "unit/postgres/scratch_folder.hpp"

namespace reel::postgres {

namespace {

using testing::Contains;
using testing::Not;

TEST(ClusterSetup, TheServerListensOnItsSocketAlone) {
    const auto argv = server_command("/pg/bin", ClusterLayout("/home/pg"), true);
    EXPECT_EQ(argv.front(), "/pg/bin/postgres");
    EXPECT_THAT(argv, Contains("listen_addresses="));
    EXPECT_THAT(argv, Contains("unix_socket_directories=../socket"));
    EXPECT_THAT(argv, Contains("unix_socket_permissions=0700"));
    EXPECT_THAT(argv, Contains("search_path=public"));
}

TEST(ClusterSetup, OnlyTestsGoWithoutFsync) {
    const ClusterLayout layout("/home/pg");
    EXPECT_THAT(server_command("/pg/bin", layout, true), Not(Contains("fsync=off")));
    EXPECT_THAT(server_command("/pg/bin", layout, false), Contains("fsync=off"));
}

TEST(ClusterSetup, AFullDiskIsSaidSo) {
    const ScratchFolder folder;
    EXPECT_TRUE(check_free_space(folder.path(), 1));
    const auto full = check_free_space(folder.path(), std::numeric_limits<std::uintmax_t>::max());
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, core::Errc::unavailable);
    EXPECT_THAT(full.error().message, testing::HasSubstr("the disk is full"));
    EXPECT_EQ(full.error().where, folder.path().string());
}

}  // namespace

}  // namespace reel::postgres
