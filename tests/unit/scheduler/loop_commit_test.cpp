#include <gmock/gmock.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <deque>

#include "reel/postgres/error.hpp"
#include "store/memory_store.hpp"
#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using postgres::DatabaseError;
using postgres::FailureKind;
using support::a_dag;
using ::testing::SizeIs;

/// What becomes of a commit that was sent.
enum class End {
    stored,
    stored_later,      ///< it is looked at too early first
    in_the_way,        ///< nothing was stored
    lost,              ///< nothing was stored, and nobody says so
    answer_lost,       ///< stored, and nobody says so
    refused,           ///< by a mistake in its SQL
    term_is_over,      ///< another scheduler leads
    socket_is_broken,  ///< nobody will ever tell
};

/// Commits that are begun end as the test says, in the order of their beginning; all others wait in
/// the usual way.
class BegunStore final : public store::MemoryStore {
  public:
    using MemoryStore::MemoryStore;

    std::unique_ptr<store::CommitUnderWay> begin(const store::Commit& commit) override {
        if (ends.empty()) return nullptr;
        const End end = ends.front();
        ends.pop_front();
        return std::make_unique<UnderWay>(*this, commit, end);
    }
    core::Result<void> commit(const store::Commit& commit) override {
        ++waited_for;
        return MemoryStore::commit(commit);
    }

    std::deque<End> ends;
    int waited_for = 0;
    int looked_too_early = 0;

  private:
    class UnderWay final : public store::CommitUnderWay {
      public:
        UnderWay(BegunStore& store, store::Commit commit, End end)
            : store_(store), commit_(std::move(commit)), end_(end), socket_(::eventfd(1, 0)) {}
        UnderWay(const UnderWay&) = delete;
        UnderWay& operator=(const UnderWay&) = delete;
        ~UnderWay() override { ::close(socket_); }

        int socket() const override { return end_ == End::socket_is_broken ? -1 : socket_; }

        Progress look() override {
            switch (end_) {
                case End::stored_later:
                    end_ = End::stored;
                    ++store_.looked_too_early;
                    return Progress::under_way;
                case End::in_the_way:
                    return Progress::in_the_way;
                case End::lost:
                    throw DatabaseError(FailureKind::transient, "", "the server is away");
                case End::refused:
                    throw DatabaseError(FailureKind::bug, "42601", "syntax error");
                case End::term_is_over:
                    throw store::LostLeadership("term 1 is over");
                default:
                    break;
            }
            EXPECT_TRUE(store_.MemoryStore::commit(commit_));
            if (end_ == End::answer_lost) {
                throw DatabaseError(FailureKind::in_doubt, "", "the connection broke");
            }
            return Progress::stored;
        }

      private:
        BegunStore& store_;
        store::Commit commit_;
        End end_;
        int socket_;
    };
};

class LoopCommit : public LoopTest {
  protected:
    LoopCommit() {
        auto begun_store = std::make_unique<BegunStore>(clock);
        begun = begun_store.get();
        store = std::move(begun_store);
        scheduler = make_life(*store);
        tasks.on_start = [this](const AttemptOrder& order) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        };
    }

    /// The first commit of a run ends so, and all others are stored from the loop.
    void run_with(End end) {
        play([this, end]() -> asio::awaitable<void> {
            co_await load(a_dag("d").task("a"));
            begun->waited_for = 0;
            begun->ends.assign(20, End::stored);
            begun->ends.front() = end;
            EXPECT_TRUE(co_await trigger("r"));
        });
    }

    BegunStore* begun = nullptr;
};

TEST_F(LoopCommit, ThatIsStoredFromTheLoopIsNotWaitedForElsewhere) {
    run_with(End::stored);
    EXPECT_EQ(stored_state(core::RunId("r")), core::RunState::success);
    EXPECT_EQ(begun->waited_for, 0);
    EXPECT_FALSE(begun->ends.empty());
}

TEST_F(LoopCommit, IsLookedAtUntilItHasEnded) {
    run_with(End::stored_later);
    EXPECT_EQ(stored_state(core::RunId("r")), core::RunState::success);
    EXPECT_EQ(begun->waited_for, 0);
    EXPECT_EQ(begun->looked_too_early, 1);
}

class LoopCommitOfNobody : public LoopCommit, public ::testing::WithParamInterface<End> {};

TEST_P(LoopCommitOfNobody, IsMadeAgain) {
    run_with(GetParam());
    EXPECT_EQ(begun->waited_for, 1);
    EXPECT_EQ(stored_state(core::RunId("r")), core::RunState::success);
    EXPECT_THAT(tasks.started, SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    Every, LoopCommitOfNobody, ::testing::Values(End::in_the_way, End::lost, End::socket_is_broken)
);

TEST_F(LoopCommit, WhoseAnswerWasLostIsNotStoredTwice) {
    run_with(End::answer_lost);
    EXPECT_EQ(begun->waited_for, 1);
    EXPECT_EQ(stored_state(core::RunId("r")), core::RunState::success);
    EXPECT_EQ(store->list_runs({}).total, 1U);
    EXPECT_THAT(tasks.started, SizeIs(1));
}

TEST_F(LoopCommit, ThatTheServerRefusesForGoodEndsTheLoop) {
    EXPECT_THROW(run_with(End::refused), DatabaseError);
    EXPECT_THAT(tasks.started, SizeIs(0));
}

TEST_F(LoopCommit, OfATermThatIsOverEndsTheLoop) {
    EXPECT_THROW(run_with(End::term_is_over), store::LostLeadership);
    EXPECT_THAT(tasks.started, SizeIs(0));
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

}  // namespace
}  // namespace reel::scheduler
