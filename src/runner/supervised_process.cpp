#include "supervised_process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <utility>

#include "log_tail.hpp"

namespace reel::runner {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_output_bytes = std::size_t{8} << 20U;
/// What others of the group get to end by themselves once their leader has (`… | tee log`).
constexpr std::chrono::nanoseconds leftover_patience = 200ms;
constexpr std::chrono::nanoseconds leftover_grace = 1s;
constexpr std::chrono::nanoseconds kill_patience = 2s;

std::int64_t microseconds(const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

/// The runner is its orphans' parent, so those that have ended are to be reaped before they count.
bool group_is_gone(pid_t group) {
    while (::waitpid(-group, nullptr, WNOHANG) > 0) {
    }
    return ::kill(-group, 0) != 0 && errno == ESRCH;
}

}  // namespace

core::Timestamp wall_now() {
    return std::chrono::floor<core::Duration>(std::chrono::system_clock::now());
}

SupervisedProcess::SupervisedProcess(
    const asio::any_io_executor& io, SupervisedSpec spec, SpawnedProcess process
)
    : spec_(std::move(spec)),
      pid_(process.pid),
      pidfd_(io, process.pidfd.release()),
      output_(std::move(process.output)),
      log_(std::move(process.log)),
      nudge_(io) {
    if (spec_.timeout) deadline_ = std::chrono::steady_clock::now() + *spec_.timeout;
}

ProcessStart SupervisedProcess::start() const {
    return {.attempt = spec_.attempt, .pid = pid_, .at = spec_.started_at};
}

void SupervisedProcess::stop(ProcessEnd reason, std::string message) {
    if (ended_ || stopped_as_) return;
    stopped_as_ = reason;
    stop_message_ = std::move(message);
    nudge_.notify();
}

void SupervisedProcess::watch() {
    pidfd_.async_wait(
        asio::posix::descriptor_base::wait_read,
        [this](const boost::system::error_code& error) {
            if (error) return;
            ended_ = true;
            nudge_.notify();
        }
    );
}

SupervisedProcess::SteadyTime SupervisedProcess::next_step() const {
    if (kill_at_) return *kill_at_;
    return deadline_.value_or(std::chrono::steady_clock::now() + 24h);
}

std::string SupervisedProcess::timeout_message() const {
    const std::chrono::duration<double> timeout = *spec_.timeout;
    return fmt::format("it ran longer than its timeout of {:g} s", timeout.count());
}

void SupervisedProcess::act(SteadyTime now) {
    if (!stopped_as_ && deadline_ && now >= *deadline_) {
        stopped_as_ = ProcessEnd::timed_out;
        stop_message_ = timeout_message();
    }
    if (!stopped_as_) return;
    if (!kill_at_) {
        ::kill(-pid_, SIGTERM);
        // A stopped process would sleep through its grace.
        ::kill(-pid_, SIGCONT);
        kill_at_ = now + spec_.kill_grace;
    } else if (now >= *kill_at_) {
        ::kill(-pid_, SIGKILL);
        kill_at_ = now + kill_patience;
    }
}

asio::awaitable<ProcessExit> SupervisedProcess::run() {
    watch();
    while (!ended_) {
        co_await nudge_.wait_for(next_step() - std::chrono::steady_clock::now());
        if (!ended_) act(std::chrono::steady_clock::now());
    }
    ProcessExit exit = reap();
    co_await end_leftovers();
    collect(exit);
    co_return exit;
}

ProcessExit SupervisedProcess::reap() const {
    ProcessExit exit{.attempt = spec_.attempt, .pid = pid_, .started_at = spec_.started_at};
    exit.ended_at = std::max(wall_now(), spec_.started_at);
    int status = 0;
    rusage usage{};
    if (::wait4(pid_, &status, 0, &usage) != pid_) {
        exit.end = ProcessEnd::abandoned;
        exit.message = "its exit status is lost: " + describe_errno(errno);
        return exit;
    }
    exit.user_microseconds = microseconds(usage.ru_utime);
    exit.system_microseconds = microseconds(usage.ru_stime);
    exit.max_rss_kilobytes = usage.ru_maxrss;
    const bool signalled = WIFSIGNALED(status);
    exit.code = signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    exit.end = stopped_as_.value_or(signalled ? ProcessEnd::signalled : ProcessEnd::exited);
    if (stopped_as_) {
        exit.message = stop_message_;
    } else if (signalled) {
        exit.message = "killed by signal " + std::to_string(exit.code);
    }
    return exit;
}

asio::awaitable<bool> SupervisedProcess::group_gone_within(std::chrono::nanoseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (std::chrono::nanoseconds pause = 1ms; !group_is_gone(pid_);
         pause = std::min<std::chrono::nanoseconds>(pause * 2, 50ms)) {
        if (std::chrono::steady_clock::now() >= until) co_return false;
        timer.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(pause));
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return true;
}

asio::awaitable<void> SupervisedProcess::end_leftovers() {
    if (kill_at_) {
        // Its members have their SIGTERM and the rest of their grace.
        if (co_await group_gone_within(*kill_at_ - std::chrono::steady_clock::now())) co_return;
    } else {
        if (co_await group_gone_within(leftover_patience)) co_return;
        ::kill(-pid_, SIGTERM);
        ::kill(-pid_, SIGCONT);
        const auto grace = std::min<std::chrono::nanoseconds>(leftover_grace, spec_.kill_grace);
        if (co_await group_gone_within(grace)) co_return;
    }
    ::kill(-pid_, SIGKILL);
    co_await group_gone_within(kill_patience);
}

void SupervisedProcess::collect(ProcessExit& exit) const {
    struct stat status{};
    if (::fstat(output_.get(), &status) == 0) {
        const auto size = static_cast<std::size_t>(status.st_size);
        exit.output_truncated = size > max_output_bytes;
        exit.output.resize(std::min(size, max_output_bytes));
        const ssize_t count = ::pread(output_.get(), exit.output.data(), exit.output.size(), 0);
        exit.output.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    // Most say nothing.
    const bool is_silent = ::fstat(log_.fd.get(), &status) == 0 &&
                           static_cast<std::uint64_t>(status.st_size) == log_.begin;
    if (!is_silent) exit.last_line = load_last_line(spec_.log_file, log_.begin);
}

}  // namespace reel::runner
