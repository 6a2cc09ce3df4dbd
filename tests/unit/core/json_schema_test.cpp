#include "reel/core/json_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "/0/a must be …", one for each misfit.
std::vector<std::string> misfits(const std::string& schema, const std::string& value) {
    std::vector<std::string> lines;
    for (const SchemaMisfit& misfit : find_misfits({schema}, {value})) {
        const std::string pointer = json_pointer(misfit.path);
        lines.push_back((pointer.empty() ? "" : pointer + " ") + misfit.message);
    }
    return lines;
}

struct Case {
    const char* schema;
    const char* value;
    bool fits;
};

TEST(JsonSchema, KeywordsMeanWhatTheSpecificationSays) {
    const Case cases[] = {
        {R"({"type": "integer"})", "1.0", true},
        {R"({"type": "integer"})", "1.5", false},
        {R"({"type": "integer"})", "true", false},
        {R"({"type": "number"})", "7", true},
        {R"({"type": ["string", "null"]})", "null", true},
        {R"({"const": 1})", "1.0", true},
        {R"({"const": null})", "0", false},
        {R"({"enum": [1, "a", null]})", "null", true},
        {R"({"enum": [1, "a"]})", R"("b")", false},
        {R"({"minimum": 5})", "5", true},
        {R"({"exclusiveMinimum": 5})", "5", false},
        {R"({"maximum": 5.5})", "5.6", false},
        {R"({"exclusiveMaximum": 5})", "4.999", true},
        {R"({"minimum": 5})", R"("1")", true},
        {R"({"multipleOf": 5})", "12", false},
        {R"({"multipleOf": 0.1})", "0.3", true},
        {R"({"multipleOf": 5})", "2.5", false},
        {R"({"multipleOf": 2})", "-4", true},
        {R"({"minLength": 3})", R"("äö")", false},
        {R"({"maxLength": 2})", R"("äö")", true},
        {R"({"pattern": "b+"})", R"("abbc")", true},
        {R"({"pattern": "^b"})", R"("abbc")", false},
        {R"({"pattern": "^b"})", "7", true},
        {R"({"items": {"type": "string"}})", R"(["a", 1])", false},
        {R"({"items": false})", "[]", true},
        {R"({"items": false})", "[1]", false},
        {R"({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}})",
         R"(["a", 1, 2])",
         true},
        {R"({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}})",
         R"(["a", "b"])",
         false},
        {R"({"uniqueItems": true})", "[1, 1.0]", false},
        {R"({"uniqueItems": true})", "[1, true, \"1\", [1], {}]", true},
        {R"({"uniqueItems": false})", "[1, 1]", true},
        {R"({"contains": {"type": "string"}})", "[1]", false},
        {R"({"contains": {"type": "string"}, "maxContains": 1})", R"(["a", "b"])", false},
        {R"({"contains": {"type": "string"}, "minContains": 0})", "[1]", true},
        {R"({"minItems": 1})", "[]", false},
        {R"({"maxItems": 1})", "[1, 2]", false},
        {R"({"required": ["a"]})", R"({"a": null})", true},
        {R"({"required": ["a"]})", "{}", false},
        {R"({"required": ["a"]})", "[]", true},
        {R"({"dependentRequired": {"a": ["b"]}})", R"({"a": 1})", false},
        {R"({"dependentRequired": {"a": ["b"]}})", R"({"c": 1})", true},
        {R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"b": 1})", false},
        {R"({"patternProperties": {"^b": {}}, "additionalProperties": false})", R"({"b": 1})", true
        },
        {R"({"patternProperties": {"^b": {"type": "string"}}})", R"({"b": 1})", false},
        {R"({"additionalProperties": {"type": "string"}})", R"({"b": 1})", false},
        {R"({"propertyNames": {"pattern": "^x"}})", R"({"a": 1})", false},
        {R"({"minProperties": 1})", "{}", false},
        {R"({"maxProperties": 1})", R"({"a": 1, "b": 2})", false},
        {R"({"allOf": [{"minimum": 1}, {"maximum": 3}]})", "4", false},
        {R"({"anyOf": [{"type": "string"}, {"minimum": 3}]})", "5", true},
        {R"({"anyOf": [{"type": "string"}, {"minimum": 3}]})", "1", false},
        {R"({"oneOf": [{"type": "number"}, {"minimum": 3}]})", "1", true},
        {R"({"oneOf": [{"type": "number"}, {"minimum": 3}]})", "5", false},
        {R"({"not": {"type": "number"}})", "5", false},
        {R"({"not": {"type": "number"}})", "null", true},
        {R"({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"minimum": 2}})",
         R"("a")",
         false},
        {R"({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"minimum": 2}})",
         "3",
         true},
        {R"({"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}})", R"("a")", false},
        {R"({"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}})", "1", true},
        {R"({"$ref": "http://example.com/x"})", "1", true},
        {"true", "1", true},
        {"false", "1", false},
        {R"({"a word": "of a later draft"})", "1", true},
        {R"({"minimum": "no number", "required": "x", "allOf": 7})", "1", true},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(misfits(each.schema, each.value).empty(), each.fits)
            << each.schema << " of " << each.value;
    }
}

