#include "cli/server_start.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {
namespace {

namespace fs = std::filesystem;

/// A home that process 7 has claimed, and a /proc in which that is a server.
class ServerStart : public CliTest {
  protected:
    ServerStart() {
        processes_ = folder_ / "proc";
        write(folder_ / "run" / "reel.lock", "7");
        write(processes_ / "7" / "cmdline", std::string("reel\0standalone\0", 16));
    }

    static void write(const fs::path& file, const std::string& text) {
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    }

    /// The token, written so long after the home was claimed.
    void listen(std::chrono::seconds later) {
        const fs::path run = folder_ / "run";
        write(run / "token", token_);
        fs::last_write_time(run / "token", fs::last_write_time(run / "reel.lock") + later);
    }

    bool starting() { return is_starting(folder_, processes_); }
};

TEST_F(ServerStart, IsUnderWayUntilTheTokenIsWritten) {
    EXPECT_TRUE(starting());
    listen(std::chrono::seconds(-1));  // what an earlier server left
    EXPECT_TRUE(starting());
    listen(std::chrono::seconds(0));
    EXPECT_FALSE(starting());
}

TEST_F(ServerStart, IsNotUnderWayInAnUnclaimedHome) {
    fs::remove(folder_ / "run" / "reel.lock");
    EXPECT_FALSE(starting());
}

TEST_F(ServerStart, IsNotUnderWayWhenWhoClaimedTheHomeIsGone) {
    fs::remove_all(processes_ / "7");
    EXPECT_FALSE(starting());
    write(folder_ / "run" / "reel.lock", "");
    EXPECT_FALSE(starting());
}

TEST_F(ServerStart, IsNotUnderWayWhenAForegroundCommandHoldsTheHome) {
    write(processes_ / "7" / "cmdline", std::string("reel\0dags\0test\0standalone_dag\0", 30));
    EXPECT_FALSE(starting());
}

TEST_F(ServerStart, IsWaitedForByEveryCommand) {
    on_pause_ = [this](int number) {
        if (number == 3) listen(std::chrono::seconds(1));
        return false;
    };
    EXPECT_EQ(run({"dags", "list", "-o", "plain"}), 0) << err_;
    EXPECT_THAT(out_, testing::HasSubstr("movies"));
    EXPECT_EQ(err_, "");
}

TEST_F(ServerStart, IsWaitedForOnlySoLong) {
    on_pause_ = [](int) { return false; };
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_THAT(
        err_,
        testing::AllOf(
            testing::HasSubstr("the Reel server is starting; waiting for it\n"),
            testing::HasSubstr("error: " + folder_.string() + ": the Reel server is still starting")
        )
    );
    EXPECT_TRUE(calls_.empty());
}

TEST_F(ServerStart, EndsTheCommandWhenCtrlCComes) {
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_THAT(err_, testing::HasSubstr("still starting"));
}

TEST_F(ServerStart, IsNoMatterOfACommandForAServerElsewhere) {
    environment_["REEL_API_URL"] = "http://reel.example.com:8080";
    EXPECT_EQ(run({"dags", "list"}), 0) << err_;
}

}  // namespace
}  // namespace reel::cli
