#include "shape_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scalar_check.hpp"

namespace reel::dagfile {
namespace {

std::string_view name_of(const Shape& shape) {
    switch (shape.kind) {
        case ShapeKind::text:
        case ShapeKind::date:
        case ShapeKind::choice:
            return "text";
        case ShapeKind::integer:
            return "a whole number";
        case ShapeKind::number:
            return "a number";
        case ShapeKind::boolean:
            return "true or false";
        case ShapeKind::duration:
        case ShapeKind::span:
            return "a duration";
        case ShapeKind::list:
            return "a list";
        case ShapeKind::map:
        case ShapeKind::object:
            return "a map";
        default:
            return "a value";
    }
}

bool accepts_kind(const Shape& shape, NodeKind kind) {
    switch (shape.kind) {
        case ShapeKind::text:
        case ShapeKind::date:
        case ShapeKind::choice:
            return kind == NodeKind::text;
        case ShapeKind::integer:
            return kind == NodeKind::integer;
        case ShapeKind::number:
            return kind == NodeKind::integer || kind == NodeKind::number;
        case ShapeKind::boolean:
            return kind == NodeKind::boolean;
        case ShapeKind::list:
            return kind == NodeKind::list;
        case ShapeKind::map:
        case ShapeKind::object:
            return kind == NodeKind::map;
        case ShapeKind::duration:
        case ShapeKind::span:
            return kind != NodeKind::boolean && kind != NodeKind::list && kind != NodeKind::null;
        default:
            return true;
    }
}

void check_elements(const Check& check) {
    const bool wants_list = check.shape.kind == ShapeKind::list;
    if (wants_list != check.node.is_list() || wants_list == check.node.is_map()) {
        return check.wrong_kind(wants_list ? "a list" : "a map");
    }
    if (check.shape.at_least_one && check.node.items.empty() && check.node.entries.empty()) {
        check.mistake("must not be empty");
    }
    for (std::size_t i = 0; i < check.node.items.size(); ++i) {
        const Subject below = check.subject.below(std::to_string(i + 1));
        check_shape(check.node.items[i], *check.shape.element, below, check.diagnostics);
    }
    for (const Entry& entry : check.node.entries) {
        check_shape(
            entry.value, *check.shape.element, check.subject.below(entry.key), check.diagnostics
        );
    }
}

bool fits(const Check& check, const Shape& option) {
    Diagnostics mistakes;
    check_shape(check.node, option, check.subject, mistakes);
    return mistakes.empty();
}

bool has_required(const Check& check, const Shape& option) {
    return std::ranges::all_of(option.fields, [&](const Field& field) {
        return !field.required || find_value(check.node, field) != nullptr;
    });
}

/// Of several options for one kind of value the first that fits; for the mistakes to be told, the
/// first whose required fields are there.
void check_either(const Check& check) {
    std::vector<std::string_view> wanted;
    const Shape* meant = nullptr;
    for (const ShapePtr& option : check.shape.options) {
        if (std::ranges::find(wanted, name_of(*option)) == wanted.end()) {
            wanted.push_back(name_of(*option));
        }
        if (!accepts_kind(*option, check.node.kind)) {
            continue;
        }
        if (!check.node.is_map() || fits(check, *option)) {
            return check_shape(check.node, *option, check.subject, check.diagnostics);
        }
        if (meant == nullptr || !has_required(check, *meant)) {
            meant = option.get();
        }
    }
    if (meant == nullptr) {
        return check.wrong_kind(fmt::format("{}", fmt::join(wanted, " or ")));
    }
    check_shape(check.node, *meant, check.subject, check.diagnostics);
}

}  // namespace

Subject Subject::below(std::string_view key) const {
    return {owner, path.empty() ? std::string(key) : fmt::format("{}.{}", path, key)};
}

std::string Subject::describe() const {
    return path.empty() ? owner : fmt::format("'{}' of {}", path, owner);
}

void check_shape(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
) {
    const Check check{node, shape, subject, diagnostics};
    switch (shape.kind) {
        case ShapeKind::list:
        case ShapeKind::map:
            return check_elements(check);
        case ShapeKind::either:
            return check_either(check);
        case ShapeKind::object:
            return check_object(node, shape, subject, diagnostics);
        default:
            return check_scalar(check);
    }
}

}  // namespace reel::dagfile
