#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runner/json_codec.hpp"
#include "runner/message.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// One whole message of every kind.
std::vector<Message> every_message() {
    ProcessSpec spec;
    spec.attempt = 3;
    spec.argv = {"sh", "-c", "true"};
    spec.environment = {"A=1"};
    spec.working_directory = "/w";
    spec.log_file = "/l";
    spec.input = "secret";
    spec.timeout = 5s;
    const ProcessStart start{.attempt = 4, .pid = 5, .at = core::Timestamp(6us)};
    ProcessExit exit{.attempt = 7};
    exit.code = 1;
    exit.message = "why";
    return {
        Hello{},
        Expect{3, "/l", "header"},
        CommonEnvironment{{"A=1", "B="}},
        Start{spec},
        Cancel{1},
        Acknowledge{2},
        Detach{true},
        Heartbeat{},
        Welcome{.pid = 8, .lease = 10us, .running = {start}, .ended = 1},
        Refused{"reason"},
        Replaced{},
        Started{start},
        Exited{exit},
        Forgotten{9},
    };
}

TEST(MessageDamage, EveryKindComesBackAsTheSameText) {
    for (const auto& message : every_message()) {
        const std::string text = encode(message);
        const auto decoded = decode(text);
        ASSERT_TRUE(decoded) << text;
        EXPECT_EQ(decoded->index(), message.index());
        EXPECT_EQ(encode(*decoded), text);
    }
}

TEST(MessageDamage, AMessageThatIsCutAnywhereIsAnError) {
    for (const auto& message : every_message()) {
        const std::string text = encode(message);
        for (std::size_t size = 0; size < text.size(); ++size) {
            const auto decoded = decode(text.substr(0, size));
            ASSERT_FALSE(decoded) << message.index() << " cut at " << size;
            EXPECT_EQ(decoded.error().code, core::Errc::corrupt_data);
        }
    }
}

TEST(MessageDamage, AMessageWithMoreBehindItIsAnError) {
    for (const auto& message : every_message()) {
        EXPECT_FALSE(decode(encode(message) + "x")) << message.index();
    }
}

TEST(MessageDamage, NoByteCanBeSuchThatReadingIsMoreThanAnError) {
    for (const auto& message : every_message()) {
        const std::string whole = encode(message);
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const int byte : {0, 1, 2, 0x7f, 0x80, 0xff}) {
                std::string damaged = whole;
                damaged[at] = static_cast<char>(byte);
                const auto decoded = decode(damaged);
                // What can be read is what was written.
                if (decoded && damaged.front() != '{') EXPECT_EQ(encode(*decoded), damaged);
            }
        }
    }
}

TEST(MessageDamage, AListThatAnnouncesMoreThanItHoldsIsAnErrorAndTakesNoMemory) {
    std::string text = encode(CommonEnvironment{{"A=1"}});
    text.replace(1, 8, std::string(7, '\xff') + '\x0f');
    EXPECT_FALSE(decode(text));
}

TEST(MessageDamage, AnUnknownKindIsAnError) {
    for (const int kind : {0, int{std::variant_size_v<Message>}, 200}) {
        const auto decoded = decode(std::string(1, static_cast<char>(kind)));
        ASSERT_FALSE(decoded) << kind;
        EXPECT_EQ(decoded.error().message, "a message of an unknown type arrived");
    }
}

TEST(Greeting, IsUnderstoodByEveryVersion) {
    const auto older = decode(R"({"protocol":4,"type":"hello"})");
    ASSERT_TRUE(older);
    EXPECT_EQ(std::get<Hello>(*older).protocol, 4);
    const auto younger = decode(R"({"type":"hello","protocol":9,"from_the_future":[1,2,3]})");
    ASSERT_TRUE(younger);
    EXPECT_EQ(std::get<Hello>(*younger).protocol, 9);
    EXPECT_EQ(encode(Hello{4}), R"({"protocol":4,"type":"hello"})");
    EXPECT_EQ(encode(Refused{"no", 5}), R"({"protocol":5,"reason":"no","type":"refused"})");
    EXPECT_EQ(encode(Detach{true}), R"({"end_when_idle":true,"type":"detach"})");
    const auto silent = decode(R"({"type":"refused","reason":"no"})");
    ASSERT_TRUE(silent);
    EXPECT_EQ(std::get<Refused>(*silent).protocol, 4);
}

