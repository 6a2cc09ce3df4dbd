#pragma once

#include <set>
#include <string>

#include "reel/store/records.hpp"

namespace reel::store {

/// Whether an XCom decides over the task instances of its run: what a mapping takes its elements
/// from, and what a branch skipped.
[[nodiscard]] bool is_fact(const core::Dag& dag, const XComRecord& xcom);

/// The names that facts of this DAG may have.
[[nodiscard]] std::set<std::string> fact_names(const core::Dag& dag);

}  // namespace reel::store
