#pragma once

#include <optional>
#include <string_view>

#include "reel/postgres/database.hpp"
#include "reel/postgres/error.hpp"
#include "reel/postgres/link.hpp"
#include "reel/store/lease.hpp"

namespace reel::store {

/// What keeps a scheduler from writing after its term. The check is part of the transaction that it
/// guards: it locks the lease's row against the next term, not against a renewal.
class Fence final {
  public:
    void set(Epoch epoch) { epoch_ = epoch; }

    /// Of statement(). $1 epoch. Fails with the logarithm of zero when it is another one.
    static constexpr std::string_view check_statement =
        "select ln(count(*)) from "
        "(select from reel.lease where epoch = $1::bigint for key share) held";

    /// What goes first in a batch, where there is a fence.
    [[nodiscard]] std::optional<postgres::Statement> statement() const;
    /// Throws LostLeadership. A transaction that is left open by a process that hangs is ended by
    /// the server, for the next term waits for it.
    void check(postgres::Transaction& transaction) const;
    /// Throws LostLeadership where the check is what failed.
    void recognise(const postgres::DatabaseError& error) const;

  private:
    [[noreturn]] void refuse() const;
    std::optional<Epoch> epoch_;
};

}  // namespace reel::store
