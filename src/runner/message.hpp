#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// Both ends name the version they speak; a runner refuses a worker of another version.
inline constexpr int protocol_version = 4;

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
struct Start {
    ProcessSpec spec;
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

/// JSON text. Byte strings that are not plain ASCII travel as {"base64": "…"}.
[[nodiscard]] std::string encode(const Message& message);
/// Errors never quote the text: it may hold secrets.
[[nodiscard]] core::Result<Message> decode(std::string_view text);

}  // namespace reel::runner
