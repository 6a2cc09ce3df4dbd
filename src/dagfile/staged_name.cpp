#include "staged_name.hpp"

#include <string_view>

namespace reel::dagfile {

std::optional<StagedName> split_staged(const std::string& text) {
    const std::size_t dot = text.rfind('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
        return std::nullopt;
    }
    return StagedName{text.substr(0, dot), text.substr(dot + 1)};
}

void rename_staged(std::string& text, const std::string& from, const std::string& to) {
    constexpr std::string_view function = "staged";
    constexpr std::string_view blanks = " \t\r\n";
    for (std::size_t at = text.find(function); at != std::string::npos;
         at = text.find(function, at + 1)) {
        const std::size_t open = text.find_first_not_of(blanks, at + function.size());
        if (open == std::string::npos || text[open] != '(') {
            continue;
        }
        const std::size_t quote = text.find_first_not_of(blanks, open + 1);
        if (quote == std::string::npos || text.compare(quote + 1, from.size(), from) != 0) {
            continue;
        }
        const std::size_t end = quote + 1 + from.size();
        if (end < text.size() && text[end] == text[quote]) {
            text.replace(quote + 1, from.size(), to);
        }
    }
}

}  // namespace reel::dagfile
