#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::warehouse {

/// An aligned table for a task's log: a header, a rule, rows. A column whose cells are all numbers
/// stands right. Widths count code points; line breaks and other controls in a cell become blanks.
class TextTable final {
  public:
    explicit TextTable(std::vector<std::string> header) : header_(std::move(header)) {}

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    /// Lines without line ends and without blanks behind.
    [[nodiscard]] std::vector<std::string> lines() const;

  private:
    std::vector<std::string> header_;
    std::vector<std::vector<std::string>> rows_;
};

/// 34269772841 → "34,269,772,841"
[[nodiscard]] std::string grouped(std::int64_t number);

/// 710000000 → "710.0 MB" (powers of ten)
[[nodiscard]] std::string readable_bytes(std::uint64_t bytes);

/// At most `limit` code points of `text`, "…" where some were left out.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

/// Valid UTF-8 for a person: bytes that are not, NUL and controls but \n and \t become "\x1f".
[[nodiscard]] std::string printable(std::string_view bytes);

}  // namespace reel::warehouse
