#include "warehouse/sql/statements.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

namespace {

bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

class Splitter {
  public:
    explicit Splitter(std::string_view script) : script_(script) {}

    core::Result<std::vector<Statement>> run() {
        while (at_ < script_.size() && !mistake_) {
            step();
        }
        if (mistake_) {
            return std::unexpected(*mistake_);
        }
        finish_statement(script_.size());
        return std::move(statements_);
    }

  private:
    void step() {
        const char c = script_[at_];
        const std::string_view rest = script_.substr(at_);
        if (rest.starts_with("--")) {
            return line_comment();
        }
        if (rest.starts_with("/*")) {
            return block_comment();
        }
        if (is_blank(c)) {
            return advance(1);
        }
        if (c == ';') {
            finish_statement(at_);
            return advance(1);
        }
        if (!start_) {
            start_ = at_;
            start_line_ = line_;
        }
        if (c == '\'' || c == '"') {
            return quoted(c, false);
        }
        if (c == '$') {
            return dollar_quoted();
        }
        is_word(c) ? word() : advance(1);
    }

    /// A word is taken whole: an E before a quote makes backslashes escapes, a $ inside is no
    /// quote.
    void word() {
        const std::size_t begin = at_;
        while (at_ < script_.size() && is_word(script_[at_])) {
            advance(1);
        }
        const std::string_view taken = script_.substr(begin, at_ - begin);
        if ((taken == "e" || taken == "E") && at_ < script_.size() && script_[at_] == '\'') {
            quoted('\'', true);
        }
    }

    void quoted(char mark, bool escapes) {
        const int began = line_;
        advance(1);
        while (at_ < script_.size()) {
            const char c = script_[at_];
            if (escapes && c == '\\' && at_ + 1 < script_.size()) {
                advance(2);
                continue;
            }
            advance(1);
            if (c != mark) {
                continue;
            }
            if (at_ >= script_.size() || script_[at_] != mark) {
                return;
            }
            advance(1);
        }
        never_ends(mark == '"' ? "a quoted name" : "a string", began);
    }

    void dollar_quoted() {
        const int began = line_;
        const std::size_t close = script_.find('$', at_ + 1);
        const std::string_view tag =
            close == std::string_view::npos ? "" : script_.substr(at_, close - at_ + 1);
        const bool is_tag = tag.size() >= 2 &&
                            std::isdigit(static_cast<unsigned char>(tag[1])) == 0 &&
                            std::ranges::all_of(tag.substr(1, tag.size() - 2), is_word);
        if (!is_tag) {
            return advance(1);
        }
        const std::size_t end = script_.find(tag, at_ + tag.size());
        if (end == std::string_view::npos) {
            return never_ends(fmt::format("a {} quote", tag), began);
        }
        advance(end + tag.size() - at_);
    }

    void line_comment() {
        const std::size_t end = std::min(script_.find('\n', at_), script_.size());
        const std::string_view comment = trim(script_.substr(at_ + 2, end - at_ - 2));
        constexpr std::string_view label = "title:";
        if (!start_ && comment.starts_with(label)) {
            title_ = trim(comment.substr(label.size()));
        }
        advance(end - at_);
    }

    void block_comment() {
        const int began = line_;
        int depth = 0;
        while (at_ < script_.size()) {
            const std::string_view rest = script_.substr(at_);
            const bool opens = rest.starts_with("/*");
            const bool closes = rest.starts_with("*/");
            depth += opens ? 1 : closes ? -1 : 0;
            advance(opens || closes ? 2 : 1);
            if (depth == 0) {
                return;
            }
        }
        never_ends("a /* comment", began);
    }

    void advance(std::size_t count) {
        const auto passed = script_.substr(at_, count);
        line_ += static_cast<int>(std::ranges::count(passed, '\n'));
        at_ = std::min(at_ + count, script_.size());
    }

    void finish_statement(std::size_t end) {
        if (start_) {
            const auto text = trim(script_.substr(*start_, end - *start_));
            statements_.push_back({std::string(text), start_line_, title_});
            title_.clear();
        }
        start_.reset();
    }

    void never_ends(const std::string& what, int began) {
        at_ = script_.size();
        mistake_ = core::Error{
            core::Errc::invalid_argument,
            fmt::format("line {}: {} begins here and never ends", began, what),
            {},
            {}
        };
    }

    std::string_view script_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::optional<std::size_t> start_;
    int start_line_ = 1;
    std::string title_;
    std::vector<Statement> statements_;
    std::optional<core::Error> mistake_;
};

}  // namespace

core::Result<std::vector<Statement>> split_statements(std::string_view script) {
    return Splitter(script).run();
}

std::string first_word(std::string_view statement) {
    std::string word;
    for (const char c : statement) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
            break;
        }
        word += to_lower(c);
    }
    return word;
}

}  // namespace reel::warehouse
