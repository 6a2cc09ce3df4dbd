#include "simulation/scheduler/simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace reel::scheduler {

using core::RunState;

Simulation::Simulation(std::vector<core::Dag> dags, const Shape& shape, Settings settings)
    : dags_(std::move(dags)),
      shape_(shape),
      settings_(settings),
      dice_(settings.seed),
      planner_(std::make_unique<Planner>(settings.parallelism)) {
    planner_->set_pools({{.name = "p", .slots = 2}});
    store_->save_dags(dags_, false, clock_.now());
    hand_over_dags();
    const std::size_t count =
        settings_.requested_dags > 0 ? settings_.requested_dags : dags_.size();
    for (int i = 0; i < settings_.runs; ++i) {
        store::RunRecord run;
        run.dag_id = dags_[static_cast<std::size_t>(i) % count].dag_id;
        run.run_id = core::RunId("r" + std::to_string(i));
        run.conf.text = "{}";
        run.run_after = clock_.now() + std::chrono::seconds(dice_.below(3));
        run.queued_at = clock_.now();
        requested_.push_back(planner_->add_run(run).value());
    }
    if (settings_.backfill_fires > 0) begin_backfill();
}

void Simulation::hand_over_dags() {
    std::vector<ScheduledDag> scheduled;
    for (const auto& dag : dags_) {
        scheduled.push_back(
            {.dag = std::make_shared<const core::Dag>(dag), .is_paused = false, .last_scheduled = {}
            }
        );
    }
    planner_->set_dags(std::move(scheduled), {}, clock_.now());
}

bool Simulation::run_to_end() {
    constexpr int enough = 3000;
    for (int i = 0; i < enough && !::testing::Test::HasFailure(); ++i) {
        round();
        if (all_ended() && alive_.empty()) return planner_->live_attempts() == 0;
        if (settings_.restart_one_in > 0 && dice_.one_in(settings_.restart_one_in)) restart();
        happen();
        if (settings_.meddle_one_in > 0 && dice_.one_in(settings_.meddle_one_in)) {
            clear_or_mark_tasks();
        }
        // Also right after an event that may have ended the run itself.
        while (settings_.mark_one_in > 0 && dice_.one_in(settings_.mark_one_in)) mark_a_run();
    }
    return false;
}

bool Simulation::all_ended() const {
    for (const auto& run : requested_) {
        if (settled_.contains(run.run_id)) continue;
        const auto stored = store_->get_run(run.dag_id, run.run_id);
        if (!stored || !core::is_finished(stored->state)) return false;
    }
    if (settings_.requested_dags == 0) return store_->load_open_backfills().empty();
    // What they have started ends, too.
    return planner_->next_due() != core::Timestamp() && store_->load_active().empty() &&
           store_->load_open_backfills().empty();
}

void Simulation::round() {
    constexpr int block = 50;
    if (planner_->attempts_wanted() > 0) {
        planner_->supply_attempts(store_->reserve_attempts(block), block);
    }
    go_on_with_backfills();
    const Effects effects = planner_->plan(clock_.now());
    if (effects.empty()) return;
    apply(effects);
    meddled_.clear();
    check_limits();
    check_backfills();
}

void Simulation::apply(const Effects& effects) {
    checks_.before(effects.commit, meddled_);
    const auto stored = store_->commit(effects.commit);
    ASSERT_TRUE(stored) << stored.error().describe();
    const bool looks_closely = dice_.one_in(8);
    const std::string once = looks_closely ? ends() : "";
    const auto again = store_->commit(effects.commit);
    ASSERT_TRUE(again) << "the answer to a commit may be lost: " << again.error().describe();
    ASSERT_EQ(looks_closely ? ends() : "", once) << "a commit that is applied twice";
    for (const auto& made : effects.commit.new_runs) {
        if (made.run.type == core::RunType::backfill) requested_.push_back(made.run);
    }
    checks_.after(effects.commit, meddled_);
    for (const auto attempt : effects.cancel) {
        if (const auto found = alive_.find(attempt); found != alive_.end()) {
            found->second.unwanted = true;
        }
    }
    for (const auto& order : effects.start) start(order);
}

void Simulation::start(const AttemptOrder& order) {
    for (const auto& [attempt, process] : alive_) {
        ASSERT_FALSE(process.order.key == order.key)
            << "two live attempts of " << order.key.task_id.str();
    }
    auto& last = last_attempt_[order.key];
    ASSERT_GT(order.attempt, last) << "attempts are fencing tokens: each larger than the last";
    last = order.attempt;
    const auto stored = store_->get_task_instance(order.key);
    ASSERT_EQ(stored->attempt, order.attempt) << "started before it was stored";
    ASSERT_EQ(stored->state, core::TaskState::queued);
    ASSERT_LE(order.try_number, stored->max_tries + 1);
    alive_.emplace(order.attempt, Process{.order = order});
}

