#include "runner/journal.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "folder.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;

RunningRecord a_record(core::AttemptId attempt) {
    return RunningRecord{
        .attempt = attempt,
        .marker = "reel-marker",
        .pid = 123,
        .pid_start = 456'789'012'345,
        .boot_id = "boot",
        .started_at = core::Timestamp(99us),
        .kill_grace = 5s,
        .log_file = "/logs/\xff.log",
        .log_begin = 77,
    };
}

class JournalTest : public testing::Test {
  protected:
    [[nodiscard]] std::size_t files() const {
        const std::filesystem::directory_iterator listing(folder.path());
        return static_cast<std::size_t>(std::distance(begin(listing), end(listing)));
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.path() / name) << text;
    }

    TemporaryFolder folder;
    Journal journal{folder.path()};
};

TEST_F(JournalTest, AnEmptyOrMissingFolderHoldsNothing) {
    EXPECT_TRUE(journal.load().empty());
    EXPECT_TRUE(Journal(folder.path() / "missing").load().empty());
}

TEST_F(JournalTest, GivesBackWhatRuns) {
    ASSERT_TRUE(journal.write_running(a_record(5)));
    const auto entries = journal.load();
    ASSERT_EQ(entries.size(), 1U);
    const auto& copy = std::get<RunningRecord>(entries[0]);
    const RunningRecord record = a_record(5);
    EXPECT_EQ(copy.attempt, record.attempt);
    EXPECT_EQ(copy.marker, record.marker);
    EXPECT_EQ(copy.pid, record.pid);
    EXPECT_EQ(copy.pid_start, record.pid_start);
    EXPECT_EQ(copy.boot_id, record.boot_id);
    EXPECT_EQ(copy.started_at, record.started_at);
    EXPECT_EQ(copy.kill_grace, record.kill_grace);
    EXPECT_EQ(copy.log_file, record.log_file);
    EXPECT_EQ(copy.log_begin, record.log_begin);
}

TEST_F(JournalTest, AnExitTakesThePlaceOfItsStart) {
    ASSERT_TRUE(journal.write_running(a_record(5)));
    EXPECT_FALSE(journal.read_exit(5));
    ASSERT_TRUE(journal.write_exit({.attempt = 5, .code = 3, .last_line = "bye"}));
    EXPECT_EQ(files(), 1U);
    const auto entries = journal.load();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(std::get<ProcessExit>(entries[0]).code, 3);
    EXPECT_EQ(journal.read_exit(5).value().last_line, "bye");
}

TEST_F(JournalTest, ListsAttemptsInTheirOrder) {
    for (const core::AttemptId attempt : {100, 9, 20}) {
        ASSERT_TRUE(journal.write_exit({.attempt = attempt}));
    }
    std::vector<core::AttemptId> order;
    for (const auto& entry : journal.load()) order.push_back(std::get<ProcessExit>(entry).attempt);
    EXPECT_EQ(order, (std::vector<core::AttemptId>{9, 20, 100}));
}

TEST_F(JournalTest, ForgetsWhatWasAcknowledged) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    journal.forget(5);
    journal.forget(6);
    EXPECT_EQ(files(), 0U);
    EXPECT_FALSE(journal.read_exit(5));
}

TEST_F(JournalTest, AnUnreadableFileIsAnAttemptThatWasStarted) {
    write("8.json", "");
    write("9.json", "{\"exit\":{\"attempt\":9}}");
    write("10.json", "{\"running\":{\"attempt\":\"ten\"}}");
    const auto entries = journal.load();
    ASSERT_EQ(entries.size(), 3U);
    for (const auto& entry : entries) {
        const auto& record = std::get<RunningRecord>(entry);
        EXPECT_GE(record.attempt, 8);
        EXPECT_EQ(record.pid, 0);
        EXPECT_EQ(record.marker, "");
    }
}

TEST_F(JournalTest, HalfWrittenFilesAreSweptAndStrangersLeftAlone) {
    write("5.json.part", "{");
    write("notes.txt", "hands off");
    write("abc.json", "{}");
    EXPECT_TRUE(journal.load().empty());
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "5.json.part"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "notes.txt"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "abc.json"));
}

TEST_F(JournalTest, AFolderThatIsGoneIsAnErrorThatNamesTheFile) {
    const auto result = Journal(folder.path() / "gone").write_exit({.attempt = 5});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("gone/5.json"), std::string::npos);
}

}  // namespace

}  // namespace reel::runner
