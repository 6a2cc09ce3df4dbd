#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// Both ends name the version they speak; a runner refuses a worker of another version.
inline constexpr int protocol_version = 6;

// From the worker.
struct Hello {
    int protocol = protocol_version;
};
/// An attempt that may be started next: its log can be opened meanwhile.
struct Expect {
    core::AttemptId attempt = 0;
    std::string log_file;
    std::string log_header;
};
/// What the processes of later starts have in common of their environment.
struct CommonEnvironment {
    std::vector<std::string> variables;
};
struct Start {
    Start() = default;
    explicit Start(ProcessSpec started)
        : spec(std::move(started)), has_common_environment(spec.common_environment != nullptr) {}

    /// Its `common_environment` goes ahead in a word of its own, where it is another one than
    /// before.
    ProcessSpec spec;
    bool has_common_environment = false;
};
struct Cancel {
    core::AttemptId attempt = 0;
};
struct Acknowledge {
    core::AttemptId attempt = 0;
};
struct Detach {
    bool end_when_idle = false;
};
/// The worker's loop goes round. Any other word of the worker says so too.
struct Heartbeat {};

// From the runner.
/// The answer to hello; `ended` messages of Exited follow at once: the journal's.
struct Welcome {
    int pid = 0;
    core::Duration lease{};  ///< the worker must be heard of more often than that
    std::vector<ProcessStart> running;
    std::size_t ended = 0;
};
struct Refused {
    std::string reason;
    int protocol = protocol_version;  ///< the runner's; 4 is the last that did not tell
};
/// Another worker said hello; this connection closes.
struct Replaced {};
struct Started {
    ProcessStart start;
};
struct Exited {
    ProcessExit exit;
};
/// The answer to Acknowledge: the journal has forgotten it.
struct Forgotten {
    core::AttemptId attempt = 0;
};

using Message = std::variant<
    Hello,
    Expect,
    CommonEnvironment,
    Start,
    Cancel,
    Acknowledge,
    Detach,
    Heartbeat,
    Welcome,
    Refused,
    Replaced,
    Started,
    Exited,
    Forgotten>;

/// Hello, Refused and Detach as JSON, which all versions understand; else the number of the kind
/// and its fields as in wire.hpp.
[[nodiscard]] std::string encode(const Message& message);
/// `corrupt_data` for what is none. Errors never quote the text: it may hold secrets.
[[nodiscard]] core::Result<Message> decode(std::string_view text);

}  // namespace reel::runner
