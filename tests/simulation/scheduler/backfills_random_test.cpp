#include <gmock/gmock.h>

#include "scheduler/backfills.hpp"
#include "support/dice.hpp"

namespace reel::scheduler {
namespace {

using core::DagId;
using core::RunId;
using core::Timestamp;
using std::chrono::seconds;

/// Open backfills that chance plays with, a store that is told of it, and what must hold always.
class RandomBackfills {
  public:
    explicit RandomBackfills(std::uint32_t seed) : dice_(seed) {
        for (int i = 0; i < 3; ++i) {
            store::OpenBackfill open;
            open.backfill.id = i + 1;
            open.backfill.dag_id = DagId("d" + std::to_string(i));
            open.backfill.max_active_runs = 1 + dice_.below(4);
            const int fires = 1 + dice_.below(12);
            for (int n = 1; n <= fires; ++n) {
                store::BackfillRunRecord fire;
                fire.backfill_id = open.backfill.id;
                fire.sort_ordinal = n;
                fire.dag_id = open.backfill.dag_id;
                fire.logical_date = Timestamp() + std::chrono::hours(n);
                open.runs.push_back(fire);
            }
            backfills_.take_up(open);
            store_.push_back(std::move(open));
        }
    }

    void step() {
        now_ += seconds(1);
        switch (dice_.below(8)) {
            case 0:
            case 1:
                answer_wishes();
                break;
            case 2:
                begin_queued();
                break;
            case 3:
            case 4:
                end_one();
                break;
            case 5:
                clear_one();
                break;
            case 6:
                pause_one(dice_.one_in(2));
                break;
            default:
                flush();
                if (dice_.one_in(3)) restart();
        }
        check();
    }

    /// Nobody meddles any more; gives whether all completed.
    bool settle() {
        for (const auto& open : store_) {
            if (backfills_.find(open.backfill.id) == nullptr) continue;
            backfills_.set_paused(open.backfill.id, false, now_);
        }
        for (int i = 0; i < 500; ++i) {
            begin_queued();
            answer_wishes();
            end_one();
            check();
            flush();
        }
        return std::ranges::all_of(store_, [](const auto& open) {
            return open.backfill.completed_at.has_value();
        });
    }

    [[nodiscard]] const std::vector<store::OpenBackfill>& store() const { return store_; }
    [[nodiscard]] int restarts() const { return restarts_; }

  private:
    using Run = store::RunName;

    void answer_wishes() {
        for (const auto& wish : backfills_.wishes(anything)) {
            auto fire = backfills_.take(wish);
            ASSERT_TRUE(fire) << "a wish stands until something happens";
            ASSERT_TRUE(fire->is_pending());
            if (dice_.one_in(4)) {
                backfills_.decide_against(*fire, "already exists");
                continue;
            }
            const Run run{fire->dag_id, RunId("r" + std::to_string(fire->sort_ordinal))};
            backfills_.decide(*fire, run.run_id);
            backfills_.begin(run.dag_id, run.run_id);
            ASSERT_TRUE(running_.insert(run).second) << "a fire gives one run";
        }
    }

    void begin_queued() {
        for (const Run& run : backfills_.startable(anything)) {
            backfills_.begin(run.dag_id, run.run_id);
            ASSERT_EQ(queued_.erase(run), 1U);
            running_.insert(run);
        }
    }

    void end_one() {
        if (running_.empty()) return;
        const Run run = dice_.pick(std::vector(running_.begin(), running_.end()));
        backfills_.end(run.dag_id, run.run_id);
        running_.erase(run);
        ended_.insert(run);
    }

    /// A person queues a run again; one of a completed backfill is nobody's any more.
    void clear_one() {
        if (ended_.empty()) return;
        const Run run = dice_.pick(std::vector(ended_.begin(), ended_.end()));
        const bool belongs = backfills_.has(run.dag_id, run.run_id);
        backfills_.queue(run.dag_id, run.run_id);
        EXPECT_EQ(backfills_.queued(run.dag_id).contains(run.run_id), belongs);
        if (!belongs) return;
        ended_.erase(run);
        queued_.insert(run);
    }

