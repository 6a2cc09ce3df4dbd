#include <gmock/gmock.h>

#include "executor/waiting/http_sensor.hpp"
#include "unit/executor/fake_store.hpp"

namespace reel::executor {

using core::Errc;
using fetch::HttpAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

namespace {

struct Site {
    const char* conn_type;
    const char* host;
    const char* schema;
    std::optional<int> port;
    const char* endpoint;
    const char* url;
};

class HttpSensorCases : public testing::Test {
  protected:
    core::Result<HttpWish> parse(const Json& args) {
        Connections connections(environment, store, "", mask);
        return parse_http_wish(args, connections);
    }

    Poke judge(const Json& args, int status, const std::string& body = {}) {
        return judge_http(parse(args).value(), HttpAnswer{.status = status, .body = body});
    }

    std::vector<std::string> headers_by(const std::string& extra) {
        store.connections["http_default"].host = "h";
        store.connections["http_default"].extra = extra;
        return parse({{"endpoint", "x"}})->call.headers;
    }

    FakeStore store;
    SecretMask mask;
    config::Environment environment;
};

}  // namespace

TEST_F(HttpSensorCases, TheUrlOfAConnection) {
    for (const Site& site : {
             Site{"http", "h", "", {}, "", "http://h"},
             Site{"https", "h", "", {}, "", "https://h"},
             Site{"http", "h", "https", {}, "", "https://h"},
             Site{"http", "https://h", "", {}, "", "https://h"},
             Site{"http", "h", "", 8080, "", "http://h:8080"},
             Site{"http", "h", "", 8080, "x", "http://h:8080/x"},
             Site{"http", "h", "", {}, "/x", "http://h/x"},
             Site{"http", "h/", "", {}, "x", "http://h/x"},
             Site{"http", "h/", "", {}, "/x", "http://h/x"},
             Site{"http", "http://h/base/", "", {}, "/x/", "http://h/base/x/"},
             Site{"", "h", "", {}, "?q=1", "http://h/?q=1"},
         }) {
        store::ConnectionRecord& record = store.connections["http_default"];
        record = {};
        record.conn_type = site.conn_type;
        record.host = site.host;
        record.schema = site.schema;
        record.port = site.port;
        EXPECT_EQ(parse({{"endpoint", site.endpoint}})->call.url, site.url);
    }
}

TEST_F(HttpSensorCases, AUserIsWrittenSoThatTheUrlCanBeRead) {
    store::ConnectionRecord& record = store.connections["http_default"];
    record.host = "h";
    record.login = "a:b";
    record.password = "p@s/s?";
    EXPECT_EQ(parse({{"endpoint", "x"}})->call.url, "http://a%3Ab:p%40s%2Fs%3F@h/x");
    record.password.clear();
    EXPECT_EQ(parse({{"endpoint", "x"}})->call.url, "http://a%3Ab:@h/x");
}

TEST_F(HttpSensorCases, TheHeadersOfAConnection) {
    EXPECT_THAT(headers_by(""), IsEmpty());
    EXPECT_THAT(headers_by("not json"), IsEmpty());
    EXPECT_THAT(headers_by("[1, 2]"), IsEmpty());
    EXPECT_THAT(headers_by(R"({"headers": "none"})"), IsEmpty());
    EXPECT_THAT(headers_by(R"({"X-A": "1", "X-B": 2})"), ElementsAre("X-A: 1", "X-B: 2"));
    EXPECT_THAT(headers_by(R"({"headers": {"X-A": "1"}, "X-B": "2"})"), ElementsAre("X-A: 1"));
}

TEST_F(HttpSensorCases, TheUrlGoesBeforeTheConnection) {
    EXPECT_EQ(parse({{"url", "http://x"}, {"http_conn_id", "ghost"}})->call.url, "http://x");
    EXPECT_EQ(store.look_ups, 0);
}

TEST_F(HttpSensorCases, WhereParametersGo) {
    struct Case {
        const char* method;
        const char* url;
        Json params;
        const char* full_url;
        const char* body;
    };
    const std::vector<Case> cases{
        {"GET", "http://x", Json::object(), "http://x", ""},
        {"GET", "http://x", "", "http://x", ""},
        {"GET", "http://x", {{"a", "1"}}, "http://x?a=1", ""},
        {"HEAD", "http://x?b=2", {{"a", "1"}}, "http://x?b=2&a=1", ""},
        {"GET", "http://x", {{"t", true}, {"n", 1.5}}, "http://x?t=true&n=1.5", ""},
        {"POST", "http://x", "raw & text", "http://x", "raw & text"},
        {"PUT", "http://x", {{"a b", "&"}}, "http://x", "a%20b=%26"},
        {"DELETE", "http://x", {{"a", ""}}, "http://x", "a="},
    };
    for (const Case& each : cases) {
        const auto wish =
            parse({{"url", each.url}, {"method", each.method}, {"request_params", each.params}});
        ASSERT_TRUE(wish) << each.params;
        EXPECT_EQ(wish->call.url, each.full_url);
        EXPECT_EQ(wish->call.body, each.body);
    }
}

TEST_F(HttpSensorCases, WhatIsRefused) {
    struct Case {
        const char* name;
        Json value;
        const char* message;
    };
    const std::vector<Case> cases{
        {"expected_status", "2xx", "'expected_status': '2xx' is no HTTP status"},
        {"expected_status", "200 ", "'expected_status': '200 ' is no HTTP status"},
        {"expected_status", "", "'expected_status': '' is no HTTP status"},
        {"expected_status", 200.5, "'expected_status': '200.5' is no HTTP status"},
        {"response_error_codes_allowlist",
         Json::array({404, "all"}),
         "'response_error_codes_allowlist': 'all' is no HTTP status"},
        {"response_check", "ready", "'response_check' must be a map"},
        {"response_check", {{"json", "a/b"}}, "'response_check.json': 'a/b' is no JSON pointer"},
        {"request_timeout", "long", "'request_timeout': 'long' is not a duration"},
    };
    for (const Case& each : cases) {
        const auto wish = parse({{"url", "http://x"}, {each.name, each.value}});
        ASSERT_FALSE(wish) << each.message;
        EXPECT_EQ(wish.error().code, Errc::invalid_argument);
        EXPECT_EQ(wish.error().message, each.message);
    }
}

TEST_F(HttpSensorCases, APointerThatNoDocumentHasIsRefusedAtOnce) {
    for (const char* pointer : {"/a~2", "/a~", "/~x/b"}) {
        const auto wish = parse({{"url", "http://x"}, {"response_check", {{"json", pointer}}}});
        ASSERT_FALSE(wish) << pointer;
        EXPECT_THAT(wish.error().message, HasSubstr("is no JSON pointer"));
        EXPECT_EQ(wish.error().hint, "write it like /status or /items/0/state");
    }
    EXPECT_TRUE(parse({{"url", "http://x"}, {"response_check", {{"json", "/a~0b~1c"}}}}));
}

TEST_F(HttpSensorCases, WhatABodySays) {
    struct Case {
        Json check;
        const char* body;
        Finding finding;
        const char* words;
    };
    const std::vector<Case> cases{
        {{{"json", "/s"}}, R"({"s": "yes"})", Finding::met, "/s of the answer is \"yes\""},
        {{{"json", "/s"}}, R"({"s": "0"})", Finding::not_yet, "/s of the answer is \"0\""},
        {{{"json", "/s"}}, R"({"s": []})", Finding::not_yet, "/s of the answer is []"},
        {{{"json", "/s"}}, R"({"s": null})", Finding::not_yet, "/s of the answer is null"},
        {{{"json", "/s/1"}}, R"({"s": [1, 2]})", Finding::met, "/s/1 of the answer is 2"},
        {{{"json", "/s/2"}}, R"({"s": [1, 2]})", Finding::not_yet, "the answer has nothing at /s/2"
        },
        {{{"json", "/s/x"}}, R"({"s": [1]})", Finding::not_yet, "the answer has nothing at /s/x"},
        {{{"json", "/s/x"}}, R"({"s": 1})", Finding::not_yet, "the answer has nothing at /s/x"},
        {{{"json", "/a~1b"}}, R"({"a/b": true})", Finding::met, "/a~1b of the answer is true"},
        {{{"json", "/s"}}, "", Finding::not_yet, "the answer is no JSON"},
        {{{"json", "/s"}}, R"({"s": 1)", Finding::not_yet, "the answer is no JSON"},
        {{{"json", "/s"}, {"equals", false}},
         R"({"s": false})",
         Finding::met,
         "/s of the answer is false"},
        {{{"json", "/s"}, {"equals", "true"}},
         R"({"s": true})",
         Finding::met,
         "/s of the answer is true"},
        {{{"json", "/s"}, {"equals", 1}}, R"({"s": 10})", Finding::not_yet, "/s of the answer is 10"
        },
        {{{"contains", "a"}, {"json", "/s"}},
         R"({"s": 1, "a": 0})",
         Finding::met,
         "/s of the answer is 1"},
        {{{"contains", "b"}, {"json", "/s"}},
         R"({"s": 1})",
         Finding::not_yet,
         "the answer does not contain what response_check asks for"},
    };
    for (const Case& each : cases) {
        const Poke poke =
            judge({{"url", "http://x"}, {"response_check", each.check}}, 200, each.body);
        EXPECT_EQ(poke.finding, each.finding) << each.check << ' ' << each.body;
        EXPECT_EQ(poke.words, each.words);
    }
}

TEST_F(HttpSensorCases, ABodyIsReadOnlyWhereTheStatusWillDo) {
    const Json check{{"contains", "ready"}};
    const Json args{{"url", "http://x"}, {"response_check", check}};
    EXPECT_EQ(judge(args, 500, "ready").finding, Finding::failed);
    EXPECT_EQ(judge(args, 404, "ready").finding, Finding::not_yet);
    const Json teapot{{"url", "http://x"}, {"response_check", check}, {"expected_status", "418"}};
    EXPECT_EQ(judge(teapot, 418, "ready").finding, Finding::met);
    EXPECT_EQ(judge(teapot, 418, "").finding, Finding::not_yet);
    EXPECT_EQ(judge(teapot, 200, "ready").finding, Finding::not_yet);
}

TEST_F(HttpSensorCases, AStatusIsSaidInWords) {
    const Json args{{"url", "http://x"}};
    EXPECT_EQ(judge(args, 404).words, "HTTP 404 Not Found");
    EXPECT_EQ(judge(args, 500).words, "HTTP 500 Internal Server Error");
    EXPECT_EQ(judge(args, 799).words, "HTTP 799");
    EXPECT_EQ(judge(args, 399).finding, Finding::met);
    EXPECT_EQ(judge(args, 400).finding, Finding::failed);
}

}  // namespace reel::executor
