#include "mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "group_builder.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::dagfile {
namespace {

/// dag-factory's ways of saying "what that task returns": +task, task.output, XcomArg(task).
std::optional<XComReference> parse_output(const std::string& text) {
    if (auto reference = parse_xcom_reference(text)) {
        return reference;
    }
    constexpr std::string_view suffix = ".output";
    if (text.ends_with(suffix) && core::is_valid_key(text)) {
        return XComReference{.task = text.substr(0, text.size() - suffix.size())};
    }
    for (const std::string_view prefix : {"XcomArg(", "XComArg("}) {
        if (text.starts_with(prefix) && text.ends_with(')')) {
            return XComReference{
                .task = text.substr(prefix.size(), text.size() - prefix.size() - 1)
            };
        }
    }
    return std::nullopt;
}

std::optional<MapDraft> read_source(
    const std::string& argument, const Node& value, const Subject& subject, Diagnostics& diagnostics
) {
    if (value.is_list() || (value.is_map() && !argument.empty())) {
        return MapDraft{.argument = argument, .elements = value, .output = {}};
    }
    if (value.is_text()) {
        if (auto output = parse_output(value.text)) {
            return MapDraft{.argument = argument, .elements = value, .output = std::move(output)};
        }
    }
    diagnostics.add(
        value.at,
        fmt::format("{} must be a list, not {}", subject.describe(), describe_value(value)),
        "a list of elements, or +task for what another task returns"
    );
    return std::nullopt;
}

void read_sources(
    const Node& expand,
    const Subject& subject,
    Diagnostics& diagnostics,
    std::vector<MapDraft>& mapping
) {
    if (!expand.is_map() || expand.entries.empty()) {
        diagnostics.add(
            expand.at,
            fmt::format("{} must name arguments and their lists", subject.describe()),
            "expand: {argument: [1, 2, 3]}"
        );
        return;
    }
    for (const Entry& entry : expand.entries) {
        if (auto source =
                read_source(entry.key, entry.value, subject.below(entry.key), diagnostics)) {
            mapping.push_back(*std::move(source));
        }
    }
}

void erase_entry(Node& map, std::string_view key) {
    std::erase_if(map.entries, [&](const Entry& entry) { return entry.key == key; });
}

/// Airflow writes mapped tasks as partial(…).expand(…); what is partial is an argument like others.
void carry_out_partial(Node& body, const Subject& subject, Diagnostics& diagnostics) {
    const Node* found = body.find_value("partial");
    if (found == nullptr) {
        return;
    }
    const Node partial = *found;
    erase_entry(body, "partial");
    if (!partial.is_map()) {
        diagnostics.add(
            partial.at,
            fmt::format(
                "{} must be a map of arguments, not {}",
                subject.below("partial").describe(),
                describe_value(partial)
            )
        );
        return;
    }
    for (const Entry& entry : partial.entries) {
        if (body.find(entry.key) == nullptr) {
            body.entries.push_back(entry);
        }
    }
}

class MappingResolver final {
  public:
    MappingResolver(DagDraft& draft, Diagnostics& diagnostics)
        : draft_(draft), diagnostics_(diagnostics) {}

    void resolve_task(std::size_t task) {
        TaskDraft& draft = draft_.tasks[task];
        if (draft.mapping.empty()) {
            return;
        }
        for (const std::size_t group : enclosing_groups(draft_, draft.group)) {
            if (!draft_.groups[group].mapping.empty()) {
                diagnostics_.add(
                    draft.mapping.front().elements.at,
                    fmt::format(
                        "task '{}' is mapped inside the mapped task group '{}'",
                        draft.name,
                        draft_.groups[group].name
                    ),
                    "map either the group or the task"
                );
            }
        }
        draft.task.mapping = resolve(draft.mapping);
        for (const core::MapSource& source : draft.task.mapping->sources) {
            if (source.upstream) {
                draft_.implied.emplace(std::pair(*source.upstream, task), draft.task.position);
            }
        }
    }

    void resolve_group(std::size_t group) {
        GroupDraft& draft = draft_.groups[group];
        for (const std::size_t outer : enclosing_groups(draft_, draft.parent)) {
            if (!draft.mapping.empty() && !draft_.groups[outer].mapping.empty()) {
                diagnostics_.add(
                    draft.at,
                    fmt::format(
                        "the mapped task group '{}' lies inside the mapped task group '{}'",
                        draft.name,
                        draft_.groups[outer].name
                    )
                );
            }
        }
        for (const MapDraft& source : draft.mapping) {
            if (source.output) {
                draft.dependencies.push_back({source.output->task, source.elements.at});
            }
        }
    }

    core::Mapping resolve(const std::vector<MapDraft>& sources) {
        core::Mapping mapping;
        for (const MapDraft& source : sources) {
            core::MapSource resolved{.argument = source.argument, .literal = {}, .upstream = {}};
            if (!source.output) {
                resolved.literal = {to_json_text(source.elements)};
            } else if (const auto task = find(source)) {
                resolved.upstream = static_cast<std::uint32_t>(*task);
                resolved.xcom_key = source.output->key;
            }
            mapping.sources.push_back(std::move(resolved));
        }
        return mapping;
    }

