#include "integration/daemon/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace reel::daemon {

namespace {

constexpr int patience_ms = 60'000;  // then something hangs

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

Program::Program(
    const std::vector<std::string>& words, const std::map<std::string, std::string>& set
) {
    std::vector<std::string> arguments{REEL_PROGRAM};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<std::string> environment{"PATH=" + std::string(::getenv("PATH"))};
    for (const auto& [name, value] : set) environment.push_back(name + "=" + value);
    const auto argv = pointers(arguments);
    const auto envp = pointers(environment);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::execve(REEL_PROGRAM, argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
}

Program::~Program() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(pipe_);
}

bool Program::read_more() {
    pollfd ready{.fd = pipe_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience_ms) <= 0) throw std::runtime_error("reel hangs:\n" + output_);
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(pipe_, bytes.data(), bytes.size());
    if (count <= 0) return false;
    output_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

bool Program::wait_for(const std::string& text) {
    while (output_.find(text) == std::string::npos) {
        if (!read_more()) return false;
    }
    return true;
}

void Program::signal(int number) const {
    ::kill(pid_, number);
}

int Program::end() {
    while (read_more()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace reel::daemon
