// Is loaded into a shell (LD_PRELOAD) and stops it right before its main(). From then on it forks
// children ahead of their tasks; main() begins in them, with the request that makes one a task's
// process. It is what exec would have made of it, without the time that exec, the linker and the
// libraries take.
//
// Built for itself, without Reel's flags: it shares the shell's C library and needs no other.

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "words.hpp"

namespace {

using namespace reel::runner;

constexpr int request_descriptors = static_cast<int>(ShellDescriptor::count);
constexpr int name_bytes = 16;

// Not on the stack: they become part of the task's memory for good.
char request_bytes[max_shell_request];
char* variables[max_shell_variables + 1];
char own_name[name_bytes];
int* thread_id;

/// Nobody needs it any more. No exit(): nothing of the shell has begun, so nothing of it is to be
/// ended.
[[noreturn]] void end() {
    for (;;) syscall(SYS_exit_group, 0);
}

/// Whatever is amiss with a task's request must not look like a task that went well.
[[noreturn]] void fail() {
    for (;;) kill(getpid(), SIGKILL);
}

struct Heard {
    long bytes = 0;
    int descriptors = 0;
    int files[most_asked] = {};
};

/// Only to be found in this C library: another one's has the thread's id elsewhere, and must not
/// load this.
extern "C" const char* gnu_get_libc_version();
[[gnu::used]] const auto only_with = &gnu_get_libc_version;

/// Waits for a message; ends when there is nobody any more who could send one.
Heard hear(int socket) {
    Heard heard;
    iovec bytes{request_bytes, sizeof request_bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof heard.files)];
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    do {
        heard.bytes = recvmsg(socket, &message, 0);
    } while (heard.bytes < 0 && errno == EINTR);
    if (heard.bytes == 0) end();
    const cmsghdr* const passed = CMSG_FIRSTHDR(&message);
    if (heard.bytes < 0 || passed == nullptr) fail();
    const auto size = passed->cmsg_len - CMSG_LEN(0);
    heard.descriptors = static_cast<int>(size / sizeof(int));
    __builtin_memcpy(heard.files, CMSG_DATA(passed), size);
    return heard;
}

/// As a child of the runner, not of the shell. The C library keeps the thread's id where the kernel
/// is told to write it, as its own fork() has it.
long fork_for_runner() {
    constexpr unsigned long flags =
        CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
#if defined(__x86_64__)
    return syscall(SYS_clone, flags, nullptr, nullptr, thread_id, nullptr);
#elif defined(__aarch64__)
    return syscall(SYS_clone, flags, nullptr, nullptr, nullptr, thread_id);
#else
    errno = ENOSYS;
    return -1;
#endif
}

void reply(const ShellReply& words) {
    send(shell_socket, &words, sizeof words, MSG_NOSIGNAL);
}

char* after(char* text) {
    return text + __builtin_strlen(text) + 1;
}

void place(int file, int target) {
    if (dup2(file, target) < 0) fail();
}

/// A child's part: what posix_spawn would have done. Its group is the runner's to make, for it may
/// be signalled before it gets to run.
void become_task(int socket) {
    const Heard heard = hear(socket);
    if (heard.descriptors != request_descriptors) fail();
    close(socket);
    place(heard.files[static_cast<int>(ShellDescriptor::log)], STDOUT_FILENO);
    place(heard.files[static_cast<int>(ShellDescriptor::log)], STDERR_FILENO);
    place(heard.files[static_cast<int>(ShellDescriptor::input)], STDERR_FILENO + 1);
    place(heard.files[static_cast<int>(ShellDescriptor::output)], STDERR_FILENO + 2);
    for (int i = 0; i < request_descriptors; ++i) close(heard.files[i]);
    ShellRequest request;
    __builtin_memcpy(&request, request_bytes, sizeof request);
    char* text = request_bytes + sizeof request;
    // The runner has looked; a task that begins elsewhere would be worse than none.
    if (chdir(text) != 0) fail();
    for (unsigned i = 0; i < request.variables; ++i) variables[i] = text = after(text);
    variables[request.variables] = nullptr;
    environ = variables;
    prctl(PR_SET_NAME, own_name);
}

/// Whether this is the child.
bool fork_each(const Heard& asked) {
    for (int i = 0; i < asked.descriptors; ++i) {
        const long pid = fork_for_runner();
        if (pid == 0) {
            close(shell_socket);
            for (int other = i + 1; other < asked.descriptors; ++other) close(asked.files[other]);
            become_task(asked.files[i]);
            return true;
        }
        reply({.pid = pid < 0 ? 0 : static_cast<int>(pid), .error = pid < 0 ? errno : 0});
        close(asked.files[i]);
    }
    return false;
}

[[gnu::constructor]] void serve() {
    close(shell_image);
    if (prctl(PR_GET_TID_ADDRESS, &thread_id) != 0 || thread_id == nullptr) end();
    prctl(PR_GET_NAME, own_name);
    prctl(PR_SET_NAME, "reel-shell");
    reply({});
    while (!fork_each(hear(shell_socket))) {
    }
}

}  // namespace
