#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::warehouse {

/// A regular expression as Postgres' `~` takes it, as a table of states: each character is looked
/// at once. Of the language it knows what means the same wherever it is read: letters, classes,
/// groups, alternatives, bounds, ^ and $, and \d \s \w where the text is ASCII. For the rest there
/// is the server.
class TextPattern final {
  public:
    /// The error says what only the server knows, or why the table would be too large.
    [[nodiscard]] static std::expected<TextPattern, std::string> make(std::string_view pattern);

    /// Whether it matches anywhere in a text of valid UTF-8; nothing where the server's notion of
    /// letters decides.
    [[nodiscard]] std::optional<bool> is_found_in(std::string_view text) const;

  private:
    friend class PatternTable;
    /// ASCII, and one for everything else.
    static constexpr std::size_t symbols = 129;
    static constexpr std::size_t other = 128;

    struct State {
        std::array<std::uint16_t, symbols> next = {};
        bool found = false;         ///< whatever comes
        bool found_at_end = false;  ///< if nothing comes
    };

    std::vector<State> states_;  ///< the first is the beginning
    bool knows_ascii_only_ = false;
};

}  // namespace reel::warehouse
