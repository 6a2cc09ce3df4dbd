#include <gtest/gtest.h>

#include "reel/scheduler/params.hpp"
#include "support/dag_builder.hpp"

namespace reel::scheduler {
namespace {

core::Result<void> check(const std::string& params, const std::string& conf) {
    const auto dag =
        support::a_dag("d").with([&](core::Dag& d) { d.params.text = params; }).build();
    return check_conf(dag, core::JsonText{conf});
}

struct TypeCase {
    const char* type;
    const char* value;
    bool fits;
};

TEST(ConfTypes, EachTypeTakesItsValuesAndNoOthers) {
    const TypeCase cases[] = {
        {R"("string")", R"("x")", true},
        {R"("string")", R"("")", true},
        {R"("string")", "1", false},
        {R"("string")", "null", false},
        {R"("integer")", "0", true},
        {R"("integer")", "-7", true},
        {R"("integer")", "9223372036854775807", true},
        {R"("integer")", "1.5", false},
        {R"("integer")", R"("1")", false},
        {R"("integer")", "true", false},
        {R"("number")", "1", true},
        {R"("number")", "1.5", true},
        {R"("number")", "1e300", true},
        {R"("number")", R"("1.5")", false},
        {R"("boolean")", "true", true},
        {R"("boolean")", "false", true},
        {R"("boolean")", "0", false},
        {R"("boolean")", R"("true")", false},
        {R"("object")", "{}", true},
        {R"("object")", "[]", false},
        {R"("array")", "[1, 2]", true},
        {R"("array")", "{}", false},
        {R"("null")", "null", true},
        {R"("null")", "0", false},
        {R"(["string", "null"])", "null", true},
        {R"(["string", "null"])", R"("x")", true},
        {R"(["string", "null"])", "7", false},
        {R"([])", "7", true},
        {R"("a word of a later schema")", "7", true},
    };
    for (const auto& each : cases) {
        const std::string params =
            std::string(R"({"p": {"default": null, "type": )") + each.type + "}}";
        const auto result = check(params, std::string(R"({"p": )") + each.value + "}");
        EXPECT_EQ(result.has_value(), each.fits) << each.type << " of " << each.value;
        if (!result) {
            EXPECT_EQ(result.error().code, core::Errc::invalid_argument);
        }
    }
}

TEST(ConfTypes, TheErrorNamesTheParamItsTypeAndWhatWasGiven) {
    const auto result =
        check(R"({"limit": {"type": "integer", "default": 1}})", R"({"limit": []})");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "param 'limit' must be of type integer, not a list");
    EXPECT_EQ(result.error().where, "conf/limit");
}

TEST(ConfTypes, AChoiceIsComparedAsAValueNotAsText) {
    const std::string params = R"({"p": {"enum": [1, "2", null], "default": 1}})";
    EXPECT_TRUE(check(params, R"({"p": 1})"));
    EXPECT_TRUE(check(params, R"({"p": "2"})"));
    EXPECT_TRUE(check(params, R"({"p": null})"));
    EXPECT_FALSE(check(params, R"({"p": "1"})"));
    EXPECT_FALSE(check(params, R"({"p": 2})"));
}

TEST(ConfTypes, ADefaultIsNotCheckedWhenNothingWasGiven) {
    EXPECT_TRUE(check(R"({"p": {"type": "integer", "default": null}})", "{}"));
}

TEST(ConfTypes, AParamWithoutADefaultMustBeGivenAndMayBeNull) {
    const auto missing = check(R"({"p": {}})", "{}");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, "param 'p' has no default and was not given");
    EXPECT_EQ(missing.error().hint, "pass it in conf: {\"p\": …}");
    EXPECT_TRUE(check(R"({"p": {}})", R"({"p": null})"));
}

TEST(ConfTypes, AParamThatIsAPlainValueTakesAnything) {
    EXPECT_TRUE(check(R"({"p": 7})", R"({"p": "text"})"));
    EXPECT_TRUE(check(R"({"p": 7})", "{}"));
}

TEST(ConfTypes, ADagWithoutParamsTakesAnyObject) {
    for (const char* const params : {"{}", "null", "[]", ""}) {
        EXPECT_TRUE(check(params, R"({"free": {"deep": [1]}})")) << params;
    }
}

TEST(ConfTypes, WhatIsNoObjectIsRefusedWithAnExample) {
    for (const char* const conf : {"", "null", "7", "\"x\"", "[]", "{", "{\"a\": }", "{} {}"}) {
        const auto result = check("{}", conf);
        ASSERT_FALSE(result) << conf;
        EXPECT_EQ(result.error().message, "conf must be a JSON object");
        EXPECT_EQ(result.error().hint, R"(for instance {"dataset": "file.zip"})");
    }
}

}  // namespace
}  // namespace reel::scheduler
