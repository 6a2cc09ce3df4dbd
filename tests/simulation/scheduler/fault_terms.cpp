// Who leads: programs that ask for the lease, keep it, lose it, die and are stopped.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "reel/postgres/error.hpp"
#include "simulation/scheduler/fault_world.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

namespace {

constexpr CommitLimits smallest_commits{.ended_attempts = 1, .new_tasks = 1};
constexpr core::Duration soon = std::chrono::seconds(1);
constexpr core::Duration after_the_end = std::chrono::milliseconds(5);
/// The longest that a runner takes to end what nobody holds, and how long it is given for it.
constexpr core::Duration to_end_tasks = std::chrono::milliseconds(9'999);
constexpr core::Duration runner_grace = std::chrono::seconds(10);

/// The machine's clock goes with the database's.
daemon::Moment moment_of(core::Timestamp at) {
    return daemon::Moment(at.time_since_epoch());
}

core::Timestamp time_of(daemon::Moment at) {
    return core::Timestamp(std::chrono::ceil<core::Duration>(at.time_since_epoch()));
}

}  // namespace

void FaultWorld::start_programs() {
    for (int i = 0; i < settings_.schedulers; ++i) {
        WorldProgram& program = programs_.emplace_back();
        program.home = i == 0 || dice_.one_in(2) ? 0 : 1;
        program.pid = ++pids_;
        program.asks_at = clock_.now();
    }
    if (settings_.schedulers == 1) return;
    lease_ = std::chrono::seconds(5 + dice_.below(20));
    heartbeat_timeout_ = std::chrono::seconds(20 + dice_.below(60));
    store_.stop_caller = [this] { stop_for_a_while(); };
}

/// Everything that needs no time to pass, and no process to move.
void FaultWorld::turn() {
    for (WorldProgram& program : programs_) {
        if (&program == stopped_) continue;
        WorldProgram* const before = std::exchange(turning_, &program);
        turn(program);
        turning_ = before;
    }
    if (turning_ != nullptr && turning_->term) store_.fence(turning_->term->epoch);
}

void FaultWorld::turn(WorldProgram& program) {
    for (int lives = 0; lives < 100; ++lives) {
        if (!program.term && clock_.now() >= program.asks_at) ask_for_lease(program);
        if (!program.term) return;
        WorldTerm& term = *program.term;
        keep_lease(term);
        store_.fence(term.epoch);
        term.io->restart();
        if (!term.has_crashed) term.io->poll();
        if (term.has_crashed) {
            crash(program);
        } else if (term.is_lost || !may_act(term)) {
            abandon(program);
        } else {
            return;
        }
    }
}

bool FaultWorld::may_act(const WorldTerm& term) const {
    return term.tenure.may_act(moment_of(clock_.now()));
}

/// A holder of the same home is known to be dead, and who stands by needs not wait for its end.
bool FaultWorld::is_dead(const store::LeaseHolder& holder, const WorldProgram& self) const {
    if (holder.home != std::to_string(self.home)) return false;
    return std::ranges::none_of(programs_, [&](const WorldProgram& other) {
        const bool is_it = holder.pid == other.pid && &other != &self;
        const bool has_its_lock = other.home == self.home && other.term;
        return is_it || has_its_lock;
    });
}

void FaultWorld::ask_for_lease(WorldProgram& program) {
    program.asks_at = clock_.now() + soon;
    try {
        const auto seen = store_.read_lease();
        std::optional<store::Epoch> dead;
        if (seen.is_held()) {
            program.asks_at = clock_.now() + seen.remaining + after_the_end;
            if (!is_dead(seen.holder, program)) return;
            dead = seen.epoch;
        }
        const store::LeaseHolder holder{
            .hostname = "h", .pid = program.pid, .home = std::to_string(program.home), .address = {}
        };
        const auto asked = clock_.now();
        if (const auto won = store_.acquire_lease(holder, lease_, dead)) {
            begin_term(program, won->epoch, asked);
        }
    } catch (const postgres::DatabaseError&) {
        program.asks_at = clock_.now() + soon;
    } catch (const Crash&) {
        crash(program);
    }
}

void FaultWorld::begin_term(WorldProgram& program, store::Epoch epoch, core::Timestamp asked) {
    ++leads_.terms;
    leads_.lingering += store_.MemoryStore::load_lingering().size();
    history_ += fmt::format("term {} of home {}\n", epoch, program.home);
    auto term = std::make_unique<WorldTerm>(epoch, daemon::Tenure(moment_of(asked), lease_));
    WorldTerm* const self = term.get();
    const auto is_ours = [this, self] { return may_act(*self); };
    term->io = std::make_unique<asio::io_context>(1);
    term->executor = std::make_unique<WorldExecutor>(WorldExecutor::Parts{
        .io = term->io->get_executor(),
        .processes = processes_,
        .clock = clock_,
        .home = program.home,
        .epoch = epoch,
        .whereabouts = daemon::Whereabouts(
            store_.list_terms(), std::to_string(program.home), heartbeat_timeout_ + runner_grace
        ),
        .may_act = is_ours,
        .leads =
            [this, epoch] {
                const auto lease = store_.MemoryStore::read_lease();
                return lease.epoch == epoch && lease.is_held();
            },
    });
    term->scheduler = make_scheduler(
        {.executor = term->io->get_executor(),
         .pool = pool_,
         .store = store_,
         .tasks = *term->executor,
         .clock = clock_,
         .may_act = is_ours},
        {.parallelism = parallelism,
         .paused_at_creation = false,
         .database_retry = {},
         // No real clock may decide what happens next.
         .patience = {.scheduled = std::chrono::hours(1), .running = std::chrono::hours(1)},
         .commit_limits = epoch % 2 == 0 ? CommitLimits{} : smallest_commits}
    );
    asio::co_spawn(*term->io, term->scheduler->run(), [this, self](const std::exception_ptr& e) {
        on_failure(*self, e);
    });
    ask(*term, [this](WorldTerm& mine) { return read_folder(mine); });
    program.term = std::move(term);
}

void FaultWorld::keep_lease(WorldTerm& term) {
    const auto now = moment_of(clock_.now());
    if (!term.tenure.is_renewal_due(now) || !term.tenure.may_act(now)) return;
    try {
        if (clock_.now() < cut_off_until_) throw postgres::DatabaseError({}, "", "it is cut off");
        const bool is_granted = store_.renew_lease(term.epoch, lease_);
        if (is_granted && may_act(term)) {
            term.tenure.renewed(now);
        } else {
            term.is_lost = true;
        }
    } catch (const postgres::DatabaseError&) {
        term.tenure.tried_in_vain(moment_of(clock_.now()));
    } catch (const Crash&) {
        term.has_crashed = true;
    }
}

void FaultWorld::crash(WorldProgram& program) {
    ++crashes_;
    history_ += "crash\n";
    if (program.term) processes_.end_term(program.term->epoch);
    program.term.reset();
    program.pid = ++pids_;
    program.asks_at = clock_.now();
    // Whoever starts it again takes its time.
    if (settings_.schedulers > 1 && dice_.one_in(2)) {
        program.asks_at += std::chrono::milliseconds(dice_.below(30'000));
    }
}

/// Another one leads, or may: nothing is written, started or told any more.
void FaultWorld::abandon(WorldProgram& program) {
    ++leads_.lost;
    WorldTerm& term = *program.term;
    history_ += fmt::format("term {} is lost\n", term.epoch);
    term.executor->abandon();
    term.scheduler->abandon();
    term.io->restart();
    term.io->poll();
    processes_.end_term(term.epoch);
    program.term.reset();
    program.asks_at = clock_.now() + soon;
}

/// SIGSTOP in the middle of a call of the store, and SIGCONT after whatever happens meanwhile.
void FaultWorld::stop_for_a_while() {
    if (stopped_ != nullptr || turning_ == nullptr) return;
    ++leads_.stops;
    stopped_ = turning_;
    history_ += fmt::format("process {} stopped\n", stopped_->pid);
    for (int left = 1 + dice_.below(8); left > 0 && !testing::Test::HasFailure(); --left) step();
    history_ += fmt::format("process {} goes on\n", stopped_->pid);
    turning_ = std::exchange(stopped_, nullptr);
    if (turning_->term) store_.fence(turning_->term->epoch);
}

/// Runners hear of whoever holds their tasks, and end them when they have not for too long.
void FaultWorld::look_at_runners() {
    for (const WorldProgram& program : programs_) {
        const bool holds = program.term && &program != stopped_ && may_act(*program.term);
        if (holds) held_at_[program.home] = clock_.now();
    }
    for (const core::AttemptId attempt : processes_.alive()) {
        const auto& process = *processes_.find(attempt);
        const bool is_over =
            held_at_[process.home] + heartbeat_timeout_ + to_end_tasks <= clock_.now();
        if (!process.waits && is_over) lose_process(attempt);
    }
    for (const WorldProgram& program : programs_) {
        if (program.term && &program != stopped_)
            leads_.outlasted += program.term->executor->outlast();
    }
}

/// When something is due next that is about who leads.
core::Timestamp FaultWorld::next_moment() {
    std::optional<core::Timestamp> next;
    const auto is_due = [&](std::optional<core::Timestamp> at) {
        if (at && *at > clock_.now()) next = std::min(*at, next.value_or(*at));
    };
    for (const WorldProgram& program : programs_) {
        if (&program == stopped_) continue;
        if (!program.term) {
            is_due(program.asks_at);
        } else {
            is_due(time_of(program.term->tenure.next(false)));
            is_due(program.term->executor->next_outlasted());
        }
    }
    for (const auto& [home, at] : held_at_) is_due(at + heartbeat_timeout_ + to_end_tasks);
    // Whole milliseconds: a timer of the loop that is due a microsecond from now is over at once by
    // the real clock, again and again.
    const auto at = next.value_or(clock_.now() + std::chrono::hours(1));
    return std::chrono::ceil<std::chrono::milliseconds>(at);
}

}  // namespace reel::scheduler
