#include "response_head.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "reel/core/ascii.hpp"

namespace reel::fetch {

namespace {

constexpr std::array<std::pair<int, std::string_view>, 14> reasons{{
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {416, "Range Not Satisfiable"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

void ResponseHead::take_line(std::string_view line) {
    line = core::trim(line);
    if (line.starts_with("HTTP/")) {
        *this = {};
        const std::size_t blank = line.find(' ');
        if (blank != std::string_view::npos) {
            status = parse_number<int>(line.substr(blank + 1, 3)).value_or(0);
        }
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = core::lowered(line.substr(0, colon));
    const std::string_view value = core::trim(line.substr(colon + 1));
    if (name == "etag") etag = value;
    if (name == "last-modified") last_modified = value;
    if (name == "content-disposition") disposition = value;
    if (name == "content-type") content_type = value;
    if (name == "content-length") length = parse_number<std::uint64_t>(value);
    if (name == "content-range") range = parse_content_range(value);
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
    constexpr std::string_view unit = "bytes ";
    if (!value.starts_with(unit)) return std::nullopt;
    value.remove_prefix(unit.size());
    const std::size_t dash = value.find('-');
    const std::size_t slash = value.find('/');
    if (slash == std::string_view::npos || dash > slash) return std::nullopt;
    const auto begin = parse_number<std::uint64_t>(value.substr(0, dash));
    if (!begin) return std::nullopt;
    return ContentRange{
        .begin = *begin, .total = parse_number<std::uint64_t>(value.substr(slash + 1))
    };
}

std::string describe_status(int status) {
    std::string text = "HTTP " + std::to_string(status);
    for (const auto& [known, reason] : reasons) {
        if (known == status) text.append(" ").append(reason);
    }
    return text;
}

}  // namespace reel::fetch
