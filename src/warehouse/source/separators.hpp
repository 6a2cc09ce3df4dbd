#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace reel::warehouse {

/// Positions that are found far ahead and used one record at a time.
class CellEnds {
  public:
    [[nodiscard]] std::span<const std::uint32_t> unused() const {
        return {positions_.get() + begin_, end_ - begin_};
    }
    void use(std::size_t count) { begin_ += count; }
    void clear() { begin_ = end_ = 0; }
    void add(std::uint32_t position) { *room(1) = position, ++end_; }
    /// Where `most` more may be written.
    [[nodiscard]] std::uint32_t* room(std::size_t most);
    void added(std::size_t count) { end_ += count; }

  private:
    std::unique_ptr<std::uint32_t[]> positions_;  // NOLINT(modernize-avoid-c-arrays): left unset
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// What SeparatorFinder carries from one 64 bytes to the next.
struct SeparatorState {
    char delimiter = ',';
    char quote = '"';
    bool plain = true;
    std::uint64_t inside = 0;           ///< all bits when the next byte is inside quotes
    std::uint64_t after_separator = 1;  ///< 1 when the last byte was a separator
    std::uint64_t after_quote = 0;      ///< 1 when it was a closing quote
    std::uint64_t after_cr = 0;         ///< 1 when it was a CR outside quotes
};

/// Finds where the cells of CSV text end, 64 bytes at a time: delimiters and line ends that are not
/// inside quotes. Whether a byte is inside comes from the parity of the quotes before it, which
/// holds as long as every quote stands where CSV wants it; that is checked on the way.
class SeparatorFinder {
  public:
    /// `quote` is '\0' where quotes are ordinary characters.
    SeparatorFinder(char delimiter, char quote)
        : state_({.delimiter = delimiter, .quote = quote}) {}

    /// What comes next is a record's start.
    void restart() { *this = SeparatorFinder(state_.delimiter, state_.quote); }
    /// Appends the ends in [from, to) of a text that may be read to 64 bytes behind `to`. Of CRLF
    /// it is the CR. Calls go on where the last one ended; all but the last of a text are for
    /// multiples of 64 bytes. False, with nothing appended, when a quote stands where none may.
    [[nodiscard]] bool find(const char* text, std::size_t from, std::size_t to, CellEnds& ends);
    /// Whether the last call ended inside quotes.
    [[nodiscard]] bool in_quotes() const { return state_.inside != 0; }
    /// Whether the last call saw nothing but ASCII without NUL.
    [[nodiscard]] bool saw_plain() const { return state_.plain; }

  private:
    SeparatorState state_;
};

/// Line ends (CR, LF, CRLF) of a text that may be read to 64 bytes behind its end. A CRLF that
/// ends it counts once, and so does a CR.
[[nodiscard]] std::uint64_t count_line_ends(const char* text, std::size_t size);

}  // namespace reel::warehouse
