#include <gmock/gmock.h>

#include "fake_lookups.hpp"

namespace reel::templating {
namespace {

using testing::HasSubstr;
using testing::Not;

core::Error error_of(std::string_view source) {
    FakeLookups lookups;
    lookups.variables = {{"token", "s3cr3t-value"}, {"list", "s3cr3t,value"}};
    lookups.connections = {{"db", R"({"password":"hunter2!","port":"none"})"}};
    const auto text = render(source, "task.sql", run_context, lookups);
    EXPECT_FALSE(text.has_value()) << source << " gave " << text.value();
    return text.has_value() ? core::Error{} : text.error();
}

TEST(TemplateErrors, NameWhatIsUndefinedAndWhere) {
    const core::Error error = error_of("select 1,\n  {{ missing }}");
    EXPECT_EQ(error.message, "'missing' is undefined");
    EXPECT_EQ(error.where, "task.sql:2");
    EXPECT_THAT(error.hint, HasSubstr("default"));
}

TEST(TemplateErrors, NameTheAttributeThatIsUndefined) {
    EXPECT_EQ(error_of("{{ params.lmit }}").message, "'params.lmit' is undefined");
    EXPECT_THAT(error_of("{{ nope.deeper }}").message, HasSubstr("'nope' is undefined"));
    EXPECT_THAT(error_of("{% for x in nope %}{% endfor %}").message, HasSubstr("'nope'"));
    EXPECT_THAT(error_of("{{ nope + 1 }}").message, HasSubstr("'nope'"));
    EXPECT_THAT(error_of("{% if nope %}{% endif %}").message, HasSubstr("'nope'"));
}

TEST(TemplateErrors, OfSyntaxHaveTheirLine) {
    const core::Error error = error_of("a\nb\n{{ 1 + }}");
    EXPECT_THAT(error.message, HasSubstr("syntax error"));
    EXPECT_EQ(error.where, "task.sql:3");
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
}

TEST(TemplateErrors, OfUnknownFiltersFunctionsAndMethodsNameThem) {
    EXPECT_THAT(error_of("{{ ds | shout }}").message, HasSubstr("shout"));
    EXPECT_THAT(error_of("{{ shout(ds) }}").message, HasSubstr("shout"));
    EXPECT_THAT(error_of("{{ ds.shout() }}").message, HasSubstr("shout"));
    EXPECT_THAT(error_of("{% include 'other.sql' %}").message, HasSubstr("other.sql"));
}

TEST(TemplateErrors, PointTimedeltaUsersToWhatWorks) {
    EXPECT_THAT(
        error_of("{{ logical_date - macros.timedelta(days=1) }}").hint,
        HasSubstr("subtract(days=1)")
    );
    EXPECT_THAT(error_of("{{ logical_date + 1 }}").hint, HasSubstr(".add(days=1)"));
}

TEST(TemplateErrors, NeverShowALookedUpValue) {
    for (const auto* source :
         {"{{ var.value.token - 1 }}",
          "{{ var.value.token | round }}",
          "{{ var.value.token.nope() }}",
          "{{ var.value.token | ts }}",
          "{{ conn.db.password + 1 }}",
          "{{ conn.db.password / conn.db.port }}",
          "{{ macros.ds_add(var.value.token, 1) }}",
          "{% include var.value.token %}",
          "{% include conn.db.password %}",
          "{{ 1 | attr(var.value.token) }}"}) {
        const std::string text = error_of(source).describe();
        EXPECT_THAT(text, Not(HasSubstr("s3cr3t-value"))) << source;
        EXPECT_THAT(text, Not(HasSubstr("hunter2!"))) << source;
    }
}

TEST(TemplateErrors, StayErrorsForDeepNesting) {
    const std::string deep(5000, '[');
    EXPECT_FALSE(error_of("{{ " + deep + " }}").message.empty());
}

}  // namespace
}  // namespace reel::templating
