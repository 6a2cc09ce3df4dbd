#include "unit/cli/wait_fixture.hpp"

namespace reel::cli {

TEST_F(WaitCli, WaitsForSuccessLineByLine) {
    on_pause_ = [&](int number) {
        if (number == 1) {
            end_run("r", core::RunState::running);
            set_task("r", "extract", core::TaskState::scheduled);
        }
        if (number == 2) end_run("r", core::RunState::success);
        return number > 10;
    };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r", "--wait"}), 0) << err_;
    EXPECT_EQ(
        out_,
        "00:00:00 extract scheduled\n"
        "movies r success in 12s: 1 scheduled, 3 waiting\n"
    );
    EXPECT_EQ(err_, "");
}

TEST_F(WaitCli, WaitsForFailureAndShowsTheLog) {
    std::filesystem::create_directories(folder_ / "logs/extract");
    std::ofstream log(folder_ / "logs/extract/1.log");
    for (int i = 0; i < 30; ++i) {
        log << "line " << i << "\n";
    }
    log.close();
    on_pause_ = [&](int number) {
        if (number == 1) fail_extract("r");
        return number > 10;
    };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r", "--wait"}), 1);
    EXPECT_NE(out_.find("movies r failed in 12s"), std::string::npos) << out_;
    EXPECT_NE(
        out_.find("extract failed: exit code 3, the end of its log:\n    line 10\n"),
        std::string::npos
    ) << out_;
    EXPECT_EQ(out_.find("line 9\n"), std::string::npos);
    EXPECT_TRUE(out_.ends_with("    line 29\n"));
}

TEST_F(WaitCli, RedrawsOnATerminal) {
    terminal_ = true;
    on_pause_ = [&](int number) {
        if (number == 1) end_run("r", core::RunState::running);
        if (number == 2) end_run("r", core::RunState::success);
        return false;
    };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r", "--wait"}), 0) << err_;
    EXPECT_NE(out_.find("\x1b[5A\r"), std::string::npos) << "the run and four tasks";
    EXPECT_NE(out_.find("\x1b[32m"), std::string::npos);
    environment_["NO_COLOR"] = "1";
    on_pause_ = [&](int) { return true; };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r2", "--wait"}), 0);
    EXPECT_EQ(out_.find("\x1b[37m"), std::string::npos);
    EXPECT_NE(out_.find("\x1b[K"), std::string::npos);
}

TEST_F(WaitCli, LeavesTheRunAtCtrlC) {
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r", "--wait"}), 0);
    EXPECT_NE(err_.find("left movies r: it goes on; `reel dags state movies r`"), std::string::npos)
        << err_;
    EXPECT_EQ(
        store_->get_run(core::DagId("movies"), core::RunId("r"))->state, core::RunState::queued
    );
}

TEST_F(WaitCli, PrintsTheRunForProgramsAfterWaiting) {
    on_pause_ = [&](int number) {
        if (number == 1) end_run("r", core::RunState::success);
        return number > 10;
    };
    const auto runs = run_json({"dags", "trigger", "movies", "-r", "r", "--wait"});
    EXPECT_EQ(runs[0]["state"], "success");
    EXPECT_NE(err_.find("movies r success"), std::string::npos) << "progress goes to stderr";
}

namespace {

/// Dead for a while, then alive again.
class FlakyTransport final : public Transport {
  public:
    FlakyTransport(std::unique_ptr<Transport> inner, const int& dead)
        : inner_(std::move(inner)), dead_(dead) {}
    core::Result<HttpReply> send(const HttpCall& call) override {
        if (dead_ > 0) return core::fail(core::Errc::unavailable, "no Reel server answers");
        return inner_->send(call);
    }

  private:
    std::unique_ptr<Transport> inner_;
    const int& dead_;
};

}  // namespace

TEST_F(WaitCli, OutlastsARestartOfTheServer) {
    int dead = 0;
    const auto api = connect_;
    connect_ = [&](const Address& address) {
        return std::make_unique<FlakyTransport>(api(address), dead);
    };
    on_pause_ = [&](int number) {
        if (number == 1) dead = 3;
        if (number > 1 && dead > 0) --dead;
        if (number == 5) end_run("r", core::RunState::success);
        return number > 20;
    };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r", "--wait"}), 0) << err_;
    EXPECT_EQ(err_, "no Reel server answers; waiting for it\n");
    EXPECT_NE(out_.find("movies r success"), std::string::npos);
    on_pause_ = [&](int) {
        dead = 1000;
        return false;
    };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r2", "--wait"}), 1) << "not for ever";
    EXPECT_NE(err_.find("error: no Reel server answers"), std::string::npos);
}

}  // namespace reel::cli
