#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "daemon/whereabouts.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::scheduler {

/// The processes of all homes, which outlive the schedulers as the runners that watch them do; and
/// what waits without a process, which every term of a scheduler begins anew.
class Processes final {
  public:
    struct Process {
        AttemptOrder order;
        int home = 0;            ///< whose runner has it
        store::Epoch epoch = 0;  ///< of the term that has begun it
        bool waits = false;      ///< it has no process
        bool started = false;
        bool unwanted = false;
        std::optional<AttemptEnded> ended;  ///< kept until the scheduler has stored it
    };

    /// Fails the running test where another one of the same task instance lives, in any home.
    void begin(const AttemptOrder& order, int home, store::Epoch epoch);
    [[nodiscard]] std::vector<core::AttemptId> alive() const;
    [[nodiscard]] Process* find(core::AttemptId attempt);
    /// Null for what another home has.
    [[nodiscard]] Process* find_at(int home, core::AttemptId attempt);
    void forget(core::AttemptId attempt) { all_.erase(attempt); }
    /// A new term: what of this home no adopted order names is forgotten where it had ended, and
    /// unwanted otherwise, which is what this gives. What waited was of former terms.
    std::set<core::AttemptId> keep_only(const std::vector<AttemptOrder>& orders, int home);
    /// What waits goes with the term that it was of.
    void end_term(store::Epoch epoch);
    [[nodiscard]] bool empty() const { return all_.empty(); }
    [[nodiscard]] std::size_t begun() const { return begun_; }
    [[nodiscard]] std::size_t waits_begun() const { return waits_begun_; }

  private:
    std::map<core::AttemptId, Process> all_;
    std::map<core::TaskKey, core::AttemptId> last_;
    std::size_t begun_ = 0;  ///< processes
    std::size_t waits_begun_ = 0;
};

/// What one term of a scheduler sees of them: the runner's protocol in short.
class WorldExecutor final : public TaskExecutor {
  public:
    struct Parts {
        boost::asio::any_io_executor io;
        Processes& processes;
        const core::Clock& clock;
        int home = 0;
        store::Epoch epoch = 0;
        daemon::Whereabouts whereabouts;
        std::function<bool()> may_act;  ///< by the clock of its program
        std::function<bool()> leads;    ///< by the database
    };
    explicit WorldExecutor(Parts parts) : parts_(std::move(parts)) {}

    void listen(TaskListener listener) override { listener_ = std::move(listener); }
    void start(AttemptOrder order) override;
    void cancel(core::AttemptId attempt) override;
    void release(core::AttemptId attempt) override;
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts) override {
        for (const auto& each : attempts) lingering_[each.attempt] = each.key;
    }
    boost::asio::awaitable<void> adopt(std::vector<AttemptOrder> orders) override;
    void run_ended(const store::RunRecord&, std::shared_ptr<const core::Dag>) override {}
    [[nodiscard]] std::size_t out_of_reach() const override { return elsewhere_.size(); }

    /// Tells what has become of a process, once its program goes on.
    void report_start(core::AttemptId attempt);
    void report_end(core::AttemptId attempt);
    /// Attempts of another home are lost once its runner must have ended them. Gives how many.
    std::size_t outlast();
    [[nodiscard]] std::optional<core::Timestamp> next_outlasted() const;
    /// Nothing is told any more.
    void abandon() { listener_ = {}; }
    /// Whether its runner, or for what waits it itself, tells of this process here.
    [[nodiscard]] bool hears_of(const Processes::Process& process) const;

  private:
    struct Elsewhere {
        core::TaskKey key;
        core::Timestamp until;
        bool unwanted = false;
    };
    void begin(const AttemptOrder& order);
    void take_over_lingering();
    void tell_gone(core::AttemptId attempt, const core::TaskKey& key, TaskOutcome outcome);
    void tell_start(core::AttemptId attempt);
    void tell_end(core::AttemptId attempt);
    void end_stray(core::AttemptId attempt);

    Parts parts_;
    TaskListener listener_;
    bool attached_ = false;
    std::map<core::AttemptId, core::TaskKey> lingering_;
    std::set<core::AttemptId> strays_;                   ///< which adopt() waits for
    std::weak_ptr<boost::asio::steady_timer> all_gone_;  ///< adopt()'s own: the loop ends first
    std::map<core::AttemptId, Elsewhere> elsewhere_;
};

}  // namespace reel::scheduler
