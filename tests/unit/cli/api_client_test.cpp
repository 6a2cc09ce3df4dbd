#include "cli/api_client.hpp"

#include <gtest/gtest.h>

#include "unit/cli/fake_transport.hpp"

namespace reel::cli {

namespace {

class Client : public ::testing::Test {
  protected:
    /// A client whose server gives these answers.
    ApiClient& of(std::deque<core::Result<HttpReply>> replies) {
        script_.replies = std::move(replies);
        client_ = std::make_unique<ApiClient>(
            std::make_unique<ScriptedTransport>(script_),
            Address{.host = "h", .port = "1"},
            [this] { return token_; },
            [this](int moment) {
                EXPECT_EQ(moment, waits_++);
                return waits_ <= patience_;
            }
        );
        return *client_;
    }
    core::Error error_of(int status, const std::string& body) {
        const auto answer = of({HttpReply{status, body}}).get("/x");
        EXPECT_FALSE(answer.has_value()) << status;
        return answer ? core::Error{} : answer.error();
    }

    Script script_;
    std::string token_ = "t";
    int waits_ = 0;
    int patience_ = 0;
    std::unique_ptr<ApiClient> client_;
};

}  // namespace

TEST_F(Client, SaysWhatItSendsAndWantsJsonBack) {
    auto& client = of({HttpReply{200, "{}"}});
    ASSERT_TRUE(client.get("/a").has_value());
    ASSERT_TRUE(client.post("/b", {{"k", "é"}}).has_value());
    ASSERT_TRUE(client.patch("/c", nlohmann::json::object()).has_value());
    ASSERT_TRUE(client.remove("/d").has_value());
    const std::vector<std::pair<std::string, std::string>> expected{
        {"GET /a", ""}, {"POST /b", R"({"k":"é"})"}, {"PATCH /c", "{}"}, {"DELETE /d", ""}
    };
    ASSERT_EQ(script_.calls.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const HttpCall& call = script_.calls[i];
        EXPECT_EQ(call.method + " " + call.target, expected[i].first);
        EXPECT_EQ(call.body, expected[i].second);
        EXPECT_EQ(call.headers.at("Authorization"), "Bearer t");
        EXPECT_EQ(call.headers.at("Accept"), "application/json");
        EXPECT_EQ(call.headers.contains("Content-Type"), !call.body.empty()) << call.target;
    }
}

TEST_F(Client, ShowsNoTokenWhereThereIsNone) {
    token_.clear();
    ASSERT_TRUE(of({HttpReply{200, "{}"}}).get("/a").has_value());
    EXPECT_FALSE(script_.calls[0].headers.contains("Authorization"));
}

TEST_F(Client, EncodesEveryPartOfAQuery) {
    ASSERT_TRUE(
        of({HttpReply{200, "{}"}})
            .get(
                "/a",
                {{"tags", "a&b"}, {"tags", "c=d"}, {"at", "2026-01-01T00:00:00+01:00"}, {"é", ""}}
            )
            .has_value()
    );
    EXPECT_EQ(
        script_.calls[0].target,
        "/a?tags=a%26b&tags=c%3Dd&at=2026-01-01T00%3A00%3A00%2B01%3A00&%C3%A9="
    );
}

TEST_F(Client, SendsAgainWhatNoLeaderTook) {
    const HttpReply nobody{503, R"({"detail":"No scheduler leads","reason":"no_leader"})"};
    patience_ = 5;
    const auto answer = of({nobody, nobody, HttpReply{200, R"({"k":1})"}}).post("/b", {{"a", 1}});
    ASSERT_TRUE(answer.has_value()) << answer.error().describe();
    EXPECT_EQ(answer->at("k"), 1);
    ASSERT_EQ(script_.calls.size(), 3U);
    EXPECT_EQ(script_.calls[2].method + script_.calls[2].body, R"(POST{"a":1})");
    EXPECT_EQ(waits_, 2);
}

TEST_F(Client, WaitsForALeaderAsLongAsItIsTold) {
    patience_ = 3;
    const auto answer =
        of({HttpReply{503, R"({"detail":"No one","reason":"no_leader"})"}}).put("/");
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, core::Errc::unavailable);
    EXPECT_EQ(answer.error().message, "No one");
    EXPECT_EQ(script_.calls.size(), 4U);
}

