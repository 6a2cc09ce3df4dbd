#include "reel/fetch/http_call.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "response_head.hpp"
#include "url.hpp"

namespace reel::fetch {

namespace {

constexpr int most_redirects = 10;

using CallHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using CallHeaders = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// One request and what has come of its answer.
struct CallState {
    const HttpCall& call;
    HttpAnswer answer;
    bool is_cut = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    CallState& state = *static_cast<CallState*>(user);
    const std::size_t length = size * count;
    const std::size_t room = state.call.max_bytes - state.answer.body.size();
    state.answer.body.append(bytes, std::min(length, room));
    state.is_cut = length > room;
    return state.is_cut ? 0 : length;
}

int stop_when_abandoned(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto* const abandoned = static_cast<const CallState*>(user)->call.abandoned;
    return abandoned != nullptr && abandoned->load() ? 1 : 0;
}

CallHeaders headers_of(const HttpCall& call, bool same_server) {
    CallHeaders list(nullptr, &curl_slist_free_all);
    if (!same_server) {
        return list;
    }
    for (const std::string& header : call.headers) {
        curl_slist* const shorter = list.release();
        list.reset(curl_slist_append(shorter, header.c_str()));
    }
    return list;
}

void configure_call(CURL* curl, CallState& state) {
    const HttpCall& call = state.call;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "reel");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &state);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &stop_when_abandoned);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &state);
    if (!call.body.empty()) {
        curl_easy_setopt(
            curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size())
        );
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
    }
    curl_easy_setopt(curl, CURLOPT_NOBODY, call.method == "HEAD" ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

core::Error no_answer(CURLcode code, const std::string& message, const std::string& url) {
    const bool is_ours = code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT;
    const core::Errc kind = is_ours                            ? core::Errc::invalid_argument
                            : code == CURLE_OPERATION_TIMEDOUT ? core::Errc::timed_out
                                                               : core::Errc::unavailable;
    return {.code = kind, .message = message, .where = mask_url(url), .hint = {}};
}

/// One request to one address. Gives where it redirects to, "" for nowhere.
core::Result<std::string> call_once(
    CURL* curl, CallState& state, const std::string& url, std::chrono::milliseconds left
) {
    const bool same_server = authority_of(url) == authority_of(state.call.url);
    const CallHeaders headers = headers_of(state.call, same_server);
    std::array<char, CURL_ERROR_SIZE> message{};
    state.answer = {};
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
    const CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && state.is_cut)) {
        const std::string text = message[0] != '\0' ? message.data() : curl_easy_strerror(code);
        return std::unexpected(no_answer(code, text, url));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    state.answer.status = static_cast<int>(status);
    const char* location = nullptr;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
    const bool may_follow = state.call.method == "GET" || state.call.method == "HEAD";
    return status >= 300 && status < 400 && may_follow && location != nullptr ? location : "";
}

}  // namespace

core::Result<HttpAnswer> call_http(const HttpCall& call) {
    const CallHandle curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl) {
        return core::fail(core::Errc::internal, "curl cannot be initialised");
    }
    CallState state{.call = call};
    configure_call(curl.get(), state);
    const auto deadline = std::chrono::steady_clock::now() + call.timeout;
    std::string url = call.url;
    for (int redirects = 0; redirects <= most_redirects; ++redirects) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        auto next = call_once(curl.get(), state, url, std::max(left, std::chrono::milliseconds(1)));
        if (!next) {
            return std::unexpected(next.error());
        }
        if (next->empty()) {
            return std::move(state.answer);
        }
        url = *std::move(next);
    }
    return core::fail(core::Errc::unavailable, "redirected more than 10 times", {}, mask_url(url));
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    std::string encoded;
    for (const char c : text) {
        encoded += plain.contains(c) ? std::string(1, c)
                                     : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

std::string describe_http_status(int status) {
    return describe_status(status);
}

std::string shown_url(const std::string& url) {
    return mask_url(url);
}

}  // namespace reel::fetch
