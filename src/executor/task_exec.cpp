#include "task_exec.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "attempt_log.hpp"
#include "download_operation.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/postgres/error.hpp"
#include "secrets.hpp"

namespace reel::executor {

namespace {

constexpr int specification_descriptor = 3;
constexpr int report_descriptor = 4;

core::Result<core::JsonText> dispatch(
    const TaskSpec& spec, const Operations& operations, const fetch::LogLine& log
) {
    if (spec.operator_name == "download") {
        return run_download(spec, operations, log);
    }
    const warehouse::OperationContext context{
        .uri = spec.uri,
        .identity = spec.identity,
        .data_dir = spec.data_dir,
        .fetch_dir = {},
        .cache_dir = spec.cache_dir,
        .dag_dir = spec.dag_dir,
        .staged = spec.staged,
        .log = log,
    };
    const core::JsonText args = to_text(spec.args);
    if (spec.operator_name == "stage") {
        return operations.stage(args, context);
    }
    if (spec.operator_name == "upsert") {
        return operations.upsert(args, context);
    }
    if (spec.operator_name == "quality") {
        return operations.quality(args, context);
    }
    if (spec.operator_name == "sql") {
        return operations.run_sql(args, context);
    }
    return core::fail(
        core::Errc::unsupported, fmt::format("there is no operator '{}'", spec.operator_name)
    );
}

/// The one catch of this process: whatever is thrown becomes a failure that may be retried.
core::Result<core::JsonText> guarded_dispatch(
    const TaskSpec& spec, const Operations& operations, const fetch::LogLine& log
) {
    try {
        return dispatch(spec, operations, log);
    } catch (const postgres::DatabaseError& error) {
        const bool is_bug = error.kind() == postgres::FailureKind::bug;
        return core::fail(is_bug ? core::Errc::internal : core::Errc::unavailable, error.what());
    } catch (const std::exception& error) {
        return core::fail(core::Errc::internal, error.what());
    }
}

TaskExecution failure(const core::Error& error, bool is_final_failure, const SecretMask& mask) {
    const std::string message =
        error.where.empty() ? error.message : fmt::format("{}: {}", error.where, error.message);
    TaskExecution execution;
    execution.exit_status = is_final_failure ? 2 : 1;
    execution.report.failure = TaskFailure{
        .message = mask.apply(message),
        .hint = mask.apply(error.hint),
        .retryable = !is_final_failure,
    };
    return execution;
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 65536> block{};
    while (true) {
        const ssize_t count = ::read(descriptor, block.data(), block.size());
        if (count > 0) {
            text.append(block.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            return text;
        }
    }
}

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            return;
        }
    }
}

}  // namespace

Operations real_operations() {
    return Operations{
        .stage = warehouse::stage,
        .upsert = warehouse::upsert,
        .quality = warehouse::quality,
        .run_sql = warehouse::run_sql,
        .download = fetch::download,
    };
}

bool is_final(const std::string& operator_name, core::Errc code) {
    if (code == core::Errc::invalid_argument || code == core::Errc::unsupported) {
        return true;
    }
    // A file that came damaged may come whole the next time; rows that break the rules stay as
    // they are.
    return code == core::Errc::corrupt_data && operator_name != "download" &&
           operator_name != "sql";
}

TaskExecution execute_task(
    const std::string& specification,
    const Operations& operations,
    const core::Clock& clock,
    const std::function<void(const std::string&)>& write
) {
    SecretMask mask;
    const auto spec = parse_task_spec(specification);
    if (!spec) {
        return failure(spec.error(), true, mask);
    }
    for (const std::string& secret : spec->secrets) {
        mask.add(secret);
    }
    const fetch::LogLine log = [&](const std::string& text) {
        write(log_line(clock.now(), "INFO", mask.apply(text)));
    };
    const auto result = guarded_dispatch(*spec, operations, log);
    if (!result) {
        return failure(result.error(), is_final(spec->operator_name, result.error().code), mask);
    }
    TaskExecution execution;
    execution.report.return_value = Json::parse(result->text, nullptr, false);
    if (execution.report.return_value.is_discarded()) {
        return failure(
            core::fail(core::Errc::internal, "the operator's report is not JSON").error(),
            false,
            mask
        );
    }
    return execution;
}

int task_exec() {
    const core::SystemClock clock;
    const TaskExecution execution = execute_task(
        read_all(specification_descriptor),
        real_operations(),
        clock,
        [](const std::string& line) { write_all(STDOUT_FILENO, line); }
    );
    write_all(report_descriptor, to_json(execution.report));
    return execution.exit_status;
}

}  // namespace reel::executor
