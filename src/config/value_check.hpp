#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reel/config/config.hpp"

namespace reel::config {

/// Airflow's words for a truth value: true, t, yes, y, on, 1 and their opposites, in any case.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// A whole decimal number, nothing around it.
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);

/// What is wrong with a value of an option: "must be a whole number, not 'many'". Nothing when it
/// fits.
[[nodiscard]] std::optional<std::string> find_mistake(const Option& option, std::string_view value);

}  // namespace reel::config
