#include <gmock/gmock.h>

#include <random>

#include "source_json_reading.hpp"

namespace reel::warehouse {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Texts lines_of(std::string_view bytes) {
    const auto seen = read_json(bytes, JsonLayout::lines);
    EXPECT_EQ(seen.error, "");
    return seen.texts();
}
Texts elements_of(std::string_view bytes) {
    const auto seen = read_json(bytes, JsonLayout::elements);
    EXPECT_EQ(seen.error, "");
    return seen.texts();
}
std::string error_of(std::string_view bytes) {
    return read_json(bytes, JsonLayout::elements).error;
}

TEST(JsonLines, AreObjectsOnLinesOfTheirOwn) {
    EXPECT_EQ(
        lines_of("{\"a\": 1}\n{\"b\": [1, {\"c\": null}]}\r\n  {\"d\":\"\\n\"}"),
        (Texts{R"({"a":1})", R"({"b":[1,{"c":null}]})", R"({"d":"\n"})"})
    );
}

TEST(JsonLines, MayBeNone) {
    EXPECT_EQ(lines_of(""), Texts{});
    EXPECT_EQ(lines_of("\n \r\n"), Texts{});
    EXPECT_EQ(lines_of("\xEF\xBB\xBF{}"), Texts{"{}"});
}

TEST(JsonLines, AreProblemsByThemselves) {
    const auto seen = read_json(
        "{\"a\":1}\n\n{\"a\":}\n[1]\n7\n{\"a\":\"\xFF\"}\n{\"a\":1\n}\n{\"b\":2}\n",
        JsonLayout::lines
    );
    const auto texts = seen.texts();
    ASSERT_EQ(texts.size(), 8U);
    EXPECT_EQ(texts[1], "!not JSON: byte 6: this is no JSON value");
    EXPECT_EQ(texts[2], "!an object was expected, not list");
    EXPECT_EQ(texts[3], "!an object was expected, not integer");
    EXPECT_THAT(texts[4], HasSubstr("UTF-8"));
    EXPECT_THAT(texts[5], StartsWith("!not JSON"));
    EXPECT_EQ(texts[7], R"({"b":2})");
    EXPECT_EQ(seen.records[1].line, 3U);
    EXPECT_EQ(seen.records[1].offset, 9U);
    EXPECT_EQ(seen.records[1].raw, "{\"a\":}");
    EXPECT_EQ(seen.records[7].line, 9U);
    EXPECT_EQ(seen.records[7].number, 8U);
}

TEST(JsonLines, AreNoArray) {
    const auto seen = read_json(" [\n{}]", JsonLayout::lines);
    EXPECT_THAT(seen.error, StartsWith("the file begins with ["));
}

TEST(JsonArray, HoldsRecords) {
    EXPECT_EQ(
        elements_of("[{\"a\":1},\n {\"a\":[{\"b\":\"]}\\\"\"}]}\n,{}]\n"),
        (Texts{R"({"a":1})", R"({"a":[{"b":"]}\""}]})", "{}"})
    );
    EXPECT_EQ(elements_of(" \n[]"), Texts{});
    EXPECT_EQ(elements_of("\xEF\xBB\xBF [ {} ] "), Texts{"{}"});
}

TEST(JsonArray, TellsWhereItsRecordsAre) {
    const auto seen = read_json("\n[\n  {\"a\":\n1},\n  {\"a\":}\n]", JsonLayout::elements);
    ASSERT_EQ(seen.records.size(), 2U);
    EXPECT_EQ(seen.records[0].line, 3U);
    EXPECT_EQ(seen.records[0].raw, "{\"a\":\n1}");
    EXPECT_EQ(seen.records[1].line, 5U);
    EXPECT_EQ(seen.records[1].number, 2U);
    EXPECT_EQ(seen.records[1].offset, 17U);
    EXPECT_THAT(seen.records[1].text, StartsWith("!not JSON"));
}

TEST(JsonArray, KeepsWhatIsNoObjectAsAProblem) {
    EXPECT_EQ(
        elements_of("[1,\"a,]\", null,[{}], {}, nonsense]"),
        (Texts{
            "!an object was expected, not integer",
            "!an object was expected, not string",
            "!an object was expected, not null",
            "!an object was expected, not list",
            "{}",
            "!not JSON: byte 1: this is no JSON value"
        })
    );
}

TEST(JsonArray, LosesNothingWhereCommasAreWrong) {
    EXPECT_EQ(elements_of("[{} {},,{},]"), (Texts{"{}", "{}", "{}"}));
}

TEST(JsonArray, MustBeClosed) {
    const char* const cut = "the file ends before its array does";
    EXPECT_EQ(error_of("["), cut);
    EXPECT_EQ(error_of("[{},{}"), cut);
    EXPECT_EQ(error_of("[{},{\"a\":1"), cut);
    EXPECT_EQ(error_of("[{\"a\":\"},{}]"), cut);
    EXPECT_EQ(error_of("[{},{\"a\":{}]"), cut);
}

TEST(JsonArray, IsAllOfItsFile) {
    const char* const rubbish = "something stands behind the end of the array";
    EXPECT_EQ(error_of("[{}]{}"), rubbish);
    EXPECT_EQ(error_of("[{}]\n[{}]"), rubbish);
    EXPECT_EQ(error_of("[]]"), rubbish);
}

