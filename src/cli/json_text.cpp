#include "json_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {

namespace {

/// nlohmann's "[json.exception.parse_error.101] parse error at line 1, column 9: syntax error while
/// parsing value - invalid literal; last read: '…'" → "invalid literal; last read: '…'".
std::string reason(const std::string& what) {
    const std::size_t dash = what.find(" - ");
    if (dash != std::string::npos) return what.substr(dash + 3);
    const std::size_t colon = what.rfind(": ");
    return colon == std::string::npos ? what : what.substr(colon + 2);
}

std::string place(const std::string& text, std::size_t byte) {
    const std::size_t end = std::min(byte == 0 ? 0 : byte - 1, text.size());
    const std::string before = text.substr(0, end);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t column = start == std::string::npos ? end + 1 : end - start;
    return line == 1 ? fmt::format("column {}", column)
                     : fmt::format("line {}, column {}", line, column);
}

}  // namespace

core::Result<nlohmann::json> parse_object(const std::string& text, const std::string& what) {
    const std::string hint = R"(write it as '{"key": "value"}', in single quotes for the shell)";
    try {
        nlohmann::json value = nlohmann::json::parse(text);
        if (value.is_object()) return value;
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("{} must be a JSON object, not {}", what, value.type_name()),
            hint
        );
    } catch (const nlohmann::json::parse_error& error) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format(
                "{} is not valid JSON at {}: {}",
                what,
                place(text, error.byte),
                reason(error.what())
            ),
            hint
        );
    }
}

}  // namespace reel::cli
