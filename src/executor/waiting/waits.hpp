#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/async/nudge.hpp"
#include "wait.hpp"
#include "wait_list.hpp"

namespace reel::executor {

/// What waiting needs of the world, so that tests can stand in for it.
struct WaitPorts {
    std::shared_ptr<const core::Clock> clock;
    std::string hostname;
    /// How long to wait before the next try, after `tries` (from 1) in vain.
    std::function<core::Duration(int tries)> backoff;
    /// Calls turn() after that long; empty: a timer of the loop does.
    std::function<void(core::Duration)> alarm = {};
    /// How many may look outside at one time.
    std::size_t lookers = 8;
};

/// Every attempt that waits without a process, on one loop. While it waits it costs memory and
/// nothing else. Kept alive by its own coroutines; after abandon() it calls nobody.
class Waits final : public std::enable_shared_from_this<Waits> {
  public:
    Waits(
        const boost::asio::any_io_executor& executor,
        async::BlockingPool& pool,
        store::RunStore& store,
        ExecutorOptions options,
        WaitPorts ports
    );

    void listen(scheduler::TaskListener listener) { listener_ = std::move(listener); }
    /// Through whom runs are triggered.
    void reach(scheduler::RunControl& control) { control_ = &control; }
    void start(scheduler::AttemptOrder order) { begin(std::move(order), false); }
    /// Of an earlier life of the program: goes on where it stood.
    void adopt(scheduler::AttemptOrder order) { begin(std::move(order), true); }
    void cancel(core::AttemptId attempt);
    /// Something of this run has ended: who waits for it looks at once.
    void moved(
        const core::DagId& dag_id,
        const core::RunId& run_id,
        std::optional<core::Timestamp> logical_date
    );
    /// The same of an asset.
    void has_news(const std::string& uri);
    /// Everything that is due now.
    void turn();
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const;

    /// Calls the listener no more. Those that look outside are told to hurry.
    void abandon();
    /// abandon(), and until nobody looks outside any more.
    boost::asio::awaitable<void> stop();
    /// The same for who cannot wait: blocks.
    void join();

  private:
    struct Live {
        scheduler::AttemptOrder order;
        core::Timestamp began;
        bool adopted = false;
        std::shared_ptr<const Wait> wait;  ///< once its arguments are rendered
        SecretMask mask;
        std::optional<core::Timestamp> times_out;      ///< its own `timeout`
        std::optional<core::Timestamp> times_out_try;  ///< execution_timeout
        std::string last_words;                        ///< of its log
    };
    /// The metadata database did not answer.
    struct Away {
        std::string reason;
    };
    struct Prepared {
        std::variant<Wait, core::Error, Away> result;
        SecretMask mask;
    };
    /// Attempts that wait for a thread.
    struct Queue {
        std::size_t most;
        std::size_t busy;
        std::deque<core::AttemptId> waiting;
    };
    using Coroutine = std::function<boost::asio::awaitable<void>()>;
    using Work = boost::asio::awaitable<void> (Waits::*)(core::AttemptId);

    void spawn(std::string what, Coroutine coroutine);
    void begin(scheduler::AttemptOrder order, bool adopted);
    Live* find(core::AttemptId attempt);
    void pump(Queue& queue, const char* what, Work work);
    boost::asio::awaitable<void> pause(int tries);

    // --- from arguments to waiting
    boost::asio::awaitable<void> prepare(core::AttemptId attempt);
    [[nodiscard]] Prepared prepare_once(const scheduler::AttemptOrder& order, bool adopted);
    void settle(core::AttemptId attempt, Prepared prepared);
    void wait_for(core::AttemptId attempt, const UntilMoment& moment);
    void wait_for(core::AttemptId attempt, const LookOutside& look);
    void wait_for(core::AttemptId attempt, const AskStore& ask);
    void wait_for(core::AttemptId attempt, const TriggerRun& trigger);
    [[nodiscard]] static std::optional<core::Timestamp> deadline_of(const Live& live);

    // --- looking
    boost::asio::awaitable<void> look(core::AttemptId attempt);
    boost::asio::awaitable<void> ask();
    [[nodiscard]] static const AskStore* question_of(const Live& live);
    /// Whom a question is about: "asset s3://raw", "dag movies".
    [[nodiscard]] static std::string topic_of(const store::StateQuestion& question);
    template <class IsMeant>
    void look_now(const store::StateQuestion& about, IsMeant is_meant);
    [[nodiscard]] std::vector<store::StateQuestion> questions_of(
        const std::set<core::AttemptId>& attempts
    );
    void take(core::AttemptId attempt, const Poke& poke);
    void time_out(core::AttemptId attempt);
    void turn_soon();
    void arm();

    // --- triggering
    boost::asio::awaitable<void> trigger(core::AttemptId attempt);
    boost::asio::awaitable<core::Result<bool>> trigger_once(
        std::string own_name, TriggerRun trigger
    );
    void settle_trigger(
        core::AttemptId attempt, const TriggerRun& trigger, const core::Result<bool>& made
    );

    // --- ending
    /// What it waits for will not come: a failure, or with soft_fail a skip.
    void give_up(core::AttemptId attempt, scheduler::TaskOutcome outcome, const std::string& words);
    /// Something else went wrong.
    void fail(core::AttemptId attempt, scheduler::TaskOutcome outcome, const std::string& words);
    void end(
        core::AttemptId attempt,
        scheduler::TaskOutcome outcome,
        std::string message,
        const std::map<std::string, Json>& xcoms = {}
    );
    void forget(core::AttemptId attempt);
    void say(Live& live, const std::string& words);
    void write_log(const Live& live, const std::string& words) const;

    boost::asio::any_io_executor io_;
    async::BlockingPool& pool_;
    store::RunStore& store_;
    const ExecutorOptions options_;
    const WaitPorts ports_;
    scheduler::TaskListener listener_;
    scheduler::RunControl* control_ = nullptr;

    std::unordered_map<core::AttemptId, Live> live_;
    WaitList list_;
    Queue preparing_;
    Queue looking_;
    async::BlockingPool outside_;
    std::atomic<bool> abandoned_ = false;
    std::unordered_map<std::string, std::set<core::AttemptId>> askers_;  ///< by topic_of()
    std::set<core::AttemptId> asking_;  ///< whose question is to be asked
    bool is_asking_ = false;
    std::size_t triggering_ = 0;
    bool turn_is_coming_ = false;
    boost::asio::steady_timer timer_;
    std::optional<core::Timestamp> armed_for_;
    std::set<std::shared_ptr<boost::asio::steady_timer>> pauses_;
    async::Nudge idle_;  ///< a thread came free
    bool stopping_ = false;
};

}  // namespace reel::executor
