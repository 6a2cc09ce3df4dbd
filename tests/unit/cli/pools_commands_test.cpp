#include <gmock/gmock.h>

#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;

class PoolsCli : public CliTest {};

}  // namespace

TEST_F(PoolsCli, SetListGetDelete) {
    EXPECT_EQ(run({"pools", "set", "db", "5", "the database"}), 0) << err_;
    EXPECT_EQ(out_, "set db\n");
    EXPECT_EQ(run({"pools", "set", "db", "2", "smaller", "--include-deferred"}), 0) << err_;
    const auto pools = run_json({"pools", "list"});
    ASSERT_EQ(pools.size(), 2U);
    EXPECT_EQ(pools[0]["name"], "db");
    EXPECT_EQ(pools[0]["slots"], 2);
    EXPECT_EQ(pools[0]["include_deferred"], true);
    EXPECT_EQ(run({"pools", "get", "db", "-o", "plain"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("smaller"));
    EXPECT_EQ(run({"pools", "delete", "db"}), 0);
    EXPECT_EQ(run({"pools", "get", "db"}), 1);
    EXPECT_THAT(err_, HasSubstr("`db` was not found"));
}

TEST_F(PoolsCli, KeepTheDefaultPoolAndRefuseImpossibleSlots) {
    EXPECT_EQ(run({"pools", "delete", "default_pool"}), 1);
    EXPECT_THAT(err_, HasSubstr("Default Pool can't be deleted"));
    EXPECT_EQ(run({"pools", "set", "db", "-2", "x"}), 2);
    EXPECT_EQ(run({"pools", "set", "db", "many", "x"}), 2);
    EXPECT_EQ(run({"pools", "set", "db", "-1", "no limit"}), 0) << err_;
}

TEST_F(PoolsCli, ImportWhatTheyExport) {
    const auto file = (folder_ / "pools.json").string();
    ASSERT_EQ(run({"pools", "set", "db", "5", "d"}), 0);
    EXPECT_EQ(run({"pools", "export", file}), 0) << err_;
    ASSERT_EQ(run({"pools", "set", "db", "9", "other"}), 0);
    EXPECT_EQ(run({"pools", "import", file}), 0) << err_;
    EXPECT_EQ(out_, "imported 2 pools\n");
    EXPECT_EQ(run_json({"pools", "get", "db"})[0]["slots"], 5);
    EXPECT_EQ(run({"pools", "export", "-"}), 0);
    EXPECT_EQ(nlohmann::json::parse(out_)["db"]["description"], "d");
}

TEST_F(PoolsCli, RefuseAFileThatHoldsNoPools) {
    const auto file = (folder_ / "pools.json").string();
    std::ofstream(file) << "[1]";
    EXPECT_EQ(run({"pools", "import", file}), 1);
    EXPECT_THAT(err_, HasSubstr("no JSON object of pools can be read"));
    EXPECT_EQ(run({"pools", "import", (folder_ / "none.json").string()}), 1);
    EXPECT_EQ(run({"pools", "export", (folder_ / "none" / "x.json").string()}), 1);
}

}  // namespace reel::cli
