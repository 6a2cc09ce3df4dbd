#include <fstream>

#include "api/log_page.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class Logs : public ApiTest {
  protected:
    Logs() {
        save(movies_dag());
        add_run("r1");
        set_state(core::TaskState::scheduled);
        set_state(core::TaskState::queued);
        set_state(core::TaskState::running);
    }

    const std::string log_ = "/api/v2/dags/movies/dagRuns/r1/taskInstances/extract/logs/1";
    const std::filesystem::path file_ = folder_ / "logs/extract/1.log";

    void set_state(core::TaskState state) {
        change_task("r1", "extract", [&](store::TaskInstanceRecord& task) {
            task.state = state;
            task.try_number = 1;
            task.attempt = 1;
        });
    }
    void write(const std::string& text) {
        std::filesystem::create_directories(file_.parent_path());
        std::ofstream(file_, std::ios::app | std::ios::binary) << text;
    }
    std::vector<std::string> events(const nlohmann::json& page) {
        std::vector<std::string> lines;
        for (const auto& line : page["content"]) {
            lines.push_back(line["event"]);
        }
        return lines;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_F(Logs, GivesLinesAndWhereToGoOn) {
    write("one\n2026-01-01T00:00:00.500Z two\n");
    const auto page = get_json(log_);
    EXPECT_EQ(events(page), (Lines{"one", "two"}));
    EXPECT_TRUE(page["content"][0]["timestamp"].is_null());
    EXPECT_EQ(page["content"][1]["timestamp"], "2026-01-01T00:00:00.500Z");
    ASSERT_TRUE(page["continuation_token"].is_string());
    const std::string token = page["continuation_token"];
    EXPECT_EQ(events(get_json(log_ + "?token=" + token)), Lines{});
    write("three\nfo");
    const auto more = get_json(log_ + "?token=" + token);
    EXPECT_EQ(events(more), (Lines{"three"})) << "the unfinished line waits";
    write("ur");
    set_state(core::TaskState::success);
    const auto last = get_json(log_ + "?token=" + more["continuation_token"].get<std::string>());
    EXPECT_EQ(events(last), (Lines{"four"}));
    EXPECT_TRUE(last["continuation_token"].is_null());
}

TEST_F(Logs, LeaveATaskItsOwnTimes) {
    const Lines own{
        "2026-01-02T03:04:05+05:00 mine",
        "2026-01-02T03:04:05Z mine",
        "2026-01-02T03:04:05.123456Z mine",
        "2026-13-02T03:04:05.123Z mine",
        "2026-01-02T03:04:05.123Z",
        "2026-01-02 03:04:05.123Z mine"
    };
    std::string text;
    for (const std::string& line : own) text += line + "\n";
    write(text);
    const auto page = get_json(log_);
    EXPECT_EQ(events(page), own);
    for (const auto& line : page["content"]) EXPECT_TRUE(line["timestamp"].is_null()) << line;
}

TEST_F(Logs, EndWithTheVerdictThatTheProcessDidNotKnow) {
    write("one\nINFO task succeeded in 1s\n");
    change_task("r1", "extract", [](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::failed;
        task.try_number = 1;
        task.message = "pushed 2000 elements";
    });
    const std::string told = "*** The task has failed: pushed 2000 elements";
    EXPECT_EQ(events(get_json(log_)), (Lines{"one", "INFO task succeeded in 1s", told}));
    Request request{.method = "GET", .target = log_};
    request.headers = {{"accept", "application/x-ndjson"}, {"authorization", "Bearer " + token_}};
    EXPECT_NE(collect(send(request)).find(told), std::string::npos);
    write("task failed after 1s: pushed 2000 elements\n");
    EXPECT_EQ(events(get_json(log_)).back(), "task failed after 1s: pushed 2000 elements");
}

TEST_F(Logs, SayOnWhichHostALogLiesThatIsNotHere) {
    change_task("r1", "extract", [](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::failed;
        task.hostname = "far";
    });
    const auto lines = events(get_json(log_));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NE(lines[0].find("ran on host far"), std::string::npos) << lines[0];
    write("here it is\n");
    EXPECT_EQ(events(get_json(log_)), Lines{"here it is"}) << "the folder is a shared one";
}

TEST_F(Logs, WaitsForALogThatIsYetToCome) {
    const auto early = get_json(log_);
    EXPECT_EQ(events(early), Lines{});
    EXPECT_EQ(early["continuation_token"], "0");
    set_state(core::TaskState::failed);
    const auto never = get_json(log_);
    EXPECT_EQ(events(never), (Lines{"*** There is no log of this try"}));
    EXPECT_TRUE(never["continuation_token"].is_null());
}

TEST_F(Logs, StreamsLinesOfJsonWhenAsked) {
    write("one\ntwo\n");
    Request request{.method = "GET", .target = log_};
    request.headers = {{"accept", "application/x-ndjson"}, {"authorization", "Bearer " + token_}};
    const Response response = send(request);
    EXPECT_EQ(response.content_type, "application/x-ndjson");
    EXPECT_EQ(
        collect(response),
        "{\"event\":\"one\",\"timestamp\":null}\n{\"event\":\"two\",\"timestamp\":null}\n"
    );
}

TEST_F(Logs, SurvivesBytesThatAreNoText) {
    write(std::string("bad \xff\xfe \x00 end\r\n", 14) + "\n");
    const auto page = get_json(log_ + "?full_content=true");
    ASSERT_GE(page["content"].size(), 1U);
    EXPECT_NE(
        page["content"][0]["event"].get<std::string>().find("\xEF\xBF\xBD"), std::string::npos
    );
}

TEST_F(Logs, RefusesWhatIsNotThere) {
    const std::string base = "/api/v2/dags/movies/dagRuns/r1/taskInstances/";
    EXPECT_EQ(get(base + "extract/logs/2").status, 404);
    EXPECT_EQ(get(base + "extract/logs/0").status, 404);
    EXPECT_EQ(get(base + "extract/logs/x").status, 422);
    EXPECT_EQ(get(base + "none/logs/1").status, 404);
    EXPECT_EQ(get(base + "..%2F..%2Fsecret/logs/1").status, 404);
    EXPECT_EQ(get("/api/v2/dags/movies/dagRuns/..%2Fr1/taskInstances/extract/logs/1").status, 404);
    EXPECT_EQ(get(log_ + "?map_index=5").status, 404);
    EXPECT_EQ(get(log_ + "?token=-1").status, 422);
    EXPECT_EQ(get(log_ + "?token=abc").status, 422);
    EXPECT_EQ(get(log_ + "?color=1").status, 422);
}

namespace {

class LogPages : public ::testing::Test {
  protected:
    LogPages() { std::ofstream(file_, std::ios::binary) << "aaa\nbbb\nccc"; }
    ~LogPages() override { std::filesystem::remove(file_); }
    std::filesystem::path file_ = std::filesystem::temp_directory_path() / "reel-log-page-test.log";
};

}  // namespace

TEST_F(LogPages, EndAtALineEnd) {
    const LogPage first = read_log_page(file_, 0, 6, true);
    EXPECT_EQ(first.text, "aaa\n");
    EXPECT_EQ(first.next, 4U);
    EXPECT_FALSE(first.at_end);
    const LogPage rest = read_log_page(file_, first.next, 100, true);
    EXPECT_EQ(rest.text, "bbb\nccc");
    EXPECT_TRUE(rest.at_end);
}

TEST_F(LogPages, CutALineThatIsLongerThanAPage) {
    const LogPage page = read_log_page(file_, 0, 2, false);
    EXPECT_EQ(page.text, "aa");
    EXPECT_EQ(page.next, 2U);
}

TEST_F(LogPages, HoldBackAnUnfinishedLineWhileItIsWritten) {
    EXPECT_EQ(read_log_page(file_, 0, 100, false).text, "aaa\nbbb\n");
    const LogPage last = read_log_page(file_, 8, 100, false);
    EXPECT_EQ(last.text, "");
    EXPECT_EQ(last.next, 8U);
    EXPECT_FALSE(last.at_end);
}

TEST_F(LogPages, AreEmptyBehindTheEndAndWithoutAFile) {
    const LogPage behind = read_log_page(file_, 1000, 100, true);
    EXPECT_EQ(behind.text, "");
    EXPECT_TRUE(behind.at_end);
    const LogPage none = read_log_page(file_.string() + ".none", 0, 100, true);
    EXPECT_TRUE(none.missing);
    EXPECT_TRUE(none.at_end);
}

TEST(LogMessages, KeepWhatOnlyLooksLikeATime) {
    const auto lines = log_messages("2026-01-01 plain\n2026-99-99T00:00:00Z odd\n\nx\n");
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[0]["event"], "2026-01-01 plain");
    EXPECT_EQ(lines[1]["event"], "2026-99-99T00:00:00Z odd");
    EXPECT_EQ(lines[2]["event"], "");
}

}  // namespace reel::api
