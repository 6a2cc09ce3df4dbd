#include "dagfile/shape_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/yaml_reader.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Finding {
    std::string message;
    std::string hint;
};

std::vector<Finding> check(std::string_view yaml, const ShapePtr& shape) {
    Diagnostics diagnostics;
    const std::optional<Node> node = read_yaml(yaml, "f.yaml", diagnostics);
    check_shape(*node, *shape, {"it"}, diagnostics);
    std::vector<Finding> findings;
    for (const Diagnostic& diagnostic : diagnostics.take("f.yaml")) {
        findings.push_back({diagnostic.message, diagnostic.hint});
    }
    return findings;
}

std::vector<std::string> messages(std::string_view yaml, const ShapePtr& shape) {
    std::vector<std::string> lines;
    for (const Finding& finding : check(yaml, shape)) {
        lines.push_back(finding.message);
    }
    return lines;
}

TEST(ShapeCheck, WantsTextWhereTextIsDue) {
    EXPECT_THAT(messages("hello", text()), IsEmpty());
    const auto findings = check("5", text());
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message, "it must be text, not 5");
    EXPECT_EQ(findings[0].hint, "put it in quotes");
    EXPECT_THAT(messages("[a]", text()), ElementsAre("it must be text, not a list"));
    const TextCheck never = [](const std::string& word) {
        return std::optional("is " + word + ", alas");
    };
    EXPECT_THAT(messages("x", text(never)), ElementsAre("it is x, alas"));
}

TEST(ShapeCheck, WantsWholeNumbersWithinTheirRange) {
    EXPECT_THAT(messages("3", integer(0)), IsEmpty());
    EXPECT_THAT(messages("-1", integer(0)), ElementsAre("it must be at least 0, not -1"));
    EXPECT_THAT(messages("1.5", integer()), ElementsAre("it must be a whole number, not 1.5"));
    EXPECT_THAT(
        messages("'3'", integer()), ElementsAre("it must be a whole number, not the text '3'")
    );
    EXPECT_THAT(
        messages("99999999999", integer()),
        ElementsAre("it must be below 2147483647, not 99999999999")
    );
}

TEST(ShapeCheck, WantsNumbers) {
    EXPECT_THAT(messages("3", number()), IsEmpty());
    EXPECT_THAT(messages("0.5", number()), IsEmpty());
    EXPECT_THAT(
        messages("half", number()), ElementsAre("it must be a number, not the text 'half'")
    );
}

TEST(ShapeCheck, WantsTrueOrFalseAndSaysHowToWriteYes) {
    EXPECT_THAT(messages("true", boolean()), IsEmpty());
    const auto yes = check("yes", boolean());
    ASSERT_EQ(yes.size(), 1U);
    EXPECT_EQ(yes[0].message, "it must be true or false, not the text 'yes'");
    EXPECT_EQ(yes[0].hint, "write true");
    EXPECT_EQ(check("Off", boolean())[0].hint, "write false");
    EXPECT_EQ(check("perhaps", boolean())[0].hint, "");
}

TEST(ShapeCheck, WantsDurationsAndDates) {
    EXPECT_THAT(messages("5m", duration()), IsEmpty());
    EXPECT_THAT(
        messages("later", duration()), ElementsAre("it must be a duration, not the text 'later'")
    );
    EXPECT_THAT(messages("2024-01-01", date()), IsEmpty());
    EXPECT_THAT(messages("later", date()), ElementsAre("it must be a date, not the text 'later'"));
}

TEST(ShapeCheck, WantsOneOfAFewWords) {
    const ShapePtr shape = choice({"upsert", "append"});
    EXPECT_THAT(messages("append", shape), IsEmpty());
    const auto findings = check("apend", shape);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message, "it must not be 'apend'");
    EXPECT_EQ(findings[0].hint, "did you mean 'append'? it is one of upsert, append");
    EXPECT_THAT(messages("5", shape), ElementsAre("it must be one of upsert, append, not 5"));
}

TEST(ShapeCheck, LooksIntoListsAndMaps) {
    EXPECT_THAT(messages("[1, 2]", list_of(integer())), IsEmpty());
    EXPECT_THAT(
        messages("[1, x]", list_of(integer())),
        ElementsAre("'2' of it must be a whole number, not the text 'x'")
    );
    EXPECT_THAT(
        messages("{a: 1}", list_of(integer())), ElementsAre("it must be a list, not a map")
    );
    EXPECT_THAT(messages("[]", list_of(integer(), true)), ElementsAre("it must not be empty"));
    EXPECT_THAT(
        messages("{a: x}", map_of(integer())),
        ElementsAre("'a' of it must be a whole number, not the text 'x'")
    );
    EXPECT_THAT(messages("[1]", map_of(integer())), ElementsAre("it must be a map, not a list"));
    EXPECT_THAT(
        messages("x", map_of(integer())), ElementsAre("it must be a map, not the text 'x'")
    );
}

