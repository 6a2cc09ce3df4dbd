#include "reel/postgres/error.hpp"
#include "store/memory_store.hpp"
#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

/// Whose commits fail for a while.
class StoreThatIsAway final : public store::MemoryStore {
  public:
    core::Result<void> commit(const store::Commit& commit) override {
        if (failures_left > 0) {
            --failures_left;
            throw postgres::DatabaseError(postgres::FailureKind::transient, "57P03", "away");
        }
        return MemoryStore::commit(commit);
    }
    int failures_left = 0;
};

/// What people are told is stored by then.
class LoopAnswers : public LoopTest {
  protected:
    StoreThatIsAway away;
    std::unique_ptr<Scheduler> loop = make_life(away);
};

TEST_F(LoopAnswers, NobodyIsToldThatARunIsThereBeforeItIsStored) {
    std::swap(scheduler, loop);
    tasks.on_start = [this](const AttemptOrder& order) {
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    int answers = 0;
    const auto ask = [&]() -> asio::awaitable<void> {
        static_cast<void>(co_await trigger("r"));
        ++answers;
        EXPECT_TRUE(away.get_run(core::DagId("d"), core::RunId("r")));
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(support::a_dag("d").task("a"));
        co_await trigger("first");
        away.failures_left = 50;
        asio::co_spawn(io, ask, [](const std::exception_ptr&) {});
        co_await ask();
        while (answers < 2) co_await trigger();
    });
    EXPECT_EQ(answers, 2);
}

}  // namespace
}  // namespace reel::scheduler
