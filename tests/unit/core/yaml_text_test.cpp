#include "reel/core/yaml_text.hpp"

#include <gtest/gtest.h>

namespace reel::core {

namespace {

TEST(PlainYaml, IsAWord) {
    for (const char* const text :
         {"a",
          "movies",
          "Tasks",
          "_id",
          "/dags/a-b.yaml",
          "a_1",
          "v1.2+x",
          "nano",
          "yesterday",
          "none"}) {
        EXPECT_TRUE(is_plain_yaml(text)) << text;
    }
}

TEST(PlainYaml, IsNothingThatYamlReadsOtherwise) {
    for (const char* const text :
         {"true", "True", "FALSE", "null", "Null", "yes", "No", "on", "OFF", "y", "N", "nan", "NaN"
         }) {
        EXPECT_FALSE(is_plain_yaml(text)) << text;
    }
}

TEST(PlainYaml, HoldsNoSignOfYaml) {
    for (const char* const text :
         {"",     "1",   "-a",    ".5",  "+1",  "~",   "a b", "a ", "a:",      "a: b",
          "a #b", "#a",  "[a",    "a]",  "{a}", "a,b", "*a",  "&a", "!a",      "%a",
          "@a",   "'a'", "\"a\"", "a\n", "|",   ">",   "?",   "=",  "\xC3\xA9"}) {
        EXPECT_FALSE(is_plain_yaml(text)) << text;
    }
}

}  // namespace

}  // namespace reel::core
