#include "transfer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "curl_session.hpp"
#include "url.hpp"

namespace reel::fetch {

namespace {

constexpr int max_redirects = 10;
constexpr auto progress_pause = std::chrono::milliseconds(250);

/// What the callbacks of one request share.
struct Exchange {
    PartFile& part;
    const OnProgress& progress;
    TransferOutcome& outcome;
    bool begun = false;
    bool ignores_body = false;
    std::chrono::steady_clock::time_point next_progress;
};

bool is_redirect(int status) {
    return status >= 300 && status < 400 && status != 304;
}

bool fits(const PartFile& part, const ResponseHead& head) {
    if (!head.range || head.range->begin != part.size()) return false;
    const Version& version = part.version();
    if (version.total && head.range->total && *version.total != *head.range->total) return false;
    return head.etag.empty() || version.etag.empty() || head.etag == version.etag;
}

/// Prepares the part for the body that begins; false when the body is of no use.
bool begin_body(Exchange& exchange) {
    exchange.begun = true;
    TransferOutcome& outcome = exchange.outcome;
    const ResponseHead& head = outcome.head;
    if (head.status == 206 && exchange.part.size() > 0) {
        outcome.part_mismatch = !fits(exchange.part, head);
        outcome.continued_part = !outcome.part_mismatch;
        return outcome.continued_part;
    }
    const bool whole =
        head.status == 200 || (head.status == 206 && head.range && head.range->begin == 0);
    if (!whole) {
        exchange.ignores_body = true;
        return false;
    }
    const auto restarted = exchange.part.restart(
        {.etag = head.etag, .last_modified = head.last_modified, .total = head.length}
    );
    if (!restarted) outcome.failure = restarted.error();
    return restarted.has_value();
}

void report_progress(Exchange& exchange, bool last) {
    const auto now = std::chrono::steady_clock::now();
    if (!exchange.progress || (!last && now < exchange.next_progress)) return;
    exchange.next_progress = now + progress_pause;
    exchange.progress({.bytes = exchange.part.size(), .total = exchange.part.version().total});
}

std::size_t on_header(char* text, std::size_t size, std::size_t count, void* user) {
    static_cast<Exchange*>(user)->outcome.head.take_line({text, size * count});
    return size * count;
}

/// Giving 0 for bytes that came ends the transfer with CURLE_WRITE_ERROR.
std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    Exchange& exchange = *static_cast<Exchange*>(user);
    const std::size_t length = size * count;
    // curl tells where a redirect leads only when it has seen all of it.
    if (is_redirect(exchange.outcome.head.status)) return length;
    if (!exchange.begun && !begin_body(exchange)) return 0;
    exchange.outcome.transferred += length;
    if (const auto appended = exchange.part.append({bytes, length}); !appended) {
        exchange.outcome.failure = appended.error();
        return 0;
    }
    report_progress(exchange, false);
    return length;
}

CurlList make_headers(
    const CurlSession& curl,
    const DownloadRequest& request,
    const TransferOrder& order,
    bool same_server
) {
    CurlList list = curl.make_list();
    // Bytes are wanted as they are stored; ranges of a compressed answer would not fit together.
    list.append("Accept-Encoding: identity");
    if (same_server) {
        for (const auto& header : request.headers) list.append(header);
    }
    if (order.resume && !order.if_range.empty()) {
        list.append("If-Range: " + order.if_range);
    }
    if (!order.if_none_match.empty()) {
        list.append("If-None-Match: " + order.if_none_match);
    } else if (!order.if_modified_since.empty()) {
        list.append("If-Modified-Since: " + order.if_modified_since);
    }
    return list;
}

long to_seconds(core::Duration duration) {
    return std::max(long{std::chrono::ceil<std::chrono::seconds>(duration).count()}, 1L);
}

void configure(CurlSession& curl, const DownloadRequest& request, Exchange& exchange) {
    const auto connect_milliseconds =
        std::chrono::ceil<std::chrono::milliseconds>(request.connect_timeout).count();
    curl.set(CURLOPT_NOSIGNAL, 1L);
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
    curl.set(CURLOPT_FOLLOWLOCATION, 0L);
    curl.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_milliseconds));
    curl.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl.set(CURLOPT_LOW_SPEED_TIME, to_seconds(request.stall_timeout));
    curl.set(CURLOPT_TCP_KEEPALIVE, 1L);
    curl.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl.set(CURLOPT_USERAGENT, "reel");
    curl.set(CURLOPT_BUFFERSIZE, 256L * 1024L);
    curl.set(CURLOPT_HEADERFUNCTION, &on_header);
    curl.set(CURLOPT_HEADERDATA, &exchange);
    curl.set(CURLOPT_WRITEFUNCTION, &on_body);
    curl.set(CURLOPT_WRITEDATA, &exchange);
}

