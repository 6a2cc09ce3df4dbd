#include "reel/templating/render.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_lookups.hpp"

namespace reel::templating {
namespace {

std::string rendered(std::string_view source) {
    FakeLookups lookups;
    const auto text = render(source, "task.sql", run_context, lookups);
    EXPECT_TRUE(text.has_value()) << source << ": " << text.error().describe();
    return text.value_or("");
}

TEST(Render, GivesJinjasResults) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"", ""},
        {"plain", "plain"},
        {"{{ ds }}", "2024-01-31"},
        {"{{ params.limit + 1 }}", "11"},
        {"{{ params['names'][1] }}", "b's"},
        {"{{ dag_run.conf['key'] }}", "value"},
        {"{{ dag_run.conf.get('other', 'none') }}", "none"},
        {"{{ params.absent | default('d') }}", "d"},
        {"{% for n in params.names %}{{ loop.index }}{{ n }}{% if not loop.last %},{% endif %}{% "
         "endfor %}",
         "1a,2b's"},
        {"{% if params.flag %}yes{% else %}no{% endif %}", "yes"},
        {"{% set x = 3 %}{{ x * 2 }}", "6"},
        {"{% raw %}{{ ds }}{% endraw %}", "{{ ds }}"},
        {"{# nothing #}x", "x"},
        {"{{ ds[:4] }}", "2024"},
        {"{{ 'a' ~ 1 }}", "a1"},
        {"{{ ds is defined }} {{ absent is defined }}", "True False"},
        {"{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f(1) }}", "<1>"},
        {"{{ params.names | join('|') | upper }}", "A|B'S"},
        {"{{ params.limit if params.flag else 0 }}", "10"},
        {"{{ [3, 1, 2] | sort | first }}", "1"},
        {"{{ params.text or 'y' }}", "x"},
        {"{{ params.nothing or 'y' }}", "y"},
        {"line\n", "line"},
        {"a {{- ' b' -}} c", "a bc"},
        {"<{{ '<&>' }}>", "<<&>>"},
    };
    for (const auto& [source, expected] : table) EXPECT_EQ(rendered(source), expected) << source;
}

TEST(Render, WritesValuesAsPythonDoes) {
    EXPECT_EQ(rendered("{{ params.flag }} {{ params.nothing }}"), "True None");
    EXPECT_EQ(rendered("{{ params.names }}"), R"(['a', "b's"])");
    EXPECT_EQ(rendered("{{ {'k': [1, false, 'q\"\\'\\n']} }}"), R"({'k': [1, False, 'q"\'\n']})");
    EXPECT_EQ(rendered("{{ 1.0 }} {{ 0.5 }} {{ 10 ** 2 }}"), "1.0 0.5 100");
    EXPECT_EQ(rendered("{{ params.names | tojson }}"), R"(["a", "b\u0027s"])");
}

TEST(Render, HasPythonsStringMethods) {
    EXPECT_EQ(rendered("{{ ds.split('-') | last }}"), "31");
    EXPECT_EQ(rendered("{{ ds.replace('-', '') }}"), "20240131");
    EXPECT_EQ(rendered("{{ ' x '.strip().upper() }}"), "X");
    EXPECT_EQ(rendered("{{ ds.startswith('2024') }}"), "True");
    EXPECT_EQ(rendered("{{ '{}-{}'.format(1, 2) }}"), "1-2");
    EXPECT_EQ(rendered("{{ ','.join(params.names) }}"), "a,b's");
    EXPECT_EQ(
        rendered("{% for k, v in dag_run.conf.items() %}{{ k }}={{ v }}{% endfor %}"), "key=value"
    );
}

TEST(Render, KeepsTextThatIsNoTemplate) {
    EXPECT_EQ(
        rendered("select '{a,b}'::text[], '50%' -- }}"), "select '{a,b}'::text[], '50%' -- }}"
    );
    EXPECT_EQ(rendered("größe {{ 'ü' }}"), "größe ü");
}

