#include "reel/cli/app.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <string_view>

#include "command_line.hpp"
#include "program.hpp"
#include "server_program.hpp"

namespace reel::cli {

namespace {

/// Waits. From the first call on Ctrl-C ends such a wait and no longer the program, so that one
/// which comes between two waits is not lost.
bool pause_until_interrupt(core::Duration duration) {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    const timespec limit{
        .tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(duration - seconds).count()
    };
    return sigtimedwait(&interrupt, nullptr, &limit) == SIGINT;
}

void measure_terminal(Surroundings& surroundings) {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return;
    surroundings.rows = size.ws_row;
    surroundings.columns = size.ws_col;
}

}  // namespace

int run_program(int argc, char** argv, std::optional<ServerSide> server) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 1 && (words[0] == "version" || words[0] == "--version")) {
        std::cout << REEL_VERSION << "\n";
        return 0;
    }
    const core::SystemClock clock;
    Surroundings surroundings{
        .in = std::cin,
        .out = std::cout,
        .err = std::cerr,
        .server = server,
        .hand_over = [argv] { return become_server(server_program(), argv); },
        .environment = config::process_environment(),
        .clock = clock,
        .connect = make_transport,
        .pause = pause_until_interrupt,
        .in_is_terminal = isatty(STDIN_FILENO) == 1,
        .out_is_terminal = isatty(STDOUT_FILENO) == 1,
        .err_is_terminal = isatty(STDERR_FILENO) == 1
    };
    measure_terminal(surroundings);
    return run_command(words, std::move(surroundings));
}

int run_client(int argc, char** argv) {
    return run_program(argc, argv, std::nullopt);
}

}  // namespace reel::cli
