#include "postgres/postmaster.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/postgres/scratch_folder.hpp"

namespace reel::postgres {

namespace {

constexpr const char* tail = "\n/proc/self/fd/3\n1795262656\n5432\n../socket\n\n  9977920  4\n";

TEST(PostmasterFile, IsReadWithItsStatus) {
    const ScratchFolder folder;
    folder.write("postmaster.pid", std::string("4711") + tail + "ready   \n");
    const auto found = read_postmaster_file(folder.path());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->pid, 4711);
    EXPECT_TRUE(found->is_ready);
}

TEST(PostmasterFile, IsNotReadyWhileTheServerStarts) {
    const ScratchFolder folder;
    folder.write("postmaster.pid", std::string("4711") + tail + "starting\n");
    EXPECT_FALSE(read_postmaster_file(folder.path())->is_ready);
    folder.write("postmaster.pid", "4711\n/data\n");
    EXPECT_FALSE(read_postmaster_file(folder.path())->is_ready);
}

TEST(PostmasterFile, ThatIsMissingEmptyOrGarbledSaysNothing) {
    const ScratchFolder folder;
    EXPECT_FALSE(read_postmaster_file(folder.path()));
    for (const char* text : {"", "\n", "abc\n", "-5\n", "99999999999999999999\n"}) {
        folder.write("postmaster.pid", text);
        EXPECT_FALSE(read_postmaster_file(folder.path())) << text;
    }
}

TEST(FindPostmaster, AProcessThatOnlyHasTheIdIsNone) {
    const ScratchFolder folder;
    folder.write("postmaster.pid", std::to_string(::getpid()) + tail + "ready   \n");
    EXPECT_FALSE(find_postmaster(folder.path()));
}

TEST(ClearLeftovers, RemovesTheFilesOfAnIdThatIsInUseAgain) {
    const ScratchFolder folder;
    folder.write("postmaster.pid", std::to_string(::getpid()) + tail + "ready   \n");
    folder.write("socket/.s.PGSQL.5432.lock", "1\n");
    clear_leftovers(folder.path(), folder.path() / "socket");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "postmaster.pid"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "socket/.s.PGSQL.5432.lock"));
}

TEST(ClearLeftovers, LeavesToPostgresWhatItKnowsHowToClear) {
    const ScratchFolder folder;
    folder.write("postmaster.pid", std::string("2147483646") + tail + "ready   \n");
    clear_leftovers(folder.path(), folder.path() / "socket");
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "postmaster.pid"));
}

TEST(ClusterMark, StaysTheSameWhenTheFolderIsRenamed) {
    const ScratchFolder folder;
    folder.write("before/x", "");
    folder.write("other/x", "");
    const std::string mark = cluster_mark(folder.path() / "before");
    EXPECT_NE(mark, cluster_mark(folder.path() / "other"));
    std::filesystem::rename(folder.path() / "before", folder.path() / "after");
    EXPECT_EQ(cluster_mark(folder.path() / "after"), mark);
    EXPECT_EQ(cluster_mark(folder.path() / "before"), "none");
}

}  // namespace

}  // namespace reel::postgres