  private:
    std::optional<std::size_t> find(const MapDraft& source) {
        const auto task = draft_.find_task(source.output->task);
        if (!task) {
            std::vector<std::string> names;
            for (const TaskDraft& each : draft_.tasks) {
                names.push_back(each.name);
            }
            diagnostics_.add(
                source.elements.at,
                fmt::format("'{}' names no task", source.elements.text),
                core::did_you_mean(source.output->task, names)
            );
        }
        return task;
    }

    DagDraft& draft_;
    Diagnostics& diagnostics_;
};

}  // namespace

std::vector<MapDraft> take_mapping(Node& body, const Subject& subject, Diagnostics& diagnostics) {
    std::vector<MapDraft> mapping;
    carry_out_partial(body, subject, diagnostics);
    if (const Node* expand = body.find_value("expand")) {
        read_sources(*expand, subject.below("expand"), diagnostics, mapping);
    }
    if (const Node* kwargs = body.find_value("expand_kwargs")) {
        auto source = read_source("", *kwargs, subject.below("expand_kwargs"), diagnostics);
        if (source && mapping.empty()) {
            mapping.push_back(*std::move(source));
        } else if (source) {
            diagnostics.add(
                kwargs->at, fmt::format("{} has expand and expand_kwargs", subject.describe())
            );
        }
    }
    erase_entry(body, "expand");
    erase_entry(body, "expand_kwargs");
    for (const MapDraft& source : mapping) {
        erase_entry(body, source.argument);
    }
    return mapping;
}

std::vector<MapDraft> read_group_mapping(
    const Node& group, const Subject& subject, Diagnostics& diagnostics
) {
    std::vector<MapDraft> mapping;
    if (const Node* expand = group.find_value("expand")) {
        read_sources(*expand, subject.below("expand"), diagnostics, mapping);
    }
    return mapping;
}

bool is_mapped(const std::vector<MapDraft>& mapping, const std::string& argument) {
    return std::ranges::any_of(mapping, [&](const MapDraft& source) {
        return source.argument.empty() || source.argument == argument;
    });
}

Shape without_mapped(const Shape& shape, const std::vector<MapDraft>& mapping) {
    Shape rest = shape;
    for (Field& field : rest.fields) {
        if (is_mapped(mapping, field.name)) {
            field.required = field.name == "operator";
        }
    }
    return rest;
}

void check_elements(const TaskDraft& draft, const Subject& subject, Diagnostics& diagnostics) {
    if (draft.operation == nullptr) {
        return;
    }
    const auto check_one = [&](const std::string& name, const Node& value, const Subject& where) {
        const auto field = std::ranges::find(draft.operation->args, name, &Field::name);
        if (field != draft.operation->args.end()) {
            check_shape(value, *field->shape, where, diagnostics);
            return;
        }
        std::vector<std::string> names;
        for (const Field& each : draft.operation->args) {
            names.push_back(each.name);
        }
        diagnostics.add(
            value.at,
            fmt::format("{} is no argument of operator '{}'", where.describe(), draft.operation->name),
            core::did_you_mean(name, names)
        );
    };
    for (const MapDraft& source : draft.mapping) {
        const Subject expand = subject.below(source.argument.empty() ? "expand_kwargs" : "expand");
        for (const Node& element : source.elements.items) {
            if (!source.argument.empty()) {
                check_one(source.argument, element, expand.below(source.argument));
                continue;
            }
            for (const Entry& entry : element.entries) {
                check_one(entry.key, entry.value, expand.below(entry.key));
            }
        }
        if (source.output && !source.argument.empty()) {
            const auto found =
                std::ranges::find(draft.operation->args, source.argument, &Field::name);
            if (found == draft.operation->args.end()) {
                check_one(source.argument, source.elements, expand.below(source.argument));
            }
        }
    }
}

void resolve_mappings(DagDraft& draft, Diagnostics& diagnostics) {
    MappingResolver resolver(draft, diagnostics);
    for (std::size_t i = 0; i < draft.tasks.size(); ++i) {
        resolver.resolve_task(i);
    }
    for (std::size_t i = 0; i < draft.groups.size(); ++i) {
        resolver.resolve_group(i);
    }
}

std::vector<core::TaskGroup> groups_of(const DagDraft& draft) {
    // What does not resolve has been reported.
    Diagnostics reported;
    DagDraft copy = draft;
    MappingResolver resolver(copy, reported);
    std::set<std::pair<std::size_t, std::size_t>> order;  // by depth, then as in the file
    for (std::size_t i = 0; i < draft.groups.size(); ++i) {
        order.emplace(enclosing_groups(draft, i).size(), i);
    }
    std::vector<core::TaskGroup> groups;
    for (const auto& [depth, index] : order) {
        const GroupDraft& group = draft.groups[index];
        core::TaskGroup made{
            .group_id = group.id,
            .label = group.name,
            .tooltip = group.tooltip,
            .parent = group.parent ? draft.groups[*group.parent].id : "",
            .mapping = {}
        };
        if (!group.mapping.empty()) {
            made.mapping = resolver.resolve(group.mapping);
        }
        groups.push_back(std::move(made));
    }
    return groups;
}

}  // namespace reel::dagfile