TEST(JsonObjects, MayFollowEachOtherWithoutAnArray) {
    EXPECT_EQ(elements_of("{\"a\":\n1}\n{\"a\":2} {}"), (Texts{R"({"a":1})", R"({"a":2})", "{}"}));
    EXPECT_EQ(error_of("{}{"), "the file ends inside a record");
    EXPECT_EQ(error_of("{}]"), "an array is closed that was never opened");
}

TEST(JsonFile, RefusesOtherFiles) {
    EXPECT_EQ(error_of(""), "the file is empty, an array was expected");
    EXPECT_EQ(error_of(" \n"), "the file is empty, an array was expected");
    EXPECT_THAT(error_of("id,name\n"), StartsWith("the file begins neither with an array"));
}

TEST(JsonFile, LetsRecordsPassThatAreTooLarge) {
    CsvOptions limits = {.columns = {}, .max_record_bytes = 20, .cut_raw_bytes = 6};
    const std::string large = R"({"a":")" + std::string(100, 'x') + "\"}";
    for (const auto& [layout, read_bytes] :
         {std::pair(JsonLayout::lines, 8),
          std::pair(JsonLayout::elements, 8),
          std::pair(JsonLayout::lines, 65536),
          std::pair(JsonLayout::elements, 65536)}) {
        limits.read_bytes = static_cast<std::size_t>(read_bytes);
        const bool lines = layout == JsonLayout::lines;
        const std::string file = lines ? "{}\n" + large + "\n{\"b\":1}\n" + large
                                       : "[{},\n" + large + ",\n{\"b\":1},\n" + large + "]";
        const auto seen = read_json_blocks(file, layout, 4, limits);
        EXPECT_EQ(seen.error, "");
        EXPECT_EQ(
            seen.texts(),
            (Texts{
                "{}",
                "!108 bytes, a record may have 20",
                R"({"b":1})",
                "!108 bytes, a record may have 20"
            })
        );
        ASSERT_EQ(seen.records.size(), 4U);
        EXPECT_EQ(seen.records[1].raw, "{\"a\":\"");
        EXPECT_EQ(seen.records[1].raw_size, 108U);
        EXPECT_EQ(seen.records[1].line, 2U);
        EXPECT_EQ(seen.records[1].offset, lines ? 3U : 5U);
        EXPECT_EQ(seen.records[2].line, 3U);
        EXPECT_EQ(seen.records[3].number, 4U);
        EXPECT_EQ(seen.records[3].line, 4U);
    }
}

TEST(JsonFile, ChecksTheEndBehindARecordThatIsTooLarge) {
    const CsvOptions limits = {.columns = {}, .max_record_bytes = 8};
    const std::string large = R"({"a":")" + std::string(50, 'x') + "\"}";
    const auto error = [&](const std::string& file) {
        return read_json_blocks(file, JsonLayout::elements, 4, limits).error;
    };
    EXPECT_EQ(error("[" + large + "]  "), "");
    EXPECT_EQ(error("[" + large), "the file ends before its array does");
    EXPECT_EQ(error("[" + large.substr(0, 30)), "the file ends before its array does");
    EXPECT_EQ(error("[" + large + "] x"), "something stands behind the end of the array");
}

/// Texts of the characters that matter most: every one is part of a record or stands between two.
TEST(JsonFile, LosesNoByteOfRubbish) {
    std::mt19937 random(31);
    const std::string_view letters = "{}[]\"\\,: \n1a";
    for (int round = 0; round < 300; ++round) {
        std::string file;
        for (std::size_t i = random() % 40; i > 0; --i) file += letters[random() % letters.size()];
        SCOPED_TRACE(file);
        for (const auto layout : {JsonLayout::lines, JsonLayout::elements}) {
            const bool lines = layout == JsonLayout::lines;
            const auto seen = read_json(lines ? "{}\n" + file : "[" + file, layout);
            std::string kept;
            for (const auto& record : seen.records) kept += record.raw;
            std::erase_if(kept, [](char c) { return c == ' ' || c == '\n' || c == ','; });
            std::string wanted = lines ? "{}" + file : file;
            std::erase_if(wanted, [](char c) { return c == ' ' || c == '\n' || c == ','; });
            if (seen.error.empty() && !lines) kept += ']';
            const bool is_whole = seen.error != "something stands behind the end of the array";
            if (is_whole) EXPECT_EQ(kept, wanted);
        }
        if (testing::Test::HasFailure()) return;
    }
}

TEST(JsonStream, GivesWhatBlocksGive) {
    const std::string text = "{\"a\":1}\n\n{\"a\":\n{\"b\":2}";
    MemorySource source(text, 3);
    JsonStream stream("", source, JsonLayout::lines, {}, {});
    Record record;
    Texts texts;
    while (stream.next(record).value()) texts.push_back(show_json(record));
    EXPECT_EQ(texts, lines_of(text));
    EXPECT_EQ(stream.counts().records, 3U);
    EXPECT_EQ(stream.counts().blank_lines, 1U);
    EXPECT_EQ(stream.counts().bytes, text.size());
}

}  // namespace
}  // namespace reel::warehouse
