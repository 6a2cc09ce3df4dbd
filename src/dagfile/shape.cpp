#include "shape.hpp"

#include <algorithm>
#include <utility>

namespace reel::dagfile {
namespace {

ShapePtr make_shape(Shape shape) {
    return std::make_shared<const Shape>(std::move(shape));
}

}  // namespace

const Field* Shape::find_field(std::string_view field_name) const {
    const auto found = std::ranges::find_if(fields, [&](const Field& field) {
        return field.name == field_name ||
               std::ranges::find(field.aliases, field_name) != field.aliases.end();
    });
    return found == fields.end() ? nullptr : &*found;
}

ShapePtr any_value() {
    return make_shape({.kind = ShapeKind::any});
}

ShapePtr text(TextCheck check) {
    return make_shape({.kind = ShapeKind::text, .check = check});
}

ShapePtr integer(long long minimum) {
    return make_shape({.kind = ShapeKind::integer, .minimum = minimum});
}

ShapePtr number(long long minimum) {
    return make_shape({.kind = ShapeKind::number, .minimum = minimum});
}

ShapePtr boolean() {
    return make_shape({.kind = ShapeKind::boolean});
}

ShapePtr duration() {
    return make_shape({.kind = ShapeKind::duration, .name = "duration"});
}

ShapePtr span() {
    return make_shape({.kind = ShapeKind::span, .name = "span"});
}

ShapePtr schedule() {
    return make_shape({.kind = ShapeKind::schedule, .name = "schedule"});
}

ShapePtr callbacks() {
    return make_shape({.kind = ShapeKind::callbacks, .name = "callbacks"});
}

ShapePtr date() {
    return make_shape({.kind = ShapeKind::date});
}

ShapePtr choice(
    std::vector<std::string> words, std::vector<std::pair<std::string, std::string>> former
) {
    return make_shape(
        {.kind = ShapeKind::choice, .choices = std::move(words), .former = std::move(former)}
    );
}

ShapePtr list_of(ShapePtr element, bool at_least_one) {
    return make_shape(
        {.kind = ShapeKind::list, .element = std::move(element), .at_least_one = at_least_one}
    );
}

ShapePtr map_of(ShapePtr element, bool at_least_one) {
    return make_shape(
        {.kind = ShapeKind::map, .element = std::move(element), .at_least_one = at_least_one}
    );
}

ShapePtr object(std::vector<Field> fields, std::string name) {
    return make_shape(
        {.kind = ShapeKind::object, .name = std::move(name), .fields = std::move(fields)}
    );
}

ShapePtr either(std::vector<ShapePtr> options) {
    return make_shape({.kind = ShapeKind::either, .options = std::move(options)});
}

ShapePtr elsewhere(std::string name) {
    return make_shape({.kind = ShapeKind::elsewhere, .name = std::move(name)});
}

ShapePtr texts() {
    return either({text(), list_of(text(), true)});
}

Field required(std::string name, ShapePtr shape, std::string meaning) {
    return {
        .name = std::move(name),
        .shape = std::move(shape),
        .meaning = std::move(meaning),
        .required = true
    };
}

Field optional(std::string name, ShapePtr shape, std::string meaning) {
    return {.name = std::move(name), .shape = std::move(shape), .meaning = std::move(meaning)};
}

Field descriptive(std::string name, std::string meaning) {
    return {
        .name = std::move(name),
        .shape = any_value(),
        .meaning = std::move(meaning),
        .support = Support::descriptive
    };
}

Field planned(std::string name, std::vector<std::string> harmless) {
    return {
        .name = std::move(name),
        .shape = any_value(),
        .meaning = "not supported yet",
        .support = Support::planned,
        .harmless = std::move(harmless)
    };
}

Field replaced(std::string name, std::string hint) {
    return {
        .name = std::move(name),
        .shape = any_value(),
        .meaning = std::move(hint),
        .support = Support::replaced
    };
}

const Node* find_value(const Node& map, const Field& field) {
    const Node* first = map.find_value(field.name);
    for (const std::string& alias : field.aliases) {
        const Node* value = map.find_value(alias);
        // Defaults give way to what stands over them, also under another name.
        if (value != nullptr && (first == nullptr || (first->inherited && !value->inherited))) {
            first = value;
        }
    }
    return first;
}

}  // namespace reel::dagfile
