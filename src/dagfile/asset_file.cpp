#include "asset_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "foreign_file.hpp"
#include "reel/core/asset.hpp"
#include "reel/core/did_you_mean.hpp"
#include "shape_check.hpp"
#include "yaml_reader.hpp"

namespace reel::dagfile {
namespace {

using UrisByName = std::map<std::string, std::string>;

Node text_node(const core::SourcePosition& at, std::string text) {
    return {.kind = NodeKind::text, .at = at, .text = std::move(text)};
}

class AssetFile final {
  public:
    AssetFile(UrisByName uris, std::string name, const Subject& subject, Diagnostics& diagnostics)
        : uris_(std::move(uris)),
          name_(std::move(name)),
          subject_(subject),
          diagnostics_(diagnostics) {}

    /// The same with URIs for names; nullopt: some are not known, or it is neither form.
    std::optional<Node> resolve(const Node& names) {
        if (names.is_text()) {
            auto condition = core::parse_asset_condition(names.text);
            if (condition) {
                return resolve(*condition, names.at);
            }
            const core::Error& error = condition.error();
            return refuse(names.at, "is not valid: " + error.message, error.hint);
        }
        if (!names.is_list()) {
            return refuse(
                names.at,
                fmt::format("must be a list or text, not {}", describe_value(names)),
                fmt::format("names of '{}'", name_)
            );
        }
        Node uris = names;
        bool are_known = true;
        for (Node& item : uris.items) {
            auto uri = item.is_text() ? find(item.text, item.at) : item;
            are_known = are_known && uri.has_value();
            item = uri.value_or(item);
        }
        return are_known ? std::optional(std::move(uris)) : std::nullopt;
    }

  private:
    std::optional<Node> refuse(
        const core::SourcePosition& at, const std::string& message, std::string hint
    ) {
        diagnostics_.add(at, fmt::format("{} {}", subject_.describe(), message), std::move(hint));
        return std::nullopt;
    }

    std::optional<Node> find(const std::string& name, const core::SourcePosition& at) {
        const auto found = uris_.find(name);
        if (found != uris_.end()) {
            return text_node(at, found->second);
        }
        std::vector<std::string> names;
        for (const auto& [known, uri] : uris_) {
            names.push_back(known);
        }
        return refuse(
            at,
            fmt::format("names '{}', which '{}' does not", name, name_),
            core::did_you_mean(name, names)
        );
    }

    std::optional<Node> resolve(
        const core::AssetExpression& expression, const core::SourcePosition& at
    ) {
        if (expression.kind == core::AssetExpression::Kind::asset) {
            return find(expression.asset.uri, at);
        }
        Node operands{.kind = NodeKind::list, .at = at};
        bool are_known = true;
        for (const core::AssetExpression& each : expression.operands) {
            auto operand = resolve(each, at);
            are_known = are_known && operand.has_value();
            operands.items.push_back(operand.value_or(Node()));
        }
        if (!are_known) {
            return std::nullopt;
        }
        const bool is_all = expression.kind == core::AssetExpression::Kind::all;
        Node node{.kind = NodeKind::map, .at = at};
        node.entries.push_back({is_all ? "and" : "or", at, std::move(operands)});
        return node;
    }

    UrisByName uris_;
    std::string name_;
    const Subject& subject_;
    Diagnostics& diagnostics_;
};

/// [{name: …, uri: …}]; nullopt where it is something else.
std::optional<UrisByName> read_uris(const Node& root) {
    if (!holds_assets(root)) {
        return std::nullopt;
    }
    UrisByName uris;
    for (const Node& each : root.entries.front().value.items) {
        const Node* name = each.find_value("name");
        const Node* uri = each.find_value("uri");
        if (name == nullptr || !name->is_text() || uri == nullptr || !uri->is_text()) {
            return std::nullopt;
        }
        uris.emplace(name->text, uri->text);
    }
    return uris;
}

std::optional<UrisByName> read_beside(
    const Node& name, const DagFileText& file, const Subject& subject, Diagnostics& diagnostics
) {
    const auto text = file.read_beside ? file.read_beside(name.text) : std::nullopt;
    if (!text) {
        diagnostics.add(
            name.at,
            fmt::format("{} is '{}', which cannot be read", subject.describe(), name.text),
            "name a file relative to this one"
        );
        return std::nullopt;
    }
    const auto path = std::filesystem::path(file.relative_path).parent_path() / name.text;
    const auto root = read_yaml(*text, path.lexically_normal().string(), diagnostics);
    auto uris = root ? read_uris(*root) : std::nullopt;
    if (root && !uris) {
        diagnostics.add(
            name.at,
            fmt::format("{} is '{}', which names no assets", subject.describe(), name.text),
            "it holds datasets: [{name: …, uri: …}]"
        );
    }
    return uris;
}

/// The places of one DAG that name assets by a file.
class AssetFiles final {
  public:
    AssetFiles(const DagFileText& file, Diagnostics& diagnostics)
        : file_(file), diagnostics_(diagnostics) {}

