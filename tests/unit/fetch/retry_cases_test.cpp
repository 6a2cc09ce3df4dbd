#include <curl/curl.h>
#include <gtest/gtest.h>

#include "fetch/retry.hpp"

namespace reel::fetch {

namespace {

using namespace std::chrono_literals;

TransferOutcome with_status(int status) {
    TransferOutcome outcome;
    outcome.head.status = status;
    return outcome;
}

TransferOutcome with_curl(CURLcode code, const std::string& message = "curl's words") {
    TransferOutcome outcome;
    outcome.curl_code = code;
    outcome.curl_message = message;
    return outcome;
}

struct StatusCase {
    int status;
    Verdict verdict;
    core::Errc code;
    const char* message;
    bool has_hint;
};

TEST(RetryCases, EachStatusHasItsVerdictAndWords) {
    using enum core::Errc;
    const StatusCase cases[] = {
        {400, Verdict::give_up, invalid_argument, "HTTP 400 Bad Request", false},
        {401, Verdict::give_up, permission_denied, "HTTP 401 Unauthorized", true},
        {403, Verdict::give_up, permission_denied, "HTTP 403 Forbidden", true},
        {404, Verdict::give_up, not_found, "HTTP 404 Not Found", true},
        {405, Verdict::give_up, invalid_argument, "HTTP 405 Method Not Allowed", false},
        {407, Verdict::give_up, permission_denied, "HTTP 407 Proxy Authentication Required", true},
        {408, Verdict::retry, unavailable, "HTTP 408 Request Timeout", false},
        {410, Verdict::give_up, not_found, "HTTP 410 Gone", true},
        {416, Verdict::give_up, invalid_argument, "HTTP 416 Range Not Satisfiable", false},
        {418, Verdict::give_up, invalid_argument, "HTTP 418", false},
        {429, Verdict::retry, unavailable, "HTTP 429 Too Many Requests", false},
        {500, Verdict::retry, unavailable, "HTTP 500 Internal Server Error", false},
        {501, Verdict::retry, unavailable, "HTTP 501", false},
        {502, Verdict::retry, unavailable, "HTTP 502 Bad Gateway", false},
        {503, Verdict::retry, unavailable, "HTTP 503 Service Unavailable", false},
        {504, Verdict::retry, unavailable, "HTTP 504 Gateway Timeout", false},
        {0, Verdict::give_up, invalid_argument, "HTTP 0", false},
    };
    for (const auto& each : cases) {
        const auto outcome = with_status(each.status);
        EXPECT_EQ(judge(outcome), each.verdict) << each.status;
        const auto error = explain(outcome);
        EXPECT_EQ(error.code, each.code) << each.status;
        EXPECT_EQ(error.message, each.message);
        EXPECT_EQ(!error.hint.empty(), each.has_hint) << each.status;
    }
}

TEST(RetryCases, WhatIsToldToPeopleNeverSaysThatARetryCouldHelpWhenNoneIsMade) {
    for (int status = 400; status < 600; ++status) {
        const auto outcome = with_status(status);
        EXPECT_EQ(
            judge(outcome) == Verdict::retry, explain(outcome).code == core::Errc::unavailable
        ) << status;
    }
}

TEST(RetryCases, AFailureOfTheDiskCountsBeforeEverythingElse) {
    auto outcome = with_status(200);
    outcome.failure = core::Error{.code = core::Errc::unavailable, .message = "disk full"};
    outcome.part_mismatch = true;
    EXPECT_EQ(judge(outcome), Verdict::give_up);
    EXPECT_EQ(explain(outcome).message, "disk full");
}

TEST(RetryCases, APartThatDoesNotFitCountsBeforeWhatCurlSays) {
    auto outcome = with_curl(CURLE_WRITE_ERROR);
    outcome.part_mismatch = true;
    EXPECT_EQ(judge(outcome), Verdict::start_over);
}

TEST(RetryCases, ARefusedRangeMeansStartingOverOnlyWhenOneWasAskedFor) {
    auto outcome = with_status(416);
    EXPECT_EQ(judge(outcome), Verdict::give_up);
    outcome.asked_for_range = true;
    EXPECT_EQ(judge(outcome), Verdict::start_over);
}

TEST(RetryCases, ACutConnectionSaysHowMuchCame) {
    for (const CURLcode code : {CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM}) {
        auto outcome = with_curl(code);
        outcome.part_size = 512;
        const auto error = explain(outcome);
        EXPECT_EQ(error.message, "the connection was cut after 512 B");
        EXPECT_EQ(error.code, core::Errc::unavailable);
    }
}

TEST(RetryCases, ASlowServerIsToldFromOneThatCannotBeReached) {
    const auto slow =
        explain(with_curl(CURLE_OPERATION_TIMEDOUT, "Operation too slow. Less than 1 bytes/sec"));
    EXPECT_EQ(slow.message, "no byte came for too long");
    const auto away = explain(with_curl(CURLE_OPERATION_TIMEDOUT, "Connection timed out"));
    EXPECT_EQ(away.message, "Connection timed out");
    EXPECT_EQ(slow.code, core::Errc::timed_out);
    EXPECT_EQ(away.code, core::Errc::timed_out);
}

TEST(RetryCases, AnUntrustedCertificateNamesTheReason) {
    const auto error = explain(with_curl(CURLE_PEER_FAILED_VERIFICATION, "self-signed"));
    EXPECT_EQ(error.message, "the server's certificate is not trusted: self-signed");
    EXPECT_FALSE(error.hint.empty());
}

TEST(RetryCases, OtherWordsOfCurlArePassedOn) {
    EXPECT_EQ(explain(with_curl(CURLE_COULDNT_RESOLVE_HOST)).message, "curl's words");
    EXPECT_EQ(explain(with_curl(CURLE_TOO_MANY_REDIRECTS)).code, core::Errc::invalid_argument);
    EXPECT_EQ(explain(with_curl(CURLE_UNSUPPORTED_PROTOCOL)).code, core::Errc::invalid_argument);
}

TEST(RetryCases, WhatNoRetryMendsIsGivenUp) {
    for (const CURLcode code :
         {CURLE_SSL_CACERT_BADFILE,
          CURLE_SSL_CERTPROBLEM,
          CURLE_LOGIN_DENIED,
          CURLE_OUT_OF_MEMORY,
          CURLE_BAD_CONTENT_ENCODING,
          CURLE_FAILED_INIT,
          CURLE_NOT_BUILT_IN}) {
        EXPECT_EQ(judge(with_curl(code)), Verdict::give_up) << code;
    }
}

TEST(DelayCases, NeverShrinkFromOneRetryToTheNext) {
    for (const core::Duration first :
         {core::Duration(0), core::Duration(1), core::Duration(500ms), core::Duration(2min)}) {
        core::Duration before = 0s;
        for (int retry = 1; retry <= 100; ++retry) {
            const auto delay = delay_before(retry, first, std::nullopt);
            EXPECT_GE(delay, before);
            EXPECT_LE(delay, 60s);
            before = delay;
        }
    }
}

TEST(DelayCases, AStrangeCountIsTakenAsTheFirst) {
    EXPECT_EQ(delay_before(0, 500ms, std::nullopt), 500ms);
    EXPECT_EQ(delay_before(-5, 500ms, std::nullopt), 500ms);
}

TEST(DelayCases, AServerThatAsksForAnEternityGetsAMinute) {
    EXPECT_EQ(delay_before(1, 500ms, std::chrono::seconds::max()), 60s);
    EXPECT_EQ(delay_before(1, 500ms, 61s), 60s);
    EXPECT_EQ(delay_before(1, 500ms, 60s), 60s);
}

TEST(DelayCases, AServerThatAsksForThePastChangesNothing) {
    EXPECT_EQ(delay_before(1, 500ms, -10s), 500ms);
    EXPECT_EQ(delay_before(1, 500ms, std::chrono::seconds::min()), 500ms);
    EXPECT_EQ(delay_before(1, 0ms, 0s), 0s);
}

struct BytesCase {
    std::uint64_t bytes;
    const char* text;
};

TEST(BytesCases, AreForPeople) {
    const BytesCase cases[] = {
        {0, "0 B"},
        {1, "1 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1049, "1.0 kB"},
        {1051, "1.1 kB"},
        {99'900, "99.9 kB"},
        {1'000'000, "1.0 MB"},
        {1'500'000'000, "1.5 GB"},
        {2'000'000'000'000, "2.0 TB"},
        {1'000'000'000'000'000, "1000.0 TB"},
    };
    for (const auto& each : cases) EXPECT_EQ(format_bytes(each.bytes), each.text);
}

}  // namespace

}  // namespace reel::fetch
