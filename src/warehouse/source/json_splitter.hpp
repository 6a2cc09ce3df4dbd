#pragma once

#include <cstddef>
#include <string_view>

#include "warehouse/source/record_borders.hpp"

namespace reel::warehouse {

/// How a JSON file holds its records.
enum class JsonLayout {
    lines,     ///< each on a line of its own
    elements,  ///< values with commas or blanks between them, up to the ] of their array if any
};

/// Finds the records of JSON text, which may grow between calls. Looks at brackets and strings
/// only: whether a record is JSON is not its business. Every byte that is no blank and no comma
/// between records is part of one.
class JsonSplitter {
  public:
    explicit JsonSplitter(JsonLayout layout) : layout_(layout) {}

    /// What comes next is the front of a text, between two records.
    void restart() { *this = JsonSplitter(layout_); }
    /// Goes to the next record whose end is in the text; false when there is none (yet).
    [[nodiscard]] bool find(std::string_view text);
    /// Of the record that was found last, or of the one that has begun.
    [[nodiscard]] std::size_t begin() const { return begin_; }
    /// Behind its last byte; a line's end is not part of it.
    [[nodiscard]] std::size_t end() const { return end_; }
    /// From where on the next one is looked for.
    [[nodiscard]] std::size_t position() const { return position_; }
    /// Whether the text ended inside a record.
    [[nodiscard]] bool in_record() const { return in_record_; }
    /// Whether the array's ] was seen; nothing is found behind it.
    [[nodiscard]] bool closed() const { return closed_; }
    /// The text has lost so many bytes at its front, at most `position`.
    void forget(std::size_t bytes);

  private:
    [[nodiscard]] bool find_line(std::string_view text);
    [[nodiscard]] bool find_element(std::string_view text);
    void pass_string(std::string_view text);
    [[nodiscard]] bool step(char byte);
    [[nodiscard]] bool found(std::size_t end);

    JsonLayout layout_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t position_ = 0;
    std::size_t depth_ = 0;
    bool in_record_ = false;
    bool in_string_ = false;
    bool escaped_ = false;  ///< the next byte is behind a backslash
    bool closed_ = false;
};

/// Where JSON text may be cut, and how it ended.
class JsonBorders final : public RecordBorders {
  public:
    explicit JsonBorders(JsonLayout layout) : splitter_(layout) {}
    void restart() override;
    void follow(std::string_view text) override;
    [[nodiscard]] std::size_t whole() const override { return whole_; }

    /// Of all that was followed so far.
    [[nodiscard]] bool closed() const { return closed_; }
    [[nodiscard]] bool ended_inside() const { return ended_inside_; }
    /// Something stood behind the array's ].
    [[nodiscard]] bool has_rubbish() const { return has_rubbish_; }

  private:
    JsonSplitter splitter_;
    std::size_t whole_ = 0;
    bool closed_ = false;
    bool ended_inside_ = false;
    bool has_rubbish_ = false;
};

/// Whether JSON takes the byte for a blank.
[[nodiscard]] constexpr bool is_json_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

}  // namespace reel::warehouse
