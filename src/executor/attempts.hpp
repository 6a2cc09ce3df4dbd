#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "cleanup.hpp"
#include "environment.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/async/nudge.hpp"
#include "reel/executor/process_executor.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// What the executor needs of the world, so that tests can stand in for it.
struct ExecutorPorts {
    std::function<std::unique_ptr<runner::RunnerClient>(runner::RunnerEvents)> make_client;
    DropStaged drop_staged;
    std::shared_ptr<const core::Clock> clock;
    std::string hostname;
    /// How long to wait before the next try, after `tries` (from 1) in vain.
    std::function<core::Duration(int tries)> backoff;
    /// After so many tries in vain to reach a runner what never began is given up.
    int patience = 10;
};

/// Where a live attempt stands.
enum class AttemptStage {
    preparing,    ///< its templates and connections are being looked up
    ready,        ///< waits for the runner to be reached
    handed_over,  ///< the runner was told to start it
    adopted,      ///< of an earlier life of the worker; the runner was not asked yet
    elsewhere,    ///< another home's runner has or had it, which cannot be asked
};

struct LiveAttempt {
    scheduler::AttemptOrder order;
    AttemptStage stage = AttemptStage::preparing;
    core::Timestamp began_at;
    bool started = false;           ///< was reported
    bool cancel_requested = false;  ///< once it is the runner's
    runner::ProcessSpec process;    ///< until it is known to have started
    SecretMask mask;
    std::shared_ptr<boost::asio::steady_timer> pause;  ///< while it waits for the database
};

/// Ended by decree in an earlier life.
struct Lingering {
    core::TaskKey key;
    /// Of another home: until its process must be gone. Null: our own runner says so.
    std::shared_ptr<boost::asio::steady_timer> pause;
};

/// Every attempt between `start` and `ended`, on one loop. Kept alive by its own coroutines, so it
/// may outlive the executor that made it; after stop() it calls nobody.
class Attempts final : public std::enable_shared_from_this<Attempts> {
  public:
    Attempts(
        const boost::asio::any_io_executor& executor,
        async::BlockingPool& pool,
        store::RunStore& store,
        ExecutorOptions options,
        ExecutorPorts ports
    );
    /// Once, after construction.
    void open();

    void listen(scheduler::TaskListener listener);
    void expect(const std::vector<scheduler::AttemptOrder>& orders);
    void start(scheduler::AttemptOrder order);
    void cancel(core::AttemptId attempt);
    void release(core::AttemptId attempt);
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts);
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders);
    [[nodiscard]] std::size_t out_of_reach() const;
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag);
    /// What stop() does before the runner is left; idempotent.
    void abandon();
    boost::asio::awaitable<void> stop(bool end_runner_when_idle);

  private:
    /// The metadata database did not answer.
    struct DatabaseAway {
        std::string reason;
    };
    /// A branch that needed no process.
    struct Decided {
        std::optional<scheduler::BranchDecision> branch;
    };
    using Preparation = std::variant<runner::ProcessSpec, Decided, core::Error, DatabaseAway>;
    struct Prepared {
        Preparation result;
        SecretMask mask;
    };
    /// What was prepared while the commit was under way.
    struct Expected {
        core::Timestamp began_at;
        Prepared prepared;
    };
    using Coroutine = std::function<boost::asio::awaitable<void>()>;

    void spawn(std::string what, Coroutine coroutine);
    [[nodiscard]] Preparation prepare_anything(
        const scheduler::AttemptOrder& order, SecretMask& mask
    );
    [[nodiscard]] Prepared prepare_once(const scheduler::AttemptOrder& order);
    void prepare_ahead(const scheduler::AttemptOrder& order, bool is_awaited);
    [[nodiscard]] bool begin_as_expected(LiveAttempt& live);
    boost::asio::awaitable<void> prepare(core::AttemptId attempt);
    boost::asio::awaitable<void> pause(core::AttemptId attempt, int tries, std::string reason);
    void settle(core::AttemptId attempt, Prepared prepared);
    void end_decided(LiveAttempt& live, Decided decided);
    [[nodiscard]] bool is_preparing(core::AttemptId attempt) const;
    void begin(LiveAttempt& live);
    void hand_over(LiveAttempt& live);

    void connect();
    boost::asio::awaitable<void> keep_connecting();
    void give_up(const core::Error& error);
    void reconcile(const runner::RunnerInventory& inventory);
    void reconcile_unknown(LiveAttempt& live);
    boost::asio::awaitable<void> outlast(core::AttemptId attempt, core::Duration wait);
    void reconcile_lingering(const runner::RunnerInventory& inventory);
    void tell_gone(core::AttemptId attempt);
    /// How long another home's runner may still have it; empty: none has.
    [[nodiscard]] std::optional<core::Duration> elsewhere(core::AttemptId attempt) const {
        return options_.elsewhere ? options_.elsewhere(attempt) : std::nullopt;
    }
    [[nodiscard]] bool has_business() const { return !live_.empty() || !lingering_.empty(); }
    [[nodiscard]] bool may_act() const { return !options_.may_act || options_.may_act(); }

    void on_start(const runner::ProcessStart& start);
    void on_exit(const runner::ProcessExit& exit);
    void on_lost(const std::string& reason);
    void report_started(LiveAttempt& live, core::Timestamp at, int pid);
    void end_without_process(
        core::AttemptId attempt, scheduler::TaskOutcome outcome, std::string message
    );
    void end(LiveAttempt& live, scheduler::AttemptEnded ended, core::Duration elapsed);

    boost::asio::any_io_executor io_;
    async::BlockingPool& pool_;
    store::RunStore& store_;
    const ExecutorOptions options_;
    const InheritedEnvironment inherited_;
    const ExecutorPorts ports_;
    scheduler::TaskListener listener_;
    std::unique_ptr<runner::RunnerClient> client_;
    std::map<core::AttemptId, LiveAttempt> live_;
    std::map<core::AttemptId, Lingering> lingering_;
    std::map<core::AttemptId, Expected> expected_;
    std::set<core::AttemptId> reported_;  ///< ended, not released; the runner still knows them
    std::set<core::AttemptId> strays_;    ///< nobody's processes, which are being ended
    std::set<core::AttemptId> gone_;      ///< nobody's that ended before the stock they are in
    boost::asio::steady_timer reconnect_;
    async::Nudge settled_;  ///< the runner was reached, or was given up for now
    bool attached_ = false;
    bool connecting_ = false;
    bool gave_up_ = false;
    bool stopping_ = false;
};

}  // namespace reel::executor