TEST(Render, SurvivesBytesThatAreNoText) {
    EXPECT_EQ(
        rendered("a\xff{{ 1 }}"),
        "a\xEF\xBF\xBD"
        "1"
    );
    EXPECT_EQ(rendered(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Render, WithAContextThatIsNoObjectIsAnError) {
    FakeLookups lookups;
    EXPECT_EQ(render("x", "t", {"[]"}, lookups).error().code, core::Errc::internal);
    EXPECT_EQ(render("x", "t", {"{"}, lookups).error().code, core::Errc::internal);
}

TEST(RenderJson, RendersEveryStringAndLeavesTheRest) {
    FakeLookups lookups;
    const core::JsonText value{
        R"({"z":"{{ ds }}","a":[1,"{{ params.limit }}",null,true,1.5],"{{ ds }}":{"n":9007199254740993}})"
    };
    const auto json = render_json(value, "t", run_context, lookups);
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(
        json->text,
        R"({"z":"2024-01-31","a":[1,"10",null,true,1.5],"{{ ds }}":{"n":9007199254740993}})"
    );
}

TEST(RenderJson, SaysWhereInTheValueAnErrorIs) {
    FakeLookups lookups;
    const auto json =
        render_json({R"({"tables":{"rows":["ok","\n{{ nix }}"]}})"}, "load", run_context, lookups);
    ASSERT_FALSE(json.has_value());
    EXPECT_EQ(json.error().where, "load.tables.rows[1]:2");
    EXPECT_EQ(json.error().message, "'nix' is undefined");
}

TEST(RenderJson, OfATextThatIsNoJsonIsAnError) {
    FakeLookups lookups;
    EXPECT_FALSE(render_json({"{"}, "t", run_context, lookups).has_value());
}

TEST(Evaluate, GivesTheValueAsJson) {
    FakeLookups lookups;
    const std::vector<std::pair<const char*, const char*>> table{
        {"params.limit > 5", "true"},
        {"params.names", R"(["a","b's"])"},
        {"ds", R"("2024-01-31")"},
        {"params.nothing", "null"},
        {"logical_date", R"("2024-01-31T07:00:00+00:00")"},
        {"params.limit / 4", "2.5"},
        {"{'a': 1}", R"({"a":1})"},
    };
    for (const auto& [expression, json] : table) {
        const auto value = evaluate(expression, "branch", run_context, lookups);
        ASSERT_TRUE(value.has_value()) << expression << value.error().describe();
        EXPECT_EQ(value->text, json);
    }
}

TEST(Evaluate, OfSomethingUndefinedOrMisspeltIsAnError) {
    FakeLookups lookups;
    EXPECT_EQ(
        evaluate("absent", "branch", run_context, lookups).error().message, "'absent' is undefined"
    );
    EXPECT_FALSE(evaluate("1 +", "branch", run_context, lookups).has_value());
    EXPECT_EQ(
        evaluate("var.value.limit", "branch", run_context, lookups).error().message,
        "variable 'limit' is not set"
    );
}

TEST(CheckSyntax, FindsTheLineOfAMistake) {
    EXPECT_FALSE(check_syntax("{{ ds }} {% if a %}{% endif %}").has_value());
    EXPECT_FALSE(check_syntax("{{ nobody_knows_me.x() | default(1) }}").has_value());
    const auto open = check_syntax("a\nb {{ ds \nc");
    ASSERT_TRUE(open.has_value());
    EXPECT_GE(open->line, 2);
    const auto unended = check_syntax("{% for a in b %}");
    ASSERT_TRUE(unended.has_value());
    EXPECT_FALSE(unended->message.empty());
    EXPECT_EQ(check_syntax("x\n{% unless %}")->line, 2);
}

TEST(Macros, HavePythonsModulesInSmall) {
    FakeLookups lookups;
    const auto rendered = [&](std::string_view source) {
        const auto text = render(source, "t", run_context, lookups);
        return text ? *text : text.error().describe();
    };
    EXPECT_THAT(
        rendered("{{ macros.uuid.uuid4() }}"),
        testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    );
    EXPECT_EQ(rendered("{{ macros.uuid.uuid4() == macros.uuid.uuid4() }}"), "False");
    EXPECT_EQ(rendered("{{ 0 <= macros.random() < 1 }}"), "True");
    EXPECT_EQ(rendered("{{ macros.time.time() > 1700000000 }}"), "True");
}

}  // namespace
}  // namespace reel::templating
