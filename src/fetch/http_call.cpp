#include "reel/fetch/http_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "curl_session.hpp"
#include "response_head.hpp"
#include "url.hpp"

namespace reel::fetch {

namespace {

constexpr int most_redirects = 10;

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

CurlList headers_of(const CurlSession& curl, const HttpCall& call, bool same_server) {
    CurlList list = curl.make_list();
    if (!same_server) {
        return list;
    }
    for (const std::string& header : call.headers) list.append(header);
    return list;
}

void configure_call(CurlSession& curl, CallState& state) {
    const HttpCall& call = state.call;
    curl.set(CURLOPT_NOSIGNAL, 1L);
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
    curl.set(CURLOPT_FOLLOWLOCATION, 0L);
    curl.set(CURLOPT_USERAGENT, "reel");
    curl.set(CURLOPT_ACCEPT_ENCODING, "");
    curl.set(CURLOPT_WRITEFUNCTION, &take_body);
    curl.set(CURLOPT_WRITEDATA, &state);
    curl.set(CURLOPT_NOPROGRESS, 0L);
    curl.set(CURLOPT_XFERINFOFUNCTION, &stop_when_abandoned);
    curl.set(CURLOPT_XFERINFODATA, &state);
    if (!call.body.empty()) {
        curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
        curl.set(CURLOPT_POSTFIELDS, call.body.data());
    }
    curl.set(CURLOPT_NOBODY, call.method == "HEAD" ? 1L : 0L);
    curl.set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
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
    CurlSession& curl, CallState& state, const std::string& url, std::chrono::milliseconds left
) {
    const bool same_server = authority_of(url) == authority_of(state.call.url);
    const CurlList headers = headers_of(curl, state.call, same_server);
    state.answer = {};
    curl.set(CURLOPT_URL, url.c_str());
    curl.set(CURLOPT_HTTPHEADER, headers.get());
    curl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    const CURLcode code = curl.perform();
    curl.set(CURLOPT_HTTPHEADER, nullptr);
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && state.is_cut)) {
        return std::unexpected(no_answer(code, curl.complaint(code), url));
    }
    const auto status = curl.get<long>(CURLINFO_RESPONSE_CODE);
    state.answer.status = static_cast<int>(status);
    const auto* const location = curl.get<const char*>(CURLINFO_REDIRECT_URL);
    const bool may_follow = state.call.method == "GET" || state.call.method == "HEAD";
    return status >= 300 && status < 400 && may_follow && location != nullptr ? location : "";
}

}  // namespace

core::Result<HttpAnswer> call_http(const HttpCall& call) {
    auto curl = CurlSession::open();
    if (!curl) return std::unexpected(curl.error());
    CallState state{.call = call};
    configure_call(*curl, state);
    const auto deadline = std::chrono::steady_clock::now() + call.timeout;
    std::string url = call.url;
    for (int redirects = 0; redirects <= most_redirects; ++redirects) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        auto next = call_once(*curl, state, url, std::max(left, std::chrono::milliseconds(1)));
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
