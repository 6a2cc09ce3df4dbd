#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "reel/scheduler/task_executor.hpp"
#include "reel/store/dispatch_store.hpp"

namespace reel::worker {

/// What is to be told to the dispatch store, in this order.
struct DispatchWork {
    std::vector<store::DispatchOffer> offers;
    std::vector<core::AttemptId> cancels;
    std::vector<core::AttemptId> forgets;
    [[nodiscard]] bool empty() const {
        return offers.empty() && cancels.empty() && forgets.empty();
    }
};

using DispatchEvent = std::variant<scheduler::AttemptStarted, scheduler::AttemptEnded>;

/// The scheduler's attempts that workers carry out: what is to be told to the store, and what its
/// news mean. Pure; knows no database and no time.
class DispatchBook final {
  public:
    void start(const scheduler::AttemptOrder& order);
    /// Unknown: ignored, here and in release().
    void cancel(core::AttemptId attempt);
    /// Its end was stored.
    void release(core::AttemptId attempt);
    /// After a restart, before adopt(). `there` is all that the store has: what stands in it is
    /// cancelled and will end, of the others these are the ends.
    [[nodiscard]] std::vector<scheduler::AttemptEnded> end_lingering(
        const std::vector<store::LingeringAttempt>& attempts,
        const std::vector<store::DispatchRecord>& there
    );
    /// After a restart: what stands in `there` and belongs to no order is nobody's and is ended; an
    /// order that it lacks is offered.
    void adopt(
        const std::vector<scheduler::AttemptOrder>& orders,
        const std::vector<store::DispatchRecord>& there
    );

    /// What came together since the last call. Offering, cancelling and forgetting twice do no
    /// harm.
    [[nodiscard]] DispatchWork take_work();
    [[nodiscard]] store::SeenDispatches seen() const;
    /// One `ended` for each attempt, whatever is read how often; a start always comes before it.
    [[nodiscard]] std::vector<DispatchEvent> read(const std::vector<store::DispatchNews>& news);

    /// Why an attempt has not begun; nullopt when it has, or when it is unknown.
    [[nodiscard]] std::optional<std::string> explain(
        core::AttemptId attempt, const std::vector<store::WorkerRecord>& workers
    ) const;
    [[nodiscard]] bool expects_news() const { return !live_.empty() || !strays_.empty(); }

  private:
    struct Live {
        core::TaskKey key;
        std::string queue;
        bool started = false;
    };
    void read_one(const store::DispatchNews& news, std::vector<DispatchEvent>& events);

    std::map<core::AttemptId, Live> live_;
    std::set<core::AttemptId> ended_;    ///< told and not released
    std::set<core::AttemptId> strays_;   ///< nobody's; forgotten once they have ended
    std::set<core::AttemptId> foreign_;  ///< of another scheduler, whose business they are
    DispatchWork work_;
};

/// How an attempt ended according to the store.
[[nodiscard]] scheduler::AttemptEnded meaning_of(
    const store::DispatchNews& news, const core::TaskKey& key
);

}  // namespace reel::worker
