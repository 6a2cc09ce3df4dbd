#include "executor/instance_name.hpp"

#include <gmock/gmock.h>

#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Instance 1 of a bash task mapped over two regions.
class InstanceNameTest : public testing::Test {
  protected:
    core::Result<std::string> name(
        const std::string& by_template,
        const Json& args = {{"bash_command", "echo"}},
        const std::vector<store::XComRecord>& pushed = {}
    ) {
        auto order = an_order("bash", args, [&](core::Dag& dag) {
            dag.tasks[0].map_index_template = by_template;
            dag.tasks[0].mapping = core::Mapping{
                {{.argument = "env",
                  .literal = {R"([{"REGION": "us"}, {"REGION": "eu-{{ ds }}"}])"},
                  .upstream = {}}}
            };
        });
        order.key.map_index = 1;
        return render_instance_name(order, pushed, store_, options_, mask_);
    }

    store::XComRecord pushed(const std::string& task, const std::string& key, const Json& value) {
        store::XComRecord xcom{.key = {}, .name = key, .value = to_text(value), .at = a_date()};
        xcom.key.task_id = core::TaskId(task);
        return xcom;
    }

    Scratch scratch_;
    FakeStore store_;
    ExecutorOptions options_ = options_below(scratch_.path());
    SecretMask mask_;
};

TEST_F(InstanceNameTest, IsTheTextItselfWhereItIsNoTemplate) {
    EXPECT_EQ(name("plain").value(), "plain");
}

TEST_F(InstanceNameTest, KnowsWhatTheMappingGivesToTheInstance) {
    EXPECT_EQ(name("{{ expand.env.REGION }}").value(), "eu-2024-01-31");
    EXPECT_EQ(name("{{ map_index }} of {{ ds }}").value(), "1 of 2024-01-31");
}

TEST_F(InstanceNameTest, KnowsTheArgumentsOfItsTaskAsAirflowDoes) {
    EXPECT_EQ(
        name("{{ task.env.REGION }}: {{ task.bash_command }}", {{"bash_command", "echo {{ ds }}"}})
            .value(),
        "eu-2024-01-31: echo 2024-01-31"
    );
    EXPECT_EQ(name("{{ task.task_id }}", {{"task_id", "other"}}).value(), "load")
        << "no argument stands for what the task is";
}

TEST_F(InstanceNameTest, KnowsWhatTheInstanceHasPushedBeforeItIsStored) {
    EXPECT_EQ(
        name(
            "{{ ti.xcom_pull('load') }}/{{ ti.xcom_pull('load', key='rows') }}",
            {{"bash_command", "echo"}},
            {pushed("load", "return_value", "eu.csv"), pushed("load", "rows", 7)}
        )
            .value(),
        "eu.csv/7"
    );
}

TEST_F(InstanceNameTest, IsAnErrorWhereAWordIsNotKnown) {
    const auto missing = name("{{ nothing_of_the_kind }}");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().describe(), HasSubstr("load.map_index_template"));
    EXPECT_FALSE(name("ok", {{"bash_command", "{{ nothing_of_the_kind }}"}}))
        << "arguments that cannot be rendered";
}

TEST_F(InstanceNameTest, HasTwoHundredAndFiftyCharactersAtMost) {
    EXPECT_EQ(name("{{ ds }}" + std::string(300, 'y'))->size(), 250U);
    std::string umlauts;
    for (int i = 0; i < 251; ++i) {
        umlauts += "ü";
    }
    EXPECT_EQ(name(umlauts).value(), umlauts.substr(0, 500)) << "250 of two bytes each";
}

TEST_F(InstanceNameTest, ShowsNoPassword) {
    store_.add_database("warehouse", "s3cret-word");
    EXPECT_THAT(name("as {{ conn.warehouse.password }}").value(), Not(HasSubstr("s3cret-word")));
}

TEST_F(InstanceNameTest, TellsOfADatabaseThatIsAway) {
    store_.away = 1;
    EXPECT_THROW((void)name("{{ var.value.region }}"), postgres::DatabaseError);
}

}  // namespace
}  // namespace reel::executor
