#include "attempts.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "attempt_log.hpp"
#include "branching.hpp"
#include "outcome.hpp"
#include "process_spec.hpp"
#include "reel/async/quietly.hpp"
#include "reel/postgres/error.hpp"
#include "render.hpp"
#include "run_paths.hpp"

namespace reel::executor {

namespace asio = boost::asio;
using scheduler::TaskOutcome;

Attempts::Attempts(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options,
    ExecutorPorts ports
)
    : io_(executor),
      pool_(pool),
      store_(store),
      options_(std::move(options)),
      inherited_(options_.environment),
      ports_(std::move(ports)),
      reconnect_(executor),
      settled_(executor) {}

void Attempts::open() {
    make_root(options_.logs);
    make_root(options_.data);
    const std::weak_ptr<Attempts> weak = weak_from_this();
    const auto if_alive = [weak](auto member) {
        return [weak, member](const auto& event) {
            const auto self = weak.lock();
            if (self && !self->stopping_) {
                (self.get()->*member)(event);
            }
        };
    };
    client_ = ports_.make_client(runner::RunnerEvents{
        .on_start = if_alive(&Attempts::on_start),
        .on_exit = if_alive(&Attempts::on_exit),
        .on_lost = if_alive(&Attempts::on_lost),
    });
}

void Attempts::listen(scheduler::TaskListener listener) {
    listener_ = std::move(listener);
}

/// Every coroutine keeps this object alive and has its failure logged here.
void Attempts::spawn(std::string what, Coroutine coroutine) {
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

void Attempts::start(scheduler::AttemptOrder order) {
    const core::AttemptId attempt = order.attempt;
    if (stopping_ || live_.contains(attempt) || reported_.contains(attempt)) {
        return;
    }
    LiveAttempt& live = live_[attempt];
    live.order = std::move(order);
    begin(live);
}

void Attempts::begin(LiveAttempt& live) {
    const core::AttemptId attempt = live.order.attempt;
    live.stage = AttemptStage::preparing;
    if (begin_as_expected(live)) {
        return;
    }
    live.began_at = ports_.clock->now();
    if (live.order.task().operator_name != "empty") {
        spawn("a task's preparation", [this, attempt] { return prepare(attempt); });
        return;
    }
    // Not from inside the caller: it may be walking over what the listener changes.
    asio::post(io_, [self = shared_from_this(), attempt] {
        if (!self->stopping_ && self->is_preparing(attempt)) {
            self->report_started(self->live_.at(attempt), self->ports_.clock->now(), 0);
            self->end_without_process(attempt, TaskOutcome::succeeded, {});
        }
    });
}

bool Attempts::is_preparing(core::AttemptId attempt) const {
    const auto found = live_.find(attempt);
    return !stopping_ && found != live_.end() && found->second.stage == AttemptStage::preparing;
}

Attempts::Preparation Attempts::prepare_anything(
    const scheduler::AttemptOrder& order, SecretMask& mask
) {
    if (decides_by_arguments(order.task())) {
        auto branch = decide_by_arguments(order, store_, options_, mask, ports_.clock->now());
        if (!branch) {
            return branch.error();
        }
        return Decided{*std::move(branch)};
    }
    auto process = prepare_process(order, store_, options_, inherited_, mask);
    if (!process) {
        return process.error();
    }
    return *std::move(process);
}

Attempts::Prepared Attempts::prepare_once(const scheduler::AttemptOrder& order) {
    Prepared prepared;
    try {
        prepared.result = prepare_anything(order, prepared.mask);
    } catch (const postgres::DatabaseError& error) {
        if (is_away(error)) {
            prepared.result = DatabaseAway{error.what()};
        } else {
            prepared.result = core::fail(core::Errc::internal, error.what()).error();
        }
    } catch (const std::exception& error) {
        prepared.result = core::fail(core::Errc::internal, error.what()).error();
    }
    return prepared;
}

asio::awaitable<void> Attempts::prepare(core::AttemptId attempt) {
    if (!is_preparing(attempt)) {
        co_return;
    }
    const auto order = std::make_shared<const scheduler::AttemptOrder>(live_.at(attempt).order);
    for (int tries = 1; is_preparing(attempt); ++tries) {
        Prepared prepared;
        if (is_rendered_at_once(*order)) {
            // Two ways between threads would take longer than the work. But not from inside the
            // caller: it may be walking over what the listener changes.
            co_await asio::post(io_, asio::use_awaitable);
            if (!is_preparing(attempt)) {
                co_return;
            }
            prepared = prepare_once(*order);
        } else {
            prepared = co_await pool_.run([this, order] { return prepare_once(*order); });
        }
        if (!is_preparing(attempt)) {
            co_return;
        }
        if (const auto* const away = std::get_if<DatabaseAway>(&prepared.result)) {
            co_await pause(attempt, tries, prepared.mask.apply(away->reason));
            continue;
        }
        settle(attempt, std::move(prepared));
        co_return;
    }
}

asio::awaitable<void> Attempts::pause(core::AttemptId attempt, int tries, std::string reason) {
    LiveAttempt& live = live_.at(attempt);
    spdlog::warn(
        "the metadata database is away, a task waits for it dag={} run={} task={} try={} reason={}",
        live.order.key.dag_id.str(),
        live.order.key.run_id.str(),
        live.order.key.task_id.str(),
        live.order.try_number,
        reason
    );
    const auto timer = std::make_shared<asio::steady_timer>(io_, ports_.backoff(tries));
    live.pause = timer;
    co_await timer->async_wait(async::quietly);
}

void Attempts::settle(core::AttemptId attempt, Prepared prepared) {
    LiveAttempt& live = live_.at(attempt);
    live.mask = std::move(prepared.mask);
    live.pause.reset();
    if (const auto* const error = std::get_if<core::Error>(&prepared.result)) {
        end_without_process(attempt, outcome_of_preparation(*error), error->describe());
        return;
    }
    if (auto* const decided = std::get_if<Decided>(&prepared.result)) {
        end_decided(live, std::move(*decided));
        return;
    }
    live.process = std::get<runner::ProcessSpec>(std::move(prepared.result));
    live.process.log_header = header_line(live.order, ports_.hostname, live.began_at);
    live.stage = AttemptStage::ready;
    if (attached_) {
        hand_over(live);
    } else {
        connect();
    }
}

void Attempts::cancel(core::AttemptId attempt) {
    const auto found = live_.find(attempt);
    if (stopping_ || found == live_.end()) {
        return;
    }
    LiveAttempt& live = found->second;
    if (live.stage == AttemptStage::preparing || live.stage == AttemptStage::ready) {
        if (live.pause) {
            live.pause->cancel();
        }
        end_without_process(attempt, TaskOutcome::cancelled, "ended on request before it began");
        return;
    }
    live.cancel_requested = true;
    if (attached_) {
        client_->cancel(attempt);
    }
}

void Attempts::release(core::AttemptId attempt) {
    // What cannot be told now is told when the runner is met again: it is nobody's then.
    if (reported_.erase(attempt) > 0 && attached_ && !stopping_) {
        client_->acknowledge(attempt);
    }
}

asio::awaitable<void> Attempts::adopt(std::vector<scheduler::AttemptOrder> orders) {
    for (scheduler::AttemptOrder& order : orders) {
        LiveAttempt& live = live_[order.attempt];
        live.order = std::move(order);
        live.stage = AttemptStage::adopted;
        live.began_at = ports_.clock->now();
        const core::AttemptId attempt = live.order.attempt;
        if (const auto wait = elsewhere(attempt)) {
            live.stage = AttemptStage::elsewhere;
            spawn("outlasting a task of another home", [this, attempt, wait] {
                return outlast(attempt, *wait);
            });
        }
    }
    attached_ = false;
    connect();
    // Until nobody's processes are gone: their tasks may be about to begin anew.
    while ((!attached_ || !strays_.empty()) && !gave_up_ && !stopping_) {
        co_await settled_.wait_for(std::chrono::hours(1));
    }
}

void Attempts::run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) {
    if (stopping_ || run.state != core::RunState::success) {
        return;
    }
    spawn("cleaning up after a run", [this, run, dag = std::move(dag)]() -> asio::awaitable<void> {
        co_await pool_.run([this, run, dag] {
            clean_up_run(run, dag, store_, options_, ports_.drop_staged);
        });
    });
}

void Attempts::abandon() {
    stopping_ = true;
    listener_ = {};
    reconnect_.cancel();
    settled_.notify();
    for (const auto& [attempt, live] : live_) {
        if (live.pause) {
            live.pause->cancel();
        }
    }
    for (const auto& [attempt, lingering] : lingering_) {
        if (lingering.pause) {
            lingering.pause->cancel();
        }
    }
}

asio::awaitable<void> Attempts::stop(bool end_runner_when_idle) {
    abandon();
    co_await client_->detach(end_runner_when_idle);
}

}  // namespace reel::executor
