#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "reel/core/result.hpp"

namespace reel::cli {

/// Reads a JSON object that a person typed; `what` is its name in errors ("--conf"), which say
/// where in the text the mistake is.
[[nodiscard]] core::Result<nlohmann::json> parse_object(
    const std::string& text, const std::string& what
);

}  // namespace reel::cli
