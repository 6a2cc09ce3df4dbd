#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "order_builder.hpp"
#include "reel/async/nudge.hpp"
#include "reel/worker/worker.hpp"
#include "worker_book.hpp"

namespace reel::worker {

class Listener;

/// Does what the book says, in turns: renew, tell, claim. Each verb of the store is called on the
/// pool and waited for, so the book never lags behind the store by more than one of them.
class WorkerLoop final : public Worker {
  public:
    WorkerLoop(const WorkerParts& parts, WorkerOptions options);
    ~WorkerLoop() override;
    WorkerLoop(const WorkerLoop&) = delete;
    WorkerLoop& operator=(const WorkerLoop&) = delete;

    boost::asio::awaitable<void> run() override;
    void stop() override;
    void interrupt_tasks() override;
    [[nodiscard]] std::size_t live_attempts() const override { return book_.live_count(); }

    // What run() consists of, for tests. They throw postgres::DatabaseError.
    boost::asio::awaitable<void> begin();
    boost::asio::awaitable<void> turn();
    /// Ends what runs when its claims may be about to end.
    void check_lease();
    /// That something was notified.
    void hear(const std::string& channel);

  private:
    using Turn = boost::asio::awaitable<void> (WorkerLoop::*)();
    using Orders = std::vector<core::Result<scheduler::AttemptOrder>>;

    boost::asio::awaitable<bool> attempt_turn(Turn turn);
    boost::asio::awaitable<void> work();
    boost::asio::awaitable<void> watch_lease();
    /// True when the store has given us more than we know of.
    boost::asio::awaitable<bool> renew();
    boost::asio::awaitable<void> take_up_unknown();
    boost::asio::awaitable<void> tell();
    boost::asio::awaitable<void> claim();
    boost::asio::awaitable<void> say_goodbye();
    boost::asio::awaitable<std::vector<store::DispatchOffer>> find_unknown();
    boost::asio::awaitable<std::vector<scheduler::AttemptOrder>> take(
        std::vector<store::DispatchOffer> offers
    );
    [[nodiscard]] store::WorkerBeat beat() const;
    [[nodiscard]] bool may_claim() const;

    WorkerParts parts_;
    WorkerOptions options_;
    std::shared_ptr<Listener> listener_;
    WorkerBook book_;
    OrderBuilder builder_;
    async::Nudge nudge_;
    store::WorkerState state_ = store::WorkerState::running;
    std::chrono::steady_clock::time_point renewed_at_;
    bool renewal_is_due_ = true;
    int failures_ = 0;
};

}  // namespace reel::worker
