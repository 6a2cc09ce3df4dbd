#include "reel/fetch/mail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "curl_session.hpp"

namespace reel::fetch {

namespace {

struct Upload {
    std::string_view rest;
    const std::atomic<bool>* abandoned = nullptr;
};

std::size_t give_bytes(char* into, std::size_t size, std::size_t count, void* user) {
    Upload& upload = *static_cast<Upload*>(user);
    const std::size_t length = std::min(size * count, upload.rest.size());
    std::memcpy(into, upload.rest.data(), length);
    upload.rest.remove_prefix(length);
    return length;
}

int stop_mail_when_abandoned(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto* const abandoned = static_cast<const Upload*>(user)->abandoned;
    return abandoned != nullptr && abandoned->load() ? 1 : 0;
}

/// What the server says to a client is no answer for anybody.
std::size_t drop_bytes(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

void connect_to(CurlSession& curl, const MailServer& server) {
    const std::string url =
        fmt::format("{}://{}:{}", server.tls ? "smtps" : "smtp", server.host, server.port);
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(server.timeout);
    curl.set(CURLOPT_NOSIGNAL, 1L);
    curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl.set(CURLOPT_URL, url.c_str());
    curl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    // A goodbye that nobody answers is waited for by other rules than the mail; it is said at once
    // where the connection is not kept.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(server.timeout);
    curl.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(seconds.count()));
    curl.set(CURLOPT_FORBID_REUSE, 1L);
    if (server.starttls) curl.set(CURLOPT_USE_SSL, CURLUSESSL_ALL);
    if (!server.login.empty()) {
        curl.set(CURLOPT_USERNAME, server.login.c_str());
        curl.set(CURLOPT_PASSWORD, server.password.c_str());
    }
}

core::Error not_sent(const CurlSession& curl, CURLcode code, const MailServer& server) {
    const auto reply = curl.get<long>(CURLINFO_RESPONSE_CODE);
    std::string text = curl.complaint(code);
    if (reply >= 400) text = fmt::format("the mail server answered {}: {}", reply, text);
    const core::Errc kind = code == CURLE_LOGIN_DENIED         ? core::Errc::permission_denied
                            : code == CURLE_OPERATION_TIMEDOUT ? core::Errc::timed_out
                                                               : core::Errc::unavailable;
    return {
        .code = kind,
        .message = std::move(text),
        .where = fmt::format("{}:{}", server.host, server.port),
        .hint = {}
    };
}

CurlList recipients_of(const CurlSession& curl, const Mail& mail) {
    CurlList list = curl.make_list();
    for (const auto* addresses : {&mail.to, &mail.cc}) {
        for (const std::string& address : *addresses) list.append(fmt::format("<{}>", address));
    }
    return list;
}

}  // namespace

core::Result<void> send_mail(const MailServer& server, const Mail& mail) {
    const auto text = mail_text(mail);
    if (!text) return std::unexpected(text.error());
    auto curl = CurlSession::open();
    if (!curl) return std::unexpected(curl.error());
    connect_to(*curl, server);
    const CurlList recipients = recipients_of(*curl, mail);
    const std::string from = fmt::format("<{}>", mail.from);
    Upload upload{.rest = *text, .abandoned = server.abandoned};
    curl->set(CURLOPT_MAIL_FROM, from.c_str());
    curl->set(CURLOPT_MAIL_RCPT, recipients.get());
    curl->set(CURLOPT_UPLOAD, 1L);
    curl->set(CURLOPT_READFUNCTION, &give_bytes);
    curl->set(CURLOPT_READDATA, &upload);
    curl->set(CURLOPT_WRITEFUNCTION, &drop_bytes);
    curl->set(CURLOPT_NOPROGRESS, 0L);
    curl->set(CURLOPT_XFERINFOFUNCTION, &stop_mail_when_abandoned);
    curl->set(CURLOPT_XFERINFODATA, &upload);
    const CURLcode code = curl->perform();
    if (code == CURLE_OK) return {};
    return std::unexpected(not_sent(*curl, code, server));
}

}  // namespace reel::fetch
