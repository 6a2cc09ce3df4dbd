#include "fork_server.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "descriptor_message.hpp"
#include "preload_image.hpp"
#include "reel/runner/memory_file.hpp"
#include "reel/runner/pidfd.hpp"
#include "reel/runner/spawn_setup.hpp"
#include "runner/note.hpp"
#include "runner/proc.hpp"
#include "words.hpp"

namespace reel::runner {

namespace {

/// A fork takes a tenth of a millisecond; what has not answered by then is stopped, or starved.
constexpr int patience_milliseconds = 2000;
/// So many stand by or are under way; they are asked for together.
constexpr std::size_t most_spares = 6;
constexpr std::size_t few_spares = 3;
static_assert(most_spares <= most_asked);
constexpr int above_a_shell = shell_image + 1;

struct SocketPair {
    UniqueFd ours;
    UniqueFd theirs;
};

core::Result<SocketPair> make_sockets() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return fail_errno("cannot make a pair of sockets");
    }
    return SocketPair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// Descriptors 3 and 4 are taken, so that nothing it is sent gets such a number. Where the image
/// cannot be loaded it reads an empty script from 3 and ends.
core::Result<pid_t> launch_shell(
    const std::string& program, const std::vector<std::string>& argv, int socket, int image
) {
    FileActions actions;
    for (int target = STDIN_FILENO; target < shell_socket; ++target) actions.open_null(target);
    actions.place(socket, shell_socket);
    actions.place(image, shell_image);
    actions.close_from(above_a_shell);
    actions.change_directory("/");
    const SpawnAttributes attributes(SpawnAttributes::Group::own_group);
    // What is bound before the fork need not be looked up by each child, in pages of its own.
    const std::vector<std::string> preloaded{
        "LD_PRELOAD=/proc/self/fd/" + std::to_string(shell_image), "LD_BIND_NOW=1"
    };
    const CStrings words(argv);
    const CStrings environment(preloaded);
    pid_t pid = 0;
    const int error = ::posix_spawn(
        &pid, program.c_str(), actions.get(), attributes.get(), words.get(), environment.get()
    );
    if (error != 0) return fail_errno("cannot start " + program, error);
    return pid;
}

bool is_readable(const UniqueFd& fd, int milliseconds) {
    pollfd readable{.fd = fd.get(), .events = POLLIN, .revents = 0};
    int found = 0;
    do {
        found = ::poll(&readable, 1, milliseconds);
    } while (found < 0 && errno == EINTR);
    return found > 0;
}

}  // namespace

core::Result<ForkServer> ForkServer::launch(
    const std::string& program, const std::vector<std::string>& argv
) {
    auto sockets = make_sockets();
    if (!sockets) return std::unexpected(std::move(sockets.error()));
    auto image = make_memory_file("reel-shell", preload_image());
    if (!image) return std::unexpected(std::move(image.error()));
    const UniqueFd socket = out_of_the_way(std::move(sockets->theirs), above_a_shell);
    const UniqueFd loaded = out_of_the_way(*std::move(image), above_a_shell);
    if (!socket || !loaded) return fail_errno("cannot start " + program);
    const auto pid = launch_shell(program, argv, socket.get(), loaded.get());
    if (!pid) return std::unexpected(pid.error());
    UniqueFd pidfd = open_pidfd(*pid);
    if (!pidfd) {
        auto failure = fail_errno("cannot watch " + program);
        ::kill(*pid, SIGKILL);
        return failure;
    }
    return ForkServer(std::move(pidfd), std::move(sockets->ours));
}

ForkServer::State ForkServer::look() {
    if (state_ != State::starting) return state_;
    ShellReply greeting;
    const auto size = ::recv(socket_.get(), &greeting, sizeof greeting, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return state_;
    state_ = size == sizeof greeting ? State::ready : State::gone;
    refill();
    return state_;
}

void ForkServer::refill() {
    if (state_ != State::ready || asked_.size() + spares_.size() > few_spares) return;
    std::vector<UniqueFd> theirs;
    std::vector<int> ends;
    while (asked_.size() + spares_.size() < most_spares) {
        auto pair = make_sockets();
        if (!pair) break;
        ends.push_back(pair->theirs.get());
        theirs.push_back(std::move(pair->theirs));
        asked_.push_back({.asked_at = boot_ticks(), .socket = std::move(pair->ours)});
    }
    if (!ends.empty() && !send_descriptors(socket_, " ", ends)) give_up();
}

/// What it has answered so far.
void ForkServer::hear() {
    ShellReply reply;
    while (!asked_.empty()) {
        const auto size = ::recv(socket_.get(), &reply, sizeof reply, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size != sizeof reply) return give_up();
        if (reply.pid == 0) {
            note("a shell cannot fork: " + describe_errno(reply.error));
            return give_up();
        }
        ::setpgid(reply.pid, reply.pid);
        asked_.front().pid = reply.pid;
        spares_.push_back(std::move(asked_.front()));
        asked_.pop_front();
    }
}

std::optional<Spare> ForkServer::take() {
    if (spares_.empty()) hear();
    if (spares_.empty()) refill();
    if (spares_.empty() && !asked_.empty()) {
        if (is_readable(socket_, patience_milliseconds)) hear();
        if (spares_.empty()) give_up();
    }
    if (spares_.empty()) return std::nullopt;
    Spare spare = std::move(spares_.front());
    spares_.pop_front();
    return spare;
}

/// None of its children has a request yet: they end.
void ForkServer::give_up() {
    state_ = State::gone;
    signal_process(pidfd_, SIGKILL);
    asked_.clear();
}

}  // namespace reel::runner
