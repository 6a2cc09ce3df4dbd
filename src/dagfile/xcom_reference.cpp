#include "xcom_reference.hpp"

#include "reel/core/ids.hpp"

namespace reel::dagfile {
namespace {

Node text_node(const core::SourcePosition& at, const std::string& text) {
    return {.kind = NodeKind::text, .at = at, .text = text};
}

/// ["key"] or ['key'].
std::optional<std::string> parse_subscript(std::string_view text) {
    constexpr std::size_t shortest = 5;
    if (text.size() < shortest || !text.starts_with('[') || !text.ends_with(']')) {
        return std::nullopt;
    }
    const std::string_view inner = text.substr(1, text.size() - 2);
    const char quote = inner.front();
    if ((quote != '"' && quote != '\'') || inner.back() != quote) {
        return std::nullopt;
    }
    return std::string(inner.substr(1, inner.size() - 2));
}

}  // namespace

std::optional<XComReference> parse_xcom_reference(std::string_view text) {
    if (!text.starts_with('+')) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    const std::size_t bracket = std::min(text.find('['), text.size());
    XComReference reference{.task = std::string(text.substr(0, bracket))};
    if (!core::is_valid_key(reference.task)) {
        return std::nullopt;
    }
    if (bracket < text.size()) {
        const std::optional<std::string> key = parse_subscript(text.substr(bracket));
        if (!key) {
            return std::nullopt;
        }
        reference.key = *key;
    }
    return reference;
}

Node make_xcom_node(
    const core::SourcePosition& at, const std::string& task_id, const std::string& key
) {
    Node inner{.kind = NodeKind::map, .at = at};
    inner.entries.push_back({"task_id", at, text_node(at, task_id)});
    inner.entries.push_back({"key", at, text_node(at, key)});
    Node outer{.kind = NodeKind::map, .at = at};
    outer.entries.push_back({"__xcom__", at, std::move(inner)});
    return outer;
}

}  // namespace reel::dagfile