TEST(ShapeCheck, ChoosesBetweenShapesByTheKindOfValue) {
    const ShapePtr shape = either({integer(0), list_of(text())});
    EXPECT_THAT(messages("5", shape), IsEmpty());
    EXPECT_THAT(messages("[a]", shape), IsEmpty());
    EXPECT_THAT(messages("-5", shape), ElementsAre("it must be at least 0, not -5"));
    EXPECT_THAT(
        messages("x", shape), ElementsAre("it must be a whole number or a list, not the text 'x'")
    );
}

ShapePtr person() {
    return object(
        {required("name", text(), "what to call them"),
         {.name = "age", .shape = integer(0), .meaning = "", .aliases = {"years"}},
         descriptive("note", ""),
         planned("wings", {"false", "0"}),
         replaced("nickname", "write 'name'")}
    );
}

TEST(ShapeCheck, HoldsAnObjectToItsFields) {
    EXPECT_THAT(messages("{name: Ada, age: 36, note: [anything]}", person()), IsEmpty());
    EXPECT_THAT(messages("{name: Ada, age: null}", person()), IsEmpty());
    EXPECT_THAT(
        messages("{nmae: Ada, age: old}", person()),
        ElementsAre(
            "it lacks 'name'",
            "unknown key 'nmae' in it",
            "'age' of it must be a whole number, not the text 'old'"
        )
    );
    EXPECT_EQ(check("{name: A, yaers: 5}", person())[0].hint, "");
    EXPECT_EQ(check("{name: A, agge: 5}", person())[0].hint, "did you mean 'age'?");
    EXPECT_EQ(check("{age: 5}", person())[0].hint, "name: what to call them");
    EXPECT_THAT(messages("{name: null}", person()), ElementsAre("it lacks 'name'"));
    EXPECT_THAT(messages("Ada", person()), ElementsAre("it must be a map, not the text 'Ada'"));
}

TEST(ShapeCheck, TakesAFieldUnderItsOtherNameButNotUnderBoth) {
    EXPECT_THAT(messages("{name: A, years: 5}", person()), IsEmpty());
    EXPECT_THAT(
        messages("{name: A, years: x}", person()),
        ElementsAre("'years' of it must be a whole number, not the text 'x'")
    );
    EXPECT_THAT(
        messages("{name: A, age: 5, years: 5}", person()),
        ElementsAre("'years' and 'age' are the same; keep one")
    );
}

TEST(ShapeCheck, AcceptsOnlyHarmlessValuesOfWhatIsNotSupported) {
    EXPECT_THAT(messages("{name: A, wings: false}", person()), IsEmpty());
    EXPECT_THAT(messages("{name: A, wings: 0}", person()), IsEmpty());
    EXPECT_THAT(messages("{name: A, wings: null}", person()), IsEmpty());
    const auto findings = check("{name: A, wings: 2}", person());
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message, "'wings' is not supported yet, in it");
    EXPECT_EQ(findings[0].hint, "remove it, or set it to false");
}

TEST(ShapeCheck, NamesTheNewNameOfWhatWasReplaced) {
    const auto findings = check("{name: A, nickname: B}", person());
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message, "'nickname' has another name now, in it");
    EXPECT_EQ(findings[0].hint, "write 'name'");
}

TEST(ShapeCheck, WantsExactlyOneOrSomeOfSeveralFields) {
    const auto one = std::make_shared<const Shape>(Shape{
        .kind = ShapeKind::object,
        .fields = {optional("a", text(), ""), optional("b", text(), "")},
        .exactly_one_of = {"a", "b"}
    });
    EXPECT_THAT(messages("{a: x}", one), IsEmpty());
    EXPECT_THAT(messages("{a: x, b: null}", one), IsEmpty());
    EXPECT_THAT(messages("{}", one), ElementsAre("it lacks one of 'a', 'b'"));
    EXPECT_THAT(messages("{a: x, b: y}", one), ElementsAre("it has 'b' beside 'a'"));
    const auto some = std::make_shared<const Shape>(Shape{
        .kind = ShapeKind::object,
        .fields = {optional("a", text(), ""), optional("b", text(), "")},
        .some_of = {"a", "b"}
    });
    EXPECT_THAT(messages("{a: x, b: y}", some), IsEmpty());
    EXPECT_THAT(messages("{}", some), ElementsAre("it lacks 'a' or 'b'"));
}

TEST(ShapeCheck, SaysWhereInANestedValueTheMistakeIs) {
    const ShapePtr shape =
        object({required("tables", map_of(object({required("key", text(), "")})), "")});
    EXPECT_THAT(
        messages("tables: {movies: {key: [a], kee: b}}", shape),
        ElementsAre(
            "'tables.movies.key' of it must be text, not a list",
            "unknown key 'kee' in 'tables.movies' of it"
        )
    );
}

}  // namespace
}  // namespace reel::dagfile
