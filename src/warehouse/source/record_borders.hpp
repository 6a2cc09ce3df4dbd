#pragma once

#include <cstddef>
#include <string_view>

namespace reel::warehouse {

/// Follows a text from a record's start, as it grows, to know where records end.
class RecordBorders {
  public:
    virtual ~RecordBorders() = default;
    /// What comes next is a record's start, or what stands between two of them.
    virtual void restart() = 0;
    /// Goes on behind what was followed of the text.
    virtual void follow(std::string_view text) = 0;
    /// How much of the text is whole records for certain, and what stands between them.
    [[nodiscard]] virtual std::size_t whole() const = 0;
    /// Whether what was followed ends inside a quoted cell.
    [[nodiscard]] virtual bool in_quotes() const { return false; }
};

}  // namespace reel::warehouse
