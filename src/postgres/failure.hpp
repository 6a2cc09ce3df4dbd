#pragma once

#include <string>
#include <string_view>

#include "reel/postgres/error.hpp"

namespace reel::postgres {

/// Why a connection attempt failed, by libpq's words: transient unless waiting cannot help (wrong
/// password, no such database).
[[nodiscard]] FailureKind classify_refusal(std::string_view message);

/// libpq's text without severity, blank lines and row contents.
[[nodiscard]] std::string tidy_message(std::string_view raw);

}  // namespace reel::postgres
