#include "executor/render.hpp"

#include <gtest/gtest.h>

#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

class RenderTest : public testing::Test {
  protected:
    core::Result<RenderedTask> render(const scheduler::AttemptOrder& order) {
        Connections connections(environment, store, {}, mask);
        return render_arguments(order, store, connections);
    }

    /// An order whose DAG file lies in the scratch folder.
    scheduler::AttemptOrder order_here(const std::string& operator_name, const Json& args) {
        return an_order(operator_name, args, [this](core::Dag& dag) {
            dag.fileloc = (scratch.path() / "dags/movies.yaml").string();
        });
    }

    Scratch scratch;
    config::Environment environment;
    FakeStore store;
    SecretMask mask;
};

}  // namespace

TEST_F(RenderTest, KnowsWhatNeedsNeitherDatabaseNorFile) {
    const auto at_once = [](const std::string& operator_name, const Json& args) {
        return is_rendered_at_once(an_order(operator_name, args));
    };
    EXPECT_TRUE(at_once("bash", {{"bash_command", "echo $HOME"}, {"shell", "/bin/sh"}}));
    EXPECT_FALSE(at_once("bash", {{"bash_command", "echo {{ var.value.x }}"}}));
    EXPECT_FALSE(at_once("bash", {{"bash_command", "{% if true %}{% endif %}"}}));
    EXPECT_FALSE(at_once("bash", {{"bash_command", Json{{"__xcom__", Json{{"task_id", "a"}}}}}}));
    EXPECT_FALSE(at_once("bash", {{"bash_command", "true"}, {"env", Json{{"A", "b"}}}}));
    EXPECT_FALSE(at_once("bash", {{"bash_command", "run/me.sh"}})) << "may be a file";
    EXPECT_FALSE(at_once("bash", {{"bash_command", "run/me.bash"}}));
    EXPECT_FALSE(at_once("bash", {{"bash_command", "true"}, {"conn_id", "{{ params.conn }}"}}));
    EXPECT_FALSE(at_once("sql", {{"sql", "select 1"}})) << "its connection is looked up";
    EXPECT_FALSE(at_once("python", {{"python_callable", "a.b"}}));
}

TEST_F(RenderTest, HoldsTheRunsConfToTheParamsOfTheTask) {
    auto order = an_order("bash", {{"bash_command", "true"}}, [](core::Dag& dag) {
        dag.tasks[0].params = core::JsonText{R"({"n": {"type": "integer", "default": 1}})"};
    });
    EXPECT_FALSE(is_rendered_at_once(order));
    order.run.conf = core::JsonText{R"({"n": 2})"};
    EXPECT_TRUE(render(order));
    order.run.conf = core::JsonText{R"({"n": "many"})"};
    const auto refused = render(order);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("param 'n'"), std::string::npos);
    EXPECT_EQ(refused.error().where, "conf/n");
}

TEST_F(RenderTest, AMappedTaskLooksItsElementsUp) {
    const auto order = an_order("bash", {{"bash_command", "true"}}, [](core::Dag& dag) {
        dag.tasks[0].mapping = core::Mapping{.sources = {{.argument = "cwd", .literal = {"[]"}}}};
    });
    EXPECT_FALSE(is_rendered_at_once(order));
}

TEST_F(RenderTest, RendersEveryStringAndLeavesTheRestAlone) {
    const Json args{
        {"bash_command", "echo {{ ds }}"},
        {"env", Json{{"{{ ds }}", "{{ run_id }}"}}},
        {"list", Json::array({"{{ ds_nodash }}", 5, true, nullptr})},
        {"number", 1.5},
    };
    const auto rendered = render(an_order("bash", args));
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(rendered->args["bash_command"], "echo 2024-01-31");
    EXPECT_EQ(rendered->args["env"], (Json{{"{{ ds }}", "manual__1"}}));
    EXPECT_EQ(rendered->args["list"], Json::array({"20240131", 5, true, nullptr}));
    EXPECT_EQ(rendered->args["number"], 1.5);
}

TEST_F(RenderTest, TellsARunThatEventsHaveStartedWhichTheyWere) {
    store::AssetEventView event;
    event.event.uri = "s3://a";
    event.event.extra.text = R"({"rows": 5})";
    store.asset_events = {event};
    auto order = an_order(
        "bash", Json{{"bash_command", "{{ triggering_asset_events['s3://a'][0].extra.rows }}"}}
    );
    order.run.type = core::RunType::asset_triggered;
    const auto rendered = render(order);
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(rendered->args["bash_command"], "5");
    order.run.type = core::RunType::manual;
    store.look_ups = 0;
    EXPECT_FALSE(render(order));
    EXPECT_EQ(store.look_ups, 0) << "others are not looked up";
}

