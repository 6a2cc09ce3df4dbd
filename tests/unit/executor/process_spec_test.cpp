#include "executor/process_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "executor/task_spec.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

class ProcessSpecTest : public testing::Test {
  protected:
    core::Result<runner::ProcessSpec> prepare(const scheduler::AttemptOrder& order) {
        const InheritedEnvironment inherited(options.environment);
        auto spec = prepare_process(order, store, options, inherited, mask);
        if (spec && spec->common_environment) {
            std::ranges::copy(*spec->common_environment, std::back_inserter(spec->environment));
        }
        return spec;
    }

    scheduler::AttemptOrder order_here(const std::string& operator_name, const Json& args) {
        return an_order(operator_name, args, [this](core::Dag& dag) {
            dag.fileloc = (scratch.path() / "dags/movies.yaml").string();
            add_task(dag, "stage_movies", "stage");
        });
    }

    Scratch scratch;
    ExecutorOptions options = options_below(scratch.path());
    FakeStore store;
    SecretMask mask;
};

/// A spec in which the text appears nowhere but in the input.
void expect_only_in_input(const runner::ProcessSpec& spec, const std::string& secret) {
    EXPECT_THAT(spec.input, HasSubstr(secret));
    EXPECT_THAT(spec.argv, Not(Contains(HasSubstr(secret))));
    EXPECT_THAT(spec.environment, Not(Contains(HasSubstr(secret))));
    EXPECT_THAT(spec.working_directory, Not(HasSubstr(secret)));
    EXPECT_THAT(spec.log_file.string(), Not(HasSubstr(secret)));
}

}  // namespace

TEST_F(ProcessSpecTest, OfBashReadsItsScriptFromADescriptor) {
    auto order = an_order("bash", Json{{"bash_command", "echo {{ ds }}"}, {"shell", "/bin/sh"}});
    const auto spec = prepare(order);
    ASSERT_TRUE(spec) << spec.error().describe();
    EXPECT_EQ(spec->attempt, 17);
    EXPECT_EQ(spec->argv, (std::vector<std::string>{"/bin/sh", "/dev/fd/3"}));
    EXPECT_EQ(spec->input, "echo 2024-01-31\n");
    EXPECT_EQ(spec->working_directory, "");
    EXPECT_FALSE(spec->timeout);
    EXPECT_EQ(
        spec->log_file,
        scratch.path() / "logs/dag_id=movies/run_id=manual__1/task_id=load.attempt=1.log"
    );
    EXPECT_THAT(spec->environment, Contains("AIRFLOW_CTX_TASK_ID=load"));
    EXPECT_THAT(spec->environment, Contains("PATH=/usr/bin:/bin"));
    const auto data = scratch.path() / "data/dag_id=movies/run_id=manual__1";
    EXPECT_THAT(spec->environment, Contains("REEL_DATA_DIR=" + data.string()));
    EXPECT_TRUE(std::filesystem::is_directory(data));
}

TEST_F(ProcessSpecTest, OfBashTakesTheTasksEnvironmentFolderAndTimeout) {
    const Json args{{"bash_command", "true"}, {"env", Json{{"A", "{{ ds }}"}}}, {"cwd", "work"}};
    const auto spec = prepare(an_order("bash", args, [](core::Dag& dag) {
        dag.tasks[0].execution_timeout = std::chrono::minutes(5);
    }));
    ASSERT_TRUE(spec);
    EXPECT_THAT(spec->environment, Contains("A=2024-01-31"));
    EXPECT_EQ(spec->working_directory, "/dags/work");
    EXPECT_EQ(spec->timeout, std::chrono::minutes(5));
}

TEST_F(ProcessSpecTest, OfAnEnvTheDataFolderCountsAndNotWhatIsOfTheAttempt) {
    const Json env{{"REEL_DATA_DIR", "/mine"}, {"AIRFLOW_CTX_TASK_ID", "other"}};
    const auto spec = prepare(an_order("bash", Json{{"bash_command", "true"}, {"env", env}}));
    ASSERT_TRUE(spec);
    EXPECT_THAT(spec->environment, Contains("REEL_DATA_DIR=/mine"));
    EXPECT_THAT(spec->environment, Contains("AIRFLOW_CTX_TASK_ID=load"));
}

TEST_F(ProcessSpecTest, TakesMapsAndListsFromTemplatesToo) {
    store.xcoms[{"extract", "return_value"}] = R"({"rows": {"A": "1"}})";
    const Json env{
        {"bash_command", "true"}, {"env", "{{ ti.xcom_pull('extract').rows | tojson }}"}
    };
    const auto bash = prepare(an_order("bash", env));
    ASSERT_TRUE(bash) << bash.error().describe();
    EXPECT_THAT(bash->environment, Contains("A=1"));
    const auto python =
        prepare(an_order("python", Json{{"python_callable", "a.b"}, {"op_args", "[1, 2]"}}));
    ASSERT_TRUE(python);
    EXPECT_EQ(Json::parse(python->input)["op_args"], Json::array({1, 2}));
    const auto neither = prepare(an_order("bash", Json{{"bash_command", "true"}, {"env", "A=1"}}));
    ASSERT_FALSE(neither);
    EXPECT_EQ(neither.error().message, "'env' must be a map");
    EXPECT_THAT(neither.error().hint, HasSubstr("| tojson"));
}

