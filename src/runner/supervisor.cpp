#include "supervisor.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "note.hpp"
#include "recovery.hpp"

namespace reel::runner {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// An end that the worker has stored within two of them at most needs no place on the runner's
/// disk.
constexpr auto sync_interval = std::chrono::milliseconds(50);
constexpr auto telling_pause = std::chrono::milliseconds(10);

}  // namespace

Supervisor::Supervisor(
    const asio::any_io_executor& io, Folders folders, bool fork_shells, SupervisorEvents events
)
    : io_(io),
      work_folders_(std::move(folders.work)),
      journal_(std::move(folders.journal)),
      starter_(io, journal_, fork_shells, [this] { reap_strays(); }),
      sync_timer_(io),
      tell_timer_(io),
      events_(std::move(events)) {}

void Supervisor::recover() {
    std::vector<RunningRecord> left_behind;
    for (auto& entry : journal_.load()) {
        if (auto* const record = std::get_if<RunningRecord>(&entry)) {
            left_behind.push_back(std::move(*record));
        } else {
            keep_end(std::get<ProcessExit>(entry));
        }
    }
    for (const auto& exit : end_left_behind(left_behind, starter_.boot_id())) store(exit);
    work_folders_.sweep();
}

void Supervisor::expect(const Expect& expected) {
    const core::AttemptId attempt = expected.attempt;
    if (!running_.contains(attempt) && !ended_.contains(attempt)) starter_.expect(expected);
}

void Supervisor::start(const ProcessSpec& spec) {
    if (running_.contains(spec.attempt) || ended_.contains(spec.attempt)) return;
    const core::Timestamp now = wall_now();
    if (const auto launched = launch(spec, now); !launched) {
        finish(ProcessExit{
            .attempt = spec.attempt,
            .end = ProcessEnd::not_started,
            .started_at = now,
            .ended_at = now,
            .message = launched.error().describe()
        });
        return;
    }
    tell_start_later(spec.attempt);
    supervise(spec.attempt);
}

/// Most end before anybody could have a look at them, and their end tells all.
void Supervisor::tell_start_later(core::AttemptId attempt) {
    untold_.push_back(attempt);
    if (untold_.size() > 1) return;
    tell_timer_.expires_after(telling_pause);
    tell_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        for (const core::AttemptId each : std::exchange(untold_, {})) {
            const auto found = running_.find(each);
            if (found != running_.end()) events_.on_start(found->second.process->start());
        }
    });
}

core::Result<void> Supervisor::launch(const ProcessSpec& spec, core::Timestamp now) {
    Running running;
    if (spec.working_directory.empty()) {
        auto folder = work_folders_.take();
        if (!folder) return std::unexpected(std::move(folder.error()));
        running.own_folder = *std::move(folder);
    } else if (auto made = make_folder(spec.working_directory); !made) {
        return made;
    }
    const fs::path& folder =
        spec.working_directory.empty() ? running.own_folder : fs::path(spec.working_directory);
    auto process = starter_.start(spec, folder, now);
    if (!process) {
        if (!running.own_folder.empty()) work_folders_.give_back(running.own_folder);
        return std::unexpected(std::move(process.error()));
    }
    SupervisedSpec supervised{
        .attempt = spec.attempt,
        .started_at = now,
        .timeout = spec.timeout,
        .kill_grace = spec.kill_grace,
        .log_file = spec.log_file,
    };
    running.process =
        std::make_unique<SupervisedProcess>(io_, std::move(supervised), *std::move(process));
    running_.emplace(spec.attempt, std::move(running));
    return {};
}

void Supervisor::supervise(core::AttemptId attempt) {
    SupervisedProcess* const process = running_.at(attempt).process.get();
    asio::co_spawn(
        io_,
        [process]() -> asio::awaitable<ProcessExit> { co_return co_await process->run(); },
        [this, attempt](const std::exception_ptr& failure, ProcessExit exit) {
            if (failure) {
                exit = ProcessExit{.attempt = attempt, .end = ProcessEnd::abandoned};
                exit.started_at = running_.at(attempt).process->start().at;
                exit.ended_at = wall_now();
                exit.message = "the runner failed to follow it";
            }
            finish(exit);
        }
    );
}

