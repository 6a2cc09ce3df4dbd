#include "cli/output.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace reel::cli {

namespace {

const nlohmann::json two = {
    {{"dag_id", "movies"}, {"is_paused", false}, {"tags", {"a", "b"}}, {"hidden", 1}},
    {{"dag_id", "映画"}, {"is_paused", true}, {"tags", nlohmann::json::array()}, {"hidden", nullptr}
    },
};
const std::vector<std::string> columns{"dag_id", "is_paused", "tags"};

}  // namespace

TEST(Output, DrawsATableThatFitsWideLetters) {
    EXPECT_EQ(
        render(two, columns, Format::table),
        "dag_id | is_paused | tags\n"
        "=======+===========+=====\n"
        "movies | false     | a, b\n"
        "映画   | true      |\n"
    );
}

TEST(Output, PrintsPlainColumnsThatCanBeCounted) {
    EXPECT_EQ(
        render(two, columns, Format::plain),
        "dag_id  is_paused  tags\n"
        "movies  false      a, b\n"
        "映画    true       -\n"
    );
}

TEST(Output, PrintsEveryFieldForPrograms) {
    EXPECT_EQ(nlohmann::json::parse(render(two, columns, Format::json)), two);
    const YAML::Node yaml = YAML::Load(render(two, columns, Format::yaml));
    ASSERT_EQ(yaml.size(), 2U);
    EXPECT_EQ(yaml[0]["dag_id"].as<std::string>(), "movies");
    EXPECT_EQ(yaml[0]["tags"][1].as<std::string>(), "b");
    EXPECT_EQ(yaml[1]["dag_id"].as<std::string>(), "映画");
    EXPECT_TRUE(yaml[1]["hidden"].IsNull());
}

TEST(Output, KeepsOddTextWholeInYaml) {
    for (const char* const text :
         {"",
          "true",
          "No",
          "null",
          "1.5",
          "2026-01-01",
          "a: b",
          "- x",
          "line\nbreak",
          "quote\"",
          "# no",
          "é",
          "~"}) {
        const nlohmann::json list = nlohmann::json::array({{{"value", text}}});
        const YAML::Node yaml = YAML::Load(render(list, {}, Format::yaml));
        EXPECT_EQ(yaml[0]["value"].as<std::string>(), text);
    }
}

TEST(Output, SaysWhenThereIsNothing) {
    const nlohmann::json none = nlohmann::json::array();
    EXPECT_EQ(render(none, columns, Format::table), "No data found\n");
    EXPECT_EQ(render(none, columns, Format::plain), "");
    EXPECT_EQ(render(none, columns, Format::json), "[]\n");
    EXPECT_EQ(render(none, columns, Format::yaml), "[]\n");
}

TEST(Output, ShowsOneObjectAsItsFields) {
    const nlohmann::json object = {{"a", 1}, {"b", {{"c", "x"}}}};
    EXPECT_EQ(
        render_one(object, Format::table),
        "property_name | property_value\n"
        "==============+===============\n"
        "a             | 1\n"
        "b             | {\"c\":\"x\"}\n"
    );
    EXPECT_EQ(
        nlohmann::json::parse(render_one(object, Format::json)), nlohmann::json::array({object})
    );
}

TEST(Output, KeepsACellInItsLine) {
    EXPECT_EQ(cell_text("two\nlines\tand\x1b[31m"), "two lines and [31m");
    EXPECT_EQ(cell_text(nullptr), "");
    EXPECT_EQ(cell_text(1.5), "1.5");
    EXPECT_EQ(cell_text({{"a", {1}}}), "{\"a\":[1]}");
}

TEST(Output, SurvivesTextThatIsNoUtf8) {
    const nlohmann::json list = nlohmann::json::array({{{"value", "bad\xff\xc3"}}});
    for (const Format format : {Format::table, Format::json, Format::yaml, Format::plain}) {
        EXPECT_NE(render(list, {"value"}, format).find("bad"), std::string::npos);
    }
}

TEST(DisplayWidth, CountsWhatATerminalShows) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("é"), 1U);
    EXPECT_EQ(display_width("e\u0301"), 1U);
    EXPECT_EQ(display_width("映画"), 4U);
    EXPECT_EQ(display_width("🎬"), 2U);
    EXPECT_EQ(display_width("✔"), 1U);
    EXPECT_EQ(display_width("\xff"), 1U);
}

TEST(FitToWidth, CutsTextButNoEscapeSequence) {
    EXPECT_EQ(fit_to_width("abcdef", 3), "abc");
    EXPECT_EQ(fit_to_width("abc", 10), "abc");
    EXPECT_EQ(fit_to_width("\x1b[31mabcdef\x1b[0m", 2), "\x1b[31mab\x1b[0m");
    EXPECT_EQ(fit_to_width("映画", 3), "映");
    EXPECT_EQ(fit_to_width("a\x1b[3", 9), "a\x1b[3");
}

}  // namespace reel::cli
