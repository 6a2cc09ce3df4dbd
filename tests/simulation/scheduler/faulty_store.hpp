#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/memory_store.hpp"
#include "support/dice.hpp"

namespace reel::scheduler {

/// The process dies here (kill -9). Nobody may catch it but the world.
struct Crash {};

/// A store whose calls go wrong by dice, before or after they have done their work: it does not
/// answer, its answer is lost, its caller dies or is stopped for a while. What was done stays done.
class FaultyStore final : public store::MemoryStore {
  public:
    FaultyStore(Dice& dice, const core::Clock& clock) : MemoryStore(clock), dice_(dice) {}

    /// One call in so many goes wrong; 0: none does.
    void set_trouble(int one_in) { one_in_ = one_in; }
    /// The persistence points that calls went wrong at, with what went wrong: "commit: answer
    /// lost".
    [[nodiscard]] const std::map<std::string, int>& seen() const { return seen_; }

    /// Whether the term that writes is over: another one has begun.
    [[nodiscard]] bool is_fenced() { return epoch_ != MemoryStore::read_lease().epoch; }

    /// The caller is stopped (SIGSTOP): returns when it goes on. Empty: nobody is ever stopped.
    std::function<void()> stop_caller;
    /// Around a commit that is stored for the first time.
    std::function<void(const store::Commit&)> before_commit;
    std::function<void(const store::Commit&)> after_commit;

    core::AttemptId reserve_attempts(int count) override;
    core::Result<void> commit(const store::Commit& commit) override;
    std::vector<store::ActiveRun> load_active() override;
    core::Result<store::ActiveRun> load_run(const core::DagId& dag_id, const core::RunId& run_id)
        override;
    std::optional<store::ActiveRun> load_run_before(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) override;
    std::vector<store::RunRecord> latest_scheduled_runs(const std::vector<core::DagId>& dag_ids
    ) override;
    std::vector<store::DagSummary> save_dags(
        const std::vector<core::Dag>& dags, bool paused_at_creation, core::Timestamp at
    ) override;
    void set_next_runs(const store::NextRuns& next_runs) override;
    std::optional<store::ActiveRun> load_run_at(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) override;
    core::Result<store::BackfillRecord> create_backfill(
        const store::BackfillRecord& backfill, const std::vector<store::BackfillRunRecord>& runs
    ) override;
    std::vector<store::OpenBackfill> load_open_backfills() override;
    store::AssetState load_asset_state() override;
    std::int64_t last_callback_id() override;
    std::vector<store::LingeringAttempt> load_lingering() override;
    std::vector<store::PoolRecord> list_pools() override;
    void set_pool(const store::PoolRecord& pool) override;
    store::LeaseRecord read_lease() override;
    std::optional<store::LeaseRecord> acquire_lease(
        const store::LeaseHolder& holder, core::Duration length, std::optional<store::Epoch> dead
    ) override;
    bool renew_lease(store::Epoch epoch, core::Duration length) override;
    /// Whoever calls next is of this term.
    void fence(store::Epoch epoch) override;

  private:
    template <class F>
    std::invoke_result_t<F> with_trouble(const char* point, F call);
    core::Result<void> commit_checked(const store::Commit& commit);
    core::Result<void> commit_fenced(const store::Commit& commit);

    Dice& dice_;
    int one_in_ = 0;
    store::Epoch epoch_ = 0;
    store::Commit last_;  ///< the last one stored: a caller in doubt sends it again
    std::map<std::string, int> seen_;
};

}  // namespace reel::scheduler