/// What curl knows of an answer once it has ended.
void read_answer(const CurlSession& curl, CURLcode code, Exchange& exchange) {
    TransferOutcome& outcome = exchange.outcome;
    outcome.curl_code = code;
    // We ended it ourselves, because the rest was of no use.
    if (code == CURLE_WRITE_ERROR && (exchange.ignores_body || outcome.part_mismatch)) {
        outcome.curl_code = CURLE_OK;
    }
    const auto seconds = curl.get<curl_off_t>(CURLINFO_RETRY_AFTER);
    if (seconds > 0) outcome.retry_after = std::chrono::seconds(seconds);
    // An empty body never reaches the callback.
    if (outcome.curl_code == CURLE_OK && !exchange.begun) begin_body(exchange);
    outcome.part_size = exchange.part.size();
    if (exchange.begun && !exchange.ignores_body) report_progress(exchange, true);
}

/// One request to one address. Gives where it redirects to, "" for nowhere.
std::string exchange_once(
    CurlSession& curl,
    const DownloadRequest& request,
    const TransferOrder& order,
    Exchange& exchange
) {
    TransferOutcome& outcome = exchange.outcome;
    const std::string& url = outcome.final_url;
    const CurlList headers =
        make_headers(curl, request, order, authority_of(url) == authority_of(order.url));
    const std::string range = std::to_string(exchange.part.size()) + "-";
    curl.set(CURLOPT_URL, url.c_str());
    curl.set(CURLOPT_HTTPHEADER, headers.get());
    curl.set(CURLOPT_RANGE, order.resume ? range.c_str() : nullptr);
    const CURLcode code = curl.perform();
    curl.set(CURLOPT_HTTPHEADER, nullptr);
    outcome.curl_message = curl.complaint(code);
    read_answer(curl, code, exchange);
    const auto* const location = curl.get<const char*>(CURLINFO_REDIRECT_URL);
    const bool redirects = outcome.curl_code == CURLE_OK && is_redirect(outcome.head.status);
    return redirects && location != nullptr ? location : "";
}

}  // namespace

TransferOutcome run_transfer(
    const DownloadRequest& request,
    const TransferOrder& order,
    PartFile& part,
    const OnProgress& progress
) {
    TransferOutcome outcome{.final_url = order.url, .asked_for_range = order.resume};
    auto curl = CurlSession::open();
    if (!curl) {
        outcome.failure = curl.error();
        return outcome;
    }
    for (int redirects = 0;; ++redirects) {
        Exchange exchange{.part = part, .progress = progress, .outcome = outcome};
        configure(*curl, request, exchange);
        std::string next = exchange_once(*curl, request, order, exchange);
        if (next.empty()) return outcome;
        if (redirects == max_redirects) {
            outcome.curl_code = CURLE_TOO_MANY_REDIRECTS;
            outcome.curl_message = "redirected more than 10 times, last to " + mask_url(next);
            return outcome;
        }
        outcome.final_url = std::move(next);
    }
}

}  // namespace reel::fetch
