#include "recovery.hpp"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "log_tail.hpp"
#include "note.hpp"
#include "proc.hpp"
#include "reel/core/proc_file.hpp"
#include "reel/runner/pidfd.hpp"
#include "reel/runner/unique_fd.hpp"
#include "supervised_process.hpp"

namespace reel::runner {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration max_grace = 2s;
constexpr core::Duration kill_patience = 2s;

bool leads_group(const RunningRecord& record) {
    if (record.pid == 0) return false;
    const auto stat = core::load_stat(record.pid);
    return stat && stat->start >= record.pid_start.first && stat->start <= record.pid_start.last;
}

/// Processes of the attempts that still live. A group is known by its leader; without the leader,
/// which may have been the first to die, by the memfds that its members inherited.
std::vector<UniqueFd> find_strays(const std::vector<RunningRecord>& records) {
    std::vector<pid_t> groups;
    for (const auto& record : records) {
        if (leads_group(record)) groups.push_back(record.pid);
    }
    std::vector<UniqueFd> strays;
    for (const pid_t pid : load_pids()) {
        UniqueFd pidfd = open_pidfd(pid);
        const auto stat = core::load_stat(pid);
        if (!pidfd || !stat || stat->state == 'Z') continue;
        const bool ours = std::ranges::find(groups, stat->group) != groups.end() ||
                          std::ranges::any_of(records, [pid](const RunningRecord& record) {
                              return !record.marker.empty() && holds_memfd(pid, record.marker);
                          });
        if (ours) strays.push_back(std::move(pidfd));
    }
    return strays;
}

void wait_for(const std::vector<UniqueFd>& strays, core::Duration limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    for (const auto& stray : strays) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd ended{.fd = stray.get(), .events = POLLIN, .revents = 0};
        ::poll(&ended, 1, static_cast<int>(std::max(left, 0ms).count()));
    }
}

void signal_all(const std::vector<UniqueFd>& strays, int signal) {
    for (const auto& stray : strays) signal_process(stray, signal);
}

void end_strays(const std::vector<RunningRecord>& records) {
    core::Duration grace = 0s;
    for (const auto& record : records) {
        grace = std::max(grace, std::min(record.kill_grace, max_grace));
    }
    if (auto strays = find_strays(records); !strays.empty()) {
        note("ending " + std::to_string(strays.size()) + " processes of a runner that was killed");
        signal_all(strays, SIGTERM);
        signal_all(strays, SIGCONT);
        wait_for(strays, grace);
    }
    // What is killed may have forked just before, so look until nothing is found.
    for (int round = 0; round < 10; ++round) {
        const auto strays = find_strays(records);
        if (strays.empty()) return;
        signal_all(strays, SIGKILL);
        wait_for(strays, kill_patience);
    }
}

ProcessExit exit_of(const RunningRecord& record, bool same_boot) {
    ProcessExit exit{.attempt = record.attempt, .end = ProcessEnd::abandoned};
    exit.ended_at = wall_now();
    exit.started_at = record.log_file.empty() ? exit.ended_at : record.started_at;
    exit.message = same_boot ? "its runner was killed; exit status unknown"
                             : "the machine was restarted; exit status unknown";
    exit.last_line = load_last_line(record.log_file, record.log_begin);
    return exit;
}

}  // namespace

std::vector<ProcessExit> end_left_behind(
    const std::vector<RunningRecord>& records, const std::string& boot_id
) {
    const auto of_this_boot = [&boot_id](const RunningRecord& record) {
        return record.boot_id.empty() || record.boot_id == boot_id;
    };
    std::vector<RunningRecord> alive;
    std::ranges::copy_if(records, std::back_inserter(alive), of_this_boot);
    if (!alive.empty()) end_strays(alive);
    std::vector<ProcessExit> exits;
    exits.reserve(records.size());
    for (const auto& record : records) exits.push_back(exit_of(record, of_this_boot(record)));
    return exits;
}

}  // namespace reel::runner
