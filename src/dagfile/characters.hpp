#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reel::dagfile {

/// The first byte of a text that no YAML file may hold.
struct BadCharacter {
    int line = 1;
    int column = 1;
    std::string message;
};

/// Broken UTF-8 and control characters. The YAML parser would replace the ones and take some of
/// the others for the end of the file, both in silence.
[[nodiscard]] std::optional<BadCharacter> find_bad_character(std::string_view text);

}  // namespace reel::dagfile