TEST_F(ProcessSpecTest, OfBashHasAShellThatExists) {
    const auto spec = prepare(an_order("bash", Json{{"bash_command", "true"}}));
    ASSERT_TRUE(spec);
    EXPECT_TRUE(std::filesystem::exists(spec->argv[0])) << spec->argv[0];
}

TEST_F(ProcessSpecTest, OfBashKeepsSecretsInTheInput) {
    store.add_database("warehouse", "s3cret-word");
    options.environment["REEL_CONN_OTHER"] = "postgresql://u:s3cret-word@h/db";
    const auto spec = prepare(
        an_order("bash", Json{{"bash_command", "PGPASSWORD={{ conn.warehouse.password }} psql"}})
    );
    ASSERT_TRUE(spec);
    expect_only_in_input(*spec, "s3cret-word");
    EXPECT_EQ(mask.apply("s3cret-word"), "***");
}

TEST_F(ProcessSpecTest, NamesTheArgumentThatIsMissing) {
    const auto bash = prepare(an_order("bash", Json::object()));
    ASSERT_FALSE(bash);
    EXPECT_EQ(bash.error().message, "'bash_command' is missing or no text");
    EXPECT_EQ(bash.error().where, "load");
}

TEST_F(ProcessSpecTest, OfPythonCallsAFileBesideTheDag) {
    const auto file = scratch.write("dags/work.py", "def f(): pass");
    const Json args{
        {"python_callable_file", "work.py"},
        {"python_callable_name", "f"},
        {"op_args", Json::array({"{{ ds }}"})},
        {"op_kwargs", Json{{"n", 2}}},
    };
    const auto spec = prepare(order_here("python", args));
    ASSERT_TRUE(spec) << spec.error().describe();
    EXPECT_EQ(spec->argv[0], "python3");
    EXPECT_EQ(spec->argv[1], "-c");
    EXPECT_EQ(spec->argv.size(), 3U);
    const Json input = Json::parse(spec->input);
    EXPECT_EQ(input["file"], file.string());
    EXPECT_EQ(input["callable"], "f");
    EXPECT_EQ(input["op_args"], Json::array({"2024-01-31"}));
    EXPECT_EQ(input["op_kwargs"], (Json{{"n", 2}}));
    EXPECT_EQ(input["context"]["ds"], "2024-01-31");
    EXPECT_EQ(input["sys_path"][0], (scratch.path() / "dags").string());
    EXPECT_EQ(input["do_xcom_push"], true);
}

TEST_F(ProcessSpecTest, OfPythonCallsAModule) {
    const auto spec =
        prepare(an_order("python", Json{{"python_callable", "pkg.mod.f"}, {"op_args", nullptr}}));
    ASSERT_TRUE(spec) << spec.error().describe();
    const Json input = Json::parse(spec->input);
    EXPECT_EQ(input["file"], "");
    EXPECT_EQ(input["module"], "pkg.mod");
    EXPECT_EQ(input["callable"], "f");
    EXPECT_EQ(input["op_args"], Json::array());
}

TEST_F(ProcessSpecTest, RefusesPythonArgumentsThatCannotBe) {
    const std::vector<Json> cases{
        Json::object(),
        Json{{"python_callable", "f"}},
        Json{{"python_callable", "pkg."}},
        Json{{"python_callable_file", "none.py"}, {"python_callable_name", "f"}},
        Json{{"python_callable_file", "none.py"}},
        Json{{"python_callable", "a.b"}, {"op_args", "text"}},
        Json{{"python_callable", "a.b"}, {"op_kwargs", Json::array()}},
        Json{{"python_callable", "a.b"}, {"templates_dict", 5}},
    };
    for (const Json& args : cases) {
        EXPECT_FALSE(prepare(an_order("python", args))) << dump(args);
    }
    const auto wrong_type = prepare(an_order("python", cases[5]));
    EXPECT_EQ(wrong_type.error().message, "'op_args' must be a list");
}

TEST_F(ProcessSpecTest, OfABuiltInOperatorIsThisProgramWithItsSpecificationAsInput) {
    store.add_database("warehouse", "s3cret-word");
    auto order = an_order("sql", Json{{"sql", "select '{{ ds }}'"}});
    order.try_number = 2;
    const auto spec = prepare(order);
    ASSERT_TRUE(spec) << spec.error().describe();
    EXPECT_EQ(spec->argv, (std::vector<std::string>{"/opt/reel/bin/reel", "task", "exec"}));
    const auto task = parse_task_spec(spec->input);
    ASSERT_TRUE(task);
    EXPECT_EQ(task->operator_name, "sql");
    EXPECT_EQ(task->args["sql"], "select '2024-01-31'");
    EXPECT_THAT(task->uri, HasSubstr("s3cret-word"));
    EXPECT_EQ(task->identity.attempt, 17);
    EXPECT_EQ(task->identity.try_number, 2);
    EXPECT_EQ(task->data_dir, scratch.path() / "data/dag_id=movies/run_id=manual__1");
    EXPECT_EQ(task->cache_dir, scratch.path() / "data/cache");
    EXPECT_EQ(task->dag_dir, "/dags");
    EXPECT_THAT(task->secrets, Contains("s3cret-word"));
    expect_only_in_input(*spec, "s3cret-word");
}

