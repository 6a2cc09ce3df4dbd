#include <array>

#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Rows;
using postgres::Statement;

constexpr std::string_view read_row =
    "select epoch, hostname, pid, home, address, reel.micros_of(acquired_at), "
    "reel.micros_of(renewed_at), "
    "reel.micros_of(expires_at) - reel.micros_of(clock_timestamp()) from reel.lease";

/// Waits for the writes of the term that holds it, so that what is read after this is all there is.
constexpr std::string_view lock_row = "select from reel.lease for update";

/// $1 hostname, $2 pid, $3 home, $4 address, $5 length in microseconds, $6 a dead term
constexpr std::string_view begin_term = R"sql(
    with clock as (select clock_timestamp() as now),
    begun as (
        update reel.lease set epoch = epoch + 1, hostname = $1, pid = $2::bigint, home = $3,
            address = $4, acquired_at = clock.now, renewed_at = clock.now,
            expires_at = clock.now + $5::bigint * interval '1 microsecond'
        from clock where expires_at <= clock.now or epoch = $6::bigint
        returning lease.*
    ),
    noted as (
        insert into reel.lease_term (epoch, home, first_attempt, acquired_at)
        select b.epoch, b.home, n.attempt, b.acquired_at from begun b, reel.next_attempt n
    ),
    forgotten as (
        delete from reel.lease_term t using reel.lease_term next, begun b
        where next.epoch = t.epoch + 1 and next.acquired_at < b.acquired_at - interval '30 days'
    )
    select epoch, hostname, pid, home, address, reel.micros_of(acquired_at),
        reel.micros_of(renewed_at), reel.micros_of(expires_at) - reel.micros_of(acquired_at)
    from begun)sql";

/// $1 epoch, $2 length in microseconds
constexpr std::string_view renew = R"sql(
    with clock as (select clock_timestamp() as now)
    update reel.lease set renewed_at = clock.now,
        expires_at = clock.now + $2::bigint * interval '1 microsecond'
    from clock where epoch = $1::bigint and expires_at > clock.now returning 1)sql";

/// $1 epoch
constexpr std::string_view release =
    "update reel.lease set expires_at = least(expires_at, clock_timestamp()) "
    "where epoch = $1::bigint";

constexpr std::string_view read_terms = R"sql(
    select t.epoch, t.home, t.first_attempt,
        reel.micros_of(clock_timestamp()) - reel.micros_of(next.acquired_at)
    from reel.lease_term t left join reel.lease_term next on next.epoch = t.epoch + 1
    order by t.epoch)sql";

LeaseRecord read_lease_row(const Rows& rows) {
    RowReader reader(rows, 0);
    LeaseRecord lease;
    lease.epoch = reader.number();
    lease.holder.hostname = reader.text();
    lease.holder.pid = reader.number();
    lease.holder.home = reader.text();
    lease.holder.address = reader.text();
    lease.acquired_at = reader.time();
    lease.renewed_at = reader.time();
    lease.remaining = core::Duration(reader.number());
    return lease;
}

TermRecord read_term(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    TermRecord term;
    term.epoch = reader.number();
    term.home = reader.text();
    term.first_attempt = reader.number();
    if (const Param& since = reader.next()) term.since_end = core::Duration(std::stoll(*since));
    return term;
}

}  // namespace

void PostgresStore::connect_for_lease() noexcept {
    leases_.connect_ahead(std::array{lock_row, begin_term, read_terms});
}

LeaseRecord PostgresStore::read_lease() {
    return read_lease_row(database_->read(read_row));
}

std::optional<LeaseRecord> PostgresStore::acquire_lease(
    const LeaseHolder& holder, core::Duration length, std::optional<Epoch> dead
) {
    const core::Durably durably(core::Durable::acquire_lease);
    const std::array statements{
        Statement{.sql = lock_row, .params = {}},
        Statement{
            .sql = begin_term,
            .params =
                {text_value(holder.hostname),
                 number_value(holder.pid),
                 text_value(holder.home),
                 text_value(holder.address),
                 number_value(length.count()),
                 optional_number_value(dead)}
        },
    };
    const Rows rows = leases_.transact(statements);
    if (rows.empty()) return std::nullopt;
    return read_lease_row(rows);
}

bool PostgresStore::renew_lease(Epoch epoch, core::Duration length) {
    const core::Durably durably(core::Durable::renew_lease);
    const Statement statement{
        .sql = renew, .params = {number_value(epoch), number_value(length.count())}
    };
    return !leases_.transact(std::array{statement}).empty();
}

void PostgresStore::release_lease(Epoch epoch) {
    const core::Durably durably(core::Durable::release_lease);
    leases_.transact(std::array{Statement{.sql = release, .params = {number_value(epoch)}}});
}

std::vector<TermRecord> PostgresStore::list_terms() {
    return read_all(
        leases_.transact(std::array{Statement{.sql = read_terms, .params = {}}}), read_term
    );
}

}  // namespace reel::store
