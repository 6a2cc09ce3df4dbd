#include "lease_link.hpp"

#include <exception>

#include "reel/postgres/error.hpp"

namespace reel::store {

namespace {

/// Whoever waits longer asks again: a renewal that comes too late is worth nothing.
constexpr const char* be_quick = "set statement_timeout = '5s'";

}  // namespace

postgres::Link& LeaseLink::connect() {
    if (link_ && link_->has_ended()) link_.reset();
    if (!link_) {
        link_.emplace(postgres::limit_network_silence(uri_), "reel lease");
        link_->exec_script(be_quick);
    }
    return *link_;
}

void LeaseLink::connect_ahead(std::span<const std::string_view> statements) noexcept {
    const std::scoped_lock lock(mutex_);
    try {
        connect().prepare(statements);
    } catch (const std::exception&) {
        link_.reset();
    }
}

postgres::Rows LeaseLink::transact(std::span<const postgres::Statement> statements) {
    const std::scoped_lock lock(mutex_);
    try {
        return connect().transact(statements).back();
    } catch (const postgres::DatabaseError&) {
        link_.reset();
        throw;
    }
}

}  // namespace reel::store
