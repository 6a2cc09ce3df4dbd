#include "executor/environment.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace reel::executor {

namespace {

const config::Environment of_reel{
    {"PATH", "/bin"},
    {"HOME", "/root"},
    {"EDITOR", "vi"},
    {"REEL_HOME", "/srv/reel"},
    {"REEL__DATABASE__URL", "postgresql://u:secret@h/db"},
    {"REEL_CONN_WAREHOUSE", "postgresql://u:secret@h/db"},
    {"REEL_VAR_TOKEN", "secret"},
    {"AIRFLOW__CORE__FERNET_KEY", "secret"},
    {"AIRFLOW_CONN_WAREHOUSE", "secret"},
    {"AIRFLOW_VAR_TOKEN", "secret"},
};

}  // namespace

TEST(Environment, KeepsEverythingThatHoldsNoSecretOfReel) {
    const config::Environment expected{
        {"PATH", "/bin"}, {"HOME", "/root"}, {"EDITOR", "vi"}, {"REEL_HOME", "/srv/reel"}
    };
    EXPECT_EQ(inherited_environment(of_reel), expected);
}

TEST(Environment, TellsATaskWhichAttemptItIs) {
    auto order =
        an_order("bash", Json::object(), [](core::Dag& dag) { dag.tasks[0].owner = "data"; });
    order.try_number = 3;
    const config::Environment expected{
        {"AIRFLOW_CTX_DAG_ID", "movies"},
        {"AIRFLOW_CTX_TASK_ID", "load"},
        {"AIRFLOW_CTX_DAG_RUN_ID", "manual__1"},
        {"AIRFLOW_CTX_LOGICAL_DATE", "2024-01-31T07:00:00+00:00"},
        {"AIRFLOW_CTX_EXECUTION_DATE", "2024-01-31T07:00:00+00:00"},
        {"AIRFLOW_CTX_TRY_NUMBER", "3"},
        {"AIRFLOW_CTX_DAG_OWNER", "data"},
    };
    EXPECT_EQ(attempt_environment(order), expected);
}

TEST(Environment, IsInheritedWholeWhereATaskNamesNone) {
    const config::Environment inherited{{"PATH", "/bin"}, {"EDITOR", "vi"}};
    const auto with_none = bash_environment(inherited, Json::object());
    const auto with_null = bash_environment(inherited, Json{{"env", nullptr}});
    ASSERT_TRUE(with_none && with_null);
    EXPECT_FALSE(*with_none);
    EXPECT_FALSE(*with_null);
    const InheritedEnvironment once(inherited);
    EXPECT_EQ(once.variables(), inherited);
    EXPECT_EQ(*once.list(), (std::vector<std::string>{"EDITOR=vi", "PATH=/bin"}));
}

TEST(Environment, OfATaskOfAnAirflowAroundReelIsNotInherited) {
    const config::Environment around{
        {"PATH", "/bin"}, {"AIRFLOW_CTX_DAG_ID", "outer"}, {"REEL_DATA_DIR", "/outer"}
    };
    EXPECT_EQ(inherited_environment(around), (config::Environment{{"PATH", "/bin"}}));
}

TEST(Environment, OfATaskReplacesWhatIsInheritedButWhereProgramsAre) {
    const config::Environment inherited{{"PATH", "/bin"}, {"HOME", "/root"}, {"EDITOR", "vi"}};
    const auto result = bash_environment(inherited, Json{{"env", Json{{"A", "1"}, {"B", 2}}}});
    ASSERT_TRUE(result);
    const config::Environment expected{{"PATH", "/bin"}, {"HOME", "/root"}, {"A", "1"}, {"B", "2"}};
    EXPECT_EQ(*result, expected);
}

TEST(Environment, OfATaskIsAddedWhereItSaysSo) {
    const config::Environment inherited{{"PATH", "/bin"}, {"EDITOR", "vi"}};
    const auto result =
        bash_environment(inherited, Json{{"env", Json{{"EDITOR", "ed"}}}, {"append_env", true}});
    ASSERT_TRUE(result);
    const config::Environment expected{{"PATH", "/bin"}, {"EDITOR", "ed"}};
    EXPECT_EQ(*result, expected);
}

TEST(Environment, RefusesWhatNoProcessCanBeGiven) {
    const auto list = bash_environment({}, Json{{"env", Json::array({"A=1"})}});
    const auto name = bash_environment({}, Json{{"env", Json{{"A=B", "1"}}}});
    const auto empty = bash_environment({}, Json{{"env", Json{{"", "1"}}}});
    const auto nul = bash_environment({}, Json{{"env", Json{{"A", std::string("x\0y", 3)}}}});
    ASSERT_FALSE(list || name || empty || nul);
    EXPECT_EQ(list.error().message, "'env' must be a map of names and values");
    EXPECT_EQ(name.error().message, "'A=B' cannot be the name of an environment variable");
    EXPECT_EQ(empty.error().code, core::Errc::invalid_argument);
    EXPECT_EQ(nul.error().message, "the value of environment variable 'A' holds a NUL");
}

TEST(Environment, IsListedByName) {
    const std::vector<std::string> expected{"A=1", "B=x=y"};
    EXPECT_EQ(environment_list({{"B", "x=y"}, {"A", "1"}}), expected);
}

}  // namespace reel::executor
