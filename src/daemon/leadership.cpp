#include "leadership.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "reel/async/quietly.hpp"
#include "reel/postgres/error.hpp"

namespace reel::daemon {

namespace asio = boost::asio;

namespace {

constexpr core::Duration watch_interval = std::chrono::seconds(1);
/// Behind the end of somebody's lease, so that it is over by the database's clock, too.
constexpr core::Duration after_the_end = std::chrono::milliseconds(5);

}  // namespace

Leadership::Leadership(Parts parts, store::LeaseHolder self)
    : parts_(std::move(parts)),
      self_(std::move(self)),
      nudge_(parts_.executor),
      stands_by_(parts_.executor, asio::steady_timer::time_point::max()) {}

// --- asking for it

asio::awaitable<void> Leadership::win() {
    asio::steady_timer timer(parts_.executor);
    told_standby_ = false;
    while (true) {
        core::Duration wait = watch_interval;
        try {
            store::LeaseRecord seen;
            const Moment asked = parts_.now();
            auto won = co_await thread_.run([this, &seen] { return ask_for_lease(seen); });
            told_away_ = false;
            if (won) {
                term_ = std::move(won);
                won_at_ = asked;
                tenure_.emplace(asked, parts_.length);
                claim_home();
                spdlog::info("leading, term={}", term_->lease.epoch);
                co_return;
            }
            stand_by(seen);
            wait = std::min(wait, std::max(seen.remaining, core::Duration::zero()) + after_the_end);
        } catch (const postgres::DatabaseError& error) {
            if (error.kind() == postgres::FailureKind::bug) throw;
            if (!std::exchange(told_away_, true)) {
                spdlog::warn("nobody can say who leads, waiting: {}", error.what());
            }
        }
        timer.expires_after(wait);
        co_await timer.async_wait(async::quietly);
    }
}

/// On the thread. `seen` is whoever has it instead.
std::optional<WonTerm> Leadership::ask_for_lease(store::LeaseRecord& seen) {
    // Mostly it is free when a program starts. Later a look comes first, for asking waits for the
    // leader's commits, and they for it.
    if (!std::exchange(has_asked_, true)) {
        if (auto won = acquire({})) return won;
    }
    seen = parts_.leases.read_lease();
    std::optional<store::Epoch> dead;
    if (seen.is_held()) {
        if (!parts_.is_gone(seen.holder)) return std::nullopt;
        dead = seen.epoch;
    }
    if (auto won = acquire(dead)) return won;
    seen = parts_.leases.read_lease();
    return std::nullopt;
}

std::optional<WonTerm> Leadership::acquire(std::optional<store::Epoch> dead) {
    auto lease = parts_.leases.acquire_lease(self_, parts_.length, dead);
    if (!lease) return std::nullopt;
    return WonTerm{.lease = *std::move(lease), .terms = parts_.leases.list_terms()};
}

void Leadership::stand_by(const store::LeaseRecord& lease) {
    stands_by_.expires_at(asio::steady_timer::time_point::min());
    if (std::exchange(told_standby_, true)) return;
    spdlog::info(
        "standing by: another scheduler leads, host={} pid={} address={} term={}",
        lease.holder.hostname,
        lease.holder.pid,
        lease.holder.address,
        lease.epoch
    );
}

asio::awaitable<void> Leadership::standing_by() {
    co_await stands_by_.async_wait(async::quietly);
}

// --- keeping it

bool Leadership::holds() const {
    return tenure_ && tenure_->may_act(parts_.now());
}

std::optional<store::LeaseRecord> Leadership::just_won() const {
    constexpr core::Duration recently = std::chrono::seconds(1);
    if (!term_ || !holds() || parts_.now() - won_at_ > recently) return std::nullopt;
    return term_->lease;
}

bool Leadership::may_act(store::Epoch epoch) const {
    return term_ && term_->lease.epoch == epoch && holds();
}

asio::awaitable<void> Leadership::keep() {
    while (holds()) {
        const Moment now = parts_.now();
        if (!is_asking_ && tenure_->is_renewal_due(now)) ask_for_renewal();
        co_await nudge_.wait_for(tenure_->next(is_asking_) - now);
    }
}

/// Not awaited: a renewal that hangs must not hide that the term is over.
void Leadership::ask_for_renewal() {
    is_asking_ = true;
    claim_home();
    asio::co_spawn(
        parts_.executor,
        [this, epoch = term_->lease.epoch, asked = parts_.now()]() { return renew(epoch, asked); },
        [this](const std::exception_ptr& failure) {
            is_asking_ = false;
            nudge_.notify();
            if (!failure) return;
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                if (tenure_) tenure_->tried_in_vain(parts_.now());
                if (std::exchange(told_away_, true)) return;
                spdlog::warn("the lease could not be renewed, trying again: {}", error.what());
            }
        }
    );
}

asio::awaitable<void> Leadership::renew(store::Epoch epoch, Moment asked) {
    const bool granted = co_await thread_.run([this, epoch] {
        return parts_.leases.renew_lease(epoch, parts_.length);
    });
    if (!term_ || term_->lease.epoch != epoch) co_return;
    told_away_ = false;
    // A grant after the end revives nothing: what was refused meanwhile stays refused.
    if (granted && holds()) {
        tenure_->renewed(asked);
    } else {
        tenure_.reset();
    }
}

void Leadership::claim_home() {
    if (home_) return;
    if (auto lock = parts_.claim_home()) home_.emplace(*std::move(lock));
}

void Leadership::forget() {
    term_.reset();
    tenure_.reset();
    home_.reset();
}

asio::awaitable<void> Leadership::release() {
    if (!term_) co_return;
    const store::Epoch epoch = term_->lease.epoch;
    forget();
    try {
        co_await thread_.run([this, epoch] { parts_.leases.release_lease(epoch); });
    } catch (const postgres::DatabaseError& error) {
        spdlog::warn("the lease was not given back, it will run out: {}", error.what());
    }
}

}  // namespace reel::daemon
