#include "dispatcher.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <iterator>
#include <utility>

#include "database_trouble.hpp"
#include "listener.hpp"

namespace reel::worker {

namespace asio = boost::asio;

namespace {

/// How often leases and workers are looked at.
constexpr auto sweep_interval = std::chrono::seconds(2);

template <class T>
void append(std::vector<T>& to, std::vector<T> from) {
    to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
}

}  // namespace

Dispatcher::Dispatcher(
    const asio::any_io_executor& executor, async::BlockingPool& pool, DispatcherParts parts
)
    : io_(executor), pool_(pool), parts_(std::move(parts)), nudge_(executor) {}

/// Every coroutine keeps this object alive and has its failure logged here.
void Dispatcher::spawn(std::string what, Coroutine coroutine) {
    asio::co_spawn(
        io_,
        std::move(coroutine),
        [self = shared_from_this(), what = std::move(what)](const std::exception_ptr& failure) {
            try {
                if (failure) std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                spdlog::error("{} failed reason={}", what, error.what());
            }
        }
    );
}

void Dispatcher::listen(scheduler::TaskListener listener) {
    listener_ = listener;
    parts_.local->listen(std::move(listener));
}

void Dispatcher::start(scheduler::AttemptOrder order) {
    if (!executor::needs_process(order.task())) {
        parts_.local->start(std::move(order));
        return;
    }
    book_.start(order);
    nudge_.notify();
}

/// Whoever does not know an attempt ignores it.
void Dispatcher::cancel(core::AttemptId attempt) {
    parts_.local->cancel(attempt);
    book_.cancel(attempt);
    nudge_.notify();
}

void Dispatcher::release(core::AttemptId attempt) {
    parts_.local->release(attempt);
    book_.release(attempt);
    nudge_.notify();
}

void Dispatcher::run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) {
    parts_.local->run_ended(run, std::move(dag));
}

std::optional<std::string> Dispatcher::explain(core::AttemptId attempt) const {
    return workers_ ? book_.explain(attempt, *workers_) : std::nullopt;
}

asio::awaitable<void> Dispatcher::adopt(std::vector<scheduler::AttemptOrder> orders) {
    std::vector<scheduler::AttemptOrder> apart;
    for (auto& order : orders) {
        // What has no process begins anew: nothing of it is left.
        if (executor::needs_process(order.task())) {
            apart.push_back(std::move(order));
        } else {
            parts_.local->start(std::move(order));
        }
    }
    while (!stopping_ && !co_await attempt_turn(&Dispatcher::take_stock)) {
        co_await nudge_.wait_for(pause_after(failures_));
    }
    if (stopping_) co_return;
    const auto there = std::exchange(there_, {});
    for (auto& gone : book_.end_lingering(std::exchange(lingering_, {}), there)) {
        listener_.ended(std::move(gone));
    }
    book_.adopt(apart, there);
    spawn("dispatching to workers", [this] { return keep_turning(); });
    if (!parts_.listener) co_return;
    spawn("listening to workers", [this] {
        return parts_.listener->run([this](const std::string&) { wake(); });
    });
}

asio::awaitable<void> Dispatcher::take_stock() {
    there_ = co_await pool_.run([this] { return parts_.store->list_dispatches({}); });
}

/// False where the database did not let it.
asio::awaitable<bool> Dispatcher::attempt_turn(Turn turn) {
    try {
        co_await (this->*turn)();
        failures_ = 0;
    } catch (const postgres::DatabaseError& error) {
        log_trouble("the dispatcher", error);
        ++failures_;
    } catch (const store::LostLeadership& error) {
        // What is left to tell is for whoever leads now to decide.
        spdlog::warn("the dispatcher stops: {}", error.what());
        ++failures_;
        abandon();
    }
    co_return failures_ == 0;
}

asio::awaitable<void> Dispatcher::keep_turning() {
    while (!stopping_) {
        co_await attempt_turn(&Dispatcher::turn);
        co_await nudge_.wait_for(pause_after(failures_));
    }
}

asio::awaitable<void> Dispatcher::turn() {
    co_await tell();
    if (book_.expects_news()) co_await read();
    if (!swept_at_ || parts_.ticks() - *swept_at_ >= sweep_interval) co_await sweep();
}

asio::awaitable<void> Dispatcher::tell() {
    // What could not be told goes again; doing it twice does no harm.
    DispatchWork work = book_.take_work();
    append(unsent_.offers, std::move(work.offers));
    append(unsent_.cancels, std::move(work.cancels));
    append(unsent_.forgets, std::move(work.forgets));
    if (unsent_.empty()) co_return;
    co_await pool_.run([this] {
        if (!unsent_.offers.empty()) parts_.store->offer(unsent_.offers);
        if (!unsent_.cancels.empty()) parts_.store->cancel(unsent_.cancels);
        if (!unsent_.forgets.empty()) parts_.store->forget(unsent_.forgets);
    });
    unsent_ = {};
}

asio::awaitable<void> Dispatcher::read() {
    const auto news =
        co_await pool_.run([this, seen = book_.seen()] { return parts_.store->read_news(seen); });
    if (stopping_) co_return;
    for (DispatchEvent& event : book_.read(news)) {
        if (auto* const started = std::get_if<scheduler::AttemptStarted>(&event)) {
            listener_.started(std::move(*started));
        } else {
            listener_.ended(std::get<scheduler::AttemptEnded>(std::move(event)));
        }
    }
}

asio::awaitable<void> Dispatcher::sweep() {
    const std::size_t expired = co_await pool_.run([this] { return parts_.store->expire(); });
    workers_ = co_await pool_.run([this] { return parts_.store->list_workers(); });
    swept_at_ = parts_.ticks();
    if (expired == 0) co_return;
    spdlog::warn("workers were silent for too long, their attempts are lost count={}", expired);
    nudge_.notify();
}

void Dispatcher::abandon() {
    stopping_ = true;
    listener_ = {};
    nudge_.notify();
    if (parts_.listener) parts_.listener->stop();
}

asio::awaitable<void> Dispatcher::stop(bool end_runner_when_idle) {
    abandon();
    co_await parts_.local->stop(end_runner_when_idle);
}

}  // namespace reel::worker
