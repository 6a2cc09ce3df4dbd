#include <fmt/format.h>

#include <algorithm>

#include "reel/core/did_you_mean.hpp"
#include "scalar_check.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {
namespace {

std::vector<std::string> names_of(const Shape& shape) {
    std::vector<std::string> names;
    for (const Field& field : shape.fields) {
        if (field.support != Support::replaced && field.support != Support::refused) {
            names.push_back(field.name);
        }
    }
    return names;
}

void check_planned(const Check& check, const Entry& entry, const Field& field) {
    const bool asks_for_nothing =
        entry.value.is_null() ||
        std::ranges::find(field.harmless, to_json_text(entry.value)) != field.harmless.end();
    if (!asks_for_nothing) {
        check.diagnostics.add(
            entry.at,
            fmt::format("'{}' is not supported yet, in {}", entry.key, check.subject.describe()),
            field.harmless.empty() ? "remove it"
                                   : fmt::format("remove it, or set it to {}", field.harmless[0])
        );
    }
}

/// Under its name and under another one. A default of the other name is no second one.
bool is_given_twice(const Node& map, const Entry& entry, const Field& field) {
    const Node* named = entry.key == field.name ? nullptr : map.find_value(field.name);
    return named != nullptr && !named->inherited;
}

void check_entry(const Check& check, const Entry& entry) {
    const Field* field = check.shape.find_field(entry.key);
    if (field == nullptr) {
        const auto elsewhere = std::ranges::find(check.shape.elsewhere, entry.key);
        check.diagnostics.add(
            entry.at,
            fmt::format("unknown key '{}' in {}", entry.key, check.subject.describe()),
            elsewhere != check.shape.elsewhere.end()
                ? fmt::format("'{}' says something of the DAG itself: set it there", entry.key)
            : std::ranges::find(check.shape.of_tasks, entry.key) != check.shape.of_tasks.end()
                ? fmt::format(
                      "'{}' says something of a task: set it there or in default_args", entry.key
                  )
                : core::did_you_mean(entry.key, names_of(check.shape))
        );
    } else if (field->support == Support::replaced) {
        check.diagnostics.add(
            entry.at,
            fmt::format("'{}' has another name now, in {}", entry.key, check.subject.describe()),
            field->meaning
        );
    } else if (field->support == Support::refused) {
        if (!entry.value.is_null()) {
            check.diagnostics.add(
                entry.at,
                fmt::format(
                    "'{}' names a Python function, in {}", entry.key, check.subject.describe()
                ),
                field->meaning
            );
        }
    } else if (field->support == Support::planned) {
        check_planned(check, entry, *field);
    } else if (is_given_twice(check.node, entry, *field)) {
        check.diagnostics.add(
            entry.at, fmt::format("'{}' and '{}' are the same; keep one", entry.key, field->name)
        );
    } else if (!entry.value.is_null() && field->support == Support::carried) {
        check_shape(entry.value, *field->shape, check.subject.below(entry.key), check.diagnostics);
    }
}

std::vector<const Entry*> given_among(const Node& node, const std::vector<std::string>& names) {
    std::vector<const Entry*> given;
    for (const Entry& entry : node.entries) {
        if (!entry.value.is_null() && std::ranges::find(names, entry.key) != names.end()) {
            given.push_back(&entry);
        }
    }
    return given;
}

std::string quoted_names(const std::vector<std::string>& names) {
    return fmt::format("'{}'", fmt::join(names, "', '"));
}

}  // namespace

void check_present(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
) {
    const Check check{node, shape, subject, diagnostics};
    if (!node.is_map()) {
        return check.wrong_kind("a map");
    }
    for (const Entry& entry : node.entries) {
        if (!entry.value.inherited) {
            check_entry(check, entry);
        }
    }
}

void check_required(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
) {
    for (const Field& field : shape.fields) {
        if (field.required && node.is_map() && find_value(node, field) == nullptr) {
            diagnostics.add(
                node.at,
                fmt::format("{} lacks '{}'", subject.describe(), field.name),
                field.meaning.empty() ? "" : fmt::format("{}: {}", field.name, field.meaning)
            );
        }
    }
}

void check_exactly_one(
    const Node& node,
    const std::vector<std::string>& names,
    const Subject& subject,
    Diagnostics& diagnostics
) {
    if (given_among(node, names).empty()) {
        diagnostics.add(
            node.at, fmt::format("{} lacks one of {}", subject.describe(), quoted_names(names))
        );
    }
    check_at_most_one(node, names, subject, diagnostics);
}

void check_at_most_one(
    const Node& node,
    const std::vector<std::string>& names,
    const Subject& subject,
    Diagnostics& diagnostics
) {
    const std::vector<const Entry*> given = given_among(node, names);
    if (given.size() > 1) {
        diagnostics.add(
            given[1]->at,
            fmt::format(
                "{} has '{}' beside '{}'", subject.describe(), given[1]->key, given[0]->key
            ),
            fmt::format("give only one of {}", quoted_names(names))
        );
    }
}

void check_some_of(
    const Node& node,
    const std::vector<std::string>& names,
    const Subject& subject,
    Diagnostics& diagnostics
) {
    const bool has_some = std::ranges::any_of(names, [&](const std::string& name) {
        return node.find_value(name) != nullptr;
    });
    if (!names.empty() && !has_some) {
        diagnostics.add(
            node.at, fmt::format("{} lacks '{}'", subject.describe(), fmt::join(names, "' or '"))
        );
    }
}

void check_object(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
) {
    check_present(node, shape, subject, diagnostics);
    check_required(node, shape, subject, diagnostics);
    if (!node.is_map()) {
        return;
    }
    if (!shape.exactly_one_of.empty()) {
        check_exactly_one(node, shape.exactly_one_of, subject, diagnostics);
    }
    check_some_of(node, shape.some_of, subject, diagnostics);
}

}  // namespace reel::dagfile
