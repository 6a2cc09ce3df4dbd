#include "worker_loop.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "database_trouble.hpp"
#include "listener.hpp"
#include "reel/async/quietly.hpp"

namespace reel::worker {

namespace asio = boost::asio;
using namespace boost::asio::experimental::awaitable_operators;
using store::WorkerState;

namespace {

void log_end_of_listening(const std::exception_ptr& failure) {
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        spdlog::error("listening for work failed reason={}", error.what());
    }
}

}  // namespace

WorkerLoop::WorkerLoop(const WorkerParts& parts, WorkerOptions options)
    : parts_(parts),
      options_(std::move(options)),
      builder_(parts.store),
      nudge_(parts.executor),
      renewed_at_(parts.ticks()) {
    parts_.tasks.listen({
        .started =
            [this](const scheduler::AttemptStarted& event) {
                book_.on_started(event);
                nudge_.notify();
            },
        .ended =
            [this](scheduler::AttemptEnded event) {
                book_.on_ended(std::move(event));
                nudge_.notify();
            },
    });
    if (options_.database_uri.empty()) return;
    listener_ = std::make_shared<Listener>(
        parts_.executor,
        parts_.pool,
        options_.database_uri,
        std::vector<std::string>{store::offer_channel, store::cancel_channel}
    );
}

WorkerLoop::~WorkerLoop() {
    if (listener_) listener_->stop();
}

asio::awaitable<void> WorkerLoop::run() {
    while (!co_await attempt_turn(&WorkerLoop::begin)) {
        if (state_ != WorkerState::running) co_return;
        co_await nudge_.wait_for(pause_after(failures_));
    }
    if (listener_) {
        asio::co_spawn(
            parts_.executor,
            [listener = listener_, this] {
                return listener->run([this](const std::string& channel) { hear(channel); });
            },
            log_end_of_listening
        );
    }
    co_await (work() || watch_lease());
    if (listener_) listener_->stop();
}

asio::awaitable<void> WorkerLoop::work() {
    while (true) {
        const bool went_well = co_await attempt_turn(&WorkerLoop::turn);
        if (state_ != WorkerState::running && book_.is_empty()) break;
        const auto pause = went_well ? std::min(pause_after(0), options_.silences.renew_every)
                                     : pause_after(failures_);
        co_await nudge_.wait_for(pause);
    }
    co_await attempt_turn(&WorkerLoop::say_goodbye);
}

/// By itself: a call that hangs must not keep it from looking.
asio::awaitable<void> WorkerLoop::watch_lease() {
    asio::steady_timer timer(parts_.executor);
    while ((co_await asio::this_coro::cancellation_state).cancelled() ==
           asio::cancellation_type::none) {
        timer.expires_after(options_.silences.renew_every);
        co_await timer.async_wait(async::quietly);
        check_lease();
    }
}

void WorkerLoop::check_lease() {
    if (parts_.ticks() - renewed_at_ <= options_.silences.worker) return;
    const auto fenced = book_.fence();
    if (fenced.empty()) return;
    spdlog::error(
        "the database was away for too long, ending what may be given to others count={}",
        fenced.size()
    );
    for (const core::AttemptId attempt : fenced) parts_.tasks.cancel(attempt);
}

/// False where the database did not let it.
asio::awaitable<bool> WorkerLoop::attempt_turn(Turn turn) {
    try {
        co_await (this->*turn)();
        failures_ = 0;
    } catch (const postgres::DatabaseError& error) {
        log_trouble("the worker", error);
        ++failures_;
    }
    co_return failures_ == 0;
}

/// The claims of an earlier life are renewed first: they are about to end.
asio::awaitable<void> WorkerLoop::begin() {
    co_await renew();
    co_await parts_.tasks.adopt(co_await take(co_await find_unknown()));
}

asio::awaitable<void> WorkerLoop::turn() {
    if (renewal_is_due_ || parts_.ticks() - renewed_at_ >= options_.silences.renew_every) {
        if (co_await renew()) co_await take_up_unknown();
    }
    co_await tell();
    co_await claim();
}

store::WorkerBeat WorkerLoop::beat() const {
    return {
        .id = options_.id,
        .hostname = executor::host_name(),
        .pid = ::getpid(),
        .queues = options_.queues,
        .concurrency = options_.concurrency,
        .state = state_,
        .lease = options_.silences.lease,
    };
}