TEST_F(ProcessSpecTest, OfABranchThatAsksADatabaseIsItsQueryAlone) {
    store.add_database("warehouse", "word");
    const auto spec = prepare(an_order(
        "branch.sql",
        Json{
            {"sql", "select true"},
            {"follow_task_ids_if_true", "a"},
            {"follow_task_ids_if_false", "b"}
        }
    ));
    ASSERT_TRUE(spec) << spec.error().describe();
    const auto task = parse_task_spec(spec->input).value();
    EXPECT_EQ(task.operator_name, "sql");
    EXPECT_EQ(task.args, (Json{{"sql", "select true"}}));
}

TEST_F(ProcessSpecTest, OfEachDatabaseOperatorNeedsItsConnection) {
    for (const char* const name : {"sql", "branch.sql", "stage", "upsert", "quality"}) {
        const auto spec = prepare(an_order(name, Json{{"conn_id", "mart"}}));
        ASSERT_FALSE(spec) << name;
        EXPECT_EQ(spec.error().message, "there is no connection 'mart'");
        EXPECT_THAT(spec.error().hint, StartsWith("reel connections add mart"));
    }
}

TEST_F(ProcessSpecTest, OfUpsertAndQualityHoldsTheStagedTables) {
    options.default_warehouse_uri = "postgresql://u:word-of-it@h/db";
    store.add_staged("stage_movies", "movies");
    const auto upsert = prepare(order_here("upsert", Json{{"from", "stage_movies.movies"}}));
    ASSERT_TRUE(upsert) << upsert.error().describe();
    EXPECT_TRUE(parse_task_spec(upsert->input)->staged.contains("stage_movies.movies"));
    EXPECT_EQ(parse_task_spec(upsert->input)->uri, options.default_warehouse_uri);
    const Json checks{{"stage_movies.movies", Json::array()}};
    const auto quality = prepare(order_here("quality", Json{{"checks", checks}}));
    ASSERT_TRUE(quality);
    EXPECT_TRUE(parse_task_spec(quality->input)->staged.contains("stage_movies.movies"));
    EXPECT_FALSE(prepare(order_here("upsert", Json{{"from", "stage_movies.none"}})));
}

TEST_F(ProcessSpecTest, OfQualityFindsTheFilesOfOtherTools) {
    options.default_warehouse_uri = "postgresql://u:word-of-it@h/db";
    const auto dbt = scratch.write("dags/models/schema.yml", "models: []");
    const auto soda = scratch.write("checks.yml", "");
    const Json args{
        {"dbt", {{"path", "models/schema.yml"}, {"schema", "m"}}},
        {"soda", Json::array({"checks.yml", Json{{"path", "none.yml"}}, dbt.string()})}
    };
    const auto spec = prepare(order_here("quality", args));
    ASSERT_TRUE(spec) << spec.error().describe();
    const Json found = parse_task_spec(spec->input)->args;
    EXPECT_EQ(found["dbt"], (Json{{"path", dbt.string()}, {"schema", "m"}}));
    EXPECT_EQ(
        found["soda"], Json::array({soda.string(), Json{{"path", "none.yml"}}, dbt.string()})
    );
}

TEST_F(ProcessSpecTest, OfDownloadNeedsNoConnectionAndFindsFilesBesideTheDag) {
    const auto file = scratch.write("dags/data/movies.zip", "zip");
    const auto from = [&](const std::string& source) {
        const auto spec = prepare(order_here("download", Json{{"from", source}}));
        EXPECT_TRUE(spec) << spec.error().describe();
        return text_of(parse_task_spec(spec->input)->args, "from");
    };
    EXPECT_EQ(from("data/movies.zip"), file.string());
    EXPECT_EQ(from("none.zip"), (scratch.path() / "dags/none.zip").string());
    EXPECT_EQ(from("https://host/x.zip"), "https://host/x.zip");
    EXPECT_EQ(from("/abs/x.zip"), "/abs/x.zip");
    EXPECT_EQ(store.look_ups, 0);
}

TEST_F(ProcessSpecTest, RefusesAnOperatorThatIsNoProcess) {
    const auto spec = prepare(an_order("docker", Json::object()));
    ASSERT_FALSE(spec);
    EXPECT_EQ(spec.error().code, core::Errc::unsupported);
    EXPECT_EQ(spec.error().message, "the operator 'docker' cannot be run");
}

}  // namespace reel::executor
