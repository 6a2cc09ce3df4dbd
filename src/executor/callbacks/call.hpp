#pragma once

#include <atomic>
#include <string>
#include <variant>
#include <vector>

#include "executor/connections.hpp"
#include "reel/fetch/http_call.hpp"
#include "reel/fetch/mail.hpp"
#include "scene.hpp"

namespace reel::executor {

/// A text for /bin/sh, with all it gets.
struct CommandCall {
    std::string script;
    config::Environment environment;
    std::string folder;  ///< where it runs
    core::Duration timeout = std::chrono::minutes(1);
    const std::atomic<bool>* abandoned = nullptr;  ///< once true, it is ended
};

struct MailCall {
    fetch::MailServer server;
    fetch::Mail mail;
};

/// A callback with everything rendered and looked up. Holds secrets: never shown or kept.
using Call = std::variant<CommandCall, fetch::HttpCall, MailCall>;

/// Renders the callback and looks up its connections; secrets become known to the connections'
/// mask. `inherited` is what a command may know of Reel's own environment. Blocking; throws
/// postgres::DatabaseError.
[[nodiscard]] core::Result<Call> prepare_call(
    const CallbackScene& scene,
    const core::Callback& callback,
    store::RunStore& store,
    Connections& connections,
    SecretMask& mask,
    const config::Environment& inherited
);

/// Makes it, once. Blocking.
[[nodiscard]] core::Result<void> make_call(const Call& call);

/// Runs the command and waits for its end. Errc::unavailable: it ended badly, with the last line
/// that it wrote; timed_out.
[[nodiscard]] core::Result<void> run_command(const CommandCall& call);

/// Whether another try may help.
[[nodiscard]] bool may_mend(const core::Error& error);

}  // namespace reel::executor
