#include "warehouse/infer/list_facts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t most_keys = 40;
constexpr std::size_t longest_key = 100;

std::string readable_count(std::uint64_t count) {
    return grouped(static_cast<std::int64_t>(count));
}

std::string describe_key(const ListFacts::Key& key, std::uint64_t of) {
    const auto kinds =
        key.kinds.empty() ? std::string("null") : fmt::format("{}", fmt::join(key.kinds, " or "));
    const bool optional = key.is_null_or_missing || key.count < of;
    return fmt::format("{} ({}{})", printable(key.name), kinds, optional ? ", not always" : "");
}

}  // namespace

void ListFacts::take(const literal::Value& value) {
    if (const auto* map = value.map()) {
        ++maps;
        return take_map(*map);
    }
    const auto* list = value.list();
    ++lists;
    elements += list->size();
    longest = std::max<std::uint64_t>(longest, list->size());
    for (const auto& element : *list) {
        if (const auto* map = element.map()) {
            ++element_maps;
            take_map(*map);
        }
    }
}

void ListFacts::take_map(const literal::Map& map) {
    for (const auto& [name, value] : map) {
        const auto* text = name.text();
        if (text == nullptr) continue;
        auto key = std::ranges::find(keys, *text, &Key::name);
        if (key == keys.end()) {
            if (keys.size() == most_keys || text->size() > longest_key) {
                has_more_keys = true;
                continue;
            }
            key = keys.insert(keys.end(), {.name = *text});
        }
        ++key->count;
        if (value.is_null()) {
            key->is_null_or_missing = true;
        } else {
            key->kinds.insert(value.kind());
        }
    }
}

std::string ListFacts::describe() const {
    std::string out;
    if (lists > 0) {
        out = fmt::format(
            "lists of {}, {} elements in all, at most {}",
            element_maps == 0          ? "values"
            : element_maps == elements ? "maps"
                                       : "maps and values",
            readable_count(elements),
            readable_count(longest)
        );
    }
    if (maps > 0) out += out.empty() ? "maps" : fmt::format("; {} maps", readable_count(maps));
    if (keys.empty()) return out;
    out += "; keys:";
    for (const auto& key : keys) {
        out += fmt::format(
            "{} {}", &key == keys.data() ? "" : ",", describe_key(key, maps + element_maps)
        );
    }
    return has_more_keys ? out + " and more" : out;
}

}  // namespace reel::warehouse
