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
        .pid_start = {.first = 456'789'012'345, .last = 456'789'012'346},
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
    const auto entries = Journal(folder.path()).load();
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
    EXPECT_EQ(journal.read_exit(5).value().last_line, "bye");
    const auto entries = Journal(folder.path()).load();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(std::get<ProcessExit>(entries[0]).code, 3);
}

TEST_F(JournalTest, ListsAttemptsInTheirOrder) {
    for (const core::AttemptId attempt : {100, 9, 20}) {
        ASSERT_TRUE(journal.write_exit({.attempt = attempt}));
    }
    std::vector<core::AttemptId> order;
    for (const auto& entry : Journal(folder.path()).load()) {
        order.push_back(std::get<ProcessExit>(entry).attempt);
    }
    EXPECT_EQ(order, (std::vector<core::AttemptId>{9, 20, 100}));
}

TEST_F(JournalTest, ForgetsWhatWasAcknowledged) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    journal.forget(5);
    journal.forget(5);
    journal.forget(6);
    EXPECT_FALSE(journal.read_exit(5));
    EXPECT_TRUE(Journal(folder.path()).load().empty());
}

TEST_F(JournalTest, AFileThatIsMostlyForgottenIsLeftForTheNext) {
    Journal small(folder.path(), 2000);
    ASSERT_TRUE(small.write_exit({.attempt = 1, .code = 1}));
    ASSERT_TRUE(small.write_running(a_record(2)));
    for (core::AttemptId attempt = 3; attempt < 30; ++attempt) {
        ASSERT_TRUE(small.write_running(a_record(attempt)));
        ASSERT_TRUE(small.write_exit({.attempt = attempt}));
        small.forget(attempt);
        ASSERT_EQ(files(), 1U);
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "0.jsonl"));
    EXPECT_EQ(small.read_exit(1).value().code, 1);
    ASSERT_TRUE(small.write_exit({.attempt = 2, .code = 2}));
    EXPECT_EQ(small.read_exit(2).value().code, 2);
    EXPECT_EQ(Journal(folder.path()).load().size(), 2U);
}

TEST_F(JournalTest, AFileGrowsAsLongAsMostOfItIsNeeded) {
    Journal small(folder.path(), 1000);
    for (core::AttemptId attempt = 1; attempt < 30; ++attempt) {
        ASSERT_TRUE(small.write_exit({.attempt = attempt}));
    }
    small.forget(1);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "0.jsonl"));
}

TEST_F(JournalTest, ADeathBetweenTwoFilesLosesAndDoublesNothing) {
    ASSERT_TRUE(journal.write_running(a_record(1)));
    ASSERT_TRUE(journal.write_exit({.attempt = 2, .code = 2}));
    ASSERT_TRUE(journal.write_exit({.attempt = 3}));
    journal.forget(3);
    // The next file has the first of the lines, whole, and a part of the second one.
    std::ifstream old(folder.path() / "0.jsonl");
    std::string running;
    std::string exit;
    std::getline(old, running);
    std::getline(old, exit);
    write("1.jsonl", running + "\n" + exit.substr(0, 20));
    Journal next(folder.path());
    const auto entries = next.load();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(std::get<RunningRecord>(entries[0]).pid, 123);
    EXPECT_EQ(std::get<ProcessExit>(entries[1]).code, 2);
    EXPECT_EQ(next.read_exit(2).value().code, 2);
}

TEST_F(JournalTest, AFileThatSomebodyRemovedIsWrittenAgain) {
    ASSERT_TRUE(journal.write_running(a_record(1)));
    ASSERT_TRUE(journal.write_exit({.attempt = 2, .code = 2}));
    std::filesystem::remove(folder.path() / "0.jsonl");
    ASSERT_TRUE(journal.write_running(a_record(3)));
    EXPECT_EQ(journal.read_exit(2).value().code, 2);
    EXPECT_EQ(Journal(folder.path()).load().size(), 3U);
}

TEST_F(JournalTest, WhatWasForgottenInTheNextFileStaysForgotten) {
    ASSERT_TRUE(journal.write_exit({.attempt = 2}));
    write("1.jsonl", "{\"forgotten\":2}\n");
    EXPECT_TRUE(Journal(folder.path()).load().empty());
}

