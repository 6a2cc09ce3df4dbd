#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
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
    /// The only file.
    void write(const std::string& name, const std::string& text) const {
        for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
            if (file.path().filename() != name) std::filesystem::remove(file);
        }
        std::ofstream(folder.path() / name, std::ios::binary | std::ios::trunc) << text;
    }
    [[nodiscard]] std::vector<Journal::Entry> load() const { return Journal(folder.path()).load(); }

    TemporaryFolder folder;
    Journal journal{folder.path()};
    RunningRecord record{
        .attempt = 5,
        .marker = "m",
        .pid = 1,
        .pid_start = {.first = 2, .last = 3},
        .boot_id = "b",
        .started_at = core::Timestamp(3us),
        .kill_grace = 4s,
        .log_file = "/l",
        .log_begin = 6,
    };
};

TEST_F(JournalDamage, AnExitThatIsCutAnywhereLeavesItsAttemptRunning) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string running = read("0.jsonl");
    ASSERT_TRUE(journal.write_exit(ProcessExit{.attempt = 5, .end = ProcessEnd::exited}));
    const std::string whole = read("0.jsonl");
    for (std::size_t size = running.size(); size < whole.size(); ++size) {
        write("0.jsonl", whole.substr(0, size));
        const auto entries = load();
        ASSERT_EQ(entries.size(), 1U) << size;
        ASSERT_TRUE(std::holds_alternative<RunningRecord>(entries[0])) << size;
        EXPECT_EQ(std::get<RunningRecord>(entries[0]).marker, "m") << size;
    }
}

TEST_F(JournalDamage, AFirstRecordThatIsCutAnywhereIsOfAProcessThatNeverWas) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string whole = read("0.jsonl");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write("0.jsonl", whole.substr(0, size));
        EXPECT_TRUE(load().empty()) << size;
    }
}

TEST_F(JournalDamage, ALineWithoutOneOfItsFieldsOrWithOneOfAnotherTypeIsPassedOver) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string good = read("0.jsonl");
    const auto whole = nlohmann::json::parse(good);
    for (const auto& [key, value] : whole.at("running").items()) {
        // Unknown to older versions.
        if (key == "pid_start_until") continue;
        auto lacking = whole;
        lacking["running"].erase(key);
        auto strange = whole;
        strange["running"][key] = nlohmann::json::array();
        for (const auto& damaged : {lacking, strange}) {
            write("0.jsonl", damaged.dump() + "\n");
            EXPECT_TRUE(load().empty()) << damaged;
            write("0.jsonl", good + damaged.dump() + "\n");
            EXPECT_EQ(load().size(), 1U) << "what stands before it counts: " << damaged;
        }
    }
}

TEST_F(JournalDamage, WhatIsNoRecordAtAllIsPassedOver) {
    for (const char* const text :
         {"null", "7", "[]", "\"x\"", "{}", R"({"running":null})", R"({"exit":{}})", "\xff"}) {
        write("12.jsonl", std::string(text) + "\n");
        EXPECT_TRUE(load().empty()) << text;
    }
}

TEST_F(JournalDamage, AnExitOfAnotherAttemptIsNotTakenForIt) {
    ASSERT_TRUE(journal.write_exit(ProcessExit{.attempt = 5, .end = ProcessEnd::exited}));
    ASSERT_TRUE(journal.write_exit(ProcessExit{.attempt = 6, .end = ProcessEnd::exited}));
    const std::string both = read("0.jsonl");
    const std::string of_five = both.substr(0, both.find('\n') + 1);
    write("0.jsonl", of_five + of_five);
    const auto exit = journal.read_exit(6);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, core::Errc::corrupt_data);
}

TEST_F(JournalDamage, AnExitThatIsNotThereYetIsAConflict) {
    ASSERT_TRUE(journal.write_running(record));
    const auto exit = journal.read_exit(5);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, core::Errc::conflict);
    EXPECT_EQ(exit.error().message, "the journal has no exit of the attempt yet");
}

TEST_F(JournalDamage, ADamagedExitIsNamed) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    write("0.jsonl", "{");
    const auto exit = journal.read_exit(5);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, core::Errc::corrupt_data);
    EXPECT_TRUE(exit.error().message.ends_with("/0.jsonl"));
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
    exit.pid = 6;
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
    EXPECT_EQ(copy->pid, 6);
}

TEST_F(JournalDamage, ADiskThatIsFullLeavesNoHalfLine) {
    ASSERT_TRUE(journal.write_running(record));
    const std::string before = read("0.jsonl");
    rlimit whole{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &whole), 0);
    const rlimit small{.rlim_cur = before.size() + 10, .rlim_max = whole.rlim_max};
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = journal.write_exit({.attempt = 5});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &whole), 0);
    std::signal(SIGXFSZ, ignored);
    EXPECT_FALSE(written);
    EXPECT_FALSE(journal.needs_sync());
    EXPECT_EQ(read("0.jsonl"), before);
}

TEST_F(JournalDamage, WhatAFullDiskKeptFromBeingForgottenIsForgottenWithTheNext) {
    ASSERT_TRUE(journal.write_exit({.attempt = 5}));
    rlimit whole{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &whole), 0);
    const rlimit small{.rlim_cur = read("0.jsonl").size(), .rlim_max = whole.rlim_max};
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    journal.forget(5);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &whole), 0);
    std::signal(SIGXFSZ, ignored);
    ASSERT_TRUE(journal.write_exit({.attempt = 6}));
    journal.forget(6);
    EXPECT_TRUE(load().empty());
}

TEST_F(JournalDamage, ItsFilesAreForTheirOwnerAlone) {
    ASSERT_TRUE(journal.write_running(record));
    const auto mode = std::filesystem::status(folder.path() / "0.jsonl").permissions();
    EXPECT_EQ(mode & std::filesystem::perms::mask, std::filesystem::perms{0600});
}

}  // namespace

}  // namespace reel::runner
