#include <gmock/gmock.h>

#include "fake_lookups.hpp"

namespace reel::templating {
namespace {

class LookupsTest : public testing::Test {
  protected:
    LookupsTest() {
        lookups.variables = {
            {"bucket", "s3://b"}, {"limits", R"({"rows": [5, 6]})"}, {"bad", "{x"}
        };
        lookups.connections = {
            {"warehouse",
             R"({"conn_id":"warehouse","host":"db","port":5432,"password":"hunter2","extra_dejson":{"sslmode":"require"}})"
            }
        };
        lookups.xcoms = {
            {{"count", "return_value"}, "42"},
            {{"count", "rows"}, R"({"good": 1})"},
            {{"other", "return_value"}, R"("text")"},
        };
        lookups.tables = {{"stage_movies.movies", R"("stage"."movies_7")"}};
    }

    std::string rendered(std::string_view source) {
        const auto text = render(source, "t", run_context, lookups);
        EXPECT_TRUE(text.has_value()) << source << ": " << text.error().describe();
        return text.value_or("");
    }

    std::string error(std::string_view source) {
        const auto text = render(source, "t", run_context, lookups);
        EXPECT_FALSE(text.has_value()) << source << " gave " << text.value();
        return text.has_value() ? "" : text.error().message;
    }

