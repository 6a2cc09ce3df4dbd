// The life of an attempt that waits: prepared, due, ended.

#include "waits.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "executor/attempt_log.hpp"
#include "executor/outcome.hpp"
#include "reel/async/quietly.hpp"
#include "reel/postgres/error.hpp"

namespace reel::executor {

namespace asio = boost::asio;
using scheduler::TaskOutcome;

namespace {

/// A clock that was set is noticed within that time.
constexpr core::Duration longest_alarm = std::chrono::seconds(5);
/// Of the threads that everybody shares.
constexpr std::size_t most_preparing = 2;

}  // namespace

Waits::Waits(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options,
    WaitPorts ports
)
    : io_(executor),
      pool_(pool),
      store_(store),
      options_(std::move(options)),
      ports_(std::move(ports)),
      preparing_{.most = most_preparing, .busy = 0, .waiting = {}},
      looking_{.most = ports_.lookers, .busy = 0, .waiting = {}},
      outside_(ports_.lookers),
      timer_(executor),
      idle_(executor) {}

/// Every coroutine keeps this object alive and has its failure logged here.
void Waits::spawn(std::string what, Coroutine coroutine) {
    asio::co_spawn(
        io_,
        std::move(coroutine),
        [self = shared_from_this(), what = std::move(what)](const std::exception_ptr& failure) {
            try {
                if (failure) {
                    std::rethrow_exception(failure);
                }
            } catch (const std::exception& error) {
                spdlog::error("{} failed reason={}", what, error.what());
            }
        }
    );
}

Waits::Live* Waits::find(core::AttemptId attempt) {
    const auto found = live_.find(attempt);
    return stopping_ || found == live_.end() ? nullptr : &found->second;
}

void Waits::begin(scheduler::AttemptOrder order, bool adopted) {
    const core::AttemptId attempt = order.attempt;
    if (stopping_ || live_.contains(attempt)) {
        return;
    }
    Live& live = live_[attempt];
    live.began = order.started_at.value_or(ports_.clock->now());
    live.adopted = adopted;
    live.order = std::move(order);
    preparing_.waiting.push_back(attempt);
    pump(preparing_, "a waiting task's preparation", &Waits::prepare);
}

/// Gives threads to those that wait for one, as many as may have one.
void Waits::pump(Queue& queue, const char* what, Work work) {
    while (!stopping_ && queue.busy < queue.most && !queue.waiting.empty()) {
        const core::AttemptId attempt = queue.waiting.front();
        queue.waiting.pop_front();
        if (find(attempt) == nullptr) {
            continue;
        }
        ++queue.busy;
        spawn(what, [this, &queue, what, work, attempt]() -> asio::awaitable<void> {
            co_await (this->*work)(attempt);
            --queue.busy;
            idle_.notify();
            pump(queue, what, work);
        });
    }
}

asio::awaitable<void> Waits::pause(int tries) {
    const auto timer = std::make_shared<asio::steady_timer>(io_, ports_.backoff(tries));
    pauses_.insert(timer);
    co_await timer->async_wait(async::quietly);
    pauses_.erase(timer);
}

// --- from arguments to waiting

Waits::Prepared Waits::prepare_once(const scheduler::AttemptOrder& order, bool adopted) {
    const core::Timestamp now = ports_.clock->now();
    append_to_log(
        find_log(options_.logs, order.key, order.try_number),
        adopted ? log_line(now, "INFO", "goes on waiting after a restart of the server")
                : header_line(order, ports_.hostname, now)
    );
    Prepared prepared;
    try {
        auto wait = prepare_wait(order, store_, options_, prepared.mask);
        if (wait) {
            prepared.result = *std::move(wait);
        } else {
            prepared.result = wait.error();
        }
    } catch (const postgres::DatabaseError& error) {
        if (is_away(error)) {
            prepared.result = Away{error.what()};
        } else {
            prepared.result = core::fail(core::Errc::internal, error.what()).error();
        }
    } catch (const std::exception& error) {
        prepared.result = core::fail(core::Errc::internal, error.what()).error();
    }
    return prepared;
}

asio::awaitable<void> Waits::prepare(core::AttemptId attempt) {
    for (int tries = 1; Live* live = find(attempt); ++tries) {
        const auto order = std::make_shared<const scheduler::AttemptOrder>(live->order);
        const bool adopted = live->adopted || tries > 1;
        Prepared prepared =
            co_await pool_.run([this, order, adopted] { return prepare_once(*order, adopted); });
        if (const auto* const away = std::get_if<Away>(&prepared.result)) {
            spdlog::warn("the metadata database is away, a sensor waits for it: {}", away->reason);
            co_await pause(tries);
            continue;
        }
        if (find(attempt) != nullptr) {
            settle(attempt, std::move(prepared));
        }
        co_return;
    }
}

void Waits::settle(core::AttemptId attempt, Prepared prepared) {
    Live& live = live_.at(attempt);
    live.mask = std::move(prepared.mask);
    if (const auto* const error = std::get_if<core::Error>(&prepared.result)) {
        return end(attempt, outcome_of_preparation(*error), error->describe());
    }
    live.wait = std::make_shared<const Wait>(std::get<Wait>(std::move(prepared.result)));
    const WaitRules& rules = live.wait->rules;
    if (rules.timeout) {
        live.times_out = live.wait->since.value_or(live.began) + *rules.timeout;
    }
    if (const auto limit = live.order.task().execution_timeout) {
        live.times_out_try = live.began + *limit;
    }
    write_log(live, "waits for " + live.wait->what);
    const auto wait = live.wait;
    std::visit([&](const auto& condition) { wait_for(attempt, condition); }, wait->condition);
}

std::optional<core::Timestamp> Waits::deadline_of(const Live& live) {
    if (live.times_out && live.times_out_try) {
        return std::min(*live.times_out, *live.times_out_try);
    }
    return live.times_out ? live.times_out : live.times_out_try;
}

void Waits::wait_for(core::AttemptId attempt, const UntilMoment& moment) {
    list_.add_sleeper(attempt, moment.at, deadline_of(live_.at(attempt)));
    turn_soon();
}

void Waits::wait_for(core::AttemptId attempt, const LookOutside&) {
    const Live& live = live_.at(attempt);
    list_.add_looker(attempt, live.wait->rules, deadline_of(live), ports_.clock->now());
    turn_soon();
}

void Waits::wait_for(core::AttemptId attempt, const AskStore& ask) {
    const Live& live = live_.at(attempt);
    askers_[topic_of(ask.question)].insert(attempt);
    list_.add_looker(attempt, live.wait->rules, deadline_of(live), ports_.clock->now());
    turn_soon();
}

void Waits::wait_for(core::AttemptId attempt, const TriggerRun&) {
    ++triggering_;
    spawn("triggering a run", [this, attempt]() -> asio::awaitable<void> {
        co_await trigger(attempt);
        --triggering_;
        idle_.notify();
    });
}

// --- time

/// Many things that happen at one moment lead to one turn.
void Waits::turn_soon() {
    if (std::exchange(turn_is_coming_, true)) {
        return;
    }
    asio::post(io_, [self = shared_from_this()] {
        self->turn_is_coming_ = false;
        self->turn();
    });
}

void Waits::turn() {
    if (stopping_) {
        return;
    }
    armed_for_.reset();
    for (const WaitList::Due& due : list_.take_due(ports_.clock->now())) {
        if (due.call == WaitList::Call::moment) {
            end(due.attempt, TaskOutcome::succeeded, {});
        } else if (due.call == WaitList::Call::deadline) {
            time_out(due.attempt);
        } else if (question_of(live_.at(due.attempt)) != nullptr) {
            asking_.insert(due.attempt);
        } else {
            looking_.waiting.push_back(due.attempt);
        }
    }
    pump(looking_, "a sensor's look", &Waits::look);
    if (!asking_.empty() && !std::exchange(is_asking_, true)) {
        spawn("asking for states", [this] { return ask(); });
    }
    arm();
}

void Waits::arm() {
    const auto due = list_.next_due();
    if (!due || (armed_for_ && *armed_for_ <= *due)) {
        return;
    }
    armed_for_ = due;
    const core::Duration wait =
        std::clamp(*due - ports_.clock->now(), core::Duration::zero(), longest_alarm);
    if (ports_.alarm) {
        return ports_.alarm(wait);
    }
    timer_.expires_after(wait);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto self = weak.lock(); self && !error) {
            self->turn();
        }
    });
}

// --- the end of all

void Waits::abandon() {
    stopping_ = true;
    abandoned_ = true;
    listener_ = {};
    timer_.cancel();
    for (const auto& timer : pauses_) {
        timer->cancel();
    }
}

asio::awaitable<void> Waits::stop() {
    abandon();
    while (looking_.busy > 0 || preparing_.busy > 0 || is_asking_ || triggering_ > 0) {
        co_await idle_.wait_for(std::chrono::seconds(1));
    }
}

void Waits::join() {
    abandon();
    outside_.join();
}

}  // namespace reel::executor
