#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "reel/core/ids.hpp"
#include "reel/core/time.hpp"

namespace reel::store {

/// Counts the terms of leadership. Whoever writes as the scheduler names its own.
using Epoch = std::int64_t;

/// Who leads, or would, as others find it.
struct LeaseHolder {
    std::string hostname;
    std::int64_t pid = 0;
    std::string home;     ///< names the home folder, whose runner has its attempts
    std::string address;  ///< of its API: "host:port"
    bool operator==(const LeaseHolder&) const = default;
};

/// The lease as it stands. All times are the database's.
struct LeaseRecord {
    Epoch epoch = 0;  ///< 0: nobody has led yet
    LeaseHolder holder;
    core::Timestamp acquired_at;
    core::Timestamp renewed_at;
    core::Duration remaining{};  ///< at the moment of the look; 0 or less: it is over
    [[nodiscard]] bool is_held() const { return remaining > core::Duration::zero(); }
    bool operator==(const LeaseRecord&) const = default;
};

/// A term of leadership, over or not.
struct TermRecord {
    Epoch epoch = 0;
    std::string home;
    core::AttemptId first_attempt = 0;        ///< that it may have given out
    std::optional<core::Duration> since_end;  ///< since the next one began; empty: it is the last
    bool operator==(const TermRecord&) const = default;
};

/// A write of a scheduler whose term is over: another one has begun, and nothing was written.
class LostLeadership final : public std::runtime_error {
  public:
    explicit LostLeadership(const std::string& what) : std::runtime_error(what) {}
};

/// Who may write as the scheduler: one at a time. Durations are measured by the database's clock,
/// so no machine's clock matters. Every verb is one transaction, on a connection of its own.
/// Blocking; throws postgres::DatabaseError.
class LeaseStore {
  public:
    virtual ~LeaseStore() = default;
    virtual LeaseRecord read_lease() = 0;
    /// Begins a new term where nobody holds the lease, or where term `dead` still does, whose
    /// holder is known to be gone. Empty: somebody holds it. A write of the former term that is
    /// under way is waited for; later ones find that they are too late.
    virtual std::optional<LeaseRecord> acquire_lease(
        const LeaseHolder& holder, core::Duration length, std::optional<Epoch> dead
    ) = 0;
    /// False when the term is over: a lease that has run out is not renewed.
    virtual bool renew_lease(Epoch epoch, core::Duration length) = 0;
    /// Ends the term at once, where it is not over yet.
    virtual void release_lease(Epoch epoch) = 0;
    /// By epoch; those that ended a month ago are forgotten.
    virtual std::vector<TermRecord> list_terms() = 0;
    /// From now on every verb of this store that only a scheduler uses, `commit` first of all,
    /// throws LostLeadership and writes nothing once a later term has begun.
    virtual void fence(Epoch epoch) = 0;
};

}  // namespace reel::store
