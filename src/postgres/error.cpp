#include "reel/postgres/error.hpp"

#include "failure.hpp"

namespace reel::postgres {

namespace {

/// libpq keeps the SQLSTATE of a refused connection to itself, so its words are all there is.
/// Waiting does not mend these.
constexpr std::string_view lasting_refusals[] = {
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "pg_hba.conf rejects connection",
    "is not permitted to log in",
    "server does not support SSL",
    "certificate verify failed",
    "authentication method requirement",
    "authentication not supported",
    "support is not compiled in",
    "weak sslmode",
};

bool is_lasting(std::string_view message) {
    for (const std::string_view words : lasting_refusals) {
        if (message.find(words) != std::string_view::npos) return true;
    }
    return (message.find("database \"") != std::string_view::npos ||
            message.find("role \"") != std::string_view::npos) &&
           message.find("does not exist") != std::string_view::npos;
}

}  // namespace

FailureKind classify_sqlstate(const std::string& sqlstate) {
    if (sqlstate.empty()) return FailureKind::transient;
    const std::string_view whole = sqlstate;
    const std::string_view group = whole.substr(0, 2);
    if (group == "08" || group == "40" || group == "53") return FailureKind::transient;
    if (whole == "55P03" || whole.starts_with("57P0")) return FailureKind::transient;
    if (group == "23") return FailureKind::conflict;
    return FailureKind::bug;
}

FailureKind classify_refusal(std::string_view message) {
    return is_lasting(message) ? FailureKind::bug : FailureKind::transient;
}

std::string tidy_message(std::string_view raw) {
    for (const std::string_view prefix : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
        if (raw.starts_with(prefix)) raw.remove_prefix(prefix.size());
    }
    std::string text;
    while (!raw.empty()) {
        const std::size_t end = raw.find('\n');
        const std::string_view line = raw.substr(0, end);
        raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
        // It shows whole rows, and rows of the connection table hold passwords.
        if (line.find("Failing row contains") != std::string_view::npos) continue;
        if (line.empty()) continue;
        if (!text.empty()) text += '\n';
        text += line;
    }
    return text;
}

}  // namespace reel::postgres
