#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::executor {

/// Keeps the order of keys: the columns of a table and the checks of a task stand in the file's
/// order.
using Json = nlohmann::ordered_json;

/// Never throws: bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string dump(const Json& value);
[[nodiscard]] core::JsonText to_text(const Json& value);

/// `what` names the document in the error.
[[nodiscard]] core::Result<Json> parse_json(const std::string& text, const std::string& what);

/// The text of a member, or `fallback` where it is missing, null or no string.
[[nodiscard]] std::string text_of(
    const Json& object, const std::string& name, const std::string& fallback = {}
);

/// The value with U+FFFD for every NUL character: Postgres' jsonb cannot hold one.
[[nodiscard]] Json without_nul(Json value);

}  // namespace reel::executor