TEST_F(Client, SendsNothingAgainOfWhichItDoesNotKnowWhetherItWasDone) {
    patience_ = 3;
    for (const char* const body :
         {R"({"detail":"The database does not answer"})", R"({"reason":7})", "[]", "", "{"}) {
        EXPECT_FALSE(of({HttpReply{503, body}}).post("/", {}).has_value());
        EXPECT_EQ(script_.calls.size(), 1U) << body;
        script_.calls.clear();
    }
    EXPECT_EQ(waits_, 0);
}

TEST_F(Client, SortsRefusalsByTheirStatus) {
    const std::vector<std::pair<int, core::Errc>> table{
        {400, core::Errc::invalid_argument},
        {401, core::Errc::permission_denied},
        {403, core::Errc::permission_denied},
        {404, core::Errc::not_found},
        {405, core::Errc::internal},
        {409, core::Errc::conflict},
        {413, core::Errc::internal},
        {422, core::Errc::invalid_argument},
        {500, core::Errc::internal},
        {502, core::Errc::internal},
        {503, core::Errc::unavailable},
        {504, core::Errc::internal},
    };
    for (const auto& [status, code] : table) {
        EXPECT_EQ(error_of(status, R"({"detail": "no"})").code, code) << status;
    }
}

TEST_F(Client, TellsTheReasonInWhateverFormItComes) {
    struct Case {
        const char* body;
        const char* message;
    };
    for (const Case& each : std::vector<Case>{
             {R"({"detail": "The Dag was not found"})", "The Dag was not found"},
             {R"({"detail": [{"loc": ["query", "limit"], "msg": "Input should be …"}]})",
              "query.limit: Input should be …"},
             {R"({"detail": [{"loc": ["body", "tags", 2], "msg": "a"}, {"loc": ["body"], "msg": "b"}]})",
              "body.tags.2: a; body: b"},
             {R"({"detail": {"reason": "odd"}})", R"({"reason":"odd"})"},
             {R"({"detail": ["odd", 7]})", R"("odd"; 7)"},
             {R"({"detail": [{"loc": "x", "msg": null}]})", R"({"loc":"x","msg":null})"},
             {R"({"detail": []})", "http://h:1 answered with status 400"},
             {R"({"detail": ""})", "http://h:1 answered with status 400"},
             {R"({"detail": null})", "http://h:1 answered with status 400"},
             {R"({"error": "other"})", "http://h:1 answered with status 400"},
             {R"(["detail"])", "http://h:1 answered with status 400"},
             {"<html>Bad Gateway</html>", "http://h:1 answered with status 400"},
             {"", "http://h:1 answered with status 400"}
         }) {
        EXPECT_EQ(error_of(400, each.body).message, each.message) << each.body;
    }
}

TEST_F(Client, PartsTheHintFromTheMessage) {
    const auto error = error_of(409, R"({"detail": "it runs\nhint: wait for it\nor end it"})");
    EXPECT_EQ(error.message, "it runs");
    EXPECT_EQ(error.hint, "wait for it\nor end it");
    const auto plain = error_of(409, R"({"detail": "a hint: in the middle"})");
    EXPECT_EQ(plain.message, "a hint: in the middle");
    EXPECT_EQ(plain.hint, "");
}

TEST_F(Client, TellsWhereATokenComesFromWhenItIsRefused) {
    const auto error = error_of(401, R"({"detail": "Token Expired"})");
    EXPECT_EQ(error.message, "the Reel server at http://h:1 refused the token: Token Expired");
    EXPECT_NE(error.hint.find("REEL_API_TOKEN"), std::string::npos);
    EXPECT_NE(error.hint.find("/run/token"), std::string::npos);
}

