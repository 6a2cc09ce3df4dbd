#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// A byte string as JSON: itself when it is printable ASCII, else {"base64": "…"}.
[[nodiscard]] nlohmann::json bytes_to_json(std::string_view bytes);
/// The inverse; throws nlohmann::json::exception or std::invalid_argument.
[[nodiscard]] std::string bytes_from_json(const nlohmann::json& value);

[[nodiscard]] nlohmann::json to_json(const ProcessExit& exit);
[[nodiscard]] ProcessExit exit_from_json(const nlohmann::json& value);

[[nodiscard]] core::Timestamp timestamp_from_json(const nlohmann::json& value);
[[nodiscard]] nlohmann::json timestamp_to_json(core::Timestamp at);

}  // namespace reel::runner
