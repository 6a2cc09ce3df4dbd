#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "folder.hpp"
#include "runner/journal.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;

class JournalDamage : public testing::Test {
  protected:
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(folder.path() / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.path() / name, std::ios::binary | std::ios::trunc) << text;
    }
    /// Nothing is known of the only attempt in it but its number.
    void expect_unknown(core::AttemptId attempt, const std::string& text) const {
        const auto entries = journal.load();
        ASSERT_EQ(entries.size(), 1U) << text;
        ASSERT_TRUE(std::holds_alternative<RunningRecord>(entries[0])) << text;
        const auto& known = std::get<RunningRecord>(entries[0]);
        EXPECT_EQ(known.attempt, attempt) << text;
        EXPECT_EQ(known.pid, 0) << text;
        EXPECT_TRUE(known.log_file.empty()) << text;
    }

    TemporaryFolder folder;
    Journal journal{folder.path()};
    RunningRecord record{
        .attempt = 5,
        .marker = "m",
        .pid = 1,
        .pid_start = 2,
        .boot_id = "b",
        .started_at = core::Timestamp(3us),
        .kill_grace = 4s,
        .log_file = "/l",
        .log_begin = 6,
    };
};

TEST_F(JournalDamage, ARecordThatIsCutAnywhereIsAnAttemptOfWhichNothingIsKnown) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string whole = read("5.json");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write("5.json", whole.substr(0, size));
        expect_unknown(5, whole.substr(0, size));
    }
}

TEST_F(JournalDamage, ARecordWithoutOneOfItsFieldsIsUnknownToo) {
    ASSERT_TRUE(journal.write_running(record));
    const auto whole = nlohmann::json::parse(read("5.json"));
    for (const auto& [key, value] : whole.at("running").items()) {
        auto damaged = whole;
        damaged["running"].erase(key);
        write("5.json", damaged.dump());
        expect_unknown(5, damaged.dump());
    }
}

TEST_F(JournalDamage, ARecordWithAFieldOfAnotherTypeIsUnknownToo) {
    ASSERT_TRUE(journal.write_running(record));
    const auto whole = nlohmann::json::parse(read("5.json"));
    for (const auto& [key, value] : whole.at("running").items()) {
        auto damaged = whole;
        damaged["running"][key] = nlohmann::json::array();
        write("5.json", damaged.dump());
        expect_unknown(5, damaged.dump());
    }
}

TEST_F(JournalDamage, WhatIsNoRecordAtAllIsUnknown) {
    for (const char* const text :
         {"null", "7", "[]", "\"x\"", "{}", R"({"running":null})", R"({"exit":{}})", "\xff"}) {
        write("12.json", text);
        expect_unknown(12, text);
    }
}

TEST_F(JournalDamage, ARecordOfAnotherAttemptIsUnknownToo) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string running = read("5.json");
    ASSERT_TRUE(journal.write_exit(ProcessExit{.attempt = 5, .end = ProcessEnd::exited}));
    const std::string ended = read("5.json");
    journal.forget(5);
    for (const std::string& text : {running, ended}) {
        write("12.json", text);
        expect_unknown(12, text);
        const auto exit = journal.read_exit(12);
        ASSERT_FALSE(exit);
        EXPECT_EQ(exit.error().code, core::Errc::corrupt_data);
    }
    journal.forget(12);
    EXPECT_TRUE(journal.load().empty()) << "what is known of it can be forgotten";
}

TEST_F(JournalDamage, ANameThatIsNotWrittenAsItsNumberIsNoAttempts) {
    for (const char* name : {"012.json", "+12.json", "12.0.json", " 12.json", "-0.json"}) {
        write(name, "{}");
    }
    EXPECT_TRUE(journal.load().empty());
}

TEST_F(JournalDamage, AnExitThatIsNotThereYetIsAConflict) {
    ASSERT_TRUE(journal.write_running(record));
    const auto exit = journal.read_exit(5);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, core::Errc::conflict);
    EXPECT_EQ(exit.error().message, "the journal has no exit of the attempt yet");
}

TEST_F(JournalDamage, ADamagedExitIsNamed) {
    write("5.json", "{");
    const auto exit = journal.read_exit(5);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, core::Errc::corrupt_data);
    EXPECT_TRUE(exit.error().message.ends_with("/5.json"));
}

TEST_F(JournalDamage, AnExitKeepsEveryField) {
    ProcessExit exit{.attempt = 5, .end = ProcessEnd::timed_out, .code = 9};
    exit.started_at = core::Timestamp(1us);
    exit.ended_at = core::Timestamp(2us);
    exit.output = std::string("\0\xff", 2);
    exit.output_truncated = true;
    exit.last_line = "\xc3";
    exit.message = "timed out after 5s";
    exit.user_microseconds = 3;
    exit.system_microseconds = 4;
    exit.max_rss_kilobytes = 5;
    ASSERT_TRUE(journal.write_exit(exit));
    const auto copy = journal.read_exit(5);
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->end, exit.end);
    EXPECT_EQ(copy->code, exit.code);
    EXPECT_EQ(copy->started_at, exit.started_at);
    EXPECT_EQ(copy->ended_at, exit.ended_at);
    EXPECT_EQ(copy->output, exit.output);
    EXPECT_TRUE(copy->output_truncated);
    EXPECT_EQ(copy->last_line, exit.last_line);
    EXPECT_EQ(copy->message, exit.message);
    EXPECT_EQ(copy->user_microseconds, 3);
    EXPECT_EQ(copy->system_microseconds, 4);
    EXPECT_EQ(copy->max_rss_kilobytes, 5);
}

TEST_F(JournalDamage, WritingTwiceIsWritingOnce) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string once = read("5.json");
    ASSERT_TRUE(journal.write_running(record));
    EXPECT_EQ(read("5.json"), once);
    EXPECT_EQ(journal.load().size(), 1U);
}

TEST_F(JournalDamage, ForgettingTwiceIsForgettingOnce) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    journal.forget(5);
    journal.forget(5);
    EXPECT_TRUE(journal.load().empty());
}

TEST_F(JournalDamage, ItsFilesAreForTheirOwnerAlone) {
    ASSERT_TRUE(journal.write_running(record));
    const auto mode = std::filesystem::status(folder.path() / "5.json").permissions();
    EXPECT_EQ(mode & std::filesystem::perms::mask, std::filesystem::perms{0600});
}

TEST_F(JournalDamage, NamesThatAreNoAttemptsAreLeftAlone) {
    for (const char* const name :
         {"x.json", "5x.json", " 5.json", "5.txt", "5", ".json", "99999999999999999999.json"}) {
        write(name, "{}");
        EXPECT_TRUE(journal.load().empty()) << name;
        EXPECT_TRUE(std::filesystem::exists(folder.path() / name)) << name;
    }
}

}  // namespace

}  // namespace reel::runner
