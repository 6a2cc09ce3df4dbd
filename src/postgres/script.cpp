#include "script.hpp"

#include <algorithm>
#include <cctype>

namespace reel::postgres {

namespace {

bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
}

/// Steps over one token of SQL at a time, so that a ';' inside text is not taken for an end.
class Scanner final {
  public:
    explicit Scanner(std::string_view sql) : sql_(sql) {}

    [[nodiscard]] bool at_end() const { return at_ >= sql_.size(); }
    [[nodiscard]] char current() const { return sql_[at_]; }
    [[nodiscard]] std::size_t line() const {
        return 1 + static_cast<std::size_t>(std::ranges::count(sql_.substr(0, at_), '\n'));
    }

    /// True when it stood on a blank or a comment.
    bool skip_blank() {
        if (std::isspace(static_cast<unsigned char>(current())) != 0) {
            ++at_;
            return true;
        }
        if (starts_with("--")) {
            at_ = std::min(sql_.find('\n', at_), sql_.size());
            return true;
        }
        if (!starts_with("/*")) return false;
        skip_block_comment();
        return true;
    }

    void skip_token() {
        const char c = current();
        if (c == '\'' || c == '"') {
            skip_quoted(c);
        } else if (c == '$' && skip_dollar_quoted()) {
            return;
        } else if (is_word(c)) {
            skip_word();
        } else {
            ++at_;
        }
    }

  private:
    [[nodiscard]] bool starts_with(std::string_view text) const {
        return sql_.substr(at_).starts_with(text);
    }

    void skip_block_comment() {
        int depth = 0;
        do {
            if (starts_with("/*")) {
                ++depth;
                at_ += 2;
            } else if (starts_with("*/")) {
                --depth;
                at_ += 2;
            } else {
                ++at_;
            }
        } while (depth > 0 && !at_end());
        at_ = std::min(at_, sql_.size());
    }

    void skip_quoted(char quote, bool backslashes = false) {
        ++at_;
        while (!at_end() && current() != quote) at_ += backslashes && current() == '\\' ? 2 : 1;
        at_ = std::min(at_ + 1, sql_.size());
    }

    bool skip_dollar_quoted() {
        std::size_t end = at_ + 1;
        while (end < sql_.size() && is_word(sql_[end])) ++end;
        if (end >= sql_.size() || sql_[end] != '$') return false;
        if (std::isdigit(static_cast<unsigned char>(sql_[at_ + 1])) != 0) return false;
        const std::string_view tag = sql_.substr(at_, end + 1 - at_);
        const std::size_t close = sql_.find(tag, end + 1);
        at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
        return true;
    }

    void skip_word() {
        const std::size_t begin = at_;
        while (!at_end() && (is_word(current()) || current() == '$')) ++at_;
        const bool escapes = at_ == begin + 1 && (sql_[begin] == 'e' || sql_[begin] == 'E');
        if (escapes && !at_end() && current() == '\'') skip_quoted('\'', true);
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

}  // namespace

std::size_t line_of_character(std::string_view sql, std::size_t position) {
    std::size_t line = 1;
    std::size_t character = 0;
    for (const char c : sql) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (!continues && ++character == position) return line;
        if (c == '\n') ++line;
    }
    return line;
}

std::vector<std::size_t> statement_lines(std::string_view sql) {
    std::vector<std::size_t> lines;
    Scanner scanner(sql);
    bool inside = false;
    while (!scanner.at_end()) {
        if (scanner.skip_blank()) continue;
        if (scanner.current() == ';') {
            inside = false;
        } else if (!inside) {
            lines.push_back(scanner.line());
            inside = true;
        }
        scanner.skip_token();
    }
    return lines;
}

}  // namespace reel::postgres
