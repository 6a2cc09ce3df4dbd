#include <algorithm>
#include <cctype>

#include "reel/templating/render.hpp"

namespace reel::templating {

namespace {

bool is_name_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Walks over a template's code: what stands inside {{ … }} and {% … %}.
class CodeScanner final {
  public:
    explicit CodeScanner(std::string_view source) : source_(source) {}

    std::vector<std::string> references() {
        while (enter_code()) read_code();
        return std::move(found_);
    }

  private:
    [[nodiscard]] bool at(std::string_view text) const {
        return source_.substr(at_, text.size()) == text;
    }

    void skip_past(std::string_view end) {
        const std::size_t found = source_.find(end, at_);
        at_ = found == std::string_view::npos ? source_.size() : found + end.size();
    }

    void skip_blanks() {
        while (at_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[at_])) != 0
        ) {
            ++at_;
        }
    }

    /// Moves behind the next "{{" or "{%"; false at the end of the template.
    bool enter_code() {
        for (;;) {
            at_ = source_.find('{', at_);
            if (at_ == std::string_view::npos) return false;
            if (at("{#")) {
                skip_past("#}");
            } else if (at("{{") || at("{%")) {
                closing_ = at("{{") ? "}}" : "%}";
                at_ += 2;
                return true;
            } else {
                ++at_;
            }
        }
    }

    void read_code() {
        bool attribute = false;
        bool first = true;
        while (at_ < source_.size() && !at(closing_)) {
            const char c = source_[at_];
            if (c == '\'' || c == '"') {
                read_string();
                attribute = false;
            } else if (is_name_char(c)) {
                const std::string_view name = read_name();
                if (name == "staged" && !attribute) read_argument();
                if (name == "raw" && first && closing_ == "%}") return skip_raw();
                attribute = first = false;
            } else {
                if (std::isspace(static_cast<unsigned char>(c)) == 0) attribute = c == '.';
                ++at_;
            }
        }
        at_ = std::min(at_ + 2, source_.size());
    }

    void skip_raw() {
        const std::size_t end = source_.find("endraw", at_);
        at_ = end == std::string_view::npos ? source_.size() : end;
        skip_past("%}");
    }

    std::string_view read_name() {
        const std::size_t start = at_;
        while (at_ < source_.size() && is_name_char(source_[at_])) ++at_;
        return source_.substr(start, at_ - start);
    }

    std::string read_string() {
        const char quote = source_[at_++];
        std::string text;
        while (at_ < source_.size() && source_[at_] != quote) {
            if (source_[at_] == '\\' && at_ + 1 < source_.size()) ++at_;
            text += source_[at_++];
        }
        if (at_ < source_.size()) ++at_;
        return text;
    }

    /// Behind the name `staged`: "( 'task.table' )".
    void read_argument() {
        skip_blanks();
        if (!at("(")) return;
        ++at_;
        skip_blanks();
        if (!at("'") && !at("\"")) return;
        std::string reference = read_string();
        skip_blanks();
        if (at(")") && std::ranges::find(found_, reference) == found_.end()) {
            found_.push_back(std::move(reference));
        }
    }

    std::string_view source_;
    std::string_view closing_;
    std::size_t at_ = 0;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> staged_references(std::string_view source) {
    return CodeScanner(source).references();
}

}  // namespace reel::templating
