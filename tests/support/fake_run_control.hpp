#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "reel/scheduler/run_control.hpp"
#include "reel/store/run_store.hpp"

namespace reel::support {

/// A scheduler that does at once, in the store, what it is asked, and nothing else: runs it makes
/// stay queued. Remembers every wish.
class FakeRunControl : public scheduler::RunControl {
  public:
    FakeRunControl(store::RunStore& store, const core::Clock& clock)
        : store_(store), clock_(clock), heartbeat_(clock.now()) {}

    boost::asio::awaitable<core::Result<store::RunRecord>> trigger(scheduler::TriggerRequest request
    ) override;
    boost::asio::awaitable<core::Result<void>> set_paused(core::DagId dag_id, bool paused) override;
    boost::asio::awaitable<core::Result<store::RunRecord>> set_run_state(
        core::DagId dag_id, core::RunId run_id, core::RunState state
    ) override;
    boost::asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> clear(
        core::DagId dag_id,
        std::vector<core::RunId> run_ids,
        scheduler::TaskSelection selection,
        bool dry_run
    ) override;
    boost::asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> mark(
        core::DagId dag_id,
        core::RunId run_id,
        scheduler::TaskSelection selection,
        core::TaskState state,
        bool dry_run
    ) override;
    boost::asio::awaitable<core::Result<store::RunRecord>> set_note(
        core::DagId dag_id,
        core::RunId run_id,
        std::optional<scheduler::TaskName> task,
        std::string note
    ) override;
    boost::asio::awaitable<core::Result<std::vector<scheduler::UnmetCondition>>> why(
        core::DagId dag_id, core::RunId run_id, scheduler::TaskName task
    ) override;
    /// Made in the store without fires; a dry run gives from_date and to_date.
    boost::asio::awaitable<core::Result<store::BackfillRecord>> create_backfill(
        scheduler::BackfillRequest request
    ) override;
    boost::asio::awaitable<core::Result<std::vector<core::Timestamp>>> dry_run_backfill(
        scheduler::BackfillRequest request
    ) override;
    boost::asio::awaitable<core::Result<store::BackfillRecord>> set_backfill_paused(
        store::BackfillId id, bool paused
    ) override;
    boost::asio::awaitable<core::Result<store::BackfillRecord>> cancel_backfill(store::BackfillId id
    ) override;
    boost::asio::awaitable<core::Result<void>> set_pool(store::PoolRecord pool) override;
    boost::asio::awaitable<core::Result<void>> delete_pool(std::string name) override;
    boost::asio::awaitable<core::Result<std::int64_t>> create_asset_event(
        std::string uri, core::JsonText extra
    ) override;
    boost::asio::awaitable<core::Result<std::size_t>> delete_queued_events(
        scheduler::QueuedEventSelection selection
    ) override;
    boost::asio::awaitable<core::Result<void>> delete_dag(core::DagId dag_id) override;
    [[nodiscard]] core::Timestamp latest_heartbeat() const override { return heartbeat_; }

    void set_heartbeat(core::Timestamp at) { heartbeat_ = at; }
    /// The next call fails so.
    void fail_next(core::Error error) { failure_ = std::move(error); }
    /// The next call throws a lost database.
    void lose_database() { database_lost_ = true; }
    [[nodiscard]] const std::vector<scheduler::TriggerRequest>& triggered() const {
        return triggered_;
    }

    /// What clear, mark and set_note were asked for.
    struct ByHand {
        std::string verb;
        core::RunId run_id;
        scheduler::TaskSelection selection;
        std::optional<core::TaskState> state;
        bool dry_run = false;
        std::string note;
    };
    [[nodiscard]] const std::vector<ByHand>& by_hand() const { return by_hand_; }

    [[nodiscard]] const std::vector<scheduler::BackfillRequest>& backfills() const {
        return backfills_;
    }

  private:
    std::optional<core::Error> next_failure();
    core::Result<store::BackfillRecord> change_backfill(
        store::BackfillId id, const std::function<void(store::BackfillRecord&)>& change
    );
    core::Result<std::vector<store::TaskInstanceRecord>> note_wish(
        const core::DagId& dag_id, ByHand wish
    );
    store::RunStore& store_;
    const core::Clock& clock_;
    core::Timestamp heartbeat_;
    std::optional<core::Error> failure_;
    bool database_lost_ = false;
    std::vector<scheduler::TriggerRequest> triggered_;
    std::vector<ByHand> by_hand_;
    std::vector<scheduler::BackfillRequest> backfills_;
};

/// As the leader of a server; who made it keeps it alive.
[[nodiscard]] inline auto leading(scheduler::RunControl& control) {
    return [&control] {
        return std::shared_ptr<scheduler::RunControl>(std::shared_ptr<void>(), &control);
    };
}

}  // namespace reel::support
