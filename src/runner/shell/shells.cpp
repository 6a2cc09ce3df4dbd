#include "shells.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "runner/note.hpp"

namespace reel::runner {

namespace {

constexpr std::size_t most_shells = 8;
constexpr std::string_view script_argument = "/dev/fd/3";
constexpr std::array<std::string_view, 3> known_shells{"sh", "dash", "bash"};
constexpr std::array<std::string_view, 3> read_at_exec{"LD_", "GLIBC_", "MALLOC_"};

bool is_read_at_exec(const std::string& variable) {
    return std::ranges::any_of(read_at_exec, [&variable](std::string_view prefix) {
        return variable.starts_with(prefix);
    });
}

std::string key_of(const ProcessSpec& spec, const std::string& program) {
    return program + '\0' + spec.argv[0];
}

}  // namespace

bool can_be_forked(const ProcessSpec& spec, const std::string& program) {
    if (!program.starts_with('/')) return false;
    if (spec.argv.size() != 2 || spec.argv[1] != script_argument) return false;
    const std::string_view name =
        std::string_view(spec.argv[0]).substr(spec.argv[0].rfind('/') + 1);
    if (std::ranges::find(known_shells, name) == known_shells.end()) return false;
    const auto has_one = [](const std::vector<std::string>& variables) {
        return std::ranges::any_of(variables, is_read_at_exec);
    };
    return !has_one(spec.environment) &&
           (!spec.common_environment || !has_one(*spec.common_environment));
}

std::optional<Shells::Identity> Shells::identify(const std::string& program) {
    struct stat status{};
    if (::stat(program.c_str(), &status) != 0) return std::nullopt;
    const auto& changed = status.st_ctim;
    return Identity{
        .device = status.st_dev,
        .inode = status.st_ino,
        .changed_ns = std::int64_t{changed.tv_sec} * 1'000'000'000 + changed.tv_nsec
    };
}

Shells::Shell* Shells::find(const ProcessSpec& spec, const std::string& program) {
    const auto found = shells_.find(key_of(spec, program));
    return found == shells_.end() ? nullptr : &found->second;
}

std::optional<Spare> Shells::take(const ProcessSpec& spec, const std::string& program) {
    if (shells_.empty() || !can_be_forked(spec, program)) return std::nullopt;
    Shell* const shell = find(spec, program);
    if (shell == nullptr || !shell->server) return std::nullopt;
    if (identify(program) != shell->identity) {
        shells_.erase(key_of(spec, program));
        return std::nullopt;
    }
    if (shell->server->look() == ForkServer::State::starting) return std::nullopt;
    auto spare = shell->server->take();
    shell->has_given |= spare.has_value();
    if (!spare && shell->server->look() == ForkServer::State::gone) {
        shell->was_in_vain = !shell->has_given;
        if (shell->was_in_vain) note(program + " cannot be forked ahead of its tasks");
        shell->server.reset();
    }
    return spare;
}

void Shells::make_ready(
    const ProcessSpec& spec, const std::string& program, Clock::time_point now
) {
    if (!enabled_ || !can_be_forked(spec, program)) return;
    if (Shell* const shell = find(spec, program)) {
        const bool is_often = now - std::exchange(shell->wanted_at, now) <= often;
        if (shell->server) return shell->server->refill();
        const bool may = !shell->was_in_vain || now - shell->launched_at > discouraged;
        if (is_often && may) launch(*shell, spec, program, now);
        return;
    }
    if (const auto identity = identify(program); identity && shells_.size() < most_shells) {
        shells_.emplace(key_of(spec, program), Shell{.identity = *identity, .wanted_at = now});
    }
}

void Shells::launch(
    Shell& shell, const ProcessSpec& spec, const std::string& program, Clock::time_point now
) {
    shell.launched_at = now;
    shell.has_given = false;
    auto server = ForkServer::launch(program, spec.argv);
    shell.was_in_vain = !server;
    if (!server) return note(server.error().describe());
    shell.server = *std::move(server);
}

bool Shells::let_go(Clock::time_point now) {
    const bool had_any = !shells_.empty();
    std::erase_if(shells_, [now](const auto& entry) {
        return now - entry.second.wanted_at > often;
    });
    return had_any;
}

}  // namespace reel::runner
