#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

std::string base64url(const std::string& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(length));
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text.substr(0, text.find('='));
}

class Tokens : public ApiTest {
  protected:
    /// A token with any header and payload, signed with the server's own key.
    std::string signed_token(const std::string& header, const std::string& payload) {
        const std::string text = base64url(header) + "." + base64url(payload);
        const std::string& key = services_.options.jwt_secret;
        std::array<unsigned char, 32> mac{};
        unsigned length = 0;
        HMAC(
            EVP_sha256(),
            key.data(),
            static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()),
            text.size(),
            mac.data(),
            &length
        );
        return text + "." + base64url(std::string(mac.begin(), mac.end()));
    }
    Response ask(const std::string& authorization) {
        Request request{.method = "GET", .target = "/api/v2/dags"};
        if (!authorization.empty()) request.headers["authorization"] = authorization;
        return send(request);
    }
    std::string refusal(const std::string& token) {
        const Response response = ask("Bearer " + token);
        EXPECT_EQ(response.status, 401) << token;
        return nlohmann::json::parse(response.body)["detail"];
    }

    const std::string hs256_ = R"({"alg":"HS256","typ":"JWT"})";
    const std::string good_ = R"({"sub":"admin","exp":4000000000})";
};

}  // namespace

TEST_F(Tokens, OfTheRightKeyAreTakenWhateverElseTheySay) {
    EXPECT_EQ(ask("Bearer " + signed_token(hs256_, good_)).status, 200);
    const std::string more =
        R"({"sub":"admin","exp":4000000000,"iat":9,"aud":["x"],"jti":"1","role":null})";
    EXPECT_EQ(ask("Bearer " + signed_token(R"({"kid":"7","alg":"HS256"})", more)).status, 200);
}

TEST_F(Tokens, OfAnotherAlgorithmAreRefusedAlsoWithTheRightSignature) {
    for (const char* const header :
         {R"({"alg":"none"})",
          R"({"alg":"None"})",
          R"({"alg":"hs256"})",
          R"({"alg":"RS256"})",
          R"({"alg":""})",
          R"({"alg":null})",
          R"({"alg":["HS256"]})",
          R"({"typ":"JWT"})",
          R"(["HS256"])",
          R"("HS256")",
          "nonsense",
          ""}) {
        EXPECT_EQ(refusal(signed_token(header, good_)), "Invalid JWT token") << header;
    }
}

TEST_F(Tokens, ThatSayNoUserOrNoEndAreRefused) {
    for (const char* const payload :
         {R"({"exp":4000000000})",
          R"({"sub":7,"exp":4000000000})",
          R"({"sub":null,"exp":4000000000})",
          R"({"sub":"admin"})",
          R"({"sub":"admin","exp":"4000000000"})",
          R"({"sub":"admin","exp":4e9})",
          R"({"sub":"admin","exp":null})",
          R"([])",
          "",
          "{"}) {
        EXPECT_EQ(refusal(signed_token(hs256_, payload)), "Invalid JWT token") << payload;
    }
    EXPECT_EQ(refusal(signed_token(hs256_, R"({"sub":"admin","exp":-1})")), "Token Expired");
    EXPECT_EQ(refusal(signed_token(hs256_, R"({"sub":"admin","exp":0})")), "Token Expired");
}

TEST_F(Tokens, EndAtTheSecondTheySay) {
    const std::string token =
        make_token(services_.options.jwt_secret, "admin", clock_.now(), std::chrono::seconds(60));
    clock_.advance(std::chrono::seconds(59));
    EXPECT_EQ(ask("Bearer " + token).status, 200);
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(refusal(token), "Token Expired");
}

