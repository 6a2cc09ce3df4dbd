#include "worker/report_json.hpp"

#include <gtest/gtest.h>

#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using scheduler::TaskOutcome;

scheduler::AttemptEnded an_end() {
    scheduler::AttemptEnded ended;
    ended.attempt = 7;
    ended.key = key_of("load");
    ended.outcome = TaskOutcome::failed;
    ended.at = core::Timestamp(core::Duration(1'234'567));
    ended.message = "exit code 3: \"ü\"\n";
    ended.xcoms = {
        {.key = ended.key,
         .name = "return_value",
         .value = {R"({"a":[1,"\u0000"]})"},
         .at = ended.at},
        {.key = ended.key, .name = "other", .value = {"null"}, .at = {}},
    };
    ended.branch = {.follow = {core::TaskId("a"), core::TaskId("b")}, .all_downstream = true};
    ended.exit_code = 3;
    return ended;
}

void expect_same(const scheduler::AttemptEnded& one, const scheduler::AttemptEnded& other) {
    EXPECT_EQ(one.attempt, other.attempt);
    EXPECT_EQ(one.key, other.key);
    EXPECT_EQ(one.outcome, other.outcome);
    EXPECT_EQ(one.at, other.at);
    EXPECT_EQ(one.message, other.message);
    EXPECT_EQ(one.xcoms, other.xcoms);
    EXPECT_EQ(one.branch, other.branch);
    EXPECT_EQ(one.exit_code, other.exit_code);
}

TEST(ReportJson, BringsEverythingOfAnEndToTheOtherSide) {
    const auto read = read_ended(7, key_of("load"), to_json(an_end()));
    ASSERT_TRUE(read) << read.error().message;
    expect_same(*read, an_end());
}

TEST(ReportJson, BringsAnEndOfWhichThereIsLittleToTell) {
    scheduler::AttemptEnded little;
    little.attempt = 7;
    little.key = key_of("load");
    const auto read = read_ended(7, key_of("load"), to_json(little));
    ASSERT_TRUE(read) << read.error().message;
    expect_same(*read, little);
}

TEST(ReportJson, KnowsEveryOutcome) {
    for (const TaskOutcome outcome :
         {TaskOutcome::succeeded,
          TaskOutcome::failed,
          TaskOutcome::failed_finally,
          TaskOutcome::skipped,
          TaskOutcome::timed_out,
          TaskOutcome::cancelled,
          TaskOutcome::lost}) {
        auto ended = an_end();
        ended.outcome = outcome;
        EXPECT_EQ(read_ended(7, key_of("load"), to_json(ended))->outcome, outcome);
    }
}

TEST(ReportJson, BringsAStartToTheOtherSide) {
    const scheduler::AttemptStarted started{
        .attempt = 7,
        .key = key_of("load"),
        .at = core::Timestamp(core::Duration(5)),
        .pid = 42,
        .hostname = "höst",
    };
    const auto read = read_started(7, key_of("load"), to_json(started));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->attempt, 7);
    EXPECT_EQ(read->key, started.key);
    EXPECT_EQ(read->at, started.at);
    EXPECT_EQ(read->pid, 42);
    EXPECT_EQ(read->hostname, "höst");
}

TEST(ReportJson, WritesBytesThatAreNoTextAsSuch) {
    auto ended = an_end();
    ended.message = "a\xff";
    EXPECT_EQ(read_ended(7, key_of("load"), to_json(ended))->message, "a\xEF\xBF\xBD");
}

TEST(ReportJson, SaysWhatItCannotRead) {
    for (const char* const text :
         {"", "null", "[]", "{}", R"({"outcome": "grand"})", R"({"at": 1, "pid": "x"})"}) {
        const auto ended = read_ended(7, key_of("load"), {text});
        ASSERT_FALSE(ended) << text;
        EXPECT_EQ(ended.error().code, core::Errc::corrupt_data);
        EXPECT_FALSE(read_started(7, key_of("load"), {text})) << text;
    }
}

}  // namespace
}  // namespace reel::worker
