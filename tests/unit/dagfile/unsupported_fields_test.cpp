#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/dag_shapes.hpp"
#include "dagfile/operators.hpp"
#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string dag_with(const std::string& line) {
    return "d:\n  " + line + "\n  tasks: {a: {operator: empty}}\n";
}

std::string task_with(const std::string& line) {
    return "d:\n  tasks:\n    a:\n      operator: empty\n      " + line + "\n";
}

/// Every field of a shape against a file that is made with it: asked for, it is refused by its
/// name; null or at a harmless value, it is borne.
template <class MakeFile>
void expect_planned(const std::vector<Field>& fields, const std::string& owner, MakeFile file) {
    int count = 0;
    for (const Field& field : fields) {
        if (field.support != Support::planned) continue;
        ++count;
        const LoadedFile refused = parse(file(field.name + ": {really: wanted}"));
        ASSERT_EQ(refused.diagnostics.size(), 1U) << field.name;
        EXPECT_EQ(
            refused.diagnostics[0].message, "'" + field.name + "' is not supported yet, in " + owner
        );
        EXPECT_TRUE(refused.diagnostics[0].hint.starts_with("remove it")) << field.name;
        EXPECT_THAT(refused.dags, IsEmpty()) << field.name;
        EXPECT_THAT(mistakes_in(file(field.name + ": null")), IsEmpty()) << field.name;
        for (const std::string& harmless : field.harmless) {
            EXPECT_THAT(mistakes_in(file(field.name + ": " + harmless)), IsEmpty()) << field.name;
        }
    }
    EXPECT_GT(count, 0);
}

template <class MakeFile>
void expect_descriptive(const std::vector<Field>& fields, MakeFile file) {
    int count = 0;
    for (const Field& field : fields) {
        if (field.support != Support::descriptive) continue;
        if (field.name == "email") continue;  // asks for mails where its switches are on
        ++count;
        for (const char* value : {"text", "5", "[a]", "{a: b}", "null"}) {
            EXPECT_THAT(mistakes_in(file(field.name + ": " + value)), IsEmpty()) << field.name;
        }
    }
    EXPECT_GT(count, 0);
}

TEST(PlannedFields, OfADagAreRefusedUnlessTheyAskForNothing) {
    expect_planned(dag_shape().fields, "DAG 'd'", dag_with);
}

TEST(PlannedFields, OfATaskAreRefusedUnlessTheyAskForNothing) {
    expect_planned(task_fields(), "task 'a'", task_with);
}

TEST(PlannedFields, OfATaskGroupAreRefusedUnlessTheyAskForNothing) {
    expect_planned(task_group_shape().fields, "task group 'g'", [](const std::string& line) {
        return dag_with("task_groups: {g: {" + line + "}}");
    });
}

TEST(PlannedFields, OfDefaultArgsAreRefusedWhereTheyStand) {
    EXPECT_THAT(
        mistakes_in(
            dag_with("default_args: {variables_as_arguments: [x], sla: 1h, multiple_outputs: true}")
        ),
        ElementsAre(
            "2:18 'variables_as_arguments' has another name now, in default_args of DAG 'd'",
            "2:47 'sla' is not supported yet, in default_args of DAG 'd'",
            "2:56 'multiple_outputs' is not supported yet, in default_args of DAG 'd'"
        )
    );
}

TEST(PlannedFields, TellTheValueThatIsBorne) {
    const LoadedFile file = parse(task_with("multiple_outputs: true"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].hint, "remove it, or set it to false");
    EXPECT_EQ(parse(task_with("sla: 1h")).diagnostics[0].hint, "remove it");
}

TEST(DescriptiveFields, OfADagTakeAnything) {
    expect_descriptive(dag_shape().fields, dag_with);
}

TEST(DescriptiveFields, OfATaskTakeAnything) {
    expect_descriptive(task_fields(), task_with);
}

TEST(DescriptiveFields, ChangeNothingButTheVersion) {
    core::Dag plain = parse_one(task_with("doc_md: x"));
    core::Dag described = parse_one(task_with("doc_md: x\n      ui_color: red"));
    EXPECT_NE(plain.version, described.version);
    plain.version = described.version;
    EXPECT_EQ(plain, described);
}

TEST(ReplacedFields, NameTheirSuccessor) {
    const LoadedFile file = parse(dag_with("schedule_interval: '@daily'"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].message, "'schedule_interval' has another name now, in DAG 'd'");
    EXPECT_EQ(file.diagnostics[0].hint, "write 'schedule'");
}

TEST(PlannedOperators, AreToldApartFromUnknownOnes) {
    for (const char* name :
         {"http", "export", "spark_submit", "docker", "airflow.operators.branch.X"}) {
        EXPECT_TRUE(is_planned_operator(name)) << name;
        EXPECT_EQ(find_operator(name), nullptr) << name;
    }
    for (const char* name : {"", "htttp", "sensor.files", "my.airflow.Operator", "bash"}) {
        EXPECT_FALSE(is_planned_operator(name)) << name;
    }
}

TEST(OperatorList, HasEachNameAndPathOnce) {
    std::vector<std::string> names = operator_names();
    const std::size_t count = names.size();
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    EXPECT_TRUE(repeated.empty());
    EXPECT_GE(count, all_operators().size());
    for (const std::string& name : names) EXPECT_NE(find_operator(name), nullptr) << name;
}

TEST(OperatorList, DescribesEveryArgument) {
    for (const Operator& one : all_operators()) {
        EXPECT_FALSE(one.meaning.empty()) << one.name;
        for (const Field& arg : one.args) {
            EXPECT_FALSE(arg.meaning.empty()) << one.name << "." << arg.name;
            ASSERT_NE(one.task->find_field(arg.name), nullptr);
        }
    }
}

}  // namespace
}  // namespace reel::dagfile