/// One thing: a process reports its start or its end, or time passes.
void Simulation::happen() {
    if (alive_.empty() || dice_.one_in(5)) {
        const auto due = planner_->next_due();
        clock_.advance(std::chrono::milliseconds(1 + dice_.below(2000)));
        if (alive_.empty() && due && *due > clock_.now()) clock_.set(*due);
        return;
    }
    auto& [attempt, process] =
        *std::next(alive_.begin(), dice_.below(static_cast<int>(alive_.size())));
    if (process.started || dice_.one_in(4)) return end_process(attempt);
    process.started = true;
    planner_->on_started(
        {.attempt = attempt, .key = process.order.key, .at = clock_.now(), .pid = 7, .hostname = "h"
        }
    );
}

void Simulation::end_process(core::AttemptId attempt) {
    const Process process = alive_.at(attempt);
    alive_.erase(attempt);
    AttemptEnded event;
    event.attempt = attempt;
    event.key = process.order.key;
    event.at = clock_.now();
    event.outcome = process.unwanted ? TaskOutcome::cancelled : fate_of(process.order);
    if (event.outcome == TaskOutcome::succeeded) {
        constexpr std::array lists{"[]", "[1]", "[1,2]", "7"};
        const auto* list = lists[hash_of(process.order, "list") % lists.size()];
        event.xcoms.push_back({.key = event.key, .value = {list}, .at = event.at});
        event.branch = branch_of(process.order);
    }
    planner_->on_ended(event);
    // A runner that reports an end twice must do no harm.
    if (dice_.one_in(10)) planner_->on_ended(event);
}

/// The same for the same instance, whenever it is asked.
std::size_t Simulation::hash_of(const AttemptOrder& order, const std::string& what) const {
    return std::hash<std::string>{
    }(order.key.dag_id.str() + order.key.run_id.str() + order.key.task_id.str() +
      std::to_string(order.key.map_index) + what + "/" + std::to_string(settings_.fate));
}

TaskOutcome Simulation::fate_of(const AttemptOrder& order) const {
    const auto hash = hash_of(order, std::to_string(order.try_number));
    return shape_.outcomes[hash % shape_.outcomes.size()];
}

std::optional<BranchDecision> Simulation::branch_of(const AttemptOrder& order) const {
    const auto hash = hash_of(order, "branch");
    const auto& behind = order.task().downstream;
    if (!shape_.may_branch || behind.empty() || hash % 6 != 0) return std::nullopt;
    BranchDecision decision;
    decision.all_downstream = hash % 12 == 0;
    if (!decision.all_downstream) {
        decision.follow.push_back(order.dag->tasks[behind[hash % behind.size()]].task_id);
    }
    return decision;
}

void Simulation::clear_or_mark_tasks() {
    if (meddlings_left_-- <= 0) return;
    const auto& run = dice_.pick(requested_);
    if (!planner_->has_run(run.dag_id, run.run_id)) {
        auto stored = store_->load_run(run.dag_id, run.run_id);
        if (!stored) return;
        planner_->restore(*std::move(stored), clock_.now());
    }
    const auto dag = std::ranges::find(dags_, run.dag_id, &core::Dag::dag_id);
    TaskSelection selection{.downstream = dice_.one_in(2), .only_failed = dice_.one_in(3)};
    for (const auto& task : dag->tasks) {
        if (dice_.one_in(3)) selection.tasks.push_back({.task_id = task.task_id, .map_index = {}});
    }
    constexpr std::array states{
        core::TaskState::success, core::TaskState::failed, core::TaskState::skipped
    };
    const auto done =
        dice_.one_in(2)
            ? planner_->clear(run.dag_id, {run.run_id}, selection, false, clock_.now())
            : planner_->mark(
                  run.dag_id, run.run_id, selection, dice_.pick(states), false, clock_.now()
              );
    ASSERT_TRUE(done) << done.error().message;
    meddled_.insert(run.run_id);
    settled_.erase(run.run_id);
}

void Simulation::mark_a_run() {
    const auto& run = dice_.pick(requested_);
    const auto state = dice_.one_in(2) ? RunState::failed : RunState::success;
    if (!planner_->end_run(run.dag_id, run.run_id, state, clock_.now())) return;
    meddled_.insert(run.run_id);
    settled_.erase(run.run_id);
}

/// Reel dies right after a commit and a new planner takes up what the store holds; processes that
/// it does not adopt are ended.
void Simulation::restart() {
    ++restarts_;
    round();
    planner_ = std::make_unique<Planner>(settings_.parallelism);
    planner_->set_pools({{.name = "p", .slots = 2}});
    if (dice_.one_in(2)) hand_over_dags();
    take_up_backfills();
    planner_->restore_assets(store_->load_asset_state());
    std::map<core::AttemptId, Process> adopted;
    for (auto& run : store_->load_active()) {
        for (auto& order : planner_->restore(std::move(run), clock_.now())) {
            ASSERT_TRUE(alive_.contains(order.attempt)) << "an attempt that nobody started";
            ASSERT_EQ(order.try_number, alive_.at(order.attempt).order.try_number);
            adopted.emplace(order.attempt, Process{.order = order});
        }
    }
    for (const auto& [attempt, process] : alive_) {
        ASSERT_TRUE(process.unwanted || adopted.contains(attempt)) << "a live attempt was lost";
    }
    alive_ = std::move(adopted);
    hand_over_dags();
}

}  // namespace reel::scheduler
