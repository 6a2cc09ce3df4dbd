#include "runner_fixture.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <exception>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>

#include "reel/core/proc_file.hpp"

namespace reel::runner {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

bool poll_until(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

}  // namespace

TestWorker::TestWorker(RunnerOptions options) {
    RunnerEvents events;
    events.on_start = [this](const ProcessStart& start) { starts[start.attempt] = start; };
    events.on_exit = [this](const ProcessExit& exit) {
        exits[exit.attempt] = exit;
        ++exit_events;
    };
    events.on_lost = [this](const std::string& reason) { losses.push_back(reason); };
    client_ = make_runner_client(io_.get_executor(), std::move(options), std::move(events));
}

core::Result<RunnerInventory> TestWorker::try_attach() {
    std::optional<core::Result<RunnerInventory>> result;
    asio::co_spawn(
        io_,
        [this]() -> asio::awaitable<core::Result<RunnerInventory>> {
            co_return co_await client_->attach();
        },
        [&result](const std::exception_ptr& failure, core::Result<RunnerInventory> inventory) {
            if (failure) std::rethrow_exception(failure);
            result = std::move(inventory);
        }
    );
    EXPECT_TRUE(run_until([&result] { return result.has_value(); })) << "attach never ended";
    return std::move(*result);
}

RunnerInventory TestWorker::attach() {
    auto inventory = try_attach();
    EXPECT_TRUE(inventory) << inventory.error().describe();
    return inventory.value_or(RunnerInventory{});
}

void TestWorker::detach(bool end_when_idle) {
    bool done = false;
    asio::co_spawn(
        io_,
        [this, end_when_idle]() -> asio::awaitable<void> {
            co_await client_->detach(end_when_idle);
        },
        [&done](const std::exception_ptr&) { done = true; }
    );
    EXPECT_TRUE(run_until([&done] { return done; }));
}

bool TestWorker::run_until(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        io_.restart();
        io_.run_for(5ms);
    }
    return true;
}

ProcessExit TestWorker::wait_exit(core::AttemptId attempt) {
    EXPECT_TRUE(run_until([this, attempt] { return exits.contains(attempt); }))
        << "attempt " << attempt << " never ended";
    return exits[attempt];
}

ProcessStart TestWorker::wait_start(core::AttemptId attempt) {
    EXPECT_TRUE(run_until([this, attempt] { return starts.contains(attempt); }))
        << "attempt " << attempt << " never started";
    return starts[attempt];
}

void TestWorker::vanish() {
    client_.reset();
    io_.restart();
    io_.run_for(5ms);
}

RunnerTest::RunnerTest() {
    std::string name = (fs::temp_directory_path() / "reel-runner-XXXXXX").string();
    folder = ::mkdtemp(name.data());
}

RunnerTest::~RunnerTest() {
    if (const auto pid = runner_pid()) {
        ::kill(*pid, SIGTERM);  // It may be about to end by itself.
        EXPECT_TRUE(wait_gone(*pid));
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

RunnerOptions RunnerTest::options() const {
    return {.directory = folder / "run", .program = REEL_RUNNER_PROGRAM, .lease = lease};
}

ProcessSpec RunnerTest::shell(core::AttemptId attempt, const std::string& script) const {
    ProcessSpec spec;
    spec.attempt = attempt;
    spec.argv = {"sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin", "FOLDER=" + folder.string()};
    spec.working_directory = folder.string();
    spec.log_file = log_of(attempt);
    return spec;
}

fs::path RunnerTest::log_of(core::AttemptId attempt) const {
    return folder / "logs" / (std::to_string(attempt) + ".log");
}

std::optional<int> RunnerTest::runner_pid() const {
    const fs::path lock = folder / "run" / "runner.lock";
    std::ifstream file(lock);
    int pid = 0;
    if (!(file >> pid) || !is_alive(pid)) return std::nullopt;
    return pid;
}

void RunnerTest::kill_runner(int signal) const {
    const auto pid = runner_pid();
    ASSERT_TRUE(pid);
    ASSERT_EQ(::kill(*pid, signal), 0);
}

bool RunnerTest::is_alive(int pid) {
    const auto stat = core::load_stat(pid);
    return stat && stat->state != 'Z';
}

bool RunnerTest::wait_gone(int pid) {
    return poll_until([pid] { return !is_alive(pid); });
}

std::string RunnerTest::read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

int RunnerTest::wait_pid_in(const fs::path& file) {
    EXPECT_TRUE(poll_until([&file] { return read(file).ends_with('\n'); })) << file;
    return std::stoi(read(file));
}

std::size_t RunnerTest::journaled() const {
    std::set<core::AttemptId> attempts;
    for (const auto& file : fs::directory_iterator(folder / "run" / "journal")) {
        std::ifstream lines(file.path());
        for (std::string line; std::getline(lines, line);) {
            const auto word = nlohmann::json::parse(line);
            if (word.contains("forgotten")) {
                attempts.erase(word["forgotten"].get<core::AttemptId>());
            } else {
                attempts.insert(word.front().at("attempt").get<core::AttemptId>());
            }
        }
    }
    return attempts.size();
}

}  // namespace reel::runner
