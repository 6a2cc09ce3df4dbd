#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "executor/callbacks/call.hpp"

namespace reel::executor {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

class CallbackCommand : public testing::Test {
  protected:
    CallbackCommand() {
        std::string pattern = (std::filesystem::temp_directory_path() / "callback-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
    }
    ~CallbackCommand() override { std::filesystem::remove_all(folder); }
    CallbackCommand(const CallbackCommand&) = delete;
    CallbackCommand& operator=(const CallbackCommand&) = delete;

    [[nodiscard]] CommandCall call(const std::string& script) const {
        return {
            .script = script,
            .environment = {{"PATH", "/usr/bin:/bin"}, {"WORD", "two words; $HOME"}},
            .folder = folder.string(),
            .timeout = 30s
        };
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(folder / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::filesystem::path folder;
};

TEST_F(CallbackCommand, RunsInItsFolderWithItsEnvironment) {
    ASSERT_TRUE(run_command(call("pwd > here; printf '%s' \"$WORD\" > word; env > environment")));
    EXPECT_EQ(read("word"), "two words; $HOME");
    EXPECT_THAT(read("here"), StartsWith(std::filesystem::canonical(folder).string()));
    EXPECT_EQ(read("environment").find("HOME=/"), std::string::npos) << "nothing else is inherited";
}

TEST_F(CallbackCommand, ThatEndsBadlyTellsItsLastLine) {
    const auto ended = run_command(call("echo first; echo 'no such channel' >&2; exit 3"));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().message, "the command ended with exit code 3: no such channel");
    EXPECT_TRUE(may_mend(ended.error()));
    EXPECT_EQ(
        run_command(call("kill -TERM $$")).error().message, "the command ended with signal 15"
    );
    EXPECT_EQ(run_command(call("exit 1")).error().message, "the command ended with exit code 1");
}

TEST_F(CallbackCommand, ThatWritesMuchIsKeptToALine) {
    const auto ended =
        run_command(call("i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i+1)); done; "
                         "printf '%2000s' x; exit 1"));
    EXPECT_LE(ended.error().message.size(), 600U);
}

TEST_F(CallbackCommand, ThatTakesTooLongIsEndedWithItsChildren) {
    CommandCall slow = call("sleep 60 & echo $! > child; wait");
    slow.timeout = 300ms;
    const auto began = std::chrono::steady_clock::now();
    const auto ended = run_command(slow);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, core::Errc::timed_out);
    const int child = std::stoi(read("child"));
    for (int i = 0; i < 200 && ::kill(child, 0) == 0; ++i) std::this_thread::sleep_for(10ms);
    // A child that nobody has waited for yet is no more than a name.
    std::ifstream status("/proc/" + std::to_string(child) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(status), {}};
    EXPECT_TRUE(text.empty() || text.find(") Z ") != std::string::npos) << text;
}

TEST_F(CallbackCommand, ThatNobodyWaitsForIsEnded) {
    const std::atomic<bool> abandoned = true;
    CommandCall slow = call("sleep 60");
    slow.abandoned = &abandoned;
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(run_command(slow));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
}

TEST_F(CallbackCommand, ShowsNothingOfItInItsArguments) {
    ASSERT_TRUE(run_command(call("tr '\\0' ' ' < /proc/$$/cmdline > cmdline # hunter22")));
    EXPECT_EQ(read("cmdline"), "/bin/sh /dev/fd/3 ");
}

TEST_F(CallbackCommand, GetsNoDescriptorOfTheServer) {
    const std::ifstream open_here("/etc/hostname");
    ASSERT_TRUE(run_command(call("ls /proc/self/fd > fds")));
    // 0 to 2, the script, and the folder that ls reads.
    EXPECT_EQ(read("fds").find("5"), std::string::npos) << read("fds");
}

TEST_F(CallbackCommand, InAFolderThatIsGoneCannotBeStarted) {
    CommandCall lost = call("true");
    lost.folder = (folder / "none").string();
    const auto ended = run_command(lost);
    ASSERT_FALSE(ended);
    EXPECT_THAT(ended.error().message, HasSubstr("cannot be started"));
}

}  // namespace
}  // namespace reel::executor
