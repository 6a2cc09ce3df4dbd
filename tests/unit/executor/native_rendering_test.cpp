// render_template_as_native_obj: an argument that is one expression gets its value.

#include <gmock/gmock.h>

#include "executor/file_arguments.hpp"
#include "executor/render.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {
namespace {

TEST(OnlyExpression, IsATextThatIsNothingElse) {
    EXPECT_EQ(only_expression("{{ a }}"), " a ");
    EXPECT_EQ(only_expression("  {{a}}\n"), "a");
    EXPECT_EQ(only_expression("{{- a -}}"), " a ");
    EXPECT_EQ(only_expression("{{ {'a': 1}['a'] }}"), " {'a': 1}['a'] ");
    for (const char* text :
         {"",
          " ",
          "a",
          "{{ a }} b",
          "x {{ a }}",
          "{{ a }} and {{ b }}",
          "{% if a %}{% endif %}",
          "{{}",
          "{{ a }}{% set b = 1 %}{{ b }}"}) {
        EXPECT_FALSE(only_expression(text)) << text;
    }
}

TEST(FileArguments, AreThoseOfAnOperator) {
    EXPECT_TRUE(is_file_argument("bash", "bash_command"));
    EXPECT_FALSE(is_file_argument("bash", "env"));
    EXPECT_FALSE(is_file_argument("python", "bash_command"));
    EXPECT_TRUE(is_file_name("sql", "sql", {"a.sql", "a.sql"}));
    EXPECT_TRUE(is_file_name("sql", "sql", {"{{ x }}.sql", "a.sql"}));
    EXPECT_FALSE(is_file_name("sql", "sql", {"{{ x }}", "a.sql"})) << "a value is no file";
    EXPECT_FALSE(is_file_name("sql", "sql", {"select 1 -- .sql", "select 1 -- .sql"}));
    EXPECT_FALSE(is_file_name("sql", "query", {"a.sql", "a.sql"}));
}

class NativeRendering : public testing::Test {
  protected:
    Json render(const Json& args, bool native = true) {
        const auto order = an_order("python", args, [&](core::Dag& dag) {
            dag.render_template_as_native_obj = native;
            dag.params.text =
                R"({"n": {"default": 7}, "list": {"default": [1, "a"]}, "no": {"default": null}})";
        });
        Connections connections(options_.environment, store_, "", mask_);
        const auto rendered = render_arguments(order, store_, connections);
        EXPECT_TRUE(rendered) << rendered.error().describe();
        return rendered ? rendered->args : Json();
    }

    Scratch scratch_;
    FakeStore store_;
    ExecutorOptions options_ = options_below(scratch_.path());
    SecretMask mask_;
};

TEST_F(NativeRendering, AnExpressionAloneKeepsItsType) {
    const Json args = render(
        {{"op_kwargs",
          {{"n", "{{ params.n }}"},
           {"list", "{{ params.list }}"},
           {"no", "{{ params.no }}"},
           {"sum", "{{ params.n + 1 }}"},
           {"text", "{{ ds }}"}}}}
    );
    EXPECT_EQ(args["op_kwargs"]["n"], 7);
    EXPECT_EQ(args["op_kwargs"]["list"], Json::parse(R"([1, "a"])"));
    EXPECT_EQ(args["op_kwargs"]["no"], nullptr);
    EXPECT_EQ(args["op_kwargs"]["sum"], 8);
    EXPECT_EQ(args["op_kwargs"]["text"], "2024-01-31");
}

TEST_F(NativeRendering, ATextWithMoreInItStaysAText) {
    const Json args = render({{"op_args", {"n = {{ params.n }}", "plain", "7"}}});
    EXPECT_EQ(args["op_args"], Json::parse(R"(["n = 7", "plain", "7"])"));
}

TEST_F(NativeRendering, IsAskedForByTheDag) {
    EXPECT_EQ(render({{"op_args", {"{{ params.n }}"}}}, false)["op_args"][0], "7");
}

TEST_F(NativeRendering, ACommandIsATextInAnyCase) {
    const auto order = an_order("bash", {{"bash_command", "{{ params.n }}"}}, [](core::Dag& dag) {
        dag.render_template_as_native_obj = true;
        dag.params.text = R"({"n": {"default": 7}})";
    });
    Connections connections(options_.environment, store_, "", mask_);
    EXPECT_EQ(render_arguments(order, store_, connections)->args["bash_command"], "7");
}

TEST_F(NativeRendering, AnUnknownNameIsAnErrorWithItsPlace) {
    const auto order =
        an_order("python", {{"op_kwargs", {{"n", "{{ nothing }}"}}}}, [](core::Dag& dag) {
            dag.render_template_as_native_obj = true;
        });
    Connections connections(options_.environment, store_, "", mask_);
    const auto rendered = render_arguments(order, store_, connections);
    ASSERT_FALSE(rendered);
    EXPECT_THAT(rendered.error().describe(), testing::HasSubstr("load.op_kwargs.n"));
}

}  // namespace
}  // namespace reel::executor
