#include <exception>
#include <map>
#include <utility>

#include "backfill_plan.hpp"
#include "loop.hpp"
#include "loop_insist.hpp"
#include "reel/scheduler/params.hpp"

namespace reel::scheduler {

// Backfills: what people ask for, and what the loop finds out for the planner.

namespace asio = boost::asio;

namespace {

store::BackfillRecord record_of(const BackfillRequest& request, core::Timestamp now) {
    store::BackfillRecord record;
    record.dag_id = request.dag_id;
    record.from_date = request.from_date;
    record.to_date = request.to_date;
    record.dag_run_conf = request.dag_run_conf;
    record.reprocess_behavior = request.reprocess_behavior;
    record.max_active_runs = request.max_active_runs;
    record.run_backwards = request.run_backwards;
    record.triggering_user = request.triggering_user;
    record.created_at = now;
    record.updated_at = now;
    return record;
}

/// The states of the runs that hold the dates of the fires.
std::map<core::Timestamp, core::RunState> runs_at(
    store::RunStore& store, const std::vector<store::BackfillRunRecord>& fires
) {
    const auto [first, last] = std::minmax(fires.front().logical_date, fires.back().logical_date);
    store::RunFilter filter;
    filter.dag_id = fires.front().dag_id;
    filter.logical_date_gte = first;
    filter.logical_date_lte = last;
    filter.page = store::whole_list;
    std::map<core::Timestamp, core::RunState> states;
    for (const auto& run : store.list_runs(filter).items) states[*run.logical_date] = run.state;
    return states;
}

}  // namespace

asio::awaitable<core::Result<Loop::FireRecords>> Loop::plan_fires(BackfillRequest request) {
    co_await ready();
    const ScheduledDag* found = planner_.find_dag(request.dag_id);
    if (found == nullptr) {
        co_return core::fail(
            core::Errc::not_found,
            "there is no DAG '" + request.dag_id.str() + "'",
            "`reel dags list` shows those that were loaded"
        );
    }
    if (auto valid = check_conf(*found->dag, request.dag_run_conf); !valid) {
        co_return std::unexpected(valid.error());
    }
    // Years of fires take their time.
    co_return co_await parts_.pool.run([dag = found->dag, request, now = parts_.clock.now()] {
        return plan_backfill(*dag, request, now);
    });
}

asio::awaitable<core::Result<store::BackfillRecord>> Loop::create_backfill(BackfillRequest request
) {
    const auto fires = co_await plan_fires(request);
    if (!fires) co_return std::unexpected(fires.error());
    const store::BackfillRecord record = record_of(request, parts_.clock.now());
    std::exception_ptr lost;
    core::Result<store::BackfillRecord> created = record;
    try {
        created = co_await parts_.pool.run([this, &record, &fires] {
            return parts_.store.create_backfill(record, *fires);
        });
    } catch (const postgres::DatabaseError&) {
        lost = std::current_exception();
    }
    // Where only the answer was lost, the backfill is there all the same.
    backfills_are_new_ = true;
    nudge_.notify();
    if (lost) std::rethrow_exception(lost);
    if (created) co_await committed();
    co_return created;
}

asio::awaitable<core::Result<std::vector<core::Timestamp>>> Loop::dry_run_backfill(
    BackfillRequest request
) {
    const auto fires = co_await plan_fires(request);
    if (!fires) co_return std::unexpected(fires.error());
    const auto there =
        co_await parts_.pool.run([this, &fires] { return runs_at(parts_.store, *fires); });
    std::vector<core::Timestamp> dates;
    for (const auto& fire : *fires) {
        const auto run = there.find(fire.logical_date);
        const bool is_held =
            run != there.end() && reason_against(run->second, request.reprocess_behavior);
        if (!is_held) dates.push_back(fire.logical_date);
    }
    co_return dates;
}

asio::awaitable<core::Result<store::BackfillRecord>> Loop::set_backfill_paused(
    store::BackfillId id, bool paused
) {
    co_await ready();
    co_return co_await changed_backfill(
        id, planner_.set_backfill_paused(id, paused, parts_.clock.now())
    );
}

asio::awaitable<core::Result<store::BackfillRecord>> Loop::cancel_backfill(store::BackfillId id) {
    co_await ready();
    co_return co_await changed_backfill(id, planner_.cancel_backfill(id, parts_.clock.now()));
}

/// Says of a backfill that is not open whether there is none or it has completed.
asio::awaitable<core::Result<store::BackfillRecord>> Loop::changed_backfill(
    store::BackfillId id, core::Result<store::BackfillRecord> changed
) {
    if (changed) {
        co_await committed();
        co_return changed;
    }
    auto stored = co_await parts_.pool.run([this, id] { return parts_.store.get_backfill(id); });
    if (!stored) co_return stored;
    co_return core::fail(core::Errc::conflict, "backfill " + std::to_string(id) + " has completed");
}

/// Fires of backfills that may become runs ask for the run that their date may have already.
asio::awaitable<void> Loop::go_on_with_backfills() {
    if (std::exchange(backfills_are_new_, false)) co_await take_up_backfills();
    for (const auto& wish : planner_.backfill_wishes()) {
        auto there = co_await insist([this, &wish] {
            return parts_.store.load_run_at(wish.dag_id, wish.logical_date);
        });
        // What is being removed is asked for again.
        if (there && removing_.contains({there->run.dag_id, there->run.run_id})) continue;
        planner_.supply_backfill_run(wish, std::move(there), parts_.clock.now());
    }
}

asio::awaitable<void> Loop::take_up_backfills() {
    auto open = co_await insist([this] { return parts_.store.load_open_backfills(); });
    for (auto& backfill : open) planner_.take_up_backfill(std::move(backfill));
}

}  // namespace reel::scheduler
