#include "diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace reel::dagfile {

std::string Diagnostic::describe() const {
    std::string text = at.line == 0
                           ? fmt::format("{}: {}", at.file, message)
                           : fmt::format("{}:{}:{}: {}", at.file, at.line, at.column, message);
    if (!hint.empty()) {
        text += "\n  hint: " + hint;
    }
    return text;
}

void Diagnostics::add(const core::SourcePosition& at, std::string message, std::string hint) {
    found_.push_back({at, std::move(message), std::move(hint), dag_id_});
}

bool Diagnostics::concern(const std::string& dag_id) const {
    return std::ranges::any_of(found_, [&](const Diagnostic& diagnostic) {
        return diagnostic.dag_id.empty() || diagnostic.dag_id == dag_id;
    });
}

std::vector<Diagnostic> Diagnostics::take(const std::string& file) {
    std::vector<Diagnostic> unique;
    std::set<std::tuple<core::SourcePosition, std::string>> seen;
    for (Diagnostic& diagnostic : found_) {
        if (seen.emplace(diagnostic.at, diagnostic.message).second) {
            unique.push_back(std::move(diagnostic));
        }
    }
    std::ranges::sort(unique, {}, [&](const Diagnostic& diagnostic) {
        return std::tuple(diagnostic.at.file != file, diagnostic.at, diagnostic.message);
    });
    found_.clear();
    return unique;
}

}  // namespace reel::dagfile