TEST(Greeting, OfAnotherKindIsAnError) {
    for (const char* const text :
         {"{",
          "{}",
          R"({"type":7})",
          R"({"type":"sing"})",
          R"({"type":"hello"})",
          R"({"type":"hello","protocol":"5"})",
          R"({"type":"hello","protocol":5.5})",
          R"({"type":"refused"})",
          R"({"type":"refused","reason":[]})"}) {
        const auto decoded = decode(text);
        ASSERT_FALSE(decoded) << text;
        EXPECT_EQ(decoded.error().message, "a greeting of an unknown kind arrived");
    }
}

struct ByteText {
    std::string bytes;
    const char* json_text;
};

/// Of the value alone.
std::string text_of(std::string_view bytes) {
    ObjectText object;
    object.add("", bytes);
    const std::string text = object.take();
    EXPECT_EQ(text.substr(0, 4), R"({"":)");
    return text.substr(4, text.size() - 5);
}

TEST(MessageDamage, AnObjectIsItsFieldsInTheirOrder) {
    ObjectText text;
    text.add("is_last", true);
    text.add("code", -1);
    text.add("size", std::uint64_t{18'446'744'073'709'551'615U});
    text.add("pause", core::Duration(5));
    text.add("name", "a");
    EXPECT_EQ(
        text.take(),
        R"({"is_last":true,"code":-1,"size":18446744073709551615,"pause":5,"name":"a"})"
    );
}

TEST(MessageDamage, ByteStringsAreReadableWhereTheyCanBe) {
    const ByteText cases[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"a\tb\nc", R"("a\tb\nc")"},
        {"\"quoted\\\"", R"("\"quoted\\\"")"},
        {std::string("\0", 1), R"({"base64":"AA=="})"},
        {"\x7f", R"({"base64":"fw=="})"},
        {"\x01\x02\x03", R"({"base64":"AQID"})"},
        {"\xc3\xa4", R"({"base64":"w6Q="})"},
        {"\xff\xff\xff\xff", R"({"base64":"/////w=="})"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(text_of(each.bytes), each.json_text);
        EXPECT_EQ(bytes_from_json(json::parse(each.json_text)), each.bytes);
    }
}

TEST(MessageDamage, EverySingleByteComesBack) {
    for (int value = 0; value < 256; ++value) {
        const std::string byte(1, static_cast<char>(value));
        EXPECT_EQ(bytes_from_json(json::parse(text_of(byte))), byte) << value;
    }
}

TEST(MessageDamage, WhatIsNotBase64Throws) {
    for (const char* const text : {"A", "AA", "AAA", "AAAAA", "A-A_", "(((("}) {
        EXPECT_ANY_THROW(static_cast<void>(bytes_from_json({{"base64", text}}))) << text;
    }
    for (const json& value :
         {json(true), json(1.5), json::array({"a"}), json({{"base32", "A"}}), json({{"base64", 7}})
         }) {
        EXPECT_ANY_THROW(static_cast<void>(bytes_from_json(value))) << value.dump();
    }
}

TEST(MessageDamage, MomentsKeepTheirMicroseconds) {
    for (const auto count :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'800'000'000'123'456}}) {
        const core::Timestamp at{core::Duration(count)};
        ObjectText text;
        text.add("at", at);
        EXPECT_EQ(timestamp_from_json(json::parse(text.take()).at("at")), at);
    }
    EXPECT_ANY_THROW(static_cast<void>(timestamp_from_json("yesterday")));
}

}  // namespace

}  // namespace reel::runner
