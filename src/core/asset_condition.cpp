#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reel/core/asset.hpp"

namespace reel::core {

namespace {

using Kind = AssetExpression::Kind;

/// What a person writes is not nested deeper; what a program made up must not eat the stack.
constexpr int deepest = 100;

/// A condition may stand in a block of YAML, which keeps the ends of its lines.
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view ends_of_uri = " \t\r\n&|()";

/// A password must not get into messages, which everybody sees.
std::string without_login(const std::string& uri) {
    const std::size_t end = uri.rfind('@');
    return end == std::string::npos ? uri : "…" + uri.substr(end);
}

/// Recursive descent: any = all { "|" all }, all = one { "&" one }, one = uri | "(" any ")".
class ConditionParser final {
  public:
    explicit ConditionParser(std::string_view text) : text_(text) {}

    Result<AssetExpression> parse() {
        auto whole = chain(Kind::any);
        if (!whole) return whole;
        const std::string_view rest = word();
        if (!rest.empty()) return mistake(fmt::format("'{}' is one too many", rest));
        return whole;
    }

  private:
    [[nodiscard]] std::unexpected<Error> mistake(const std::string& what) const {
        return fail(
            Errc::invalid_argument,
            fmt::format("{}, at character {}", what, at_ + 1),
            "write assets with & and |, as in (s3://a & s3://b) | s3://c"
        );
    }

    /// The next character that is no blank, NUL at the end.
    char peek() {
        at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    /// What stands here: a sign or, whole (half a letter of UTF-8 is no text), what a URI may be.
    std::string_view word() {
        (void)peek();
        const std::size_t end = std::min(text_.find_first_of(ends_of_uri, at_), text_.size());
        return text_.substr(at_, std::max<std::size_t>(end - at_, 1));
    }

    Result<AssetExpression> chain(Kind kind) {
        const char sign = kind == Kind::any ? '|' : '&';
        AssetExpression whole{.kind = kind};
        for (bool more = true; more;) {
            auto operand = kind == Kind::any ? chain(Kind::all) : one();
            if (!operand) return operand;
            whole.operands.push_back(std::move(*operand));
            more = peek() == sign;
            if (more) ++at_;
        }
        if (whole.operands.size() > 1) return whole;
        return AssetExpression(std::move(whole.operands.front()));
    }

    Result<AssetExpression> one() {
        const char next = peek();
        if (next == '(') return in_brackets();
        const std::size_t end = std::min(text_.find_first_of(ends_of_uri, at_), text_.size());
        const std::string uri(text_.substr(at_, end - at_));
        if (uri.empty()) {
            return mistake(
                next == '\0' ? "an asset is missing at the end"
                             : fmt::format("an asset is missing before '{}'", next)
            );
        }
        if (const auto valid = validate_asset_uri(uri); !valid) {
            return mistake(
                fmt::format("the asset '{}' {}", without_login(uri), valid.error().message)
            );
        }
        at_ = end;
        return AssetExpression{.asset = make_asset(uri)};
    }

    Result<AssetExpression> in_brackets() {
        if (++depth_ > deepest) return mistake("too many brackets");
        ++at_;
        auto inside = chain(Kind::any);
        if (!inside) return inside;
        if (peek() != ')') return mistake("a ')' is missing");
        ++at_;
        --depth_;
        return inside;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

Result<AssetExpression> parse_asset_condition(std::string_view text) {
    return ConditionParser(text).parse();
}

}  // namespace reel::core
