#pragma once

#include <bitset>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace reel::warehouse {

/// A regular expression taken apart.
struct PatternNode {
    /// One of ASCII's characters, or (the last) any other.
    using Class = std::bitset<129>;
    enum class Kind { one_of, begin, end, sequence, choice, repeat };

    Kind kind = Kind::sequence;
    Class one_of = {};
    std::vector<PatternNode> parts = {};
    int least = 0;
    int most = 0;  ///< of a repeat; −1: any number
};

struct PatternTree {
    PatternNode root;
    bool has_classes = false;  ///< such as \w, of which the server's locale has letters of its own
};

/// The error says what of it only the server knows.
[[nodiscard]] std::expected<PatternTree, std::string> parse_pattern(std::string_view text);

}  // namespace reel::warehouse
