#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/link.hpp"

namespace reel::store {

/// The connection of the lease, which nothing else can hold up. Thread-safe; throws
/// postgres::DatabaseError.
class LeaseLink final {
  public:
    explicit LeaseLink(std::string uri) : uri_(std::move(uri)) {}

    /// One transaction; gives the rows of the last statement.
    postgres::Rows transact(std::span<const postgres::Statement> statements);

    /// Ahead of the first call, which meets what goes wrong here: connects, and prepares what is
    /// used first.
    void connect_ahead(std::span<const std::string_view> statements) noexcept;

  private:
    [[nodiscard]] postgres::Link& connect();

    std::string uri_;
    std::mutex mutex_;
    std::optional<postgres::Link> link_;
};

}  // namespace reel::store