TEST_F(Tokens, ThatWereTouchedAnywhereAreRefused) {
    const std::string token = signed_token(hs256_, good_);
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    for (const std::size_t at : {std::size_t{0}, first + 1, first + 5, last - 1, last + 1}) {
        std::string touched = token;
        touched[at] = touched[at] == 'A' ? 'B' : 'A';
        EXPECT_EQ(refusal(touched), "Invalid JWT token") << at;
    }
    for (const std::string& odd :
         {token.substr(0, last),
          token.substr(0, last + 1),
          token + ".",
          token + "A",
          "." + token,
          token.substr(first),
          std::string("."),
          std::string(".."),
          std::string("..."),
          std::string(10'000, '.'),
          token.substr(0, first) + "." + token.substr(last),
          token + "="}) {
        EXPECT_EQ(refusal(odd), "Invalid JWT token") << odd;
    }
}

TEST_F(Tokens, ComeInOneKindOfHeaderOnly) {
    const std::string token = signed_token(hs256_, good_);
    for (const std::string scheme : {"Bearer ", "bearer ", "BEARER "}) {
        EXPECT_EQ(ask(scheme + token).status, 200) << scheme;
    }
    for (const std::string& header :
         {std::string(),
          token,
          "Bearer" + token,
          "Bearer\t" + token,
          "Token " + token,
          std::string("Bear")}) {
        const Response response = ask(header);
        EXPECT_EQ(response.status, 401) << header;
        EXPECT_EQ(nlohmann::json::parse(response.body)["detail"], "Not authenticated") << header;
    }
    Request in_query{.method = "GET", .target = "/api/v2/dags?access_token=" + token};
    EXPECT_EQ(send(in_query).status, 401);
    Request in_cookie{.method = "GET", .target = "/api/v2/dags"};
    in_cookie.headers["cookie"] = "_token=" + token;
    EXPECT_EQ(send(in_cookie).status, 401);
}

TEST_F(Tokens, AreMadeForThePasswordOfTheAdministratorOnly) {
    struct Try {
        std::string type;
        std::string body;
        int status;
    };
    const std::string json = "application/json";
    const std::string form = "application/x-www-form-urlencoded";
    const std::vector<Try> tries{
        {json, R"({"username": "admin", "password": "correct horse"})", 201},
        {"", R"({"username": "admin", "password": "correct horse"})", 201},
        {json, R"({"username": "Admin", "password": "correct horse"})", 401},
        {json, R"({"username": "admin ", "password": "correct horse"})", 401},
        {json, R"({"username": "", "password": "correct horse"})", 401},
        {json, R"({"username": "admin", "password": "correct horse "})", 401},
        {json, R"({"username": "admin", "password": "correct hors"})", 401},
        {json, R"({"username": "admin", "password": "Correct horse"})", 401},
        {json, R"({"username": "admin", "password": true})", 422},
        {json, R"({"username": ["admin"], "password": "correct horse"})", 422},
        {json, R"({"username": "admin", "password": null})", 422},
        {json, R"({"username": "admin", "password": "correct horse", "otp": "1"})", 422},
        {form + "; charset=utf-8", "username=admin&password=correct%20horse", 201},
        {form, "username=admin&password=correct+horse&grant_type=password", 201},
        {form, "username=admin&password=wrong&password=correct+horse", 201},
        {form, "username=admin&password=correct+horse&password=wrong", 401},
        {form, "password=correct+horse", 422},
        {form, "", 422},
        {form, R"({"username": "admin", "password": "correct horse"})", 422},
        {json, "username=admin&password=correct+horse", 422},
    };
    for (const Try& each : tries) {
        Request request{.method = "POST", .target = "/auth/token", .body = each.body};
        if (!each.type.empty()) request.headers["content-type"] = each.type;
        const Response response = send(request);
        EXPECT_EQ(response.status, each.status) << each.type << ": " << each.body;
        EXPECT_EQ(response.body.find("horse"), std::string::npos) << "no password comes back";
        if (each.status == 201) {
            const std::string made = nlohmann::json::parse(response.body)["access_token"];
            EXPECT_EQ(ask("Bearer " + made).status, 200);
        }
    }
}

}  // namespace reel::api
