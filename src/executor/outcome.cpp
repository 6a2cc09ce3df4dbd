#include "outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "branching.hpp"
#include "json.hpp"
#include "task_spec.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;

namespace {

constexpr int skip_code = 99;
constexpr int final_code = 2;

struct Verdict {
    TaskOutcome outcome = TaskOutcome::succeeded;
    std::string message;
};

std::string describe_signal(int signal) {
    const char* const name = ::sigabbrev_np(signal);
    return name == nullptr ? fmt::format("killed by signal {}", signal)
                           : fmt::format("killed by signal {} (SIG{})", signal, name);
}

std::string describe_timeout(const core::Task& task) {
    return task.execution_timeout
               ? fmt::format("timed out after {}", core::format_duration(*task.execution_timeout))
               : "timed out";
}

/// skip_on_exit_code: a number, a list of numbers, or null for none.
bool is_skip(const core::Task& task, int code) {
    const Json args = Json::parse(task.args.text, nullptr, false);
    const auto found = args.is_object() ? args.find("skip_on_exit_code") : args.end();
    if (!args.is_object() || found == args.end()) {
        return code == skip_code;
    }
    if (found->is_array()) {
        return std::ranges::find(*found, Json(code)) != found->end();
    }
    return *found == Json(code);
}

Verdict verdict_of_bash(const core::Task& task, int code) {
    if (code == 0) {
        return {};
    }
    if (is_skip(task, code)) {
        return {
            .outcome = TaskOutcome::skipped,
            .message = fmt::format("skipped itself with exit code {}", code),
        };
    }
    return {.outcome = TaskOutcome::failed, .message = fmt::format("exit code {}", code)};
}

std::string describe(const TaskFailure& failure) {
    return failure.hint.empty() ? failure.message
                                : fmt::format("{}\nhint: {}", failure.message, failure.hint);
}

Verdict verdict_of_report(const TaskReport& report, const core::Task& task, int code) {
    if (report.failure) {
        return {
            .outcome =
                report.failure->retryable ? TaskOutcome::failed : TaskOutcome::failed_finally,
            .message = describe(*report.failure),
        };
    }
    if (code == 0) {
        return {};
    }
    if (code == skip_code) {
        return {.outcome = TaskOutcome::skipped, .message = "skipped itself"};
    }
    const bool is_final = code == final_code && !calls_python(task.operator_name);
    return {
        .outcome = is_final ? TaskOutcome::failed_finally : TaskOutcome::failed,
        .message = fmt::format("exit code {}", code),
    };
}

store::XComRecord xcom(
    const scheduler::AttemptOrder& order, const std::string& name, Json value, core::Timestamp at
) {
    return store::XComRecord{
        .key = order.key,
        .name = name,
        .value = to_text(without_nul(std::move(value))),
        .at = at,
    };
}

/// Airflow's output_processor: what the last line says, as text or read as JSON.
void push_last_line(
    const scheduler::AttemptOrder& order,
    const runner::ProcessExit& exit,
    scheduler::AttemptEnded& ended
) {
    Json value = exit.last_line;
    const Json args = Json::parse(order.task().args.text, nullptr, false);
    if (args.is_object() && args.value("output_processor", "") == "json") {
        value = Json::parse(exit.last_line, nullptr, false);
        if (value.is_discarded()) {
            ended.outcome = TaskOutcome::failed;
            ended.message = "the last line of the output is no JSON, as output_processor asks";
            return;
        }
    }
    ended.xcoms.push_back(xcom(order, "return_value", std::move(value), exit.ended_at));
}

void interpret_bash(
    const scheduler::AttemptOrder& order,
    const runner::ProcessExit& exit,
    scheduler::AttemptEnded& ended
) {
    Verdict verdict = verdict_of_bash(order.task(), exit.code);
    ended.outcome = verdict.outcome;
    ended.message = std::move(verdict.message);
    if (ended.outcome == TaskOutcome::succeeded && order.task().do_xcom_push) {
        push_last_line(order, exit, ended);
    }
}

void interpret_report(
    const scheduler::AttemptOrder& order,
    const runner::ProcessExit& exit,
    scheduler::AttemptEnded& ended
) {
    if (exit.output_truncated) {
        ended.outcome = TaskOutcome::failed_finally;
        ended.message = "the result is larger than 8 MiB and cannot be kept as an XCom";
        return;
    }
    const auto report = parse_task_report(exit.output);
    if (!report) {
        ended.outcome = TaskOutcome::failed;
        ended.message =
            exit.code == 0 ? report.error().describe() : fmt::format("exit code {}", exit.code);
        return;
    }
    Verdict verdict = verdict_of_report(*report, order.task(), exit.code);
    ended.outcome = verdict.outcome;
    ended.message = std::move(verdict.message);
    if (ended.outcome != TaskOutcome::succeeded) {
        return;
    }
    auto branch = decide(*order.dag, order.task(), report->return_value);
    if (!branch) {
        // What a query gives may be otherwise the next time.
        const bool is_data = branch.error().code == core::Errc::corrupt_data;
        ended.outcome = is_data ? TaskOutcome::failed : TaskOutcome::failed_finally;
        ended.message = branch.error().describe();
        return;
    }
    ended.branch = *std::move(branch);
    // What a stage task staged is known by its report alone, whatever do_xcom_push says.
    const bool push = order.task().do_xcom_push || order.task().operator_name == "stage";
    if (push && !report->return_value.is_null()) {
        ended.xcoms.push_back(xcom(order, "return_value", report->return_value, exit.ended_at));
    }
    for (const auto& [name, value] : report->xcoms.items()) {
        ended.xcoms.push_back(xcom(order, name, value, exit.ended_at));
    }
}

}  // namespace

scheduler::AttemptEnded interpret_exit(
    const scheduler::AttemptOrder& order, const runner::ProcessExit& exit
) {
    scheduler::AttemptEnded ended{
        .attempt = order.attempt, .key = order.key, .at = exit.ended_at, .message = {}, .xcoms = {}
    };
    switch (exit.end) {
        case runner::ProcessEnd::exited:
            ended.exit_code = exit.code;
            if (order.task().operator_name == "bash") {
                interpret_bash(order, exit, ended);
            } else {
                interpret_report(order, exit, ended);
            }
            break;
        case runner::ProcessEnd::signalled:
            ended.outcome = TaskOutcome::failed;
            ended.message = describe_signal(exit.code);
            break;
        case runner::ProcessEnd::timed_out:
            ended.outcome = TaskOutcome::timed_out;
            ended.message = describe_timeout(order.task());
            break;
        case runner::ProcessEnd::cancelled:
            ended.outcome = TaskOutcome::cancelled;
            ended.message = "ended on request";
            break;
        case runner::ProcessEnd::abandoned:
            ended.outcome = TaskOutcome::lost;
            ended.message =
                exit.message.empty() ? "ended because no worker came back for it" : exit.message;
            break;
        case runner::ProcessEnd::not_started:
            ended.outcome = TaskOutcome::failed;
            ended.message = fmt::format("the process could not be started: {}", exit.message);
            break;
    }
    return ended;
}

TaskOutcome outcome_of_preparation(const core::Error& error) {
    switch (error.code) {
        case core::Errc::unavailable:
        case core::Errc::timed_out:
        case core::Errc::conflict:
        case core::Errc::internal:
            return TaskOutcome::failed;
        default:
            return TaskOutcome::failed_finally;
    }
}

bool is_away(const postgres::DatabaseError& error) {
    return error.kind() == postgres::FailureKind::transient ||
           error.kind() == postgres::FailureKind::in_doubt;
}

}  // namespace reel::executor