TEST_F(RenderTest, KnowsTheLastRunThatSucceeded) {
    const Json args{
        {"bash_command",
         "{{ prev_data_interval_start_success | ds }} {{ prev_data_interval_end_success | ds }} "
         "{{ prev_start_date_success | ts }} {{ prev_end_date_success }}"}
    };
    auto order = an_order("bash", args);
    order.run.logical_date = core::parse_timestamp("2024-01-31").value();
    store::RunRecord last;
    last.data_interval = {
        core::parse_timestamp("2024-01-29").value(), core::parse_timestamp("2024-01-30").value()
    };
    last.start_date = core::parse_timestamp("2024-01-30T00:01").value();
    store.listed_runs = {last};
    const auto rendered = render(order);
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(
        rendered->args["bash_command"], "2024-01-29 2024-01-30 2024-01-30T00:01:00+00:00 None"
    );
    ASSERT_EQ(store.run_filters.size(), 1U);
    const store::RunFilter& asked = store.run_filters[0];
    EXPECT_EQ(asked.dag_id, order.run.dag_id);
    EXPECT_EQ(asked.states, std::vector{core::RunState::success});
    EXPECT_EQ(asked.order_by, "-logical_date");
    EXPECT_LT(*asked.logical_date_lte, *order.run.logical_date);
}

TEST_F(RenderTest, HasNoLastRunWhereNoneSucceeded) {
    auto order =
        an_order("bash", Json{{"bash_command", "{{ prev_data_interval_start_success is none }}"}});
    order.run.logical_date = core::parse_timestamp("2024-01-31").value();
    EXPECT_EQ(render(order)->args["bash_command"], "True");
    store.look_ups = 0;
    order.run.logical_date.reset();
    EXPECT_EQ(render(order)->args["bash_command"], "True");
    EXPECT_EQ(store.look_ups, 0) << "there is no date to be before";
}

TEST_F(RenderTest, TellsWhatHappenedToItsInlets) {
    store::AssetEventView event;
    event.event.uri = "s3://a";
    event.event.extra.text = R"({"rows": 5})";
    store.asset_events = {event};
    const auto with_inlets = [](core::Dag& dag) {
        dag.tasks[0].inlets = {{.uri = "s3://a"}, {.uri = "s3://unknown"}};
    };
    const Json args{
        {"bash_command",
         "{{ inlet_events['s3://a'][-1].extra.rows }} {{ inlet_events['s3://unknown'] }}"}
    };
    const auto rendered = render(an_order("bash", args, with_inlets));
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(rendered->args["bash_command"], "5 []");
    EXPECT_EQ(store.look_ups, 2) << "one for each inlet";
    EXPECT_TRUE(store.run_filters.empty()) << "nobody speaks of the run before";
}

TEST_F(RenderTest, AsksOnlyForWhatATemplateSpeaksOf) {
    const auto with_inlet = [](core::Dag& dag) {
        dag.params = core::JsonText{R"({"prev_table": {"default": "t"}})"};
        dag.tasks[0].inlets = {{.uri = "s3://a"}};
    };
    auto order = an_order("bash", Json{{"bash_command", "{{ params.prev_table }}"}}, with_inlet);
    order.run.logical_date = core::parse_timestamp("2024-01-31").value();
    EXPECT_EQ(render(order)->args["bash_command"], "t");
    EXPECT_EQ(store.look_ups, 0);
    const Json args{{"bash_command", "{{ prev_start_date_success }}"}};
    order = an_order("bash", args, with_inlet);
    order.run.logical_date = core::parse_timestamp("2024-01-31").value();
    EXPECT_TRUE(render(order));
    EXPECT_EQ(store.look_ups, 1) << "its inlets are not asked for";
}

TEST_F(RenderTest, KnowsWhenTheAttemptBegan) {
    auto order = an_order("bash", Json{{"bash_command", "{{ ti.start_date | ds }}"}});
    order.started_at = core::parse_timestamp("2024-02-03").value();
    EXPECT_EQ(render(order)->args["bash_command"], "2024-02-03");
}

