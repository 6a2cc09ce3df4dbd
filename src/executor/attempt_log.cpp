#include "attempt_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <chrono>

#include "reel/core/crash_point.hpp"
#include "reel/runner/unique_fd.hpp"
namespace reel::executor {

namespace fs = std::filesystem;
using scheduler::TaskOutcome;

namespace {

std::string_view describe(TaskOutcome outcome) {
    switch (outcome) {
        case TaskOutcome::succeeded:
            return "task succeeded";
        case TaskOutcome::failed:
            return "task failed";
        case TaskOutcome::failed_finally:
            return "task failed and is not tried again";
        case TaskOutcome::skipped:
            return "task skipped";
        case TaskOutcome::timed_out:
            return "task timed out";
        case TaskOutcome::cancelled:
            return "task cancelled";
        case TaskOutcome::lost:
            return "task lost";
    }
    return "task ended";
}

std::string_view level_of(TaskOutcome outcome) {
    const bool good = outcome == TaskOutcome::succeeded || outcome == TaskOutcome::skipped;
    return good ? "INFO" : "ERROR";
}

/// The errno; 0 where all of it is written.
int append(const fs::path& log, std::string_view lines) {
    const runner::UniqueFd file(::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)
    );
    if (!file) {
        return errno;
    }
    while (!lines.empty()) {
        const ssize_t written = ::write(file.get(), lines.data(), lines.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return errno;
        }
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

}  // namespace

std::string log_stamp(core::Timestamp at) {
    const auto millisecond = std::chrono::floor<std::chrono::milliseconds>(at);
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    const std::string whole = core::format_api(second);
    return fmt::format(
        "{}.{:03}Z", whole.substr(0, whole.size() - 1), (millisecond - second).count()
    );
}

std::string log_line(core::Timestamp at, std::string_view level, std::string_view text) {
    std::string lines = fmt::format("{} {} ", log_stamp(at), level);
    while (true) {
        const std::size_t end = text.find('\n');
        lines += text.substr(0, end);
        lines += '\n';
        if (end == std::string_view::npos || end + 1 == text.size()) {
            return lines;
        }
        // What belongs to the same message, a table for instance, is set in below it.
        text.remove_prefix(end + 1);
        lines += "  ";
    }
}

void append_to_log(const fs::path& log, const std::string& lines) {
    const core::Durably durably(core::Durable::append_task_log);
    int error = append(log, lines);
    if (error == ENOENT) {
        std::error_code ignored;
        fs::create_directories(log.parent_path(), ignored);
        error = append(log, lines);
    }
    if (error != 0) {
        spdlog::warn(
            "cannot write to a task's log file={} reason={}",
            log.string(),
            runner::describe_errno(error)
        );
    }
}

std::string header_line(
    const scheduler::AttemptOrder& order, const std::string& hostname, core::Timestamp at
) {
    const std::string text = fmt::format(
        "reel begins task {} operator={} dag={} run={} try={} host={}",
        order.key.task_id.str(),
        order.task().operator_name,
        order.key.dag_id.str(),
        order.key.run_id.str(),
        order.try_number,
        hostname
    );
    return log_line(at, "INFO", text);
}

std::string footer_line(const scheduler::AttemptEnded& ended, core::Duration elapsed) {
    std::string text = fmt::format(
        "{} {} {}",
        describe(ended.outcome),
        ended.outcome == TaskOutcome::succeeded ? "in" : "after",
        core::format_duration(elapsed)
    );
    if (!ended.message.empty()) {
        text += fmt::format(": {}", ended.message);
    }
    return log_line(ended.at, level_of(ended.outcome), text);
}

}  // namespace reel::executor
