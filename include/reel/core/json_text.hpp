#pragma once

#include <compare>
#include <string>

namespace reel::core {

/// JSON as text, so that the domain types need no JSON library. Always one valid document; "null"
/// where there is none.
struct JsonText {
    std::string text = "null";
    auto operator<=>(const JsonText&) const = default;
};

}  // namespace reel::core
