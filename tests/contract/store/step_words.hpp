#pragma once

#include <string>

#include "contract/store/random_steps.hpp"

/// Steps and answers as a failing seed prints them.
namespace reel::store {

[[nodiscard]] std::string in_words(const RunRecord& run);
[[nodiscard]] std::string in_words(const TaskInstanceRecord& task);
[[nodiscard]] std::string in_words(const Commit& commit);
[[nodiscard]] std::string in_words(const std::vector<core::Dag>& dags);

}  // namespace reel::store
