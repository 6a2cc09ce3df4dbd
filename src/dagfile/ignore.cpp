#include "ignore.hpp"

#include <algorithm>

namespace reel::dagfile {
namespace {

/// "[a-z]" or "[!a-z]" against one character; moves `pattern` behind the bracket.
bool matches_bracket(std::string_view& pattern, char c) {
    // A bracket that stands first is one of the set.
    const bool has_mark = pattern.substr(1).starts_with('!') || pattern.substr(1).starts_with('^');
    const std::size_t end = pattern.find(']', has_mark ? 3 : 2);
    if (end == std::string_view::npos) {
        const bool equal = pattern.front() == c;
        pattern.remove_prefix(1);
        return equal;
    }
    std::string_view set = pattern.substr(1, end - 1);
    pattern.remove_prefix(end + 1);
    set.remove_prefix(has_mark ? 1 : 0);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const bool is_range = i + 2 < set.size() && set[i + 1] == '-';
        found |= is_range ? set[i] <= c && c <= set[i + 2] : set[i] == c;
        i += is_range ? 2 : 0;
    }
    return found != has_mark && c != '/';
}

bool matches(std::string_view pattern, std::string_view text);

/// What follows "**/": any number of folders, none included, may stand before it.
bool matches_below(std::string_view rest, std::string_view text) {
    for (std::size_t at = 0; at != std::string_view::npos;) {
        if (matches(rest, text.substr(at))) {
            return true;
        }
        const std::size_t slash = text.find('/', at);
        at = slash == std::string_view::npos ? slash : slash + 1;
    }
    return false;
}

/// What follows "*": any letters but '/' may stand before it.
bool matches_behind(std::string_view rest, std::string_view text) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
        if (matches(rest, text.substr(length))) {
            return true;
        }
        if (length < text.size() && text[length] == '/') {
            return false;
        }
    }
    return false;
}

bool matches_one(std::string_view& pattern, char c) {
    if (pattern.front() == '[') {
        return matches_bracket(pattern, c);
    }
    const bool escaped = pattern.front() == '\\' && pattern.size() > 1;
    pattern.remove_prefix(escaped ? 1 : 0);
    const bool fits = pattern.front() == c || (!escaped && pattern.front() == '?' && c != '/');
    pattern.remove_prefix(1);
    return fits;
}

bool matches(std::string_view pattern, std::string_view text) {
    while (!pattern.empty()) {
        if (pattern.starts_with("**/")) {
            return matches_below(pattern.substr(3), text);
        }
        if (pattern == "**") {
            return true;
        }
        if (pattern.front() == '*') {
            return matches_behind(pattern.substr(1), text);
        }
        if (text.empty() || !matches_one(pattern, text.front())) {
            return false;
        }
        text.remove_prefix(1);
    }
    return text.empty();
}

std::string_view trimmed(std::string_view line) {
    const std::size_t last = line.find_last_not_of(" \r\t");
    if (last == std::string_view::npos) {
        return {};
    }
    // A backslash keeps the blank behind it.
    const bool keeps_blank = line[last] == '\\' && last + 1 < line.size() && line[last + 1] == ' ';
    return line.substr(0, last + (keeps_blank ? 2 : 1));
}

}  // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::string_view line = trimmed(text.substr(start, end - start));
        start = end + 1;
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        Rule rule;
        rule.negated = line.starts_with('!');
        line.remove_prefix(rule.negated ? 1 : 0);
        rule.folders_only = line.ends_with('/');
        line.remove_suffix(rule.folders_only ? 1 : 0);
        rule.anchored = line.find('/') != std::string_view::npos;
        line.remove_prefix(line.starts_with('/') ? 1 : 0);
        rule.pattern = line;
        rules_.push_back(std::move(rule));
    }
}

IgnoreRules::Verdict IgnoreRules::judge(const std::string& path, bool is_folder) const {
    Verdict verdict = Verdict::silent;
    const std::string name = path.substr(path.rfind('/') + 1);
    for (const Rule& rule : rules_) {
        const bool applies = is_folder || !rule.folders_only;
        if (applies && matches(rule.pattern, rule.anchored ? path : name)) {
            verdict = rule.negated ? Verdict::wanted : Verdict::ignored;
        }
    }
    return verdict;
}

}  // namespace reel::dagfile