TEST_F(RenderTest, WaitsForADatabaseThatIsAwayWithTheEventsOfTheRun) {
    store.away = 1;
    auto order = an_order("bash", Json{{"bash_command", "echo {{ ds }}"}});
    order.run.type = core::RunType::asset_triggered;
    EXPECT_THROW((void)render(order), postgres::DatabaseError);
    EXPECT_TRUE(render(order));
}

TEST_F(RenderTest, KeepsTheOrderOfColumns) {
    const Json columns{
        {"zebra", Json{{"type", "text"}}}, {"apple", Json{{"type", "{{ 'date' }}"}}}
    };
    const auto rendered = render(an_order("stage", Json{{"columns", columns}}));
    ASSERT_TRUE(rendered);
    EXPECT_EQ(
        dump(rendered->args["columns"]), R"({"zebra":{"type":"text"},"apple":{"type":"date"}})"
    );
}

TEST_F(RenderTest, AsksTheStoreForVariablesConnectionsXComsAndStagedTables) {
    store.variables["region"] = "eu";
    store.add_database("warehouse", "s3cret");
    store.xcoms[{"extract", "return_value"}] = R"({"rows": 42})";
    store.add_staged("stage_movies", "movies");
    const Json args{
        {"a", "{{ var.value.region }}"},
        {"b", "{{ conn.warehouse.host }}"},
        {"c", "{{ ti.xcom_pull('extract').rows }}"},
        {"d", "select * from {{ staged('stage_movies.movies') }}"},
    };
    const auto rendered = render(an_order("bash", args));
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(rendered->args["a"], "eu");
    EXPECT_EQ(rendered->args["b"], "db.example");
    EXPECT_EQ(rendered->args["c"], "42");
    EXPECT_EQ(rendered->args["d"], "select * from \"reel_staging\".\"stage_movies_movies\"");
}

TEST_F(RenderTest, PutsTheValueOfAnXComInThePlaceOfItsReference) {
    store.xcoms[{"extract", "return_value"}] = R"({"rows": [1, "{{ ds }}"]})";
    const Json reference{{"__xcom__", Json{{"task_id", "extract"}, {"key", "return_value"}}}};
    const auto rendered =
        render(an_order("python", Json{{"op_kwargs", Json{{"value", reference}}}}));
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(dump(rendered->args), R"({"op_kwargs":{"value":{"rows":[1,"{{ ds }}"]}}})");
}

TEST_F(RenderTest, SaysWhichTaskHasPushedNoXCom) {
    const Json reference{{"__xcom__", Json{{"task_id", "extract"}}}};
    const auto rendered = render(an_order("python", Json{{"op_args", Json::array({reference})}}));
    ASSERT_FALSE(rendered);
    EXPECT_EQ(
        rendered.error().message, "task 'extract' has pushed no XCom 'return_value' in this run"
    );
    EXPECT_EQ(rendered.error().where, "load.op_args");
}

TEST_F(RenderTest, NamesTaskAndArgumentOfAnUndefinedName) {
    const auto rendered = render(an_order("bash", Json{{"bash_command", "echo {{ dss }}"}}));
    ASSERT_FALSE(rendered);
    EXPECT_NE(rendered.error().where.find("load.bash_command"), std::string::npos);
    EXPECT_NE(rendered.error().describe().find("dss"), std::string::npos);
}

TEST_F(RenderTest, PassesOnWhyAConnectionCannotBeRead) {
    environment["REEL_CONN_MART"] = R"({"conn_type": broken, "password": "s3cret-word"})";
    const auto rendered = render(an_order("bash", Json{{"a", "{{ conn.mart.host }}"}}));
    ASSERT_FALSE(rendered);
    EXPECT_NE(rendered.error().describe().find("load.a"), std::string::npos);
    EXPECT_EQ(rendered.error().describe().find("s3cret-word"), std::string::npos);
}

TEST_F(RenderTest, NamesTheXComThatIsNoJson) {
    store.xcoms[{"extract", "return_value"}] = "{half";
    const Json reference{{"__xcom__", Json{{"task_id", "extract"}}}};
    const auto rendered = render(an_order("python", Json{{"op_args", Json::array({reference})}}));
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().message, "the XCom 'return_value' of 'extract' is not JSON");
}

