#include "simulation/scheduler/fault_world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>

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
    boot();
    store_.set_trouble(settings_.trouble_one_in);
}

FaultWorld::~FaultWorld() {
    shut_down();
}

// --- lives of the scheduler

void FaultWorld::boot() {
    io_ = std::make_unique<asio::io_context>(1);
    executor_ = std::make_unique<WorldExecutor>(io_->get_executor(), processes_, clock_);
    scheduler_ = make_scheduler(
        {.executor = io_->get_executor(),
         .pool = pool_,
         .store = store_,
         .tasks = *executor_,
         .clock = clock_},
        {.parallelism = parallelism,
         .paused_at_creation = false,
         .database_retry = {},
         // No real clock may decide what happens next.
         .patience = std::chrono::hours(1)}
    );
    asio::co_spawn(*io_, scheduler_->run(), [this](const std::exception_ptr& failure) {
        on_failure(failure);
    });
    is_reading_ = false;
    changes_read_ = -1;
    ask([this] { return read_folder(); });
    turn();
}

/// What a dead process leaves undone is never done: its coroutines are dropped where they stand.
void FaultWorld::shut_down() {
    scheduler_.reset();
    io_.reset();
    executor_.reset();
}

void FaultWorld::on_failure(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const Crash&) {
        crashed_ = true;
        io_->stop();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "the scheduler gave up: " << error.what();
    }
}

/// Who asks is told of a database that is away, and may ask again.
void FaultWorld::ask(Request request) {
    asio::co_spawn(*io_, std::move(request), [this](const std::exception_ptr& failure) {
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const postgres::DatabaseError&) {
            return;
        } catch (...) {
            on_failure(std::current_exception());
        }
    });
}

/// Everything that needs no time to pass, and no process to move.
void FaultWorld::turn() {
    io_->restart();
    io_->poll();
    for (int lives = 0; crashed_ && lives < 100; ++lives) {
        ++crashes_;
        crashed_ = false;
        shut_down();
        history_ += "crash\n";
        boot();
    }
}

// --- what happens

bool FaultWorld::play() {
    constexpr int patience = 5000;
    for (int i = 0; i < settings_.steps && !testing::Test::HasFailure(); ++i) step();
    store_.set_trouble(0);
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
        kill_the_runner();
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
    clock_.advance(std::chrono::milliseconds(1 + dice_.below(40'000)));
    ask([this] { return wake(); });
}

/// The loop looks at the clock when somebody asks for something; of all that one may ask this
/// changes nothing. The catalog looks into the folder from time to time.
asio::awaitable<void> FaultWorld::wake() {
    co_await read_folder();
    static_cast<void>(co_await scheduler_->set_pool(pool_p_));
}

void FaultWorld::move_a_process() {
    const core::AttemptId attempt = dice_.pick(processes_.alive());
    Processes::Process& process = *processes_.find(attempt);
    if (process.waits || process.started || dice_.one_in(4)) {
        end_process(process);
        executor_->report_end(attempt);
    } else {
        process.started = true;
        executor_->report_start(attempt);
    }
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

/// kill -9 of the runner: the next one ends what it finds and calls it lost.
void FaultWorld::kill_the_runner() {
    for (const core::AttemptId attempt : processes_.alive()) {
        Processes::Process& process = *processes_.find(attempt);
        if (process.waits) continue;
        process.ended = AttemptEnded{};
        process.ended->attempt = attempt;
        process.ended->key = process.order.key;
        process.ended->at = clock_.now();
        process.ended->outcome = TaskOutcome::lost;
        executor_->report_end(attempt);
    }
}

}  // namespace reel::scheduler