TEST_F(JournalTest, GoesOnWhereAnEarlierRunnerStopped) {
    for (const core::AttemptId attempt : {1, 2, 3}) {
        ASSERT_TRUE(journal.write_exit({.attempt = attempt, .code = static_cast<int>(attempt)}));
    }
    journal.forget(2);
    Journal next(folder.path());
    ASSERT_EQ(next.load().size(), 2U);
    EXPECT_TRUE(next.holds_exit(3));
    EXPECT_FALSE(next.holds_exit(2));
    EXPECT_EQ(next.read_exit(3).value().code, 3);
    ASSERT_TRUE(next.write_running(a_record(7)));
    ASSERT_TRUE(next.write_running(a_record(8)));
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(next.read_exit(1).value().code, 1);
    EXPECT_EQ(Journal(folder.path()).load().size(), 4U);
}

TEST_F(JournalTest, ReadsTheFilesOfAnOlderVersionOneForEachAttempt) {
    write(
        "3.jsonl",
        "\n{\"running\":{\"attempt\":7,\"marker\":\"m\",\"pid\":1,\"pid_start\":5,\"boot_id\":"
        "\"b\","
        "\"started_at\":1,\"kill_grace\":1,\"log_file\":\"/l\",\"log_begin\":0}}\n"
    );
    write("4.jsonl", "\n");
    const auto entries = journal.load();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(std::get<RunningRecord>(entries[0]).pid_start, (StartTicks{.first = 5, .last = 5}));
    EXPECT_EQ(files(), 1U);
}

TEST_F(JournalTest, WhatCannotBeReadWasNeverWritten) {
    write("8.jsonl", "");
    write("9.jsonl", "{\"exit\":{\"attempt\":9}}\n");
    write("10.jsonl", "{\"running\":{\"attempt\":\"ten\"}}\n");
    EXPECT_TRUE(journal.load().empty());
    EXPECT_EQ(files(), 0U);
}

TEST_F(JournalTest, StrangersAreLeftAlone) {
    for (const char* const name : {"notes.txt", "abc.jsonl", "012.jsonl", "+1.jsonl", "1.json"}) {
        write(name, "{}\n");
        EXPECT_TRUE(journal.load().empty());
        EXPECT_TRUE(std::filesystem::exists(folder.path() / name)) << name;
    }
}

TEST_F(JournalTest, OfTwoFilesThatSpeakOfOneAttemptOneIsKept) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    std::filesystem::copy_file(folder.path() / "0.jsonl", folder.path() / "1.jsonl");
    EXPECT_EQ(Journal(folder.path()).load().size(), 1U);
    EXPECT_EQ(files(), 1U);
}

TEST_F(JournalTest, AFolderThatIsGoneIsAnErrorThatNamesTheFile) {
    const auto result = Journal(folder.path() / "gone").write_exit({.attempt = 5});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("gone/0.jsonl"), std::string::npos);
}

TEST_F(JournalTest, AStartThatCouldNotBeWrittenLeavesNoTrace) {
    Journal elsewhere(folder.path() / "gone");
    EXPECT_FALSE(elsewhere.write_running(a_record(5)));
    std::filesystem::create_directory(folder.path() / "gone");
    EXPECT_FALSE(elsewhere.read_exit(5));
    ASSERT_TRUE(elsewhere.write_running(a_record(6)));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "gone" / "0.jsonl"));
}

TEST_F(JournalTest, OnlyExitsThatNobodyHasStoredNeedTheDisk) {
    ASSERT_TRUE(journal.write_running(a_record(5)));
    EXPECT_FALSE(journal.needs_sync());
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    EXPECT_TRUE(journal.needs_sync());
    journal.forget(5);
    EXPECT_FALSE(journal.needs_sync());
    ASSERT_TRUE(journal.write_exit({.attempt = 6}));
    EXPECT_TRUE(journal.sync());
    EXPECT_FALSE(journal.needs_sync());
}

TEST_F(JournalTest, AnExitIsGivenTimeToBeStoredBeforeItNeedsTheDisk) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    EXPECT_TRUE(journal.sync_lasting()) << "it has just been written";
    EXPECT_TRUE(journal.needs_sync());
    ASSERT_TRUE(journal.write_exit({.attempt = 6}));
    std::filesystem::remove_all(folder.path());
    const auto synced = journal.sync_lasting();
    ASSERT_FALSE(synced) << "it is still there";
    EXPECT_NE(synced.error().message.find("cannot sync"), std::string::npos);
    EXPECT_FALSE(journal.needs_sync()) << "the other one is in the same file";
}

TEST_F(JournalTest, ASyncInAFolderThatIsGoneIsAnError) {
    ASSERT_TRUE(journal.write_exit({.attempt = 6}));
    std::filesystem::remove_all(folder.path());
    const auto synced = journal.sync();
    ASSERT_FALSE(synced);
    EXPECT_NE(synced.error().message.find("cannot sync"), std::string::npos);
}

}  // namespace

}  // namespace reel::runner
