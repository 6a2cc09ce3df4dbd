#include "executor/waiting/http_sensor.hpp"

#include <gmock/gmock.h>

#include "unit/executor/fake_store.hpp"

namespace reel::executor {

using core::Errc;
using fetch::HttpAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

namespace {

class HttpSensorTest : public testing::Test {
  protected:
    core::Result<HttpWish> parse(const Json& args) {
        Connections connections(environment, store, "", mask);
        return parse_http_wish(args, connections);
    }

    Finding judge(const Json& args, int status, const std::string& body = {}) {
        return judge_http(parse(args).value(), HttpAnswer{.status = status, .body = body}).finding;
    }

    Finding judge_body(const Json& check, const std::string& body) {
        return judge({{"url", "http://x"}, {"response_check", check}}, 200, body);
    }

    void add_connection(const std::string& uri) { environment["REEL_CONN_API"] = uri; }

    FakeStore store;
    SecretMask mask;
    config::Environment environment;
};

}  // namespace

TEST_F(HttpSensorTest, TakesAUrlAsItIs) {
    const auto wish = parse({{"url", "https://example.org/a?b=c"}}).value();
    EXPECT_EQ(wish.call.url, "https://example.org/a?b=c");
    EXPECT_EQ(wish.call.method, "GET");
    EXPECT_EQ(wish.call.timeout, 30s);
}

TEST_F(HttpSensorTest, BuildsTheUrlOfAConnectionAndItsEndpoint) {
    add_connection("https://user:p%40ss@example.org:8443");
    const auto wish = parse({{"http_conn_id", "api"}, {"endpoint", "/v1/ready"}}).value();
    EXPECT_EQ(wish.call.url, "https://user:p%40ss@example.org:8443/v1/ready");
    EXPECT_EQ(mask.apply("p@ss"), "***");
    EXPECT_EQ(
        parse({{"http_conn_id", "api"}, {"endpoint", "x"}})->call.url,
        "https://user:p%40ss@example.org:8443/x"
    );
}

TEST_F(HttpSensorTest, UsesAirflowsDefaultConnectionAndItsHeaders) {
    store::ConnectionRecord record;
    record.conn_type = "http";
    record.host = "http://plain.example/base";
    record.extra = R"({"headers": {"X-Key": "abc"}})";
    store.connections["http_default"] = record;
    const auto wish = parse({{"endpoint", "x"}, {"headers", {{"Accept", "text/plain"}}}}).value();
    EXPECT_EQ(wish.call.url, "http://plain.example/base/x");
    EXPECT_THAT(wish.call.headers, ElementsAre("X-Key: abc", "Accept: text/plain"));
}

TEST_F(HttpSensorTest, SaysThatAConnectionIsMissing) {
    const auto wish = parse({{"http_conn_id", "ghost"}, {"endpoint", "x"}});
    ASSERT_FALSE(wish);
    EXPECT_EQ(wish.error().code, Errc::not_found);
    EXPECT_THAT(wish.error().message, HasSubstr("'ghost'"));
    EXPECT_THAT(wish.error().hint, HasSubstr("reel connections add ghost"));
}

TEST_F(HttpSensorTest, ParametersAreTheQueryOfAGetAndTheBodyOfAPost) {
    const Json params{{"a b", "x&y"}, {"n", 1}};
    EXPECT_EQ(
        parse({{"url", "http://x"}, {"request_params", params}})->call.url,
        "http://x?a%20b=x%26y&n=1"
    );
    EXPECT_EQ(
        parse({{"url", "http://x?z=1"}, {"request_params", "q=2"}})->call.url, "http://x?z=1&q=2"
    );
    const auto post =
        parse({{"url", "http://x"}, {"method", "POST"}, {"request_params", params}}).value();
    EXPECT_EQ(post.call.url, "http://x");
    EXPECT_EQ(post.call.body, "a%20b=x%26y&n=1");
}

TEST_F(HttpSensorTest, IsHeldToStatusesAndPointers) {
    EXPECT_FALSE(parse({{"url", "http://x"}, {"expected_status", "fine"}}));
    EXPECT_FALSE(parse({{"url", "http://x"}, {"response_error_codes_allowlist", {"4xx"}}}));
    EXPECT_FALSE(parse({{"url", "http://x"}, {"response_check", {{"json", "state"}}}}));
    EXPECT_FALSE(parse({{"url", "http://x"}, {"request_timeout", "soon"}}));
}

TEST_F(HttpSensorTest, WaitsOverA404AndFailsOnOtherErrors) {
    const Json args{{"url", "http://x"}};
    EXPECT_EQ(judge(args, 200), Finding::met);
    EXPECT_EQ(judge(args, 204), Finding::met);
    EXPECT_EQ(judge(args, 304), Finding::met);
    EXPECT_EQ(judge(args, 404), Finding::not_yet);
    EXPECT_EQ(judge(args, 500), Finding::failed);
    EXPECT_EQ(judge(args, 401), Finding::failed);
    const Json patient{{"url", "http://x"}, {"response_error_codes_allowlist", {"404", 503}}};
    EXPECT_EQ(judge(patient, 503), Finding::not_yet);
    EXPECT_EQ(judge(patient, 500), Finding::failed);
    EXPECT_EQ(
        judge({{"url", "http://x"}, {"response_error_codes_allowlist", Json::array()}}, 404),
        Finding::failed
    );
}

TEST_F(HttpSensorTest, AnExpectedStatusIsTheOnlyOneThatWillDo) {
    const Json args{{"url", "http://x"}, {"expected_status", {201, "202"}}};
    EXPECT_EQ(judge(args, 201), Finding::met);
    EXPECT_EQ(judge(args, 202), Finding::met);
    EXPECT_EQ(judge(args, 200), Finding::not_yet);
    EXPECT_EQ(judge(args, 500), Finding::not_yet);
    EXPECT_EQ(judge({{"url", "http://x"}, {"expected_status", 404}}, 404), Finding::met);
}

TEST_F(HttpSensorTest, WaitsUntilTheBodyContainsAText) {
    EXPECT_EQ(judge_body({{"contains", "ready"}}, "not read"), Finding::not_yet);
    EXPECT_EQ(judge_body({{"contains", "ready"}}, "it is ready now"), Finding::met);
}

TEST_F(HttpSensorTest, WaitsUntilAPlaceOfTheBodyIsTrueOrEqual) {
    EXPECT_EQ(judge_body({{"json", "/a/0/done"}}, R"({"a": [{"done": true}]})"), Finding::met);
    EXPECT_EQ(judge_body({{"json", "/a/0/done"}}, R"({"a": [{"done": false}]})"), Finding::not_yet);
    EXPECT_EQ(judge_body({{"json", "/a/0/done"}}, R"({"a": []})"), Finding::not_yet);
    EXPECT_EQ(judge_body({{"json", "/s"}, {"equals", "done"}}, R"({"s": "done"})"), Finding::met);
    EXPECT_EQ(
        judge_body({{"json", "/s"}, {"equals", "done"}}, R"({"s": "open"})"), Finding::not_yet
    );
    EXPECT_EQ(judge_body({{"json", "/n"}, {"equals", "3"}}, R"({"n": 3})"), Finding::met);
    EXPECT_EQ(judge_body({{"json", "/n"}, {"equals", 0}}, R"({"n": 0})"), Finding::met);
    EXPECT_EQ(judge_body({{"json", "/n"}}, "<html>"), Finding::not_yet);
}

TEST_F(HttpSensorTest, AServerThatCannotBeReachedMayBeThereTheNextTime) {
    const auto wish = parse({{"url", "http://x"}}).value();
    const auto finding = [&](Errc code) {
        return judge_http(wish, core::fail(code, "connection refused")).finding;
    };
    EXPECT_EQ(finding(Errc::unavailable), Finding::not_yet);
    EXPECT_EQ(finding(Errc::timed_out), Finding::not_yet);
    EXPECT_EQ(finding(Errc::invalid_argument), Finding::failed_finally) << "no later look can help";
}

}  // namespace reel::executor
