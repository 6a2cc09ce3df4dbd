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

/// Every place in a document that holds a value, as JSON pointers.
void collect_places(
    const json& value, const json::json_pointer& at, std::vector<json::json_pointer>& places
) {
    if (!at.empty()) places.push_back(at);
    if (!value.is_structured()) return;
    for (const auto& [key, child] : value.items()) {
        if (value.is_object()) {
            collect_places(child, at / key, places);
        } else {
            collect_places(child, at / static_cast<std::size_t>(std::stoul(key)), places);
        }
    }
}

std::vector<json::json_pointer> places_of(const json& value) {
    std::vector<json::json_pointer> places;
    collect_places(value, json::json_pointer(), places);
    return places;
}

json without(json value, const json::json_pointer& at) {
    json& parent = value.at(at.parent_pointer());
    if (parent.is_object()) {
        parent.erase(at.back());
    } else {
        parent.erase(std::stoul(at.back()));
    }
    return value;
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

TEST(MessageDamage, AMissingFieldIsAnErrorUnlessItMayBeMissing) {
    for (const auto& message : every_message()) {
        const json whole = json::parse(encode(message));
        for (const auto& place : places_of(whole)) {
            const bool is_list_item = whole.at(place.parent_pointer()).is_array();
            const bool may_miss = is_list_item || place.back() == "timeout";
            EXPECT_EQ(decode(without(whole, place).dump()).has_value(), may_miss)
                << whole.dump() << " without " << place.to_string();
        }
    }
}

TEST(MessageDamage, AFieldOfAnotherTypeIsAnError) {
    for (const auto& message : every_message()) {
        const json whole = json::parse(encode(message));
        for (const auto& place : places_of(whole)) {
            for (const json& stranger :
                 {json(nullptr), json::object(), json::array({json::array()})}) {
                json damaged = whole;
                damaged[place] = stranger;
                EXPECT_FALSE(decode(damaged.dump())) << damaged.dump();
            }
        }
    }
}

TEST(MessageDamage, AMessageThatIsCutAnywhereIsAnError) {
    for (const auto& message : every_message()) {
        const std::string text = encode(message);
        for (std::size_t size = 0; size < text.size(); ++size) {
            const auto decoded = decode(text.substr(0, size));
            ASSERT_FALSE(decoded) << text.substr(0, size);
            EXPECT_EQ(decoded.error().message, "a message that is not JSON arrived");
        }
    }
}

TEST(MessageDamage, AFieldThatNobodyKnowsIsIgnored) {
    for (const auto& message : every_message()) {
        json more = json::parse(encode(message));
        more["from_the_future"] = {1, 2, 3};
        EXPECT_TRUE(decode(more.dump())) << more.dump();
    }
}

TEST(MessageDamage, ErrorsTellTheThreeWaysApart) {
    EXPECT_EQ(decode("{").error().message, "a message that is not JSON arrived");
    EXPECT_EQ(decode("{}").error().message, "a message with a missing or wrong field arrived");
    EXPECT_EQ(decode(R"({"type":"sing"})").error().message, "a message of an unknown type arrived");
}

struct ByteText {
    std::string bytes;
    const char* json_text;
};

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
        EXPECT_EQ(bytes_to_json(each.bytes).dump(), each.json_text);
        EXPECT_EQ(bytes_from_json(json::parse(each.json_text)), each.bytes);
    }
}

TEST(MessageDamage, EverySingleByteComesBack) {
    for (int value = 0; value < 256; ++value) {
        const std::string byte(1, static_cast<char>(value));
        EXPECT_EQ(bytes_from_json(json::parse(bytes_to_json(byte).dump())), byte) << value;
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
        EXPECT_EQ(timestamp_from_json(timestamp_to_json(at)), at);
    }
    EXPECT_ANY_THROW(static_cast<void>(timestamp_from_json("yesterday")));
}

}  // namespace

}  // namespace reel::runner
