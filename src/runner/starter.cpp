#include "starter.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/wait.h>

#include <array>
#include <cstdint>
#include <utility>

#include "note.hpp"
#include "proc.hpp"
#include "reel/runner/memory_file.hpp"
#include "reel/runner/pidfd.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_ready_logs = 64;

std::string random_mark() {
    std::array<std::uint64_t, 1> random{};
    if (::getrandom(random.data(), sizeof random, 0) < 0) random[0] = 0;
    return fmt::format("{:016x}", random[0]);
}

}  // namespace

Starter::Starter(
    const boost::asio::any_io_executor& io,
    Journal& journal,
    bool fork_shells,
    std::function<void()> reap
)
    : journal_(journal),
      fork_shells_(fork_shells),
      let_go_timer_(io),
      reap_(std::move(reap)),
      boot_id_(load_boot_id()),
      own_mark_(random_mark()) {}

void Starter::expect(const Expect& expected) {
    // What was expected in vain.
    if (ready_logs_.size() >= most_ready_logs) ready_logs_.erase(ready_logs_.begin());
    if (auto log = open_log(expected.log_file, expected.log_header)) {
        ready_logs_.try_emplace(expected.attempt, *std::move(log));
    }
}

core::Result<LogFile> Starter::take_log(const ProcessSpec& spec) {
    if (auto ready = ready_logs_.extract(spec.attempt)) return std::move(ready.mapped());
    return open_log(spec.log_file, spec.log_header);
}

/// Unlike any other attempt's, for an attempt is started once.
std::string Starter::make_marker(core::AttemptId attempt) const {
    return fmt::format("reel-{}-{}", attempt, own_mark_);
}

core::Result<SpawnedProcess> Starter::start(
    const ProcessSpec& spec, const fs::path& folder, core::Timestamp now
) {
    auto log = take_log(spec);
    if (!log) return std::unexpected(std::move(log.error()));
    RunningRecord record{
        .attempt = spec.attempt,
        .marker = make_marker(spec.attempt),
        .boot_id = boot_id_,
        .started_at = now,
        .kill_grace = spec.kill_grace,
        .log_file = spec.log_file,
        .log_begin = log->begin,
    };
    const auto input = make_memory_file(record.marker, spec.input);
    if (!input) return std::unexpected(input.error());
    auto output = make_memory_file(record.marker);
    if (!output) return std::unexpected(std::move(output.error()));
    const auto pid = start_with(
        spec,
        folder,
        std::move(record),
        {.log = log->fd.get(), .input = input->get(), .output = output->get()}
    );
    if (!pid) return std::unexpected(pid.error());
    SpawnedProcess process{
        .pid = *pid,
        .pidfd = open_pidfd(*pid),
        .output = *std::move(output),
        .log = *std::move(log),
    };
    if (process.pidfd) return process;
    auto failure = fail_errno(fmt::format("cannot start '{}': cannot watch it", spec.argv[0]));
    ::kill(-*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return failure;
}

core::Result<pid_t> Starter::start_with(
    const ProcessSpec& spec,
    const fs::path& folder,
    RunningRecord record,
    const Descriptors& descriptors
) {
    const auto program = find_program(spec, folder);
    if (!program) return std::unexpected(program.error());
    const auto shell = fork_shells_ ? shell_of(spec, *program) : std::nullopt;
    const auto spare = shell ? shells_.take(*shell) : std::nullopt;
    if (spare) {
        record.pid = spare->pid;
        record.pid_start = {.first = spare->asked_at, .last = boot_ticks()};
    }
    // Written before the process begins, so that no death of the runner leaves one unknown.
    if (auto written = journal_.write_running(record); !written) {
        return std::unexpected(std::move(written.error()));
    }
    const bool is_forked = spare && hand_over(*spare, spec, folder, descriptors);
    const auto pid = is_forked ? core::Result<pid_t>(spare->pid)
                               : spawn(spec, *program, folder, std::move(record), descriptors);
    if (pid && shell) {
        shells_.make_ready(*shell, Shells::Clock::now());
        let_go_later();
    }
    return pid;
}

core::Result<pid_t> Starter::spawn(
    const ProcessSpec& spec,
    const std::string& program,
    const fs::path& folder,
    RunningRecord record,
    const Descriptors& descriptors
) {
    record.pid_start.first = boot_ticks();
    const auto pid = spawn_process(spec, program, folder, descriptors);
    if (!pid) return pid;
    record.pid = *pid;
    record.pid_start.last = boot_ticks();
    if (const auto written = journal_.write_running(record); !written) {
        note(written.error().describe());
    }
    return pid;
}

void Starter::let_go_later() {
    if (std::exchange(lets_go_, true)) return;
    let_go_timer_.expires_after(Shells::often);
    let_go_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        lets_go_ = false;
        reap_();
        // Once more after the last one went, for it is still to be reaped.
        if (shells_.let_go(Shells::Clock::now())) let_go_later();
    });
}

}  // namespace reel::runner
