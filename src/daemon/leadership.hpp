#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "home.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/async/nudge.hpp"
#include "reel/store/lease.hpp"
#include "tenure.hpp"

namespace reel::daemon {

/// A term that was won, and those before it.
struct WonTerm {
    store::LeaseRecord lease;
    std::vector<store::TermRecord> terms;
};

/// This program's hold on the lease. Asks for it, keeps it, and knows by the machine's own clock
/// until when it may act on it. The database is asked on a thread of its own: no other work holds a
/// renewal up.
class Leadership final {
  public:
    struct Parts {
        boost::asio::any_io_executor executor;
        store::LeaseStore& leases;  ///< outlives it
        core::Duration length;      ///< of the lease
        std::function<Moment()> now = BootClock::now;
        /// Whether the holder is a process of this home that is gone. Called on another thread.
        std::function<bool(const store::LeaseHolder&)> is_gone;
        /// Shows others of this home that it is not.
        std::function<std::optional<HomeLock>()> claim_home;
    };
    Leadership(Parts parts, store::LeaseHolder self);

    /// Asks until the lease is ours; term() is set then, also when it was cancelled too late. A
    /// database that is away is waited for.
    boost::asio::awaitable<void> win();
    /// The term that is ours, or was until it was lost; empty once it is given up or forgotten.
    [[nodiscard]] const std::optional<WonTerm>& term() const { return term_; }
    /// Renews until the term is lost, or was given up.
    boost::asio::awaitable<void> keep();
    /// Gives the term up, if there is one: somebody else may begin at once.
    boost::asio::awaitable<void> release();
    /// A term that was lost is no more.
    void forget();

    /// The lease as the database gave it, less than a second ago; nullopt: it may have changed.
    [[nodiscard]] std::optional<store::LeaseRecord> just_won() const;

    /// Whether this term is ours, now.
    [[nodiscard]] bool may_act(store::Epoch epoch) const;
    /// Returns once it is known that another one leads.
    boost::asio::awaitable<void> standing_by();

  private:
    [[nodiscard]] bool holds() const;
    std::optional<WonTerm> ask_for_lease(store::LeaseRecord& seen);
    /// `dead` may be free although its lease is not over.
    std::optional<WonTerm> acquire(std::optional<store::Epoch> dead);
    boost::asio::awaitable<void> renew(store::Epoch epoch, Moment asked);
    void ask_for_renewal();
    void claim_home();
    void stand_by(const store::LeaseRecord& lease);

    Parts parts_;
    store::LeaseHolder self_;
    std::optional<WonTerm> term_;
    Moment won_at_{};
    std::optional<Tenure> tenure_;
    std::optional<HomeLock> home_;
    bool has_asked_ = false;
    bool is_asking_ = false;
    bool told_standby_ = false;
    bool told_away_ = false;
    async::Nudge nudge_;
    boost::asio::steady_timer stands_by_;  ///< due when it was told so
    async::BlockingPool thread_{1};        // joined first
};

}  // namespace reel::daemon
