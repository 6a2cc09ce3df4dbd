#pragma once

#include <vector>

#include "commit_plan.hpp"
#include "fence.hpp"
#include "reel/postgres/link.hpp"

namespace reel::store {

/// The statements that store a commit where nothing is in its way, as one batch. A row that cannot
/// be written makes its statement fail with `not_as_expected`, and the batch with it; why is for
/// the longer way to find out. The fence, where there is one, goes first.
[[nodiscard]] std::vector<postgres::Statement> batch_of(const CommitPlan& plan, const Fence& fence);

inline constexpr const char* not_as_expected = "22012";  ///< division by zero

}  // namespace reel::store
