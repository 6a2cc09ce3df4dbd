#include "reel/fetch/http_call.hpp"

#include <gmock/gmock.h>

#include "support/scripted_server.hpp"

namespace reel::fetch {

namespace {

using core::Errc;
using support::HttpReply;
using support::HttpRequest;
using support::ScriptedServer;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TEST(HttpCall, GivesStatusAndBodyOfWhateverAnswer) {
    const ScriptedServer server([](const HttpRequest& request, int) {
        return HttpReply{.status = request.target == "/up" ? 200 : 503, .body = request.target};
    });
    const auto up = call_http({.url = server.url("/up")});
    ASSERT_TRUE(up) << up.error().describe();
    EXPECT_EQ(up->status, 200);
    EXPECT_EQ(up->body, "/up");
    const auto down = call_http({.url = server.url("/down")});
    ASSERT_TRUE(down) << "a status is an answer";
    EXPECT_EQ(down->status, 503);
}

TEST(HttpCall, SendsItsMethodAndHeaders) {
    const ScriptedServer server([](const HttpRequest&, int) { return HttpReply{}; });
    ASSERT_TRUE(call_http({.url = server.url("/"), .method = "HEAD", .headers = {"X-Key: abc"}}));
    ASSERT_THAT(server.requests(), SizeIs(1));
    EXPECT_EQ(server.requests()[0].method, "HEAD");
    EXPECT_EQ(server.requests()[0].headers.at("x-key"), "abc");
}

TEST(HttpCall, FollowsRedirectsAndTakesItsHeadersToNoOtherServer) {
    const ScriptedServer other([](const HttpRequest&, int) { return HttpReply{.body = "there"}; });
    const ScriptedServer server([&](const HttpRequest&, int) {
        return HttpReply{.status = 302, .headers = {"Location: " + other.url("/moved")}};
    });
    const auto answer = call_http({.url = server.url("/"), .headers = {"X-Key: abc"}});
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(answer->body, "there");
    EXPECT_EQ(other.requests().at(0).headers.count("x-key"), 0U);
}

TEST(HttpCall, GivesUpOnACircleOfRedirects) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.status = 302, .headers = {"Location: /again"}};
    });
    const auto answer = call_http({.url = server.url("/")});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, HasSubstr("redirected more than 10 times"));
}

TEST(HttpCall, KeepsNoMoreOfAnAnswerThanItMay) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.body = std::string(100'000, 'x')};
    });
    const auto answer = call_http({.url = server.url("/"), .max_bytes = 1000});
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_THAT(answer->body, SizeIs(1000));
}

TEST(HttpCall, SaysThatNoAnswerCame) {
    const auto refused = call_http({.url = "http://user:word@127.0.0.1:1/x"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_THAT(refused.error().describe(), Not(HasSubstr("word")));
    const ScriptedServer silent([](const HttpRequest&, int) {
        return HttpReply{.claimed_length = 9, .stalls = true};
    });
    const auto late = call_http({.url = silent.url("/"), .timeout = 50ms});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::timed_out);
}

TEST(HttpCall, RefusesWhatIsNoHttp) {
    for (const char* url : {"file:///etc/passwd", "ftp://host/x", "not a url"}) {
        const auto answer = call_http({.url = url});
        ASSERT_FALSE(answer) << url;
        EXPECT_NE(answer.error().code, Errc::timed_out);
    }
    EXPECT_EQ(call_http({.url = "file:///etc/passwd"}).error().code, Errc::invalid_argument);
}

TEST(HttpCall, EndsWhenItIsAbandoned) {
    const ScriptedServer silent([](const HttpRequest&, int) {
        return HttpReply{.claimed_length = 9, .stalls = true};
    });
    const std::atomic<bool> abandoned = true;
    const auto answer = call_http({.url = silent.url("/"), .abandoned = &abandoned});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::unavailable);
}

TEST(PercentEncode, LeavesNothingThatAQueryWouldMisread) {
    EXPECT_EQ(percent_encode("a b&c=d/ü"), "a%20b%26c%3Dd%2F%C3%BC");
    EXPECT_EQ(percent_encode("Az09-_.~"), "Az09-_.~");
}

}  // namespace

}  // namespace reel::fetch
