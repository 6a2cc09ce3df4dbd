#include "unit/cli/wait_fixture.hpp"

namespace reel::cli {

namespace {

class FollowLog : public WaitCli {
  protected:
    FollowLog() { add_run("r", core::RunState::running); }
    int logs(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"tasks", "logs", "movies", "r", "extract"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
};

}  // namespace

TEST_F(FollowLog, PrintsTheLatestTryOrTheOneThatIsNamed) {
    run_task("r", "extract", core::TaskState::up_for_retry, 1);
    run_task("r", "extract", core::TaskState::failed, 2);
    write_log("extract", 1, "first\n");
    write_log("extract", 2, "second\n");
    EXPECT_EQ(logs(), 0) << err_;
    EXPECT_EQ(out_, "second\n");
    EXPECT_EQ(logs({"--try-number", "1"}), 0);
    EXPECT_EQ(out_, "first\n");
    EXPECT_EQ(logs({"--try", "3"}), 1);
    EXPECT_EQ(err_, "error: The Task Instance has no try with number `3`\n");
    EXPECT_EQ(logs({"--map-index", "0"}), 1);
    EXPECT_EQ(out_, "");
}

TEST_F(FollowLog, GoesOnFromTryToTryUntilTheTaskHasEnded) {
    run_task("r", "extract", core::TaskState::running, 1);
    write_log("extract", 1, "one\n");
    on_pause_ = [&](int number) {
        if (number == 1) write_log("extract", 1, "failing\n");
        if (number == 2) set_task("r", "extract", core::TaskState::up_for_retry, 1);
        if (number == 5) {
            run_task("r", "extract", core::TaskState::running, 2);
            write_log("extract", 2, "two\n");
        }
        if (number == 6) set_task("r", "extract", core::TaskState::success, 2);
        return number > 20;
    };
    EXPECT_EQ(logs({"-f"}), 0) << err_;
    EXPECT_EQ(out_, "one\nfailing\ntwo\n");
}

TEST_F(FollowLog, EndsWithTheTryThatWasAskedFor) {
    run_task("r", "extract", core::TaskState::up_for_retry, 1);
    write_log("extract", 1, "one\n");
    int pauses = 0;
    on_pause_ = [&](int number) {
        pauses = number;
        return number > 20;
    };
    EXPECT_EQ(logs({"-f", "--try", "1"}), 0) << err_;
    EXPECT_EQ(out_, "one\n");
    EXPECT_EQ(pauses, 0);
}

TEST_F(FollowLog, WaitsForATaskThatHasNotBegun) {
    on_pause_ = [&](int number) {
        if (number == 3) run_task("r", "extract", core::TaskState::running);
        if (number == 4) write_log("extract", 1, "late\n");
        if (number == 5) set_task("r", "extract", core::TaskState::success);
        return number > 20;
    };
    EXPECT_EQ(logs({"-f"}), 0) << err_;
    EXPECT_EQ(out_, "late\n");
    EXPECT_EQ(run({"tasks", "logs", "movies", "r", "load"}), 0) << "asked without -f it does not";
    EXPECT_EQ(out_, "");
}

TEST_F(FollowLog, SaysThatATaskWhichNeverRanHasNone) {
    set_task("r", "load", core::TaskState::upstream_failed, 0);
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"tasks", "logs", "movies", "r", "load"},
             {"tasks", "logs", "movies", "r", "load", "-f"}
         }) {
        EXPECT_EQ(run(words), 0) << err_;
        EXPECT_EQ(out_, "*** There is no log of this try\n");
    }
}

TEST_F(FollowLog, PrintsALogOfManyPagesWhole) {
    run_task("r", "extract", core::TaskState::success);
    std::string text;
    for (int i = 0; i < 1'300; ++i) {
        text += "line " + std::to_string(i) + std::string(1'000, '.') + "\n";
    }
    text += "no line end";
    write_log("extract", 1, text);
    EXPECT_EQ(logs(), 0) << err_;
    EXPECT_EQ(out_, text + "\n");
}

TEST_F(FollowLog, FailsWhenTheRunGoesWhileItIsFollowed) {
    run_task("r", "extract", core::TaskState::running);
    on_pause_ = [&](int number) {
        if (number == 1) {
            end_run("r", core::RunState::success);
            EXPECT_TRUE(store_->delete_dag(core::DagId("movies")).has_value());
        }
        return number > 20;
    };
    EXPECT_EQ(logs({"-f"}), 1);
    EXPECT_NE(err_.find("was not found"), std::string::npos) << err_;
}

TEST_F(FollowLog, FindsTheRunByItsDateToo) {
    ASSERT_EQ(run({"dags", "trigger", "movies", "-r", "dated", "-l", "2026-01-31"}), 0) << err_;
    run_task("dated", "extract", core::TaskState::success);
    write_log("extract", 1, "dated\n");
    EXPECT_EQ(run({"tasks", "logs", "movies", "2026-01-31T00:00:00Z", "extract"}), 0) << err_;
    EXPECT_EQ(out_, "dated\n");
    EXPECT_EQ(run({"tasks", "state", "movies", "extract", "2026-01-31"}), 0) << err_;
    EXPECT_EQ(out_, "success\n");
    EXPECT_EQ(run({"tasks", "states-for-dag-run", "movies", "2026-02-01"}), 1);
    EXPECT_NE(err_.find("hint: `reel dags list-runs movies`"), std::string::npos) << err_;
}

}  // namespace reel::cli
