#include <gtest/gtest.h>

#include <algorithm>

#include "simulation/scheduler/simulation.hpp"

namespace reel::scheduler {

void Simulation::begin_backfill() {
    store::BackfillRecord record;
    record.dag_id = dags_.front().dag_id;
    record.max_active_runs = 2;
    std::vector<store::BackfillRunRecord> fires;
    for (int i = 0; i < settings_.backfill_fires; ++i) {
        store::BackfillRunRecord fire;
        fire.sort_ordinal = i + 1;
        fire.dag_id = record.dag_id;
        fire.logical_date = clock_.now() - std::chrono::hours(settings_.backfill_fires - i);
        fire.run_after = fire.logical_date;
        fires.push_back(fire);
    }
    ASSERT_TRUE(store_->create_backfill(record, fires));
    take_up_backfills();
}

void Simulation::take_up_backfills() {
    for (auto& open : store_->load_open_backfills()) planner_->take_up_backfill(std::move(open));
}

void Simulation::go_on_with_backfills() {
    for (const auto& wish : planner_->backfill_wishes()) {
        planner_->supply_backfill_run(
            wish, store_->load_run_at(wish.dag_id, wish.logical_date), clock_.now()
        );
    }
}

/// While it is open, a backfill has no more runs than it may; each of its runs stands by its fire.
void Simulation::check_backfills() const {
    for (const auto& [backfill, fires] : store_->load_open_backfills()) {
        int running = 0;
        for (const auto& run : requested_) {
            if (run.type != core::RunType::backfill) continue;
            const auto stored = store_->get_run(run.dag_id, run.run_id);
            ASSERT_TRUE(stored);
            running += stored->state == core::RunState::running ? 1 : 0;
            const auto fire = std::ranges::find(
                fires, stored->logical_date.value(), &store::BackfillRunRecord::logical_date
            );
            ASSERT_NE(fire, fires.end());
            EXPECT_EQ(fire->run_id, run.run_id) << "stored in one commit";
        }
        EXPECT_LE(running, backfill.max_active_runs);
    }
}

}  // namespace reel::scheduler