void Supervisor::finish(const ProcessExit& exit) {
    const auto ended = running_.extract(exit.attempt);
    store(exit);
    events_.on_exit(exit);
    // Nobody waits for what is tidied up.
    if (ended && !ended.mapped().own_folder.empty()) {
        work_folders_.give_back(ended.mapped().own_folder);
    }
    reap_strays();
}

void Supervisor::store(const ProcessExit& exit) {
    const auto written = journal_.write_exit(exit);
    // Without room for the exit the journal still says that it was started, so a death of the
    // runner now gives a lost exit status, never a second process unawares.
    if (!written) note(written.error().describe());
    keep_end(exit);
    if (written) sync_later();
}

void Supervisor::keep_end(const ProcessExit& exit) {
    const bool is_safe = journal_.holds_exit(exit.attempt);
    ended_.insert_or_assign(
        exit.attempt, is_safe ? std::nullopt : std::optional<ProcessExit>(exit)
    );
}

void Supervisor::sync_later() {
    if (std::exchange(sync_is_due_, true)) return;
    sync_timer_.expires_after(sync_interval);
    sync_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        sync_is_due_ = false;
        if (const auto synced = journal_.sync_lasting(); !synced) note(synced.error().describe());
        if (journal_.needs_sync()) sync_later();
    });
}

void Supervisor::sync_journal() {
    if (!journal_.needs_sync()) return;
    if (const auto synced = journal_.sync(); !synced) note(synced.error().describe());
}

void Supervisor::reap_strays() const {
    while (true) {
        siginfo_t info{};
        constexpr int look = WEXITED | WNOHANG | WNOWAIT;
        if (::waitid(P_ALL, 0, &info, look) != 0 || info.si_pid == 0) return;
        const bool leader = std::ranges::any_of(running_, [&info](const auto& entry) {
            return entry.second.process->pid() == info.si_pid;
        });
        // A leader is reaped where its exit status is read; the rest waits for the next time.
        if (leader) return;
        ::waitpid(info.si_pid, nullptr, WNOHANG);
    }
}

void Supervisor::stop(core::AttemptId attempt, ProcessEnd reason, const std::string& message) {
    const auto found = running_.find(attempt);
    if (found != running_.end()) found->second.process->stop(reason, message);
}

void Supervisor::stop_all(ProcessEnd reason, const std::string& message) {
    for (const auto& [attempt, running] : running_) running.process->stop(reason, message);
}

void Supervisor::acknowledge(core::AttemptId attempt) {
    if (ended_.erase(attempt) > 0) journal_.forget(attempt);
}

std::vector<ProcessStart> Supervisor::running() const {
    std::vector<ProcessStart> starts;
    starts.reserve(running_.size());
    for (const auto& [attempt, running] : running_) starts.push_back(running.process->start());
    return starts;
}

std::vector<core::AttemptId> Supervisor::ended() const {
    std::vector<core::AttemptId> attempts;
    attempts.reserve(ended_.size());
    for (const auto& [attempt, exit] : ended_) attempts.push_back(attempt);
    return attempts;
}

std::optional<ProcessExit> Supervisor::find_exit(core::AttemptId attempt) const {
    const auto found = ended_.find(attempt);
    if (found == ended_.end()) return std::nullopt;
    if (found->second) return found->second;
    auto exit = journal_.read_exit(attempt);
    if (exit) return std::move(*exit);
    // The file was damaged since it was written: the attempt ended, and nobody knows how.
    return ProcessExit{
        .attempt = attempt,
        .end = ProcessEnd::abandoned,
        .started_at = wall_now(),
        .ended_at = wall_now(),
        .message = exit.error().describe()
    };
}

}  // namespace reel::runner
