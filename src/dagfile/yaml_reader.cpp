#include "yaml_reader.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <utility>

#include "characters.hpp"
#include "scalar.hpp"
#include "yaml_documents.hpp"
#include "yaml_objects.hpp"

namespace reel::dagfile {
namespace {

constexpr int deepest_nesting = 64;

class YamlReader final {
  public:
    YamlReader(
        std::string_view text,
        const std::string& file,
        Diagnostics& diagnostics,
        std::size_t most_aliased
    )
        : file_(file), diagnostics_(diagnostics), most_nodes_(text.size() + most_aliased) {
        for (std::size_t start = 0; start <= text.size();) {
            const std::size_t end = std::min(text.find('\n', start), text.size());
            lines_.push_back(text.substr(start, end - start));
            start = end + 1;
        }
    }

    std::optional<Node> read(const YAML::Node& root) {
        Node node = convert(root, {file_, 1, 1}, 0);
        return overflowed_ ? std::nullopt : std::optional(std::move(node));
    }

  private:
    [[nodiscard]] core::SourcePosition place(const YAML::Mark& mark) const {
        return {file_, mark.line + 1, mark.column + 1};
    }

    Node convert(const YAML::Node& source, const core::SourcePosition& parent, int depth) {
        Node node{.at = source.Mark().is_null() ? parent : place(source.Mark())};
        if (!count(node.at, depth)) {
            return node;
        }
        if (source.IsScalar()) {
            convert_scalar(source, node);
        } else if (source.IsSequence()) {
            node.kind = NodeKind::list;
            for (const auto& item : source) {
                node.items.push_back(convert(item, node.at, depth + 1));
            }
            if (has_own_tag(source)) {
                return carry_out_tag(std::move(node), source.Tag(), diagnostics_);
            }
        } else if (source.IsMap()) {
            node.kind = NodeKind::map;
            convert_map(source, node, depth);
            if (has_own_tag(source)) {
                return carry_out_tag(std::move(node), source.Tag(), diagnostics_);
            }
            return carry_out_object(std::move(node), diagnostics_);
        } else {
            // An empty value has no place of its own: the parser gives that of what comes next.
            node.at = parent;
        }
        return node;
    }

    static bool has_own_tag(const YAML::Node& source) {
        return !source.Tag().empty() && source.Tag() != "?" && source.Tag() != "!" &&
               !source.Tag().starts_with("tag:yaml.org,2002:");
    }

    bool count(const core::SourcePosition& at, int depth) {
        if (!overflowed_ && (++nodes_ > most_nodes_ || depth > deepest_nesting)) {
            overflowed_ = true;
            diagnostics_.add(
                at,
                nodes_ > most_nodes_
                    ? fmt::format("the file has more than {} values", most_nodes_)
                    : fmt::format("values are nested more than {} levels deep", deepest_nesting),
                "aliases (*name) count as often as they are used"
            );
        }
        return !overflowed_;
    }

    void convert_scalar(const YAML::Node& source, Node& node) {
        node.text = source.Scalar();
        node.kind = NodeKind::text;
        if (source.Tag() == "?" || source.Tag().empty()) {
            node.kind = resolve_plain_scalar(node.text);
        } else if (source.Tag() != "!" && source.Tag() != "tag:yaml.org,2002:str") {
            diagnostics_.add(
                node.at,
                fmt::format("the tag '{}' is not supported", source.Tag()),
                "write the value without a tag, text in quotes"
            );
        }
        const std::string_view line = line_at(node.at);
        const auto column = static_cast<std::size_t>(node.at.column - 1);
        node.literal_block = source.Tag() == "!" && column < line.size() && line[column] == '|';
        if (node.text.find('\0') != std::string::npos) {
            diagnostics_.add(node.at, "text must not hold a NUL character");
        }
    }

    [[nodiscard]] std::string_view line_at(const core::SourcePosition& at) const {
        const auto index = static_cast<std::size_t>(at.line - 1);
        return index < lines_.size() ? lines_[index] : std::string_view{};
    }

    void convert_map(const YAML::Node& source, Node& node, int depth) {
        std::vector<Entry> merged;
        std::map<std::string, int> lines_by_key;
        for (const auto& pair : source) {
            if (overflowed_) {
                return;
            }
            if (!pair.first.IsScalar()) {
                diagnostics_.add(place(pair.first.Mark()), "a key must be text");
                continue;
            }
            const std::string& key = pair.first.Scalar();
            const core::SourcePosition at = place(pair.first.Mark());
            const auto [earlier, is_new] = lines_by_key.emplace(key, at.line);
            if (!is_new) {
                diagnostics_.add(
                    at,
                    fmt::format("duplicate key '{}'", key),
                    fmt::format("it is first given in line {}", earlier->second)
                );
                continue;
            }
            Node value = convert(pair.second, at, depth + 1);
            if (key == "<<" && pair.first.Tag() == "?") {
                collect_merged(value, merged);
            } else {
                node.entries.push_back({key, at, std::move(value)});
            }
        }
        for (Entry& entry : merged) {
            if (lines_by_key.emplace(entry.key, entry.at.line).second) {
                node.entries.push_back(std::move(entry));
            }
        }
    }

    void collect_merged(const Node& value, std::vector<Entry>& merged) {
        if (value.is_map()) {
            merged.insert(merged.end(), value.entries.begin(), value.entries.end());
        } else if (value.is_list()) {
            for (const Node& item : value.items) {
                collect_merged(item, merged);
            }
        } else {
            diagnostics_.add(value.at, "'<<' must be followed by a map or a list of maps");
        }
    }

    const std::string& file_;
    Diagnostics& diagnostics_;
    std::vector<std::string_view> lines_;
    std::size_t most_nodes_;
    std::size_t nodes_ = 0;
    bool overflowed_ = false;
};

/// The parser takes a quote that nobody closes for closed when blank lines follow it: with a
/// comment behind them it does not.
std::string with_last_line(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    const bool ends_blank =
        last != std::string_view::npos && text.find('\n', last) != std::string_view::npos;
    return std::string(text) + (!ends_blank ? "" : text.ends_with('\n') ? "#" : "\n#");
}

}  // namespace

std::optional<Node> read_yaml(
    std::string_view text,
    const std::string& file,
    Diagnostics& diagnostics,
    std::size_t most_aliased
) {
    if (const auto bad = find_bad_character(text)) {
        diagnostics.add({file, bad->line, bad->column}, bad->message, "save the file as UTF-8");
        return std::nullopt;
    }
    try {
        const std::string whole = with_last_line(text);
        if (const auto comma = find_endless_document(whole)) {
            diagnostics.add(
                {file, comma->line + 1, comma->column + 1},
                "not valid YAML: ',' where nothing is listed",
                "a comma stands between the members of [ ] and { } only: remove it"
            );
            return std::nullopt;
        }
        const std::vector<YAML::Node> documents = YAML::LoadAll(whole);
        if (documents.empty()) {
            return Node{.at = {file, 1, 1}};
        }
        if (documents.size() > 1) {
            const YAML::Mark mark = documents[1].Mark();
            diagnostics.add(
                {file, mark.line + 1, mark.column + 1},
                "the file holds more than one document",
                "put all DAGs into one map and remove the '---' between them"
            );
        }
        return YamlReader(text, file, diagnostics, most_aliased).read(documents.front());
    } catch (const YAML::Exception& error) {
        diagnostics.add(
            {file, error.mark.line + 1, error.mark.column + 1},
            fmt::format("not valid YAML: {}", error.msg)
        );
    }
    return std::nullopt;
}

}  // namespace reel::dagfile
