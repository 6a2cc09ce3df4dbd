#include "commit_link.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include "commit_batch.hpp"
#include "reel/core/crash_point.hpp"

namespace reel::store {

namespace {

/// What the longer way can tell more about: a missing row, a foreign key, a date that is taken.
constexpr std::array<std::string_view, 3> in_the_way{not_as_expected, "23503", "23505"};

// A plan that was made for an empty table would read the whole of a large one.
constexpr std::string_view plan_by_key =
    "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; "
    "set plan_cache_mode = force_generic_plan; set jit = off";

}  // namespace

postgres::Link& CommitLink::connect() {
    if (link_ && link_->has_ended()) link_.reset();
    if (!link_) {
        link_.emplace(uri_);
        link_->exec_script(plan_by_key);
    }
    return *link_;
}

void CommitLink::connect_ahead(std::span<const std::string_view> statements) noexcept {
    const std::scoped_lock lock(mutex_);
    try {
        connect().prepare(statements);
    } catch (const std::exception&) {
        link_.reset();
    }
}

bool CommitLink::store(const CommitPlan& plan, const Fence& fence) {
    const std::scoped_lock lock(mutex_);
    const core::Durably durably(core::Durable::commit);
    try {
        connect().transact(batch_of(plan, fence));
        return true;
    } catch (const postgres::DatabaseError& error) {
        fence.recognise(error);
        if (std::ranges::find(in_the_way, error.sqlstate()) != in_the_way.end()) return false;
        // A statement may have been cut off in the middle.
        link_.reset();
        throw;
    }
}

std::vector<postgres::Rows> CommitLink::transact(
    std::vector<postgres::Statement> statements, const Fence& fence
) {
    const std::scoped_lock lock(mutex_);
    const auto check = fence.statement();
    if (check) statements.insert(statements.begin(), *check);
    try {
        auto rows = connect().transact(statements);
        if (check) rows.erase(rows.begin());
        return rows;
    } catch (const postgres::DatabaseError& error) {
        fence.recognise(error);
        link_.reset();
        throw;
    }
}

}  // namespace reel::store