TEST_F(Client, AsksOnceMoreWithATokenThatHasBeenRenewed) {
    auto& client =
        of({HttpReply{401, R"({"detail": "Token Expired"})"}, HttpReply{200, R"({"a": 1})"}});
    token_ = "old";
    ASSERT_FALSE(client.get("/a").has_value()) << "the same token is not tried twice";
    ASSERT_EQ(script_.calls.size(), 1U);
    script_.replies = {HttpReply{401, "{}"}, HttpReply{200, R"({"a": 1})"}};
    token_ = "new";
    const auto answer = client.post("/b", {{"k", 1}});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ((*answer)["a"], 1);
    ASSERT_EQ(script_.calls.size(), 3U);
    EXPECT_EQ(script_.calls[1].headers.at("Authorization"), "Bearer old");
    EXPECT_EQ(script_.calls[2].headers.at("Authorization"), "Bearer new");
    EXPECT_EQ(script_.calls[2].body, R"({"k":1})");
    script_.replies = {HttpReply{401, "{}"}};
    token_ = "newer";
    EXPECT_FALSE(client.get("/c").has_value());
    EXPECT_EQ(script_.calls.size(), 5U) << "and not for ever";
}

TEST_F(Client, TakesNothingForAnAnswerThatIsNoObject) {
    EXPECT_TRUE(of({HttpReply{204, ""}}).remove("/a")->is_null());
    for (const char* const body : {"<html>", "[]", "7", "\"ok\"", "null", "{", "{}x"}) {
        const auto answer = of({HttpReply{200, body}}).get("/a");
        ASSERT_FALSE(answer.has_value()) << body;
        EXPECT_EQ(answer.error().code, core::Errc::corrupt_data) << body;
        EXPECT_EQ(answer.error().message, "what answers at http://h:1 is not a Reel server");
        EXPECT_NE(answer.error().hint.find("REEL_API_URL"), std::string::npos);
    }
}

TEST_F(Client, HandsOnWhatKeptItFromTheServer) {
    const core::Error gone{core::Errc::timed_out, "no answer", "", "look there"};
    const auto answer = of({std::unexpected(gone)}).get("/a");
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, core::Errc::timed_out);
    EXPECT_EQ(answer.error().message, "no answer");
    EXPECT_EQ(answer.error().hint, "look there");
}

namespace {

HttpReply page(int first, int count, int total) {
    nlohmann::json items = nlohmann::json::array();
    for (int i = 0; i < count; ++i) items.push_back(first + i);
    return {200, nlohmann::json{{"items", items}, {"total_entries", total}}.dump()};
}

}  // namespace

TEST_F(Client, CollectsAListOverItsPages) {
    const auto all = of({page(0, 100, 230), page(100, 100, 230), page(200, 30, 230)})
                         .list("/a", "items", {{"state", "failed"}});
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(all->size(), 230U);
    EXPECT_EQ(all->back(), 229);
    std::vector<std::string> targets;
    for (const HttpCall& call : script_.calls) targets.push_back(call.target);
    EXPECT_EQ(
        targets,
        (std::vector<std::string>{
            "/a?state=failed&limit=1000&offset=0",
            "/a?state=failed&limit=1000&offset=100",
            "/a?state=failed&limit=1000&offset=200"
        })
    );
}

TEST_F(Client, EndsAListWhereItEnds) {
    EXPECT_EQ(of({page(0, 100, 100)}).list("/a", "items")->size(), 100U);
    EXPECT_EQ(script_.calls.size(), 1U);
    EXPECT_EQ(of({page(0, 5, 9), page(0, 0, 9)}).list("/a", "items")->size(), 5U)
        << "entries that went meanwhile are not waited for";
    EXPECT_EQ(of({HttpReply{200, R"({"other": 1})"}}).list("/a", "items")->size(), 0U);
    script_.calls.clear();
    EXPECT_EQ(
        of({page(0, 100, 500), page(100, 20, 500)}).list("/a", "items", {}, 120)->size(), 120U
    );
    EXPECT_EQ(script_.calls[1].target, "/a?limit=20&offset=100");
    script_.calls.clear();
    EXPECT_EQ(of({page(0, 9, 9)}).list("/a", "items", {}, 0)->size(), 0U);
    EXPECT_TRUE(script_.calls.empty());
}

TEST_F(Client, GivesNoHalfOfAList) {
    const auto broken =
        of({page(0, 100, 150), HttpReply{503, R"({"detail": "away"})"}}).list("/a", "items");
    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().code, core::Errc::unavailable);
    EXPECT_EQ(broken.error().message, "away");
}

}  // namespace reel::cli
