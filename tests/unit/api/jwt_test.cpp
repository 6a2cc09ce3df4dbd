#include "api/jwt.hpp"

#include <gtest/gtest.h>

#include "reel/api/server.hpp"
#include "support/manual_clock.hpp"

namespace reel::api {

namespace {

constexpr auto hour = std::chrono::hours(1);

class Jwt : public ::testing::Test {
  protected:
    support::ManualClock clock_;
    std::string secret_ = "secret";
    std::string token_ = make_token(secret_, "admin", clock_.now(), hour);

    bool accepts(const std::string& token) {
        return verify_token(token, secret_, clock_.now()).has_value();
    }
};

}  // namespace

TEST_F(Jwt, NamesTheUserItWasMadeFor) {
    EXPECT_EQ(verify_token(token_, secret_, clock_.now()).value(), "admin");
}

TEST_F(Jwt, IsWhatOtherProgramsMakeOfTheSameClaims) {
    // {"alg":"HS256","typ":"JWT"} . {"exp":1767229200,"iat":1767225600,"sub":"admin"}
    EXPECT_EQ(
        token_,
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
        "eyJleHAiOjE3NjcyMjkyMDAsImlhdCI6MTc2NzIyNTYwMCwic3ViIjoiYWRtaW4ifQ."
        "ye492UCBjYk06mVohRfnNynWRmw85V9YZq8u2YhZ0K0"
    );
}

TEST_F(Jwt, ExpiresToTheSecond) {
    clock_.advance(hour - std::chrono::seconds(1));
    EXPECT_TRUE(accepts(token_));
    clock_.advance(std::chrono::seconds(1));
    const auto late = verify_token(token_, secret_, clock_.now());
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, core::Errc::permission_denied);
    EXPECT_EQ(late.error().message, "Token Expired");
}

TEST_F(Jwt, RefusesAnotherSecret) {
    EXPECT_FALSE(verify_token(token_, "other", clock_.now()).has_value());
    EXPECT_FALSE(verify_token(token_, "", clock_.now()).has_value());
}

TEST_F(Jwt, RefusesEveryChangedCharacter) {
    for (std::size_t i = 0; i < token_.size(); ++i) {
        std::string changed = token_;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        if (i + 1 == token_.size()) changed[i] = '.';
        EXPECT_FALSE(accepts(changed)) << i;
    }
}

TEST_F(Jwt, RefusesTheAlgorithmNoneWhateverTheSignature) {
    // {"alg":"none","typ":"JWT"} . {"sub":"admin","exp":4102444800}
    const std::string text =
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZG1pbiIsImV4cCI6NDEwMjQ0NDgwMH0";
    EXPECT_FALSE(accepts(text + "."));
    EXPECT_FALSE(accepts(text));
}

TEST_F(Jwt, RefusesARightSignatureUnderAnotherAlgorithm) {
    // {"alg":"HS384"} . {"sub":"admin","exp":4102444800}, signed by HMAC-SHA256 with "secret".
    const std::string text = "eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJhZG1pbiIsImV4cCI6NDEwMjQ0NDgwMH0";
    EXPECT_FALSE(accepts(text + ".pF7HwNKjMgw5KSSfjki1s_oScZJ_g0gaxGBr8V_tUPo"));
    // The same claims under HS256 are taken: the signature above is not what refuses it.
    EXPECT_TRUE(
        accepts("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiIsImV4cCI6NDEwMjQ0NDgwMH0."
                "o7hnRXOckoMfpylKQYEadMBSMCwOqFmH1pi4l3i59gs")
    );
}

TEST_F(Jwt, RefusesWhatIsNoToken) {
    for (const char* const text : {"", ".", "..", "...", "a.b.c", "a.b", "\xff.\xff.\xff"}) {
        EXPECT_FALSE(accepts(text)) << text;
    }
}

TEST_F(Jwt, ComparesTextsOfAnyLength) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
    EXPECT_FALSE(equal_in_constant_time("abd", "abc"));
    EXPECT_FALSE(equal_in_constant_time("", "abc"));
}

}  // namespace reel::api
