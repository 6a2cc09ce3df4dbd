#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/async/nudge.hpp"
#include "reel/executor/notifier.hpp"
#include "reel/store/run_store.hpp"

namespace reel::executor {

/// How often and when a call that failed is made again.
struct RetryRules {
    int retries = 3;
    core::Duration delay = std::chrono::seconds(10);
};

/// The record after one more try that ended so at `now`. Each delay is four times the one before.
[[nodiscard]] store::CallbackRecord after_try(
    store::CallbackRecord record,
    const core::Result<void>& outcome,
    const RetryRules& rules,
    core::Timestamp now
);

/// What one or more callbacks are about.
struct Happening {
    explicit Happening(const store::CallbackRecord& record)
        : key(record.key), event(record.event), at(record.created_at) {}

    core::TaskKey key;
    core::CallbackEvent event;
    core::Timestamp at;
    bool operator==(const Happening&) const = default;
};

/// The order of things: look what is due, have it carried out, store what became of it. What has
/// happened to one task instance, or to one run, is told in that order: a call waits while one of
/// another happening is under way. One that failed and has to wait is passed by the next.
class Deliveries final : public Notifier {
  public:
    struct Parts {
        boost::asio::any_io_executor executor;
        async::BlockingPool& pool;  ///< for the store
        store::RunStore& store;
        const core::Clock& clock;
        /// Makes one call. Blocking; gives up once `abandoned` is true; throws
        /// postgres::DatabaseError, which says nothing about the call.
        std::function<core::Result<void>(
            const store::CallbackRecord& record, const std::atomic<bool>& abandoned
        )>
            carry_out;
        RetryRules rules;
        int threads = 4;
        /// Between two looks while the database is away.
        core::Duration patience = std::chrono::seconds(2);
    };
    explicit Deliveries(Parts parts);

    boost::asio::awaitable<void> run() override;
    void notify() override { nudge_.notify(); }
    /// Begins what is due and gives when the next is; empty: nothing is to come.
    boost::asio::awaitable<std::optional<core::Timestamp>> run_once();
    [[nodiscard]] std::size_t under_way() const { return under_way_.size(); }

  private:
    [[nodiscard]] bool may_begin(const store::CallbackRecord& record) const;
    /// Whether any of them could begin.
    bool begin_some(std::vector<store::CallbackRecord> due);
    void begin(store::CallbackRecord record);
    boost::asio::awaitable<core::Duration> look();
    boost::asio::awaitable<void> deliver(store::CallbackRecord record);
    boost::asio::awaitable<void> keep(store::CallbackRecord record);
    boost::asio::awaitable<void> pause();

    Parts parts_;
    async::BlockingPool threads_;
    async::Nudge nudge_;
    async::Nudge ended_;
    std::map<std::int64_t, Happening> under_way_;
    std::set<std::int64_t> ended_since_;  ///< the last look at the store began
    std::atomic<bool> abandoned_ = false;
};

}  // namespace reel::executor
