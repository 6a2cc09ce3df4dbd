#include "warehouse/stage/pattern_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "reel/core/ascii.hpp"

namespace reel::warehouse {

namespace {

using Class = PatternNode::Class;
using Kind = PatternNode::Kind;

constexpr std::size_t ascii = 128;
constexpr int most_repeats = 255;  // as the server's
constexpr int deepest = 50;

struct NamedClass {
    std::string_view name;
    int (*holds)(int);
};

int is_word(int c) {
    return c == '_' || std::isalnum(c) != 0 ? 1 : 0;
}

// Of `punct` libc and ICU, one of which the server asks, say different things: it is left to it.
constexpr std::array<NamedClass, 11> named_classes{{
    {"alpha", std::isalpha},
    {"digit", std::isdigit},
    {"alnum", std::isalnum},
    {"upper", std::isupper},
    {"lower", std::islower},
    {"space", std::isspace},
    {"blank", std::isblank},
    {"print", std::isprint},
    {"graph", std::isgraph},
    {"cntrl", std::iscntrl},
    {"xdigit", std::isxdigit},
}};

Class class_of(int (*holds)(int)) {
    Class found;
    for (std::size_t c = 0; c < ascii; ++c) found[c] = holds(static_cast<int>(c)) != 0;
    return found;
}

class Parser final {
  public:
    explicit Parser(std::string_view text) : rest_(text) {}

    std::expected<PatternTree, std::string> parse() {
        auto root = alternatives(0);
        if (!root) return std::unexpected(std::move(root.error()));
        if (!rest_.empty()) return refuse(rest_.front());
        return PatternTree{*std::move(root), has_classes_};
    }

  private:
    using Parsed = std::expected<PatternNode, std::string>;

    static std::unexpected<std::string> refuse(std::string_view what) {
        return std::unexpected(fmt::format("what '{}' means is the server's to say", what));
    }
    static std::unexpected<std::string> refuse(char what) {
        return refuse(std::string_view(&what, 1));
    }
    [[nodiscard]] bool at(char c) const { return rest_.starts_with(c); }
    bool take(std::string_view what) {
        if (!rest_.starts_with(what)) return false;
        rest_.remove_prefix(what.size());
        return true;
    }
    char next() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    Parsed alternatives(int depth) {
        if (depth > deepest) return refuse("(((");
        PatternNode choice{.kind = Kind::choice};
        do {
            auto branch = sequence(depth);
            if (!branch) return branch;
            choice.parts.push_back(*std::move(branch));
        } while (take("|"));
        return choice.parts.size() == 1 ? std::move(choice.parts.front()) : choice;
    }

    Parsed sequence(int depth) {
        PatternNode parts{.kind = Kind::sequence};
        while (!rest_.empty() && !at('|') && !at(')')) {
            auto part = atom(depth);
            if (part) part = repeated(*std::move(part));
            if (!part) return part;
            parts.parts.push_back(*std::move(part));
        }
        return parts;
    }

    Parsed atom(int depth) {
        if (take("(")) return group(depth);
        if (take("[")) return bracket();
        if (take("^")) return PatternNode{.kind = Kind::begin};
        if (take("$")) return PatternNode{.kind = Kind::end};
        if (take(".")) return PatternNode{.kind = Kind::one_of, .one_of = Class().set()};
        if (take("\\")) return escape(false);
        if (at('*') || at('+') || at('?') || at('{')) return refuse(rest_.front());
        return letter(next());
    }

    Parsed group(int depth) {
        if (at('?') && !take("?:")) return refuse("(?");
        auto inner = alternatives(depth + 1);
        if (inner && !take(")")) return refuse("(");
        return inner;
    }

    static Parsed letter(char c) {
        const auto code = static_cast<unsigned char>(c);
        if (code == 0 || code >= ascii) return refuse(c);
        return PatternNode{.kind = Kind::one_of, .one_of = Class().set(code)};
    }

