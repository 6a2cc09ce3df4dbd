#include "retry.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace reel::fetch {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds longest_wait = 60s;
constexpr core::Duration longest_delay = longest_wait;

bool is_worth_retrying(int status) {
    return status == 408 || status == 429 || status >= 500;
}

bool is_final(int curl_code) {
    constexpr std::array final_codes{
        CURLE_UNSUPPORTED_PROTOCOL,
        CURLE_URL_MALFORMAT,
        CURLE_TOO_MANY_REDIRECTS,
        CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_CERTPROBLEM,
        CURLE_LOGIN_DENIED,
        CURLE_OUT_OF_MEMORY,
        CURLE_BAD_CONTENT_ENCODING,
        CURLE_FAILED_INIT,
        CURLE_NOT_BUILT_IN,
    };
    return std::ranges::find(final_codes, curl_code) != final_codes.end();
}

core::Errc code_of_status(int status) {
    if (status == 401 || status == 403 || status == 407) return core::Errc::permission_denied;
    if (status == 404 || status == 410) return core::Errc::not_found;
    if (is_worth_retrying(status)) return core::Errc::unavailable;
    return core::Errc::invalid_argument;
}

std::string hint_of_status(int status) {
    switch (status) {
        case 401:
        case 403:
            return "the server wants other credentials, or the address is private";
        case 404:
        case 410:
            return "check the address in a browser";
        case 407:
            return "set the proxy's user and password in https_proxy";
        default:
            return "";
    }
}

core::Error explain_status(const TransferOutcome& outcome) {
    const int status = outcome.head.status;
    return {
        .code = code_of_status(status),
        .message = describe_status(status),
        .where = {},
        .hint = hint_of_status(status)
    };
}

core::Error explain_curl(const TransferOutcome& outcome) {
    core::Error error{.code = core::Errc::unavailable, .message = {}, .where = {}, .hint = {}};
    switch (outcome.curl_code) {
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_HTTP2_STREAM:
            error.message = "the connection was cut after " + format_bytes(outcome.part_size);
            break;
        case CURLE_OPERATION_TIMEDOUT:
            error.code = core::Errc::timed_out;
            error.message = outcome.curl_message.contains("Operation too slow")
                                ? "no byte came for too long"
                                : outcome.curl_message;
            break;
        case CURLE_GOT_NOTHING:
            error.message = "the server closed the connection without an answer";
            break;
        case CURLE_PEER_FAILED_VERIFICATION:
            error.code = core::Errc::permission_denied;
            error.message = "the server's certificate is not trusted: " + outcome.curl_message;
            error.hint = "is ca-certificates installed, and the host name right?";
            break;
        case CURLE_TOO_MANY_REDIRECTS:
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            error.code = core::Errc::invalid_argument;
            [[fallthrough]];
        default:
            error.message = outcome.curl_message;
    }
    return error;
}

}  // namespace

Verdict judge(const TransferOutcome& outcome) {
    if (outcome.failure) return Verdict::give_up;
    if (outcome.part_mismatch) return Verdict::start_over;
    if (outcome.curl_code != CURLE_OK) {
        return is_final(outcome.curl_code) ? Verdict::give_up : Verdict::retry;
    }
    const int status = outcome.head.status;
    if (status == 200 || status == 206) return Verdict::complete;
    if (status == 304) return Verdict::not_modified;
    if (status == 416 && outcome.asked_for_range) return Verdict::start_over;
    return is_worth_retrying(status) ? Verdict::retry : Verdict::give_up;
}

core::Error explain(const TransferOutcome& outcome) {
    if (outcome.failure) return *outcome.failure;
    if (outcome.curl_code != CURLE_OK) return explain_curl(outcome);
    return explain_status(outcome);
}

core::Duration delay_before(
    int retry, core::Duration first, std::optional<std::chrono::seconds> asked_for
) {
    const int doublings = std::clamp(retry - 1, 0, 20);
    core::Duration delay = std::min(first * (1 << doublings), longest_delay);
    // Clamped before it is converted: the number is the server's and may be beyond any Duration.
    if (asked_for) {
        delay = std::max<core::Duration>(delay, std::clamp(*asked_for, 0s, longest_wait));
    }
    return std::clamp<core::Duration>(delay, 0s, longest_delay);
}

std::string format_bytes(std::uint64_t bytes) {
    constexpr std::array units{"kB", "MB", "GB", "TB"};
    if (bytes < 1000) return fmt::format("{} B", bytes);
    double amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (amount /= 1000; amount >= 1000 && unit + 1 < units.size(); ++unit) amount /= 1000;
    return fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace reel::fetch
