#include "mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

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

bool is_any_mapped(
    const std::vector<MapDraft>& mapping, const std::vector<std::string>& arguments
) {
    return std::ranges::any_of(arguments, [&](const std::string& argument) {
        return is_mapped(mapping, argument);
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
        names.reserve(draft.operation->args.size());
        for (const Field& each : draft.operation->args) {
            names.push_back(each.name);
        }
        diagnostics.add(
            value.at,
            fmt::format(
                "{} is no argument of operator '{}'", where.describe(), draft.operation->name
            ),
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

}  // namespace reel::dagfile
