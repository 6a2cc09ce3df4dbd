#include "python_literal.hpp"

#include <array>
#include <utility>

namespace reel::dataset {

namespace {

/// What repr() writes as an escape, of all that the generator puts into texts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> escapes{{
    {"\\", "\\\\"},
    {"\t", "\\t"},
    {"\n", "\\n"},
    {"\r", "\\r"},
    {"\xC2\xA0", "\\xa0"},
    {"\xE2\x80\x8B", "\\u200b"},
}};

}  // namespace

std::string python_string(std::string_view utf8) {
    const bool single = utf8.find('\'') != std::string_view::npos;
    const bool twice = utf8.find('"') != std::string_view::npos;
    const char quote = single && !twice ? '"' : '\'';
    std::string text(1, quote);
    while (!utf8.empty()) {
        bool escaped = false;
        for (const auto& [plain, escape] : escapes) {
            if (!utf8.starts_with(plain)) continue;
            text += escape;
            utf8.remove_prefix(plain.size());
            escaped = true;
            break;
        }
        if (escaped) continue;
        if (utf8.front() == quote) text += '\\';
        text += utf8.front();
        utf8.remove_prefix(1);
    }
    return text += quote;
}

}  // namespace reel::dataset