    FakeLookups lookups;
};

TEST_F(LookupsTest, VariablesAreTextsOrJson) {
    EXPECT_EQ(rendered("{{ var.value.bucket }}/x"), "s3://b/x");
    EXPECT_EQ(rendered("{{ var.value['bucket'] }}"), "s3://b");
    EXPECT_EQ(rendered("{{ var.value.get('bucket', 'd') }}"), "s3://b");
    EXPECT_EQ(rendered("{{ var.json.limits.rows[1] }}"), "6");
    EXPECT_EQ(rendered("{{ var.json.get('limits')['rows'] | sum }}"), "11");
    EXPECT_EQ(rendered("{{ var.value.limits }}"), R"({"rows": [5, 6]})");
}

TEST_F(LookupsTest, AVariableThatIsNotSetTakesItsDefault) {
    EXPECT_EQ(rendered("{{ var.value.get('nope', 'd') }}"), "d");
    EXPECT_EQ(rendered("{{ var.value.get('nope', default_var='d') }}"), "d");
    EXPECT_EQ(rendered("{{ var.value.nope | default('d') }}"), "d");
    EXPECT_EQ(rendered("{{ var.json.get('nope', {'a': 1}).a }}"), "1");
    EXPECT_EQ(rendered("{{ params.text or var.value.nope }}"), "x");
}

TEST_F(LookupsTest, ConnectionsAreObjects) {
    EXPECT_EQ(rendered("{{ conn.warehouse.host }}:{{ conn.warehouse.port }}"), "db:5432");
    EXPECT_EQ(rendered("{{ conn['warehouse'].extra_dejson.sslmode }}"), "require");
    EXPECT_EQ(rendered("{{ conn.get('nope', {'host': 'local'}).host }}"), "local");
}

TEST_F(LookupsTest, XcomPullTakesOneTaskOrSeveral) {
    EXPECT_EQ(rendered("{{ ti.xcom_pull('count') + 1 }}"), "43");
    EXPECT_EQ(rendered("{{ ti.xcom_pull(task_ids='count', key='rows').good }}"), "1");
    EXPECT_EQ(
        rendered("{{ task_instance.xcom_pull(['count', 'other', 'nope']) }}"), "[42, 'text', None]"
    );
    EXPECT_EQ(rendered("{{ ti.xcom_pull('nope', default='d') }}"), "d");
    EXPECT_EQ(rendered("{{ ti.xcom_pull('nope') }}"), "None");
    EXPECT_EQ(rendered("{{ ti.xcom_pull('nope', key='k') is none }}"), "True");
    EXPECT_EQ(rendered("{{ ti.xcom_pull('nope') or 'd' }}"), "d");
    EXPECT_THAT(lookups.asked, testing::Contains("xcom count rows"));
}

TEST_F(LookupsTest, XcomPullTakesOneInstanceOrSeveral) {
    lookups.xcoms[{"part[0]", "return_value"}] = "5";
    lookups.xcoms[{"part[2]", "return_value"}] = "7";
    EXPECT_EQ(rendered("{{ ti.xcom_pull('part', map_indexes=2) }}"), "7");
    EXPECT_EQ(rendered("{{ ti.xcom_pull('part', map_indexes=1) }}"), "None");
    EXPECT_EQ(rendered("{{ ti.xcom_pull('part', map_indexes=[2, 1, 0]) }}"), "[7, None, 5]");
    EXPECT_EQ(rendered("{{ ti.xcom_pull(['part', 'nope'], map_indexes=0) }}"), "[5, None]");
    EXPECT_EQ(rendered("{{ ti.xcom_pull('count', map_indexes=none) }}"), "42");
    EXPECT_THAT(error("{{ ti.xcom_pull('part', map_indexes='x') }}"), testing::HasSubstr("index"));
}

TEST_F(LookupsTest, XcomPullSaysWhatItNeeds) {
    EXPECT_THAT(error("{{ ti.xcom_pull() }}"), testing::HasSubstr("needs the task"));
    EXPECT_THAT(error("{{ ti.xcom_pull('a', 'b') }}"), testing::HasSubstr("key by name"));
    EXPECT_THAT(error("{{ ti.xcom_pull(5) }}"), testing::HasSubstr("task_id"));
    EXPECT_THAT(error("{{ ti.xcom_pull('a', keys='b') }}"), testing::HasSubstr("keys"));
}

TEST_F(LookupsTest, TaskInstancesKeepTheirAttributes) {
    EXPECT_EQ(rendered("{{ ti.task_id }} {{ task_instance.xcom_pull('count') }}"), "load 42");
    EXPECT_EQ(rendered("{{ ti.try_number }}"), "2");
}

TEST_F(LookupsTest, StagedGivesThePhysicalTable) {
    EXPECT_EQ(
        rendered("select * from {{ staged('stage_movies.movies') }}"),
        R"(select * from "stage"."movies_7")"
    );
}

TEST_F(LookupsTest, MissingNamesAreNamedWithAWayOut) {
    const std::vector<std::array<const char*, 3>> table{
        {"{{ var.value.movies_dataset }}",
         "variable 'movies_dataset' is not set",
         "reel variables set movies_dataset VALUE"},
        {"{{ params.nothing or var.value.movies_dataset }}",
         "variable 'movies_dataset' is not set",
         "reel variables set movies_dataset VALUE"},
        {"{{ var.json.nope.x }}", "variable 'nope' is not set", "reel variables set nope VALUE"},
        {"{{ var.value.get('nope') }}", "variable 'nope' is not set", "reel variables set nope"},
        {"{{ conn.nope.host }}", "connection 'nope' is not defined", "reel connections add nope"},
        {"{{ ti.xcom_pull('nope').x }}", "task 'nope' pushed no value 'return_value'", "before"},
        {"{{ ti.xcom_pull('a', key='k')[0] }}", "task 'a' pushed no value 'k'", "default="},
        {"{{ staged('a.b') }}", "there is no staged table 'a.b'", "task.table"},
    };
    for (const auto& [source, message, hint] : table) {
        const auto text = render(source, "t", run_context, lookups);
        ASSERT_FALSE(text.has_value()) << source;
        EXPECT_EQ(text.error().message, message) << source;
        EXPECT_THAT(text.error().hint, testing::HasSubstr(hint));
        EXPECT_EQ(text.error().where, "t:1");
        EXPECT_EQ(text.error().code, core::Errc::not_found);
    }
}

TEST_F(LookupsTest, AnotherUndefinedNameIsNotBlamedOnALookup) {
    EXPECT_EQ(error("{{ var.value.nope | default(absent) }}"), "'absent' is undefined");
    EXPECT_EQ(error("{{ conn.warehouse.nose }}"), "'conn.warehouse.nose' is undefined");
}

TEST_F(LookupsTest, AVariableThatIsNotJsonIsNamedWithoutItsValue) {
    EXPECT_THAT(error("{{ var.json.bad }}"), testing::HasSubstr("the variable 'bad' is not JSON"));
    EXPECT_THAT(error("{{ var.json.bad }}"), testing::Not(testing::HasSubstr("{x")));
}

TEST_F(LookupsTest, AFailedLookupIsTheError) {
    lookups.failure = core::Error{
        .code = core::Errc::unavailable, .message = "no answer", .where = "", .hint = "wait"
    };
    const auto text = render("a\n{{ var.value.bucket | default('d') }}", "t", run_context, lookups);
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error().code, core::Errc::unavailable);
    EXPECT_EQ(text.error().message, "no answer");
    EXPECT_EQ(text.error().where, "t:2");
}

TEST_F(LookupsTest, WhatALookupThrowsPassesThrough) {
    lookups.throws = true;
    EXPECT_THROW(rendered("{{ var.value.bucket }}"), std::runtime_error);
}

TEST_F(LookupsTest, NamesAreAskedOnlyWhenTheyAreUsed) {
    rendered("{% if false %}{{ var.value.bucket }}{% endif %}{{ ds }}");
    EXPECT_TRUE(lookups.asked.empty());
}

}  // namespace
}  // namespace reel::templating
