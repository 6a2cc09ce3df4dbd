#include "reel/runner/pidfd.hpp"

// glibc 2.36 forgot that C++ includes this header too.
extern "C" {
#include <sys/pidfd.h>
}

namespace reel::runner {

UniqueFd open_pidfd(pid_t pid) {
    return UniqueFd(::pidfd_open(pid, 0));
}

void signal_process(const UniqueFd& pidfd, int signal) {
    ::pidfd_send_signal(pidfd.get(), signal, nullptr, 0);
}

}  // namespace reel::runner
