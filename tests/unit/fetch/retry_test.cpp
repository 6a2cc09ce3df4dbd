#include "fetch/retry.hpp"

#include <curl/curl.h>
#include <gmock/gmock.h>

namespace reel::fetch {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TransferOutcome answered(int status) {
    TransferOutcome outcome;
    outcome.head.status = status;
    return outcome;
}

TransferOutcome broken(CURLcode code, const std::string& message = "words of curl") {
    TransferOutcome outcome;
    outcome.curl_code = code;
    outcome.curl_message = message;
    return outcome;
}

TEST(Judge, SortsAnswersByTheirStatus) {
    EXPECT_EQ(judge(answered(200)), Verdict::complete);
    EXPECT_EQ(judge(answered(206)), Verdict::complete);
    EXPECT_EQ(judge(answered(304)), Verdict::not_modified);
    for (const int status : {408, 429, 500, 502, 503, 504, 599}) {
        EXPECT_EQ(judge(answered(status)), Verdict::retry) << status;
    }
    for (const int status : {204, 300, 400, 401, 403, 404, 405, 410, 416, 451}) {
        EXPECT_EQ(judge(answered(status)), Verdict::give_up) << status;
    }
}

TEST(Judge, ARangeThatIsGoneMeansStartingOver) {
    TransferOutcome outcome = answered(416);
    outcome.asked_for_range = true;
    EXPECT_EQ(judge(outcome), Verdict::start_over);
    outcome = answered(206);
    outcome.part_mismatch = true;
    EXPECT_EQ(judge(outcome), Verdict::start_over);
}

TEST(Judge, RetriesWhatTheNetworkBroke) {
    for (const CURLcode code :
         {CURLE_COULDNT_RESOLVE_HOST,
          CURLE_COULDNT_CONNECT,
          CURLE_PARTIAL_FILE,
          CURLE_RECV_ERROR,
          CURLE_SEND_ERROR,
          CURLE_GOT_NOTHING,
          CURLE_OPERATION_TIMEDOUT,
          CURLE_HTTP2_STREAM,
          CURLE_SSL_CONNECT_ERROR}) {
        EXPECT_EQ(judge(broken(code)), Verdict::retry) << code;
    }
}

TEST(Judge, GivesUpWhereTryingAgainCannotHelp) {
    for (const CURLcode code :
         {CURLE_URL_MALFORMAT,
          CURLE_UNSUPPORTED_PROTOCOL,
          CURLE_TOO_MANY_REDIRECTS,
          CURLE_PEER_FAILED_VERIFICATION}) {
        EXPECT_EQ(judge(broken(code)), Verdict::give_up) << code;
    }
    TransferOutcome full_disk = broken(CURLE_WRITE_ERROR);
    full_disk.failure = core::Error{.message = "no space"};
    EXPECT_EQ(judge(full_disk), Verdict::give_up);
    EXPECT_EQ(explain(full_disk).message, "no space");
}

TEST(Explain, SortsFailures) {
    EXPECT_EQ(explain(answered(404)).code, core::Errc::not_found);
    EXPECT_EQ(explain(answered(410)).code, core::Errc::not_found);
    EXPECT_EQ(explain(answered(401)).code, core::Errc::permission_denied);
    EXPECT_EQ(explain(answered(403)).code, core::Errc::permission_denied);
    EXPECT_EQ(explain(answered(503)).code, core::Errc::unavailable);
    EXPECT_EQ(explain(answered(400)).code, core::Errc::invalid_argument);
    EXPECT_EQ(explain(broken(CURLE_OPERATION_TIMEDOUT)).code, core::Errc::timed_out);
    EXPECT_EQ(explain(broken(CURLE_PEER_FAILED_VERIFICATION)).code, core::Errc::permission_denied);
    EXPECT_EQ(explain(broken(CURLE_URL_MALFORMAT)).code, core::Errc::invalid_argument);
}

TEST(Explain, SaysWhatHappened) {
    TransferOutcome cut = broken(CURLE_PARTIAL_FILE);
    cut.part_size = 1'234'567;
    EXPECT_EQ(explain(cut).message, "the connection was cut after 1.2 MB");
    EXPECT_THAT(explain(broken(CURLE_GOT_NOTHING)).message, HasSubstr("without an answer"));
    EXPECT_THAT(
        explain(broken(CURLE_COULDNT_CONNECT, "Failed to connect to h")).message,
        HasSubstr("connect to h")
    );
    EXPECT_THAT(explain(broken(CURLE_PEER_FAILED_VERIFICATION)).hint, HasSubstr("ca-certificates"));
    EXPECT_THAT(explain(answered(404)).hint, HasSubstr("check the address"));
}

TEST(DelayBefore, DoublesUpToAMinute) {
    EXPECT_EQ(delay_before(1, 500ms, std::nullopt), 500ms);
    EXPECT_EQ(delay_before(2, 500ms, std::nullopt), 1s);
    EXPECT_EQ(delay_before(4, 500ms, std::nullopt), 4s);
    EXPECT_EQ(delay_before(40, 500ms, std::nullopt), 60s);
    EXPECT_EQ(delay_before(3, 0ms, std::nullopt), 0ms);
}

TEST(DelayBefore, HonoursTheServerWithinReason) {
    EXPECT_EQ(delay_before(1, 500ms, 7s), 7s);
    EXPECT_EQ(delay_before(5, 500ms, 1s), 8s);
    EXPECT_EQ(delay_before(1, 500ms, 3600s), 60s);
}

TEST(FormatBytes, IsForPeople) {
    EXPECT_EQ(format_bytes(0), "0 B");
    EXPECT_EQ(format_bytes(999), "999 B");
    EXPECT_EQ(format_bytes(1000), "1.0 kB");
    EXPECT_EQ(format_bytes(1'250'000), "1.2 MB");
    EXPECT_EQ(format_bytes(3'000'000'000'000'000), "3000.0 TB");
}

}  // namespace

}  // namespace reel::fetch
