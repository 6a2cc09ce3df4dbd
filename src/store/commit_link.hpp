#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commit_plan.hpp"
#include "fence.hpp"
#include "reel/postgres/link.hpp"
#include "reel/store/commit_under_way.hpp"

namespace reel::store {

/// The connection on which commits travel, each in one round trip: its statements are prepared once
/// and planned for rows that are found by their key, however large the tables are or become.
/// Thread-safe; throws postgres::DatabaseError.
class CommitLink final {
  public:
    explicit CommitLink(std::string uri) : uri_(std::move(uri)) {}

    /// False when something is in its way; nothing is stored then. Throws LostLeadership when the
    /// fence is.
    [[nodiscard]] bool store(const CommitPlan& plan, const Fence& fence);

    /// The same, on its way; null where that would have to wait, for a connection, for its turn or
    /// for much to be sent.
    [[nodiscard]] std::unique_ptr<CommitUnderWay> begin(const CommitPlan& plan, const Fence& fence);

    /// Other statements of a scheduler, as one transaction; gives the rows of each. Throws
    /// LostLeadership when the fence is in the way.
    std::vector<postgres::Rows> transact(
        std::vector<postgres::Statement> statements, const Fence& fence
    );

    /// Ahead of the first call, which meets what goes wrong here: connects, and prepares what is
    /// used first.
    void connect_ahead(std::span<const std::string_view> statements) noexcept;

  private:
    class UnderWay;

    [[nodiscard]] postgres::Link& connect();
    /// Throws what is not merely in the commit's way.
    void look_into(const postgres::DatabaseError& error, const Fence& fence);

    std::string uri_;
    std::mutex mutex_;
    std::optional<postgres::Link> link_;
};

}  // namespace reel::store
