#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "warehouse/literal/value.hpp"

namespace reel::warehouse::literal {

/// Why a text cannot be read, and at which of its bytes, from 0.
struct Failure {
    std::size_t offset = 0;
    std::string reason;
};

using Reading = std::expected<Value, Failure>;

/// A text that may hold a value: not only blanks, valid UTF-8, no NUL.
class CheckedText {
  public:
    [[nodiscard]] static std::expected<CheckedText, Failure> check(std::string_view text);
    [[nodiscard]] std::string_view text() const { return text_; }

  private:
    explicit CheckedText(std::string_view text) : text_(text) {}
    std::string_view text_;
};

[[nodiscard]] Reading read_json(const CheckedText& text);
[[nodiscard]] Reading read_python(const CheckedText& text);

/// What both languages' readers do with the text. A reader's functions say whether they succeeded;
/// the first failure stays.
class Cursor {
  public:
    explicit Cursor(const CheckedText& text) : text_(text.text()) {}

  protected:
    [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
    /// The next byte, or NUL at the end.
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
    }
    [[nodiscard]] bool take(char wanted) {
        if (at_end() || text_[position_] != wanted) return false;
        ++position_;
        return true;
    }
    bool fail(std::string reason) { return fail_at(position_, std::move(reason)); }
    bool fail_at(std::size_t offset, std::string reason) {
        if (!failure_) failure_ = Failure{offset, std::move(reason)};
        return false;
    }
    /// `digits` hexadecimal digits of an escape.
    bool read_hex(int digits, char32_t& code);
    /// A run of decimal digits; how many.
    std::size_t skip_digits();

    std::string_view text_;
    std::size_t position_ = 0;
    int depth_ = 0;
    std::optional<Failure> failure_;
};

}  // namespace reel::warehouse::literal