TEST(JsonSchema, TellsEveryMisfitWithItsPlace) {
    EXPECT_THAT(
        misfits(
            R"({"type": "object", "required": ["id"], "properties": {
                "a/b": {"type": "array", "items": {"minimum": 3}}, "x": false}})",
            R"({"a/b": [1, 5, 2], "x": 1})"
        ),
        ElementsAre(
            "lacks 'id'",
            "/a~1b/0 must be at least 3",
            "/a~1b/2 must be at least 3",
            "/x is not allowed"
        )
    );
}

TEST(JsonSchema, SaysWhyNoAlternativeFits) {
    EXPECT_THAT(
        misfits(R"({"anyOf": [{"type": "string"}, {"items": {"minimum": 3}}]})", "[1]"),
        ElementsAre("must be of type string, not a list, or /0 must be at least 3")
    );
    EXPECT_THAT(
        misfits(R"({"oneOf": [{}, {}, {"type": "string"}]})", "1"),
        ElementsAre("fits 2 alternatives of which only one may")
    );
}

TEST(JsonSchema, NeverQuotesTheValue) {
    for (const char* schema :
         {R"({"type": "integer"})",
          R"({"enum": ["x"]})",
          R"({"maxLength": 2})",
          R"({"pattern": "^[0-9]"})",
          R"({"format": "date"})",
          R"({"not": {}})"}) {
        for (const std::string& line : misfits(schema, R"("s3cret")")) {
            EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
        }
    }
}