    Parsed escape(bool in_bracket) {
        if (rest_.empty()) return refuse("\\");
        const char c = next();
        constexpr std::string_view controls = "\nn\tt\rr\ff\vv";
        if (const auto at = controls.find(c); at != controls.npos && at % 2 == 1) {
            return letter(controls[at - 1]);
        }
        const char lower = core::to_lower(c);
        if (lower == 'd' || lower == 's' || lower == 'w') {
            if (in_bracket && lower != c) return refuse(c);
            has_classes_ = true;
            const Class found = class_of(
                lower == 'd'   ? static_cast<int (*)(int)>(std::isdigit)
                : lower == 's' ? static_cast<int (*)(int)>(std::isspace)
                               : is_word
            );
            return PatternNode{.kind = Kind::one_of, .one_of = lower == c ? found : ~found};
        }
        if (is_word(static_cast<unsigned char>(c)) != 0) return refuse(fmt::format("\\{}", c));
        return letter(c);
    }

    Parsed bracket() {
        const bool is_negated = take("^");
        Class found;
        for (bool first = true; first || !at(']'); first = false) {
            auto item = bracket_item();
            if (!item) return item;
            found |= item->one_of;
        }
        take("]");
        return PatternNode{.kind = Kind::one_of, .one_of = is_negated ? ~found : found};
    }

    Parsed bracket_item() {
        if (rest_.empty()) return refuse("[");
        if (take("[:")) return named_class();
        if (rest_.starts_with("[.") || rest_.starts_with("[=")) return refuse(rest_.substr(0, 2));
        auto low = bracket_letter();
        if (!low || low->one_of.count() != 1) return low;
        const bool is_range = rest_.size() >= 2 && at('-') && rest_[1] != ']';
        if (!is_range) return low;
        next();
        const auto high = bracket_letter();
        if (!high) return high;
        const auto first = code_of(low->one_of);
        const auto last = code_of(high->one_of);
        if (high->one_of.count() != 1 || first > last) return refuse('-');
        for (std::size_t c = first; c <= last; ++c) low->one_of.set(c);
        return low;
    }

    Parsed bracket_letter() {
        if (rest_.empty()) return refuse("[");
        return take("\\") ? escape(true) : letter(next());
    }

    Parsed named_class() {
        const auto end = rest_.find(":]");
        const auto name = rest_.substr(0, end);
        const auto* const found = std::ranges::find(named_classes, name, &NamedClass::name);
        if (end == rest_.npos || found == named_classes.end()) return refuse("[:");
        rest_.remove_prefix(end + 2);
        has_classes_ = true;
        return PatternNode{.kind = Kind::one_of, .one_of = class_of(found->holds)};
    }

    static std::size_t code_of(const Class& one) {
        std::size_t code = 0;
        while (code < ascii && !one[code]) ++code;
        return code;
    }

    Parsed repeated(PatternNode part) {
        const auto bounds = bound();
        if (!bounds) return std::unexpected(bounds.error());
        if (!*bounds) return part;
        const bool is_place = part.kind == Kind::begin || part.kind == Kind::end;
        take("?");  // how much it takes first does not matter
        if (is_place || at('*') || at('+') || at('?') || at('{')) return refuse("**");
        const auto [least, most] = **bounds;
        PatternNode repeat{.kind = Kind::repeat, .least = least, .most = most};
        repeat.parts.push_back(std::move(part));
        return repeat;
    }

    using Bound = std::optional<std::pair<int, int>>;

    std::expected<Bound, std::string> bound() {
        if (take("*")) return Bound({0, -1});
        if (take("+")) return Bound({1, -1});
        if (take("?")) return Bound({0, 1});
        if (!take("{")) return Bound();
        const auto least = number();
        if (!least) return refuse('{');
        std::optional<int> most = least;
        if (take(",")) most = at('}') ? std::optional(-1) : number();
        const bool fits = most && (*most == -1 || *most >= *least) && take("}");
        if (!fits) return refuse('{');
        return Bound({*least, *most});
    }

    std::optional<int> number() {
        int value = 0;
        std::size_t digits = 0;
        while (!rest_.empty() && core::is_digit(rest_.front()) && digits < 4) {
            value = value * 10 + (next() - '0');
            ++digits;
        }
        return digits > 0 && value <= most_repeats ? std::optional(value) : std::nullopt;
    }

    std::string_view rest_;
    bool has_classes_ = false;
};

}  // namespace

std::expected<PatternTree, std::string> parse_pattern(std::string_view text) {
    return Parser(text).parse();
}

}  // namespace reel::warehouse
