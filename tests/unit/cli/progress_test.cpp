#include "cli/progress.hpp"

#include <gtest/gtest.h>

#include "support/manual_clock.hpp"

namespace reel::cli {

namespace {

using Lines = std::vector<std::string>;

nlohmann::json task(
    const std::string& id, const nlohmann::json& state, const nlohmann::json& more = {}
) {
    nlohmann::json made = {
        {"task_id", id},
        {"state", state},
        {"map_index", -1},
        {"try_number", 1},
        {"max_tries", 2},
        {"start_date", nullptr},
        {"end_date", nullptr},
        {"message", nullptr}
    };
    if (more.is_object()) made.update(more);
    return made;
}

class Progress : public ::testing::Test {
  protected:
    support::ManualClock clock_;
    RunPicture picture_{
        .run =
            {{"dag_id", "movies"},
             {"dag_run_id", "r1"},
             {"state", "running"},
             {"start_date", "2026-01-01T00:00:00Z"},
             {"end_date", nullptr}},
        .tasks =
            {
                task(
                    "extract",
                    "success",
                    {{"start_date", "2026-01-01T00:00:00Z"},
                     {"end_date", "2026-01-01T00:00:01.500000Z"}}
                ),
                task(
                    "clean", "running", {{"start_date", "2026-01-01T00:00:02Z"}, {"try_number", 2}}
                ),
                task("load_everything", nullptr, {{"try_number", 0}}),
            }
    };
    ProgressStyle wide_{.colour = false, .rows = 24, .columns = 200};
};

}  // namespace

TEST_F(Progress, DrawsTheRunAndEachTask) {
    clock_.advance(std::chrono::milliseconds(5'250));
    EXPECT_EQ(
        progress_lines(picture_, clock_.now(), wide_),
        (Lines{
            "movies r1  running  5.2s",
            "  ✔ extract          success          1.5s",
            "  ● clean            running          3.2s  try 2 of 3",
            "  ○ load_everything  waiting",
        })
    );
}

TEST_F(Progress, UsesColourOnlyWhenTold) {
    const auto plain = progress_lines(picture_, clock_.now(), wide_);
    EXPECT_EQ(plain[1].find('\x1b'), std::string::npos);
    wide_.colour = true;
    const auto painted = progress_lines(picture_, clock_.now(), wide_);
    EXPECT_NE(painted[1].find("\x1b[32m✔\x1b[0m"), std::string::npos);
}

TEST_F(Progress, TellsWhyATaskFailed) {
    picture_.tasks =
        nlohmann::json::array({task("a", "failed", {{"message", "exit code 3\nsecond line"}})});
    const auto lines = progress_lines(picture_, clock_.now(), wide_);
    EXPECT_EQ(lines[1], "  ✘ a  failed           exit code 3 second line");
}

TEST_F(Progress, CutsLinesToTheTerminal) {
    picture_.tasks =
        nlohmann::json::array({task("a", "failed", {{"message", std::string(500, 'x')}})});
    wide_.columns = 30;
    for (const std::string& line : progress_lines(picture_, clock_.now(), wide_)) {
        EXPECT_LE(line.size(), 32U) << line;
    }
}

TEST_F(Progress, ShowsWhatMovesWhenNotAllFits) {
    picture_.tasks = nlohmann::json::array();
    for (int i = 0; i < 50; ++i) {
        picture_.tasks.push_back(task("done" + std::to_string(i), "success"));
    }
    picture_.tasks.push_back(task("moving", "running"));
    wide_.rows = 10;
    const auto lines = progress_lines(picture_, clock_.now(), wide_);
    ASSERT_EQ(lines.size(), 8U);
    EXPECT_NE(lines[1].find("moving"), std::string::npos);
    EXPECT_EQ(lines.back(), "  … 51 tasks: 1 running, 50 success");
}

TEST_F(Progress, NamesTheParts0fAMappedTask) {
    picture_.tasks = nlohmann::json::array({task("part", "queued", {{"map_index", 3}})});
    EXPECT_EQ(progress_lines(picture_, clock_.now(), wide_)[1], "  ◌ part[3]  queued");
}

TEST_F(Progress, TellsEachChangeOnce) {
    std::map<std::string, std::string> seen;
    clock_.advance(std::chrono::hours(12) + std::chrono::seconds(1));
    EXPECT_EQ(
        change_lines(picture_, seen, clock_.now()),
        (Lines{"12:00:01 extract success in 1.5s", "12:00:01 clean running"})
    );
    EXPECT_EQ(change_lines(picture_, seen, clock_.now()), Lines{});
    picture_.tasks[1]["state"] = "up_for_retry";
    picture_.tasks[1]["message"] = "exit code 3";
    picture_.tasks[1]["start_date"] = nullptr;
    EXPECT_EQ(
        change_lines(picture_, seen, clock_.now()),
        (Lines{"12:00:01 clean up_for_retry: exit code 3"})
    );
    picture_.tasks[1]["state"] = "running";
    picture_.tasks[1]["message"] = nullptr;
    EXPECT_EQ(change_lines(picture_, seen, clock_.now()), (Lines{"12:00:01 clean running"}));
    picture_.tasks[1]["try_number"] = 3;
    EXPECT_EQ(change_lines(picture_, seen, clock_.now()), (Lines{"12:00:01 clean running"}))
        << "another try is news";
}

TEST_F(Progress, SumsUpTheEnd) {
    picture_.run["state"] = "failed";
    picture_.run["end_date"] = "2026-01-01T00:01:30Z";
    EXPECT_EQ(
        summary_line(picture_), "movies r1 failed in 1m 30s: 1 running, 1 success, 1 waiting"
    );
    picture_.tasks = nlohmann::json::array();
    picture_.run["start_date"] = nullptr;
    EXPECT_EQ(summary_line(picture_), "movies r1 failed: no tasks");
}

TEST_F(Progress, RedrawsInPlace) {
    EXPECT_EQ(redraw({"a", "b"}, 0), "a\x1b[K\nb\x1b[K\n\x1b[J");
    EXPECT_EQ(redraw({"a"}, 2), "\x1b[2A\ra\x1b[K\n\x1b[J");
}

}  // namespace reel::cli