    void resolve_schedule(Entry& dag) {
        const auto schedule = std::ranges::find(dag.value.entries, "schedule", &Entry::key);
        if (schedule == dag.value.entries.end() || !asks(schedule->value)) {
            return;
        }
        const Subject subject = Subject{fmt::format("DAG '{}'", dag.key)}.below("schedule");
        auto resolved = resolve(schedule->value, subject);
        if (!resolved) {
            dag.value.entries.erase(schedule);
            return;
        }
        set_entry(schedule->value, "datasets", *std::move(resolved));
        std::erase_if(schedule->value.entries, [](const Entry& entry) {
            return entry.key == "file";
        });
    }

    /// Of a task, or of the defaults of all, they are a list, in the place of the whole.
    void resolve_lists(Node& fields, const Subject& owner) {
        for (const char* key : {"inlets", "outlets"}) {
            const auto field = std::ranges::find(fields.entries, key, &Entry::key);
            // What else it holds is a mistake, which the check of its shape tells.
            if (field == fields.entries.end() || !asks(field->value) ||
                field->value.entries.size() > 2) {
                continue;
            }
            const Subject subject = owner.below(key);
            auto resolved = resolve(field->value, subject);
            if (resolved && !resolved->is_list()) {
                diagnostics_.add(
                    field->value.find_value("datasets")->at,
                    fmt::format("{} must be a list", subject.below("datasets").describe())
                );
                resolved.reset();
            }
            if (resolved) {
                field->value = *std::move(resolved);
            } else {
                fields.entries.erase(field);
            }
        }
    }

    /// The files that were asked for, each once.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        names.reserve(files_.size());
        for (const auto& [name, uris] : files_) {
            names.push_back(name);
        }
        return names;
    }

  private:
    static bool asks(const Node& node) {
        const Node* file = node.find_value("file");
        return file != nullptr && file->is_text() && node.find_value("datasets") != nullptr;
    }

    std::optional<Node> resolve(const Node& node, const Subject& subject) {
        const Node& name = *node.find_value("file");
        const auto [known, is_new] = files_.try_emplace(name.text);
        auto& uris = known->second;
        // What is wrong with it is said once.
        if (is_new) {
            uris = read_beside(name, file_, subject.below("file"), diagnostics_);
        }
        if (!uris) {
            return std::nullopt;
        }
        const Subject below = subject.below("datasets");
        return AssetFile(*uris, name.text, below, diagnostics_)
            .resolve(*node.find_value("datasets"));
    }

    const DagFileText& file_;
    Diagnostics& diagnostics_;
    std::map<std::string, std::optional<UrisByName>> files_;
};

}  // namespace

std::vector<std::string> read_asset_files(
    Entry& dag, const DagFileText& file, Diagnostics& diagnostics
) {
    AssetFiles files(file, diagnostics);
    files.resolve_schedule(dag);
    for (Entry& field : dag.value.entries) {
        if (field.key == "default_args") {
            files.resolve_lists(
                field.value, Subject{fmt::format("DAG '{}'", dag.key)}.below("default_args")
            );
        } else if (field.key == "task_groups") {
            for (Entry& group : field.value.entries) {
                const auto defaults =
                    std::ranges::find(group.value.entries, "default_args", &Entry::key);
                if (defaults == group.value.entries.end()) {
                    continue;
                }
                const Subject subject{fmt::format("task group '{}'", group.key)};
                files.resolve_lists(defaults->value, subject.below("default_args"));
            }
        } else if (field.key == "tasks") {
            for (Entry& task : field.value.entries) {
                files.resolve_lists(task.value, Subject{fmt::format("task '{}'", task.key)});
            }
        }
    }
    return files.names();
}

}  // namespace reel::dagfile
