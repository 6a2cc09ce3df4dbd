#pragma once

#include <string_view>

namespace reel::core {

/// Whether a text may stand in YAML without quotes, alone and inside of [] and {}: one word that
/// any version of YAML reads as a text and as nothing else. Many others could as well; JSON's
/// quotes are right for all of them.
[[nodiscard]] bool is_plain_yaml(std::string_view text);

}  // namespace reel::core
