#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/dag.hpp"

namespace reel::api {

// The small parts that records in JSON are made of.

[[nodiscard]] nlohmann::json time_json(const std::optional<core::Timestamp>& at);
[[nodiscard]] nlohmann::json text_or_null(const std::string& text);
[[nodiscard]] const std::string& or_else(const std::string& text, const std::string& fallback);
/// The text as JSON; null when it is none.
[[nodiscard]] nlohmann::json parse_or_null(const core::JsonText& text);
[[nodiscard]] nlohmann::json object_or_empty(const core::JsonText& text);

/// A DAG's version (DagVersionResponse).
struct VersionView {
    std::string dag_id;
    std::string display_name;
    int number = 1;
    core::Timestamp created_at;
};
[[nodiscard]] nlohmann::json version_json(const VersionView& version);

/// The same id for the same text, in the form of a UUID.
[[nodiscard]] std::string stable_uuid(std::string_view text);

}  // namespace reel::api
