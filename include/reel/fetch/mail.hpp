#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"

namespace reel::fetch {

/// What a mail says and to whom.
struct Mail {
    std::string from;
    std::vector<std::string> to;
    std::vector<std::string> cc;
    std::string subject;
    std::string body;  ///< HTML where it begins with '<'
    /// "<name@host>": the same for every try, so that a mail that came twice can be told.
    std::string message_id;
    core::Timestamp date;
};

/// Through whom it is sent.
struct MailServer {
    std::string host;
    int port = 25;
    bool tls = false;       ///< from the first byte (smtps)
    bool starttls = false;  ///< required before anything is said
    std::string login;      ///< empty: nobody logs in
    std::string password;
    core::Duration timeout = std::chrono::seconds(30);
    const std::atomic<bool>* abandoned = nullptr;  ///< once true, the call ends as soon as it can
};

/// The mail as it goes over the wire. Errc::invalid_argument for an address that holds more than
/// one line, or for nobody to send it to.
[[nodiscard]] core::Result<std::string> mail_text(const Mail& mail);

/// Sends it once. Errc::unavailable and timed_out: the server was not reached or would not have it
/// now; permission_denied: it refused the login. Blocking.
[[nodiscard]] core::Result<void> send_mail(const MailServer& server, const Mail& mail);

}  // namespace reel::fetch
