#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ready_queue.hpp"
#include "reel/core/ids.hpp"
#include "reel/store/commit.hpp"

namespace reel::scheduler {

/// Airflow's pool: how many slots its tasks may hold together. -1: no limit.
struct PoolLimit {
    std::string name = "default_pool";
    int slots = 128;
    bool include_deferred = false;  ///< whether what waits without a process counts, too
};

/// The places where tasks may run: `parallelism` over all, the slots of every pool, and what a task
/// says about itself (max_active_tis_per_dag, max_active_tis_per_dagrun). Knows who waits for a
/// place and who holds one, not what they do.
class Places final {
  public:
    explicit Places(int parallelism) : parallelism_(parallelism) { set_pools({}); }

    /// Replaces all pools; there always is a default_pool.
    void set_pools(std::vector<PoolLimit> pools);
    [[nodiscard]] const PoolLimit* find_pool(const std::string& name) const;

    /// What a candidate must know of itself to be counted.
    struct Claim {
        Candidate candidate;
        core::TaskKey key;
        std::string pool;
        bool deferred = false;  ///< takes no place, only slots of a pool with include_deferred
        std::optional<int> per_dag;
        std::optional<int> per_dagrun;
    };
    void wait(Claim claim);
    [[nodiscard]] std::size_t waiting() const { return claims_.size(); }
    void hold(RunHandle run) { ready_.hold(run); }
    void resume(RunHandle run) { ready_.resume(run); }
    void forget_run(RunHandle run);
    /// Of a run that never was: whoever holds or lingers has no process.
    void drop_run(RunHandle run);

    /// The limit of its own task that holds a claim back, in words; nullopt: none does.
    [[nodiscard]] std::optional<std::string> why_set_aside(RunHandle run, InstanceIndex i) const;

    /// Whether anything may be given to anybody now.
    [[nodiscard]] bool has_room() const { return taken_ < static_cast<std::size_t>(parallelism_); }
    /// The next claim that fits, taken out of the queue and not yet holding anything. Claims that
    /// their own task's limits hold back are set aside until a place of that task comes free.
    [[nodiscard]] std::optional<Claim> next();

    void take(core::AttemptId attempt, const Claim& claim);
    /// The attempt is over, as far as its place goes; unknown ones are ignored.
    void leave(core::AttemptId attempt);
    /// It is not wanted any more, but its process may still be there: nobody else may begin the
    /// same task until leave().
    void linger(core::AttemptId attempt);
    /// What lingered for the scheduler before.
    void restore_lingering(const std::vector<store::LingeringAttempt>& attempts);
    /// Who has begun to linger and who has left since the last call, for whoever schedules next:
    /// only what has a process, the rest ends with this scheduler.
    void flush(store::Commit& commit);

    [[nodiscard]] std::size_t taken() const { return taken_; }
    [[nodiscard]] int parallelism() const { return parallelism_; }
    [[nodiscard]] int used_slots(const std::string& pool) const;

  private:
    struct Use {
        Claim claim;
        bool lingers = false;
    };
    struct Pool {
        PoolLimit limit;
        int used = 0;
    };
    using Identity = std::pair<RunHandle, InstanceIndex>;

    [[nodiscard]] int open_slots(const std::string& pool) const;
    [[nodiscard]] std::optional<std::string> held_back_by(const Claim& claim) const;
    // By names: a run that was ended and taken up anew has another handle.
    [[nodiscard]] static std::string dag_limit(const Claim& claim);
    [[nodiscard]] static std::string run_limit(const Claim& claim);
    [[nodiscard]] static std::string identity(const Claim& claim);
    void count(const Claim& claim, int by);
    void count_limit(const std::string& limit, int by);
    void wake(const std::string& limit);

    int parallelism_;
    std::map<std::string, Pool> pools_;
    ReadyQueue ready_;
    std::map<Identity, Claim> claims_;             ///< of all that wait in ready_
    std::multimap<std::string, Claim> set_aside_;  ///< by the limit that holds them back
    std::unordered_map<std::string, int> in_use_;  ///< places, by limit
    std::unordered_map<core::AttemptId, Use> uses_;
    std::size_t taken_ = 0;
    std::vector<store::LingeringAttempt> new_lingering_;
    std::vector<core::AttemptId> gone_;
};

}  // namespace reel::scheduler
