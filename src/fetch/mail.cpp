#include "reel/fetch/mail.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace reel::fetch {

namespace {

using MailHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using MailList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

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

void connect_to(CURL* curl, const MailServer& server) {
    const std::string url =
        fmt::format("{}://{}:{}", server.tls ? "smtps" : "smtp", server.host, server.port);
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(server.timeout);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    // A goodbye that nobody answers is waited for by other rules than the mail; it is said at once
    // where the connection is not kept.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(server.timeout);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(seconds.count()));
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    if (server.starttls) curl_easy_setopt(curl, CURLOPT_USE_SSL, CURLUSESSL_ALL);
    if (!server.login.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server.login.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    }
}

core::Error not_sent(CURL* curl, CURLcode code, const char* message, const MailServer& server) {
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    std::string text = *message != '\0' ? message : curl_easy_strerror(code);
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

MailList recipients_of(const Mail& mail) {
    MailList list(nullptr, &curl_slist_free_all);
    for (const auto* addresses : {&mail.to, &mail.cc}) {
        for (const std::string& address : *addresses) {
            curl_slist* const shorter = list.release();
            list.reset(curl_slist_append(shorter, fmt::format("<{}>", address).c_str()));
        }
    }
    return list;
}

}  // namespace

core::Result<void> send_mail(const MailServer& server, const Mail& mail) {
    const auto text = mail_text(mail);
    if (!text) return std::unexpected(text.error());
    const MailHandle curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl) return core::fail(core::Errc::internal, "curl cannot be initialised");
    connect_to(curl.get(), server);
    const MailList recipients = recipients_of(mail);
    const std::string from = fmt::format("<{}>", mail.from);
    Upload upload{.rest = *text, .abandoned = server.abandoned};
    std::array<char, CURL_ERROR_SIZE> message{};
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &give_bytes);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &drop_bytes);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &stop_mail_when_abandoned);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &upload);
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, message.data());
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_OK) return {};
    return std::unexpected(not_sent(curl.get(), code, message.data(), server));
}

}  // namespace reel::fetch