TEST_F(RenderTest, LetsALostDatabaseThrough) {
    store.away = 1;
    const auto order = an_order("bash", Json{{"bash_command", "{{ var.value.region }}"}});
    EXPECT_THROW((void)render(order), postgres::DatabaseError);
}

TEST_F(RenderTest, ReadsAnSqlFileAsATemplate) {
    scratch.write("dags/sql/day.sql", "select '{{ ds }}';\n");
    const auto one = render(order_here("sql", Json{{"sql", "sql/day.sql"}}));
    ASSERT_TRUE(one) << one.error().describe();
    EXPECT_EQ(text_of(one->args, "sql").find("select '2024-01-31';"), 0U);
    const auto several =
        render(order_here("sql", Json{{"sql", Json::array({"select 1", "sql/day.sql"})}}));
    ASSERT_TRUE(several);
    EXPECT_EQ(several->args["sql"][0], "select 1");
    EXPECT_NE(dump(several->args["sql"][1]).find("2024-01-31"), std::string::npos);
}

TEST_F(RenderTest, ReadsAFileWhoseNameIsATemplate) {
    scratch.write("dags/sql/movies.sql", "select 7");
    const auto rendered = render(order_here("upsert", Json{{"query", "sql/{{ dag.dag_id }}.sql"}}));
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(rendered->args["query"], "select 7");
}

TEST_F(RenderTest, NamesTheFileOfATemplateError) {
    scratch.write("dags/sql/bad.sql", "select 1;\nselect {{ nothing }};\n");
    const auto rendered = render(order_here("sql", Json{{"sql", "sql/bad.sql"}}));
    ASSERT_FALSE(rendered);
    EXPECT_NE(rendered.error().where.find("sql/bad.sql:2"), std::string::npos)
        << rendered.error().describe();
}

TEST_F(RenderTest, ListsThePlacesOfAMissingFile) {
    const auto rendered = render(order_here("sql", Json{{"sql", "sql/none.sql"}}));
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().where, "load.sql");
    EXPECT_NE(
        rendered.error().hint.find((scratch.path() / "dags/sql/none.sql").string()),
        std::string::npos
    );
    EXPECT_NE(
        rendered.error().hint.find((scratch.path() / "sql/none.sql").string()), std::string::npos
    );
}

TEST_F(RenderTest, TakesAStatementThatEndsLikeAFileForWhatItIs) {
    const auto statement = render(order_here("sql", Json{{"sql", "select * from backup.sql"}}));
    const auto other = render(order_here("bash", Json{{"note", "x.sql"}}));
    ASSERT_TRUE(statement && other);
    EXPECT_EQ(statement->args["sql"], "select * from backup.sql");
    EXPECT_EQ(other->args["note"], "x.sql");
}

TEST_F(RenderTest, LetsNoValueTurnAStatementIntoAFile) {
    store.variables["table"] = "/etc/secret.sql";
    const auto rendered = render(order_here("sql", Json{{"sql", "{{ var.value.table }}"}}));
    ASSERT_TRUE(rendered);
    EXPECT_EQ(rendered->args["sql"], "/etc/secret.sql");
}

TEST_F(RenderTest, ReadsAShellScriptAsATemplate) {
    scratch.write("dags/run.sh", "echo {{ ds }}");
    const auto script = render(order_here("bash", Json{{"bash_command", "run.sh"}}));
    const auto command = render(order_here("bash", Json{{"bash_command", "sh run.sh"}}));
    ASSERT_TRUE(script && command);
    EXPECT_EQ(script->args["bash_command"], "echo 2024-01-31");
    EXPECT_EQ(command->args["bash_command"], "sh run.sh");
}

TEST_F(RenderTest, RendersTheConnectionThatTheTaskNames) {
    const auto rendered = render(an_order("sql", Json{{"conn_id", "mart_{{ dag.dag_id }}"}}));
    ASSERT_TRUE(rendered);
    EXPECT_EQ(rendered->connection_id, "mart_movies");
}

TEST_F(RenderTest, ShowsNoPasswordToPeople) {
    store.add_database("warehouse", "s3\"cret");
    ExecutorOptions options = options_below(scratch.path());
    const auto order = an_order(
        "bash", Json{{"bash_command", "psql {{ conn.warehouse.password }}"}, {"list", {"{{ ds }}"}}}
    );
    const auto shown = render_task(order, store, options);
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->text, R"({"bash_command":"psql ***","list":["2024-01-31"]})");
}

}  // namespace reel::executor