    void pause_one(bool paused) {
        const store::BackfillId id = 1 + dice_.below(3);
        if (backfills_.find(id) == nullptr) return;
        EXPECT_EQ(backfills_.set_paused(id, paused, now_).is_paused, paused);
    }

    void flush() {
        store::Commit commit;
        backfills_.flush(commit, now_);
        for (const auto& fire : commit.backfill_runs) {
            auto& stored =
                row(fire.backfill_id).runs.at(static_cast<std::size_t>(fire.sort_ordinal - 1));
            EXPECT_TRUE(stored.is_pending()) << "a fire is decided once";
            EXPECT_FALSE(fire.is_pending());
            stored = fire;
        }
        for (const auto& record : commit.backfills) {
            EXPECT_FALSE(row(record.id).backfill.completed_at) << "it completes once";
            row(record.id).backfill = record;
            if (record.completed_at) expect_over(record);
        }
    }

    void expect_over(const store::BackfillRecord& record) {
        for (const auto& fire : row(record.id).runs) EXPECT_FALSE(fire.is_pending());
        EXPECT_EQ(active_of(running_, record.dag_id) + active_of(queued_, record.dag_id), 0);
        EXPECT_FALSE(backfills_.is_open(record.dag_id));
    }

    /// Everything that is not in the store is forgotten.
    void restart() {
        ++restarts_;
        backfills_ = Backfills();
        for (const auto& open : store_) {
            if (!open.backfill.completed_at) backfills_.take_up(open);
        }
        for (const Run& run : running_) backfills_.begin(run.dag_id, run.run_id);
        for (const Run& run : queued_) backfills_.queue(run.dag_id, run.run_id);
    }

    void check() {
        EXPECT_LE(backfills_.wishes(anything).size(), Backfills::most_wishes);
        for (const auto& open : store_) {
            const auto& record = open.backfill;
            const int active = active_of(running_, record.dag_id);
            EXPECT_LE(active, record.max_active_runs) << record.dag_id.str();
        }
        for (const auto& wish : backfills_.wishes(anything)) {
            EXPECT_FALSE(backfills_.find(wish.backfill_id)->is_paused);
        }
    }

    static int active_of(const std::set<Run>& runs, const DagId& dag_id) {
        return static_cast<int>(std::ranges::count(runs, dag_id, &Run::dag_id));
    }
    store::OpenBackfill& row(store::BackfillId id) {
        return store_.at(static_cast<std::size_t>(id - 1));
    }
    static bool anything(const DagId&) { return true; }

    Dice dice_;
    Timestamp now_;
    Backfills backfills_;
    std::vector<store::OpenBackfill> store_;
    std::set<Run> running_;
    std::set<Run> queued_;
    std::set<Run> ended_;
    int restarts_ = 0;
};

TEST(RandomBackfills, KeepTheirRoomAndDecideEachFireOnceWhateverHappens) {
    int restarts = 0;
    for (std::uint32_t seed = 1; seed <= 600; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomBackfills backfills(seed);
        for (int i = 0; i < 120; ++i) backfills.step();
        ASSERT_TRUE(backfills.settle());
        restarts += backfills.restarts();
        if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GT(restarts, 600) << "the test is worth little without restarts";
}

TEST(RandomBackfills, GiveARunOrAReasonForEachFireInTheEnd) {
    for (std::uint32_t seed = 1; seed <= 500; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomBackfills backfills(seed);
        for (int i = 0; i < 40; ++i) backfills.step();
        ASSERT_TRUE(backfills.settle());
        for (const auto& open : backfills.store()) {
            for (const auto& fire : open.runs) {
                EXPECT_NE(fire.run_id.has_value(), !fire.exception_reason.empty());
            }
        }
    }
}

}  // namespace
}  // namespace reel::scheduler
