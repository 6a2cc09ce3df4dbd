#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "fork_server.hpp"
#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// A shell of which a child can be the process of a spec.
struct ShellName {
    std::string program;  ///< its file
    std::string word;     ///< argv[0]
    auto operator<=>(const ShellName&) const = default;
};

/// Of a script on descriptor 3 for one of the usual shells, the same file from whatever folder,
/// where nothing in its environment would have been read by the linker or the C library at exec.
/// nullopt: it is no such process. `program` is the file of argv[0].
[[nodiscard]] std::optional<ShellName> shell_of(
    const ProcessSpec& spec, const std::string& program
);

/// The shells that are often needed, ready to be made a task's process.
class Shells final {
  public:
    using Clock = std::chrono::steady_clock;
    /// Needed twice within this time is often; unused for as long, they go.
    static constexpr std::chrono::seconds often{60};
    /// What was tried in vain is not tried again for so long.
    static constexpr std::chrono::minutes discouraged{10};

    /// A child of it, if it is ready.
    [[nodiscard]] std::optional<Spare> take(const ShellName& name);
    /// After a process of it was started, in whatever way: for the next one.
    void make_ready(const ShellName& name, Clock::time_point now);
    /// Ends what is not needed any more. False when there was nothing.
    bool let_go(Clock::time_point now);

  private:
    /// Another file in the same place is another shell.
    struct Identity {
        dev_t device = 0;
        ino_t inode = 0;
        std::int64_t changed_ns = 0;
        bool operator==(const Identity&) const = default;
    };
    struct Shell {
        Identity identity;
        Clock::time_point wanted_at;
        std::optional<ForkServer> server = std::nullopt;
        Clock::time_point launched_at;
        bool has_given = false;    ///< this server, a spare
        bool was_in_vain = false;  ///< the last one was static, of another C library, forbidden
    };

    [[nodiscard]] static std::optional<Identity> identify(const std::string& program);
    static void launch(Shell& shell, const ShellName& name, Clock::time_point now);

    std::map<ShellName, Shell> shells_;
};

}  // namespace reel::runner