asio::awaitable<bool> WorkerLoop::renew() {
    // The lease counts from when the database hears of it, which is later.
    const auto asked_at = parts_.ticks();
    renewal_is_due_ = false;
    const auto renewal =
        co_await parts_.pool.run([this, beat = beat()] { return parts_.dispatches.renew(beat); });
    renewed_at_ = asked_at;
    const auto renewed = book_.on_renewed(renewal);
    for (const core::AttemptId attempt : renewed.cancel) parts_.tasks.cancel(attempt);
    co_return renewed.is_short;
}

/// The answer to a claim was lost, or what was claimed could not be looked up.
asio::awaitable<void> WorkerLoop::take_up_unknown() {
    for (auto& order : co_await take(co_await find_unknown())) parts_.tasks.start(std::move(order));
}

asio::awaitable<std::vector<store::DispatchOffer>> WorkerLoop::find_unknown() {
    const auto claimed =
        co_await parts_.pool.run([this] { return parts_.dispatches.list_dispatches(options_.id); });
    std::vector<store::DispatchOffer> unknown;
    for (const auto& record : claimed) {
        if (!book_.knows(record.offer.attempt)) unknown.push_back(record.offer);
    }
    co_return unknown;
}

/// Into the book; gives what can be started of them.
asio::awaitable<std::vector<scheduler::AttemptOrder>> WorkerLoop::take(
    std::vector<store::DispatchOffer> offers
) {
    auto built = co_await parts_.pool.run([this, offers] {
        Orders orders;
        for (const auto& offer : offers) orders.push_back(builder_.build(offer));
        return orders;
    });
    std::vector<scheduler::AttemptOrder> orders;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        if (built[i]) {
            book_.take(offers[i]);
            orders.push_back(*std::move(built[i]));
        } else {
            book_.refuse(offers[i], built[i].error(), parts_.clock.now());
            nudge_.notify();
        }
    }
    co_return orders;
}

asio::awaitable<void> WorkerLoop::tell() {
    const auto reports = book_.reports();
    if (reports.empty()) co_return;
    const auto refused = co_await parts_.pool.run([this, reports] {
        return parts_.dispatches.report(options_.id, reports);
    });
    for (const core::AttemptId attempt : refused) {
        spdlog::warn("a report was refused: the attempt is not ours any more attempt={}", attempt);
    }
    const auto told = book_.on_told(reports, refused);
    for (const core::AttemptId attempt : told.release) parts_.tasks.release(attempt);
    for (const core::AttemptId attempt : told.cancel) parts_.tasks.cancel(attempt);
}

bool WorkerLoop::may_claim() const {
    return state_ == WorkerState::running &&
           std::cmp_less(book_.live_count(), options_.concurrency);
}

asio::awaitable<void> WorkerLoop::claim() {
    if (!may_claim()) co_return;
    const auto free = static_cast<std::size_t>(options_.concurrency) - book_.live_count();
    auto offers = co_await parts_.pool.run([this, free] {
        return parts_.dispatches.claim(options_.id, options_.queues, options_.silences.lease, free);
    });
    if (offers.empty()) co_return;
    for (auto& order : co_await take(std::move(offers))) {
        spdlog::info(
            "starting dag={} run={} task={} try={}",
            order.key.dag_id.str(),
            order.key.run_id.str(),
            order.key.task_id.str(),
            order.try_number
        );
        parts_.tasks.start(std::move(order));
    }
}

asio::awaitable<void> WorkerLoop::say_goodbye() {
    state_ = WorkerState::stopped;
    co_await renew();
}

void WorkerLoop::hear(const std::string& channel) {
    if (channel == store::cancel_channel) renewal_is_due_ = true;
    nudge_.notify();
}

void WorkerLoop::stop() {
    state_ = WorkerState::draining;
    renewal_is_due_ = true;
    nudge_.notify();
}

void WorkerLoop::interrupt_tasks() {
    for (const core::AttemptId attempt : book_.live()) parts_.tasks.cancel(attempt);
}

std::unique_ptr<Worker> make_worker(const WorkerParts& parts, WorkerOptions options) {
    return std::make_unique<WorkerLoop>(parts, std::move(options));
}

}  // namespace reel::worker
