#include "file_arguments.hpp"

#include <algorithm>
#include <array>

namespace reel::executor {

namespace {

struct FileArgument {
    std::string_view operator_name;
    std::string_view argument;
    std::string_view extension;
};

constexpr std::array file_arguments{
    FileArgument{"sql", "sql", ".sql"},
    FileArgument{"branch.sql", "sql", ".sql"},
    FileArgument{"sensor.sql", "sql", ".sql"},
    FileArgument{"upsert", "query", ".sql"},
    FileArgument{"bash", "bash_command", ".sh"},
    FileArgument{"bash", "bash_command", ".bash"},
};

bool names_file(std::string_view text, std::string_view extension) {
    return text.size() > extension.size() && text.ends_with(extension) &&
           text.find_first_of(" \t\r\n;") == std::string_view::npos;
}

}  // namespace

bool is_file_argument(std::string_view operator_name, std::string_view argument) {
    return std::ranges::any_of(file_arguments, [&](const FileArgument& candidate) {
        return candidate.operator_name == operator_name && candidate.argument == argument;
    });
}

bool is_file_name(
    std::string_view operator_name, std::string_view argument, const RenderedText& text
) {
    return std::ranges::any_of(file_arguments, [&](const FileArgument& candidate) {
        return candidate.operator_name == operator_name && candidate.argument == argument &&
               text.source.ends_with(candidate.extension) &&
               names_file(text.rendered, candidate.extension);
    });
}

std::optional<std::string> only_expression(const std::string& text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) {
        return std::nullopt;
    }
    const std::string whole = text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
    constexpr std::size_t brace = 2;
    if (whole.size() < 2 * brace || !whole.starts_with("{{") || !whole.ends_with("}}")) {
        return std::nullopt;
    }
    std::string inside = whole.substr(brace, whole.size() - 2 * brace);
    // Of "{{ a }} and {{ b }}" the inside holds the end of the first.
    if (inside.find("}}") != std::string::npos || inside.find("{%") != std::string::npos) {
        return std::nullopt;
    }
    // {{- and -}} take blanks away, which an expression has none of.
    if (inside.starts_with('-')) inside.erase(0, 1);
    if (inside.ends_with('-')) inside.pop_back();
    return inside;
}

}  // namespace reel::executor
