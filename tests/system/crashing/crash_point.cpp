// What stands in the place of reel::core::crash_point in the program that the crash tests run. Its
// variables begin with LC_, for of its environment the runner keeps those of the language.
//
// LC_REEL_CRASH_POINT, "commit.after:3", kills the process when it passes that point the third
// time. LC_REEL_CRASH_LOG is a file to which every point that is passed adds a line; a second one,
// with .killed behind its name, says that a process was killed, for once is enough.
#include "reel/core/crash_point.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

namespace reel::core {

namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

struct Target {
    std::string point;
    int passes = 1;
    std::string log = variable("LC_REEL_CRASH_LOG");

    Target() {
        const std::string text = variable("LC_REEL_CRASH_POINT");
        const std::size_t colon = text.find(':');
        point = text.substr(0, colon);
        if (colon != std::string::npos) {
            std::from_chars(text.data() + colon + 1, text.data() + text.size(), passes);
        }
    }
};

const Target& target() {
    static const Target one;
    return one;
}

void note(const std::string& line) {
    const int fd = ::open(target().log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return;
    static_cast<void>(!::write(fd, line.data(), line.size()));
    ::close(fd);
}

/// False when a process was killed before.
bool is_first_kill() {
    const std::string file = target().log + ".killed";
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return false;
    const std::string pid = std::to_string(::getpid());
    static_cast<void>(!::write(fd, pid.data(), pid.size()));
    ::close(fd);
    return true;
}

}  // namespace

void crash_point(Durable what, Moment when) {
    if (target().log.empty()) return;
    static std::atomic<int> passes = 0;
    std::string point(find_word(durable_words, what));
    point += when == Moment::before ? ".before" : ".after";
    note(point + '\n');
    if (point != target().point || ++passes != target().passes || !is_first_kill()) return;
    ::kill(::getpid(), SIGKILL);
    // It comes when the call returns to the process; nothing else is to happen until then.
    while (true) ::pause();
}

}  // namespace reel::core
