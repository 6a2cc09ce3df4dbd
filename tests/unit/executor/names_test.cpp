#include "executor/names.hpp"

#include <gmock/gmock.h>

#include "executor/attempt_log.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"
#include "support/manual_clock.hpp"

namespace reel::executor {
namespace {

using scheduler::TaskOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

scheduler::AttemptOrder instance(const std::string& by_template, int map_index = 0) {
    auto order = an_order("bash", {{"bash_command", "echo"}}, [&](core::Dag& dag) {
        dag.tasks[0].map_index_template = by_template;
        dag.tasks[0].mapping = core::Mapping{
            {{.argument = "env", .literal = {R"([{"R": "eu"}, {"R": "us"}])"}, .upstream = {}}}
        };
    });
    order.key.map_index = map_index;
    order.attempt = 17;
    return order;
}

scheduler::AttemptEnded an_end(TaskOutcome outcome = TaskOutcome::succeeded) {
    scheduler::AttemptEnded ended;
    ended.attempt = 17;
    ended.outcome = outcome;
    return ended;
}

class NamesTest : public testing::Test {
  protected:
    NamesTest() {
        names_->listen([this](scheduler::AttemptEnded end) { ended_.push_back(std::move(end)); });
    }

    void run() {
        io_.restart();
        io_.run();
    }

    void name(const std::string& by_template, TaskOutcome outcome = TaskOutcome::succeeded) {
        names_->name(instance(by_template), an_end(outcome));
        run();
    }

    [[nodiscard]] std::string log() const {
        return scratch_.read(log_path("logs", instance("").key, 1).string());
    }

    Scratch scratch_;
    boost::asio::io_context io_;
    async::BlockingPool pool_{1};
    FakeStore store_;
    std::vector<int> pauses_;
    std::vector<scheduler::AttemptEnded> ended_;
    std::shared_ptr<support::ManualClock> clock_ = std::make_shared<support::ManualClock>();
    std::shared_ptr<Names> names_ = std::make_shared<Names>(
        io_.get_executor(),
        pool_,
        store_,
        options_below(scratch_.path()),
        NamePorts{
            .clock = clock_,
            .backoff =
                [this](int tries) {
                    pauses_.push_back(tries);
                    return core::Duration::zero();
                }
        }
    );
};

TEST(IsNamed, OnlyAnInstanceOfATaskThatSaysHow) {
    EXPECT_TRUE(is_named(instance("{{ ds }}")));
    EXPECT_FALSE(is_named(instance("")));
    EXPECT_FALSE(is_named(instance("{{ ds }}", -1)));
}

TEST(WithName, ANameChangesNothingElse) {
    const auto ended = with_name(an_end(TaskOutcome::failed), std::string("eu"));
    EXPECT_EQ(ended.rendered_map_index, "eu");
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
}

TEST(WithName, ASuccessWithoutANameIsAFailure) {
    scheduler::AttemptEnded end = an_end();
    end.branch = scheduler::BranchDecision{};
    const auto ended = with_name(end, core::fail(core::Errc::invalid_argument, "undefined value"));
    EXPECT_EQ(ended.outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(ended.message, HasSubstr("undefined value"));
    EXPECT_FALSE(ended.branch);
}

TEST(WithName, AFailureKeepsItsReason) {
    for (const TaskOutcome outcome :
         {TaskOutcome::failed, TaskOutcome::skipped, TaskOutcome::timed_out}) {
        auto end = an_end(outcome);
        end.message = "exit code 3";
        const auto ended = with_name(end, core::fail(core::Errc::invalid_argument, "undefined"));
        EXPECT_EQ(ended.outcome, outcome);
        EXPECT_EQ(ended.message, "exit code 3");
    }
}

TEST_F(NamesTest, ReportsTheEndWithTheName) {
    name("{{ expand.env.R }}");
    ASSERT_THAT(ended_, SizeIs(1));
    EXPECT_EQ(ended_[0].attempt, 17);
    EXPECT_EQ(ended_[0].rendered_map_index, "eu");
    EXPECT_THAT(log(), HasSubstr("INFO map_index_template: eu"));
}

TEST_F(NamesTest, SaysInTheLogWhyThereIsNone) {
    name("{{ no_such_word }}");
    ASSERT_THAT(ended_, SizeIs(1));
    EXPECT_EQ(ended_[0].outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(log(), HasSubstr("ERROR map_index_template: "));
}

TEST_F(NamesTest, NeverCallsFromInsideTheCall) {
    names_->name(instance("x"), an_end());
    EXPECT_THAT(ended_, IsEmpty());
    run();
    EXPECT_THAT(ended_, SizeIs(1));
}

TEST_F(NamesTest, WaitsForADatabaseThatIsAway) {
    store_.variables["region"] = "eu";
    store_.away = 2;
    name("{{ var.value.region }}");
    EXPECT_THAT(pauses_, ElementsAre(1, 2));
    ASSERT_THAT(ended_, SizeIs(1));
    EXPECT_EQ(ended_[0].rendered_map_index, "eu");
}

TEST_F(NamesTest, ADatabaseThatSaysNoFailsTheTask) {
    store_.away = 1;
    store_.failure = postgres::FailureKind::bug;
    name("{{ var.value.region }}");
    ASSERT_THAT(ended_, SizeIs(1));
    EXPECT_EQ(ended_[0].outcome, TaskOutcome::failed_finally);
}

TEST_F(NamesTest, CallsNobodyAfterItWasAbandoned) {
    names_->name(instance("x"), an_end());
    names_->abandon();
    run();
    names_->name(instance("x"), an_end());
    run();
    EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(NamesTest, MayBeAbandonedWhileItWaitsForTheDatabase) {
    store_.away = 1'000'000;
    names_->name(instance("{{ var.value.region }}"), an_end());
    while (pauses_.size() < 3) {
        io_.run_one();
    }
    names_->abandon();
    run();
    EXPECT_THAT(ended_, IsEmpty());
}

}  // namespace
}  // namespace reel::executor
