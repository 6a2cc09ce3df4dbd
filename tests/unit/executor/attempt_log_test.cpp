#include "executor/attempt_log.hpp"

#include <gtest/gtest.h>

#include "executor/run_paths.hpp"
#include "fixture.hpp"
#include "reel/executor/process_executor.hpp"

namespace reel::executor {

using scheduler::AttemptEnded;
using scheduler::TaskOutcome;

namespace {

AttemptEnded ended_with(TaskOutcome outcome, const std::string& message) {
    AttemptEnded ended;
    ended.outcome = outcome;
    ended.at = a_date() + std::chrono::milliseconds(7);
    ended.message = message;
    return ended;
}

}  // namespace

TEST(AttemptLog, LiesUnderDagRunTaskAndTry) {
    core::TaskKey key = an_order("bash", Json::object()).key;
    EXPECT_EQ(
        log_path("/logs", key, 2), "/logs/dag_id=movies/run_id=manual__1/task_id=load.attempt=2.log"
    );
    key.map_index = 3;
    EXPECT_EQ(
        log_path("/logs", key, 1),
        "/logs/dag_id=movies/run_id=manual__1/task_id=load.map_index=3.attempt=1.log"
    );
}

TEST(AttemptLog, HasANameThatEveryFileSystemTakesHoweverLongTheIdsAre) {
    const Scratch scratch;
    core::TaskKey key{
        .dag_id = core::DagId(std::string(250, 'd')),
        .run_id = core::RunId(std::string(250, 'r')),
        .task_id = core::TaskId(std::string(250, 't')),
        .map_index = 123456789
    };
    const auto log = log_path(scratch.path(), key, 1);
    append_to_log(log, "line\n");
    EXPECT_TRUE(std::filesystem::exists(log));
    key.task_id = core::TaskId(std::string(249, 't') + 'u');
    EXPECT_NE(log_path(scratch.path(), key, 1), log) << "what is cut is told apart by its hash";
    EXPECT_TRUE(is_log_name(log.filename().native()));
    // An id whose folder already looks as that of a longer one.
    const std::string cut = run_directory("", key.dag_id, key.run_id).filename().string();
    const core::RunId imitation(cut.substr(std::string("run_id=").size()));
    EXPECT_NE(run_directory("", key.dag_id, imitation).filename(), cut);
}

TEST(AttemptLog, OfAnOlderVersionIsFoundInTheFolderOfItsTask) {
    const Scratch scratch;
    core::TaskKey key = an_order("bash", Json::object()).key;
    EXPECT_EQ(find_log(scratch.path(), key, 1), log_path(scratch.path(), key, 1));
    const auto old = scratch.path() / "dag_id=movies/run_id=manual__1/task_id=load/attempt=1.log";
    append_to_log(old, "old\n");
    EXPECT_EQ(find_log(scratch.path(), key, 1), old);
    append_to_log(log_path(scratch.path(), key, 1), "new\n");
    EXPECT_EQ(find_log(scratch.path(), key, 1), log_path(scratch.path(), key, 1));
}

TEST(AttemptLog, StampsEachMessageWithMillisecondsAndSetsInWhatFollows) {
    const core::Timestamp at = a_date() + std::chrono::microseconds(123999);
    EXPECT_EQ(log_line(at, "INFO", "text"), "2024-01-31T07:00:00.123Z INFO text\n");
    EXPECT_EQ(
        log_line(a_date(), "ERROR", "one\ntwo\n"), "2024-01-31T07:00:00.000Z ERROR one\n  two\n"
    );
}

TEST(AttemptLog, BeginsWithWhatIsRunWhere) {
    EXPECT_EQ(
        header_line(an_order("sql", Json::object()), "host1", a_date()),
        "2024-01-31T07:00:00.000Z INFO reel begins task load operator=sql dag=movies "
        "run=manual__1 try=1 host=host1\n"
    );
}

TEST(AttemptLog, EndsWithHowItEnded) {
    EXPECT_EQ(
        footer_line(ended_with(TaskOutcome::succeeded, ""), std::chrono::milliseconds(1200)),
        "2024-01-31T07:00:00.007Z INFO task succeeded in 1.2s\n"
    );
    EXPECT_EQ(
        footer_line(ended_with(TaskOutcome::failed, "exit code 3"), std::chrono::seconds(2)),
        "2024-01-31T07:00:00.007Z ERROR task failed after 2s: exit code 3\n"
    );
}

TEST(AttemptLog, NamesEveryOutcome) {
    const std::vector<std::pair<TaskOutcome, std::string>> cases{
        {TaskOutcome::failed_finally, "ERROR task failed and is not tried again"},
        {TaskOutcome::skipped, "INFO task skipped"},
        {TaskOutcome::timed_out, "ERROR task timed out"},
        {TaskOutcome::cancelled, "ERROR task cancelled"},
        {TaskOutcome::lost, "ERROR task lost"},
    };
    for (const auto& [outcome, text] : cases) {
        const std::string line = footer_line(ended_with(outcome, ""), std::chrono::seconds(1));
        EXPECT_NE(line.find(text), std::string::npos) << line;
    }
}

TEST(AttemptLog, IsAppendedToAndItsFoldersAreMade) {
    const Scratch scratch;
    append_to_log(scratch.path() / "a/b.log", "one\n");
    append_to_log(scratch.path() / "a/b.log", "two\n");
    EXPECT_EQ(scratch.read("a/b.log"), "one\ntwo\n");
}

TEST(AttemptLog, ThatCannotBeWrittenChangesNothing) {
    const Scratch scratch;
    scratch.write("file", "x");
    append_to_log(scratch.path() / "file/b.log", "one\n");
    EXPECT_EQ(scratch.read("file"), "x");
}

}  // namespace reel::executor
