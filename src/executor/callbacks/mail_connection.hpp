#pragma once

#include <string>

#include "executor/connections.hpp"
#include "reel/fetch/mail.hpp"

namespace reel::executor {

struct MailConnection {
    fetch::MailServer server;
    std::string from;  ///< `from_email` of `extra`, or the login; empty: nobody says
};

/// Airflow's connection of type smtp. TLS is on unless `disable_ssl` is, STARTTLS otherwise unless
/// `disable_tls` is; port 465 with TLS, 25 without. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<MailConnection> find_mail_server(
    const std::string& connection_id, Connections& connections
);

}  // namespace reel::executor
