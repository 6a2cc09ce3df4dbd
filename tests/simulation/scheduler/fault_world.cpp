#include "simulation/scheduler/fault_world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "reel/postgres/error.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;
using core::RunState;

FaultWorld::FaultWorld(std::vector<core::Dag> dags, Shape shape, Settings settings)
    : folder_(std::move(dags)),
      shape_(std::move(shape)),
      settings_(settings),
      dice_(settings.seed) {
    pool_p_.include_deferred = shape_.may_wait && dice_.one_in(2);
    store_.MemoryStore::set_pool(pool_p_);
    watch_commits();
    start_programs();
    turn();
    store_.set_trouble(settings_.trouble_one_in);
}

void FaultWorld::on_failure(WorldTerm& term, const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const Crash&) {
        term.has_crashed = true;
        term.io->stop();
    } catch (const store::LostLeadership&) {
        term.is_lost = true;
    } catch (const std::exception& error) {
        ADD_FAILURE() << "the scheduler gave up: " << error.what();
    }
}

void FaultWorld::ask(Request request) {
    std::vector<WorldTerm*> terms;
    for (const WorldProgram& program : programs_) {
        if (program.term) terms.push_back(program.term.get());
    }
    if (!terms.empty())
        ask(terms.size() == 1 ? *terms.front() : *dice_.pick(terms), std::move(request));
}

/// Who asks is told of a database that is away, and may ask again. Posted, for who is stopped
/// hears of it when it goes on.
void FaultWorld::ask(WorldTerm& term, Request request) {
    asio::post(*term.io, [this, &term, request = std::move(request)] {
        asio::co_spawn(
            *term.io,
            [&term, request] { return request(term); },
            [this, &term](const std::exception_ptr& failure) {
                try {
                    if (failure) std::rethrow_exception(failure);
                } catch (const postgres::DatabaseError&) {
                    return;
                } catch (...) {
                    on_failure(term, std::current_exception());
                }
            }
        );
    });
}

// --- what happens

bool FaultWorld::play() {
    constexpr int patience = 5000;
    for (int i = 0; i < settings_.steps && !testing::Test::HasFailure(); ++i) step();
    store_.set_trouble(0);
    cut_off_until_ = clock_.now();
    settings_.runner_dies_one_in = 0;
    let_all_go();
    for (int i = 0; i < patience && !testing::Test::HasFailure(); ++i) {
        if (has_ended()) {
            check_triggers();
            for (const core::Dag& dag : folder_.dags()) check_ticks(dag);
            ends_.events += checks_.check_events();
            ends_.callbacks += checks_.check_callbacks(touched_);
            ends_.fires += checks_.check_backfills(cancelled_);
            return true;
        }
        processes_.alive().empty() ? pass_time() : move_a_process();
        turn();
    }
    return false;
}

void FaultWorld::step() {
    if (settings_.runner_dies_one_in > 0 && dice_.one_in(settings_.runner_dies_one_in)) {
        kill_a_runner();
    } else if (settings_.schedulers > 1 && dice_.one_in(20)) {
        cut_off_until_ = clock_.now() + std::chrono::milliseconds(dice_.below(40'000));
    } else if (dice_.one_in(6)) {
        people();
    } else if (processes_.alive().empty() || dice_.one_in(4)) {
        pass_time();
    } else {
        move_a_process();
    }
    turn();
    check_places();
}

void FaultWorld::pass_time() {
    const auto until = clock_.now() + std::chrono::milliseconds(1 + dice_.below(40'000));
    while (clock_.now() < until) {
        clock_.set(std::min(until, next_moment()));
        look_at_runners();
        turn();
    }
    for (const WorldProgram& program : programs_) {
        if (!program.term || &program == stopped_) continue;
        ask(*program.term, [this](WorldTerm& term) { return wake(term); });
    }
}

/// The loop looks at the clock when somebody asks for something; of all that one may ask this
/// changes nothing. The catalog looks into the folder from time to time.
asio::awaitable<void> FaultWorld::wake(WorldTerm& term) {
    co_await read_folder(term);
    static_cast<void>(co_await term.scheduler->set_pool(pool_p_));
}

void FaultWorld::move_a_process() {
    const core::AttemptId attempt = dice_.pick(processes_.alive());
    Processes::Process& process = *processes_.find(attempt);
    WorldProgram* const listener = listener_of(process);
    // What waits does so in a program, which may be stopped.
    if (process.waits && (listener == nullptr || listener == stopped_)) return;
    if (process.waits || process.started || dice_.one_in(4)) {
        end_process(process);
        if (listener != nullptr) listener->term->executor->report_end(attempt);
    } else {
        process.started = true;
        if (listener != nullptr) listener->term->executor->report_start(attempt);
    }
}

/// A runner tells the latest who has met it.
WorldProgram* FaultWorld::listener_of(const Processes::Process& process) {
    WorldProgram* latest = nullptr;
    for (WorldProgram& program : programs_) {
        if (!program.term || !program.term->executor->hears_of(process)) continue;
        if (latest == nullptr || program.term->epoch > latest->term->epoch) latest = &program;
    }
    return latest;
}

void FaultWorld::end_process(Processes::Process& process) {
    AttemptEnded event;
    event.attempt = process.order.attempt;
    event.key = process.order.key;
    event.at = clock_.now();
    event.outcome = process.unwanted ? TaskOutcome::cancelled : dice_.pick(shape_.outcomes);
    // Nothing that waits is lost with a process: it looks on until its time is over.
    if (process.waits && event.outcome == TaskOutcome::lost) event.outcome = TaskOutcome::timed_out;
    if (event.outcome == TaskOutcome::succeeded) {
        constexpr std::array lists{"[]", "[1]", "[1,2]", "7"};
        event.xcoms.push_back({.key = event.key, .value = {dice_.pick(lists)}, .at = event.at});
        const auto& behind = process.order.task().downstream;
        if (shape_.may_branch && !behind.empty() && dice_.one_in(6)) {
            const core::Dag& dag = *process.order.dag;
            event.branch = BranchDecision{.follow = {dag.tasks[dice_.pick(behind)].task_id}};
        }
    }
    process.ended = std::move(event);
}

/// kill -9 of a runner: the next one ends what it finds and calls it lost.
void FaultWorld::kill_a_runner() {
    const int home = dice_.pick(programs_).home;
    for (const core::AttemptId attempt : processes_.alive()) {
        const auto& process = *processes_.find(attempt);
        if (!process.waits && process.home == home) lose_process(attempt);
    }
}

void FaultWorld::lose_process(core::AttemptId attempt) {
    Processes::Process& process = *processes_.find(attempt);
    process.ended = AttemptEnded{};
    process.ended->attempt = attempt;
    process.ended->key = process.order.key;
    process.ended->at = clock_.now();
    process.ended->outcome = TaskOutcome::lost;
    WorldProgram* const listener = listener_of(process);
    if (listener != nullptr) listener->term->executor->report_end(attempt);
}

}  // namespace reel::scheduler
