#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "reel/runner/unique_fd.hpp"
#include "runner/frame.hpp"
#include "runner/message.hpp"
#include "runner_fixture.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class RunnerSocket : public RunnerTest {
  protected:
    [[nodiscard]] UniqueFd connect() const {
        UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = (folder / "run" / "runner.sock").string();
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        EXPECT_EQ(
            ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0
        );
        return fd;
    }
    static void write(const UniqueFd& fd, std::string_view bytes) {
        EXPECT_EQ(
            ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size())
        );
    }
    /// Everything until the runner closes, or its first message when it does not.
    static std::string read_message(const UniqueFd& fd) {
        FrameReader reader;
        char chunk[4096];
        while (true) {
            const ssize_t count = ::read(fd.get(), chunk, sizeof chunk);
            if (count <= 0) return "";
            reader.append({chunk, static_cast<std::size_t>(count)});
            if (auto message = reader.next(); message && *message) return **message;
        }
    }
};

TEST_F(RunnerSocket, FolderAndSocketAreForTheOwnerAlone) {
    TestWorker worker(options());
    worker.attach();
    struct stat status{};
    ASSERT_EQ(::stat((folder / "run").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    ASSERT_EQ(::stat((folder / "run" / "runner.sock").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RunnerSocket, AVeryLongFolderNameWorks) {
    RunnerOptions deep = options();
    deep.directory = folder / std::string(120, 'd') / "run";
    TestWorker worker(deep);
    worker.attach();
    worker.client().start(shell(1, "exit 4"));
    EXPECT_EQ(worker.wait_exit(1).code, 4);
    worker.client().acknowledge(1);
    worker.detach(true);
    std::ifstream lock(deep.directory / "runner.lock");
    int pid = 0;
    ASSERT_TRUE(lock >> pid);
    EXPECT_TRUE(wait_gone(pid));
}

TEST_F(RunnerSocket, GarbageEndsTheConversationAndNothingElse) {
    TestWorker worker(options());
    worker.attach();
    for (const std::string& garbage :
         {std::string("GET / HTTP/1.1\r\n\r\n"),
          make_frame("not json"),
          make_frame("[1]"),
          make_frame("{\"type\":\"start\",\"spec\":{}}"),
          std::string("\0\0\0", 3)}) {
        const UniqueFd fd = connect();
        write(fd, garbage);
        ::shutdown(fd.get(), SHUT_WR);
        EXPECT_EQ(read_message(fd), "");
    }
    worker.client().start(shell(1, "exit 4"));
    EXPECT_EQ(worker.wait_exit(1).code, 4);
}

TEST_F(RunnerSocket, OrdersBeforeHelloAreNotObeyed) {
    TestWorker worker(options());
    worker.attach();
    const UniqueFd fd = connect();
    write(fd, make_frame(encode(Start{shell(9, "true")})));
    EXPECT_EQ(read_message(fd), "");
    EXPECT_FALSE(std::filesystem::exists(log_of(9)));
}

TEST_F(RunnerSocket, AMessageMayArriveByteByByte) {
    TestWorker worker(options());
    worker.attach();
    const UniqueFd fd = connect();
    for (const char byte : make_frame(encode(Hello{}))) write(fd, {&byte, 1});
    const auto answer = decode(read_message(fd));
    EXPECT_TRUE(answer && std::holds_alternative<Welcome>(*answer));
}

TEST_F(RunnerSocket, AnotherProtocolIsRefusedWithBothVersions) {
    TestWorker worker(options());
    worker.attach();
    const UniqueFd fd = connect();
    write(fd, make_frame(encode(Hello{.protocol = 999})));
    EXPECT_THAT(
        read_message(fd),
        HasSubstr("protocol " + std::to_string(protocol_version) + ", the worker 999")
    );
    EXPECT_TRUE(worker.losses.empty());
}

TEST_F(RunnerSocket, ARunnerOfAnotherVersionIsLetToFinishWhatItRuns) {
    std::filesystem::create_directories(folder / "run");
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (folder / "run" / "runner.sock").string();
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    ASSERT_EQ(
        ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0
    );
    ASSERT_EQ(::listen(listener.get(), 4), 0);
    // One that never comes is a failure and no wait without end.
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ASSERT_EQ(::setsockopt(listener.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    std::vector<std::string> heard;
    std::thread older([&] {
        const UniqueFd first(::accept(listener.get(), nullptr, nullptr));
        heard.push_back(read_message(first));
        write(first, make_frame(R"({"reason":"the runner speaks protocol 4","type":"refused"})"));
        const UniqueFd second(::accept(listener.get(), nullptr, nullptr));
        heard.push_back(read_message(second));
        write(second, make_frame(R"({"type":"welcome","pid":1,"lease":1,"running":[],"ended":0})"));
        heard.push_back(read_message(second));
    });
    TestWorker worker(options());
    const auto refused = worker.try_attach();
    older.join();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::Errc::conflict);
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard[1], R"({"protocol":4,"type":"hello"})");
    EXPECT_EQ(heard[2], R"({"end_when_idle":true,"type":"detach"})");
}

TEST_F(RunnerSocket, ANewerWorkerReplacesTheOlderWhichIsToldSo) {
    TestWorker older(options());
    older.attach();
    older.client().start(shell(1, "sleep 60"));
    older.wait_start(1);
    TestWorker newer(options());
    EXPECT_EQ(newer.attach().running.size(), 1U);
    ASSERT_TRUE(older.run_until([&older] { return !older.losses.empty(); }));
    EXPECT_THAT(older.losses[0], HasSubstr("another worker"));
    newer.client().cancel(1);
    EXPECT_EQ(newer.wait_exit(1).end, ProcessEnd::cancelled);
    EXPECT_EQ(older.exit_events, 0);
}

TEST_F(RunnerSocket, ASecondRunnerOfAFolderGivesUpAndSaysWhy) {
    TestWorker worker(options());
    worker.attach();
    const std::string command = std::string(REEL_RUNNER_PROGRAM) + " --directory " +
                                (folder / "run").string() + " --lease-seconds 5 2> " +
                                (folder / "second.log").string();
    EXPECT_NE(std::system(command.c_str()), 0);
    EXPECT_THAT(read(folder / "second.log"), HasSubstr("another runner serves"));
    worker.client().start(shell(1, "exit 4"));
    EXPECT_EQ(worker.wait_exit(1).code, 4);
}

TEST_F(RunnerSocket, AProgramThatCannotServeIsAnErrorWithItsLastWords) {
    RunnerOptions broken = options();
    broken.program = folder / "broken";
    std::ofstream(broken.program) << "#!/bin/sh\necho 'no such subcommand: runner' >&2\nexit 2\n";
    std::filesystem::permissions(broken.program, std::filesystem::perms::owner_all);
    TestWorker worker(broken);
    const auto inventory = worker.try_attach();
    ASSERT_FALSE(inventory);
    EXPECT_THAT(inventory.error().message, HasSubstr("ended with status 2"));
    EXPECT_THAT(inventory.error().message, HasSubstr("no such subcommand: runner"));
    EXPECT_THAT(inventory.error().hint, HasSubstr("runner.log"));
}

TEST_F(RunnerSocket, AMissingProgramIsNamed) {
    RunnerOptions broken = options();
    broken.program = "/no/such/reel";
    TestWorker worker(broken);
    const auto inventory = worker.try_attach();
    ASSERT_FALSE(inventory);
    EXPECT_THAT(inventory.error().message, HasSubstr("cannot start the runner /no/such/reel"));
}

TEST_F(RunnerSocket, OrdersGivenBeforeAttachAreCarriedOutAfterIt) {
    TestWorker worker(options());
    worker.client().start(shell(1, "exit 4"));
    worker.attach();
    EXPECT_EQ(worker.wait_exit(1).code, 4);
}

TEST_F(RunnerSocket, AStartThatTheDeadRunnerNeverReadIsGivenToTheNext) {
    TestWorker worker(options());
    worker.attach();
    kill_runner(SIGSTOP);
    worker.client().start(shell(1, "exit 4"));
    int rounds = 0;
    worker.run_until([&rounds] { return ++rounds > 3; });
    kill_runner(SIGKILL);
    ASSERT_TRUE(worker.run_until([&worker] { return !worker.losses.empty(); }));
    EXPECT_TRUE(worker.attach().ended.empty());
    EXPECT_EQ(worker.wait_exit(1).code, 4);
}

}  // namespace

}  // namespace reel::runner
