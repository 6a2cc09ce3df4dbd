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

}  // namespace

std::optional<ShellName> shell_of(const ProcessSpec& spec, const std::string& program) {
    if (!program.starts_with('/')) return std::nullopt;
    if (spec.argv.size() != 2 || spec.argv[1] != script_argument) return std::nullopt;
    const std::string& word = spec.argv[0];
    const std::string_view name = std::string_view(word).substr(word.rfind('/') + 1);
    if (std::ranges::find(known_shells, name) == known_shells.end()) return std::nullopt;
    for (const auto* const part : {&spec.environment, spec.common_environment.get()}) {
        if (part != nullptr && std::ranges::any_of(*part, is_read_at_exec)) return std::nullopt;
    }
    return ShellName{program, word};
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

std::optional<Spare> Shells::take(const ShellName& name) {
    const auto found = shells_.find(name);
    if (found == shells_.end() || !found->second.server) return std::nullopt;
    Shell& shell = found->second;
    if (identify(name.program) != shell.identity) {
        shells_.erase(found);
        return std::nullopt;
    }
    if (shell.server->look() == ForkServer::State::starting) return std::nullopt;
    auto spare = shell.server->take();
    shell.has_given |= spare.has_value();
    if (!spare && shell.server->look() == ForkServer::State::gone) {
        shell.was_in_vain = !shell.has_given;
        if (shell.was_in_vain) note(name.program + " cannot be forked ahead of its tasks");
        shell.server.reset();
    }
    return spare;
}

void Shells::make_ready(const ShellName& name, Clock::time_point now) {
    if (const auto found = shells_.find(name); found != shells_.end()) {
        Shell& shell = found->second;
        const bool is_often = now - std::exchange(shell.wanted_at, now) <= often;
        if (shell.server) return shell.server->refill();
        const bool may = !shell.was_in_vain || now - shell.launched_at > discouraged;
        if (is_often && may) launch(shell, name, now);
        return;
    }
    const auto identity = identify(name.program);
    if (!identity || shells_.size() >= most_shells) return;
    shells_.emplace(name, Shell{.identity = *identity, .wanted_at = now});
}

void Shells::launch(Shell& shell, const ShellName& name, Clock::time_point now) {
    shell.launched_at = now;
    shell.has_given = false;
    auto server = ForkServer::launch(name.program, {name.word, std::string(script_argument)});
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
