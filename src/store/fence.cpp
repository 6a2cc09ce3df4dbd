#include "fence.hpp"

#include <fmt/format.h>

#include "value_columns.hpp"

namespace reel::store {

namespace {

constexpr const char* term_is_over = "2201E";  ///< the logarithm of zero

/// $1 epoch. A row when it is the one.
constexpr const char* check_epoch_step_by_step =
    "select set_config('idle_in_transaction_session_timeout', '10s', true) "
    "from reel.lease where epoch = $1::bigint for key share";

}  // namespace

std::optional<postgres::Statement> Fence::statement() const {
    if (!epoch_) return std::nullopt;
    return postgres::Statement{.sql = check_statement, .params = {number_value(*epoch_)}};
}

void Fence::check(postgres::Transaction& transaction) const {
    if (!epoch_) return;
    if (transaction.exec(check_epoch_step_by_step, {number_value(*epoch_)}).empty()) refuse();
}

void Fence::recognise(const postgres::DatabaseError& error) const {
    if (epoch_ && error.sqlstate() == term_is_over) refuse();
}

void Fence::refuse() const {
    throw LostLeadership(fmt::format(
        "another scheduler has taken over: term {} is over, nothing was written", *epoch_
    ));
}

}  // namespace reel::store
