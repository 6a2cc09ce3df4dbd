#include "spawn.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "note.hpp"
#include "reel/core/crash_point.hpp"
#include "reel/runner/memory_file.hpp"
#include "reel/runner/spawn_setup.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

constexpr int input_descriptor = 3;
constexpr int output_descriptor = 4;
constexpr std::string_view default_path = "/usr/local/bin:/usr/bin:/bin";

std::string cannot_start(const ProcessSpec& spec) {
    return "cannot start '" + spec.argv[0] + "'";
}

core::Result<void> check(const ProcessSpec& spec) {
    if (spec.argv.empty() || spec.argv[0].empty()) {
        return core::fail(core::Errc::invalid_argument, "cannot start a process: no program named");
    }
    const auto holds_nul = [](const std::string& text) { return text.contains('\0'); };
    const auto* const common = spec.common_environment.get();
    if (std::ranges::any_of(spec.argv, holds_nul) ||
        std::ranges::any_of(spec.environment, holds_nul) || holds_nul(spec.working_directory) ||
        (common != nullptr && std::ranges::any_of(*common, holds_nul))) {
        return core::fail(
            core::Errc::invalid_argument,
            cannot_start(spec) + ": an argument, a variable or the folder holds a NUL byte"
        );
    }
    return {};
}

std::string_view path_variable(const ProcessSpec& spec) {
    constexpr std::string_view prefix = "PATH=";
    for (const auto* const part : {&spec.environment, spec.common_environment.get()}) {
        if (part == nullptr) continue;
        for (const std::string_view variable : *part) {
            if (variable.starts_with(prefix)) return variable.substr(prefix.size());
        }
    }
    return default_path;
}

std::string explain_exec(int error) {
    switch (error) {
        case ENOENT:
            return "no such file, or the interpreter in its #! line is missing";
        case ENOEXEC:
            return "not a program: neither a binary nor a script with a #! line";
        case E2BIG:
            return "its arguments and environment are too long";
        default:
            return describe_errno(error);
    }
}

core::Errc code_of_exec(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return core::Errc::not_found;
        case EACCES:
        case EPERM:
            return core::Errc::permission_denied;
        case ENOEXEC:
        case E2BIG:
            return core::Errc::invalid_argument;
        default:
            return core::Errc::unavailable;
    }
}

}  // namespace

core::Result<LogFile> open_log(const fs::path& path, std::string_view header) {
    const core::Durably durably(core::Durable::open_task_log);
    constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
    UniqueFd fd(::open(path.c_str(), flags, 0640));
    if (!fd && errno == ENOENT) {
        std::error_code ignored;
        fs::create_directories(path.parent_path(), ignored);
        fd = UniqueFd(::open(path.c_str(), flags, 0640));
    }
    if (!fd) return fail_errno("cannot open the log " + path.string());
    if (!header.empty() && ::write(fd.get(), header.data(), header.size()) < 0) {
        note("cannot write to the log " + path.string() + ": " + describe_errno(errno));
    }
    LogFile log{.fd = out_of_the_way(std::move(fd))};
    struct stat status{};
    if (!log.fd || ::fstat(log.fd.get(), &status) != 0) {
        return fail_errno("cannot open the log " + path.string());
    }
    log.begin = static_cast<std::uint64_t>(status.st_size);
    return log;
}

core::Result<std::string> find_program(const ProcessSpec& spec, const fs::path& working_directory) {
    if (auto checked = check(spec); !checked) return std::unexpected(std::move(checked.error()));
    const std::string& name = spec.argv[0];
    if (name.contains('/')) return name;
    std::string_view path = path_variable(spec);
    bool found_other = false;
    while (true) {
        const std::size_t colon = path.find(':');
        const fs::path candidate = working_directory / path.substr(0, colon) / name;
        std::error_code error;
        if (fs::is_regular_file(candidate, error)) {
            if (::access(candidate.c_str(), X_OK) == 0) return candidate.string();
            found_other = true;
        }
        if (colon == std::string_view::npos) break;
        path.remove_prefix(colon + 1);
    }
    if (found_other) {
        return core::fail(
            core::Errc::permission_denied,
            cannot_start(spec) + ": the file in PATH is not executable"
        );
    }
    return core::fail(
        core::Errc::not_found,
        cannot_start(spec) + ": no such program in the PATH of its environment",
        "install it, or give its whole path"
    );
}

core::Result<pid_t> spawn_process(
    const ProcessSpec& spec,
    const std::string& program,
    const fs::path& working_directory,
    const Descriptors& descriptors
) {
    FileActions actions;
    actions.change_directory(working_directory);
    actions.open_null(STDIN_FILENO);
    actions.place(descriptors.log, STDOUT_FILENO);
    actions.place(descriptors.log, STDERR_FILENO);
    actions.place(descriptors.input, input_descriptor);
    actions.place(descriptors.output, output_descriptor);
    actions.close_from(first_free_descriptor);
    const SpawnAttributes attributes(SpawnAttributes::Group::own_group);
    const CStrings argv(spec.argv);
    CStrings environment(spec.environment);
    if (spec.common_environment) environment.add(*spec.common_environment);
    pid_t pid = 0;
    const int error = ::posix_spawn(
        &pid, program.c_str(), actions.get(), attributes.get(), argv.get(), environment.get()
    );
    if (error == 0) return pid;
    return core::fail(code_of_exec(error), cannot_start(spec) + ": " + explain_exec(error));
}

}  // namespace reel::runner
