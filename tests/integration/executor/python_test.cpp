#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr const char* module_text = R"python(
import sys

class AirflowSkipException(Exception): pass
class AirflowFailException(Exception): pass

def add(a, b=0): print("adding"); return {"sum": a + b}
def day(ds, logical_date, ti, **kwargs):
    ti.xcom_push("seen", ds)
    return [ds, logical_date.year, kwargs["run_id"], ti.try_number]
def chosen(ds): return ds
def positional(ds, n): return [ds, n]
def skip(): raise AirflowSkipException("nothing new")
def fail_for_good(): raise AirflowFailException("wrong forever")
def fail(): raise ValueError("broken pipe dream")
def unserialisable(): return {1, 2}
def not_a_number(): return float("nan")
def nothing(): return None
def leave(): sys.exit(7)
def pull(ti): return ti.xcom_pull("extract")
def environment():
    import os
    return sorted(os.environ)
not_callable = 5
)python";

class PythonTask : public testing::Test {
  protected:
    PythonTask() { worker.write("dags/work.py", module_text); }

    scheduler::AttemptEnded call(const std::string& name, Json args = Json::object()) {
        args["python_callable_file"] = "work.py";
        args["python_callable_name"] = name;
        return worker.run("python", args);
    }
    /// The value that it returned.
    std::string value_of(const std::string& name, const Json& args = Json::object()) {
        const auto ended = call(name, args);
        EXPECT_EQ(ended.outcome, TaskOutcome::succeeded) << ended.message << worker.last_log();
        return ended.xcoms.empty() ? "nothing" : ended.xcoms[0].value.text;
    }

    Worker worker;
};

}  // namespace

TEST_F(PythonTask, IsCalledWithItsArgumentsAndItsValueIsPushed) {
    EXPECT_EQ(
        value_of("add", Json{{"op_args", Json::array({2})}, {"op_kwargs", Json{{"b", 3}}}}),
        R"({"sum":5})"
    );
    EXPECT_THAT(worker.last_log(), HasSubstr("\nadding\n"));
}

TEST_F(PythonTask, IsGivenTheContextItAsksFor) {
    const auto ended = call("day");
    ASSERT_EQ(ended.xcoms.size(), 2U) << ended.message << worker.last_log();
    EXPECT_EQ(ended.xcoms[0].value.text, R"(["2024-01-31",2024,"manual__1",1])");
    EXPECT_EQ(ended.xcoms[1].name, "seen");
    EXPECT_EQ(ended.xcoms[1].value.text, R"("2024-01-31")");
}

TEST_F(PythonTask, PrefersItsOwnArgumentsToTheContext) {
    EXPECT_EQ(value_of("chosen"), R"("2024-01-31")");
    EXPECT_EQ(value_of("chosen", Json{{"op_kwargs", Json{{"ds", "mine"}}}}), R"("mine")");
    const Json args{{"op_args", Json::array({"first"})}, {"op_kwargs", Json{{"n", 1}}}};
    EXPECT_EQ(value_of("positional", args), R"(["first",1])");
}

TEST_F(PythonTask, MayBeAFunctionOfAModuleBesideTheDag) {
    const auto ended = worker.run("python", Json{{"python_callable", "work.nothing"}});
    EXPECT_EQ(ended.outcome, TaskOutcome::succeeded) << worker.last_log();
    EXPECT_TRUE(ended.xcoms.empty()) << "None is not pushed";
    EXPECT_FALSE(std::filesystem::exists(worker.root / "dags/__pycache__"));
}

TEST_F(PythonTask, FailsWithItsExceptionAndATraceback) {
    const auto ended = call("fail");
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
    EXPECT_EQ(ended.message, "ValueError: broken pipe dream");
    EXPECT_THAT(worker.last_log(), HasSubstr("Traceback (most recent call last)"));
    EXPECT_THAT(worker.last_log(), HasSubstr("work.py"));
}

TEST_F(PythonTask, IsSkippedOrFailsForGoodByItsException) {
    EXPECT_EQ(call("skip").outcome, TaskOutcome::skipped);
    EXPECT_THAT(worker.last_log(), HasSubstr("skipped: nothing new"));
    const auto ended = call("fail_for_good");
    EXPECT_EQ(ended.outcome, TaskOutcome::failed_finally);
    EXPECT_EQ(ended.message, "AirflowFailException: wrong forever");
}

TEST_F(PythonTask, FailsWhereItsValueIsNotJson) {
    for (const char* const name : {"unserialisable", "not_a_number"}) {
        const auto ended = call(name);
        EXPECT_EQ(ended.outcome, TaskOutcome::failed_finally);
        EXPECT_THAT(ended.message, HasSubstr("cannot be kept as JSON"));
        EXPECT_THAT(ended.message, HasSubstr("hint: "));
    }
}

TEST_F(PythonTask, FailsWithTheStatusItLeavesWith) {
    const auto ended = call("leave");
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
    EXPECT_EQ(ended.message, "exit code 7");
}

TEST_F(PythonTask, SaysWhatIsWrongWithItsName) {
    EXPECT_THAT(call("missing").message, HasSubstr("there is no 'missing' in"));
    EXPECT_THAT(call("not_callable").message, HasSubstr("is not callable"));
    EXPECT_THAT(call("pull").message, HasSubstr("pass the value as an argument"));
    const auto module = worker.run("python", Json{{"python_callable", "no_such_module.f"}});
    EXPECT_EQ(module.outcome, TaskOutcome::failed);
    EXPECT_THAT(module.message, HasSubstr("no_such_module"));
}

TEST_F(PythonTask, HasNoSecretInItsEnvironment) {
    const std::string names = value_of("environment");
    EXPECT_THAT(names, HasSubstr("AIRFLOW_CTX_DAG_ID"));
    EXPECT_THAT(names, Not(HasSubstr("REEL__DATABASE__URL")));
}

}  // namespace reel::executor
