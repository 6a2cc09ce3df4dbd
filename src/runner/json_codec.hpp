#pragma once

#include <fmt/format.h>

#include <concepts>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "reel/core/time.hpp"
#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// A JSON object as text, its fields one behind the other. The journal's lines, built of values
/// first, took a seventh of what the runner itself does for a short task.
class ObjectText final {
  public:
    void add(std::string_view name, std::integral auto number) {
        fmt::format_to(std::back_inserter(text_), "{}\"{}\":{}", separator(), name, number);
    }
    void add(std::string_view name, core::Timestamp at) {
        add(name, at.time_since_epoch().count());
    }
    void add(std::string_view name, core::Duration duration) { add(name, duration.count()); }
    /// Itself when it is printable ASCII, else {"base64": "…"}.
    void add(std::string_view name, std::string_view bytes);

    [[nodiscard]] std::string take() { return std::exchange(text_, "{") + "}"; }

  private:
    [[nodiscard]] std::string_view separator() const { return text_.size() == 1 ? "" : ","; }

    std::string text_ = "{";
};

/// What add() wrote; throws nlohmann::json::exception or std::invalid_argument.
[[nodiscard]] std::string bytes_from_json(const nlohmann::json& value);
[[nodiscard]] core::Timestamp timestamp_from_json(const nlohmann::json& value);

[[nodiscard]] std::string to_json_text(const ProcessExit& exit);
[[nodiscard]] ProcessExit exit_from_json(const nlohmann::json& value);

}  // namespace reel::runner