TEST(JsonSchema, ACircleOfReferencesEnds) {
    EXPECT_THAT(misfits(R"({"$ref": "#"})", "1"), ElementsAre(HasSubstr("too deeply")));
    const std::string tree =
        R"({"properties": {"next": {"$ref": "#"}}, "additionalProperties": false})";
    EXPECT_THAT(misfits(tree, R"({"next": {"next": {}}})"), IsEmpty());
    EXPECT_THAT(misfits(tree, R"({"next": {"x": {}}})"), ElementsAre("/next must not have 'x'"));
}

TEST(JsonSchema, APatternThatExplodesIsRefusedAndEnds) {
    const std::string text = "\"" + std::string(40, 'a') + "!\"";
    const auto found = misfits(R"({"pattern": "^(a|aa)+$"})", text);
    EXPECT_FALSE(found.empty());
}

struct FormatCase {
    const char* format;
    std::vector<const char*> good;
    std::vector<const char*> bad;
};

TEST(JsonSchema, KnowsFormats) {
    const std::vector<FormatCase> cases{
        {"date", {"2026-01-31", "2024-02-29"}, {"2026-02-30", "31.01.2026", "2026-1-1", ""}},
        {"time", {"14:30", "14:30:15", "14:30:15Z", "14:30:15+02:00"}, {"25:00", "noon", "14"}},
        {"date-time",
         {"2026-01-31T14:30:00Z", "2026-01-31T14:30:00+00:00", "2026-01-31 14:30"},
         {"2026-01-31", "2026-01-31T25:00:00Z", "14:30"}},
        {"email", {"a@b.c", "a.b+c@example.com"}, {"a", "@b", "a@", "a b@c"}},
        {"uri", {"https://example.com/x?y#z", "s3://a/b", "mailto:a@b"}, {"example", "/x", "a b:c"}
        },
        {"ipv4", {"127.0.0.1", "255.255.255.255"}, {"256.0.0.1", "1.2.3", "1.2.3.4.5"}},
        {"ipv6", {"::1", "2001:db8::8a2e:370:7334"}, {"1::2::3", "12345::", "1:2:3"}},
        {"hostname", {"a", "example.com", "a-b.c"}, {"-a", "a..b", "a_b"}},
        {"uuid", {"123e4567-e89b-12d3-a456-426614174000"}, {"123e4567e89b12d3a456426614174000", "x"}
        },
        {"regex", {"^a+$"}, {"["}},
        {"multiline", {"anything", ""}, {}},
    };
    for (const FormatCase& each : cases) {
        const std::string schema = std::string(R"({"format": ")") + each.format + "\"}";
        const auto fits = [&](const char* text) {
            return misfits(schema, "\"" + std::string(text) + "\"").empty();
        };
        for (const char* text : each.good) EXPECT_TRUE(fits(text)) << each.format << " " << text;
        for (const char* text : each.bad) EXPECT_FALSE(fits(text)) << each.format << " " << text;
        EXPECT_THAT(misfits(schema, "7"), IsEmpty()) << "only texts have formats";
        EXPECT_THAT(misfits(schema, "null"), IsEmpty());
    }
}

std::vector<std::string> flaws(const std::string& schema) {
    std::vector<std::string> lines;
    for (const SchemaMisfit& flaw : find_schema_flaws({schema})) {
        lines.push_back(json_pointer(flaw.path) + " " + flaw.message);
    }
    return lines;
}

TEST(JsonSchema, ASchemaMayBeWrongItself) {
    EXPECT_THAT(flaws(R"({"type": ["string", "strng"]})"), ElementsAre(HasSubstr("\"strng\"")));
    EXPECT_THAT(flaws(R"({"pattern": "["})"), ElementsAre("/pattern must be a regular expression"));
    EXPECT_THAT(flaws(R"({"items": 5})"), ElementsAre("/items must be a schema, not a number"));
    EXPECT_THAT(
        flaws(R"({"properties": {"a": {"minLength": -1}, "b": {"enum": 1}}})"),
        ElementsAre(
            "/properties/a/minLength must be a count, not a number",
            "/properties/b/enum must be a list, not a number"
        )
    );
    EXPECT_THAT(
        flaws(R"({"anyOf": {}, "not": [], "uniqueItems": "x", "format": 1, "maximum": "x"})"),
        testing::SizeIs(5)
    );
    EXPECT_THAT(flaws(R"({"oneOf": [{"$ref": "#/$defs/x"}]})"), ElementsAre(HasSubstr("nowhere")));
    EXPECT_THAT(
        flaws(R"({"$ref": "#/$defs/x", "$defs": {"x": true}, "items": false, "default": [5]})"),
        IsEmpty()
    );
}

TEST(JsonSchema, APropertyMayBeCalledAsAKeywordIs) {
    EXPECT_THAT(flaws(R"({"properties": {"type": {"type": "string"}, "items": {}}})"), IsEmpty());
    EXPECT_THAT(
        misfits(R"({"properties": {"format": {"type": "string"}}})", R"({"format": 1})"),
        ElementsAre("/format must be of type string, not a number")
    );
}

}  // namespace
}  // namespace reel::core
