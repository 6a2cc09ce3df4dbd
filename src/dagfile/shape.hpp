#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

struct Shape;
using ShapePtr = std::shared_ptr<const Shape>;

enum class ShapeKind {
    any,
    text,
    integer,
    number,
    boolean,
    duration,
    span,  ///< a duration or a relativedelta
    date,
    schedule,   ///< any form of it (schedule_reader.hpp)
    choice,     ///< one of several words
    list,       ///< of `element`
    map,        ///< any names, each with `element`
    object,     ///< named fields and no others
    either,     ///< one of `options`, told apart by their kinds of value
    callbacks,  ///< one or a list of them (callback_reader.hpp)
    elsewhere,  ///< described under its name; checked by whoever reads it
};

/// How far Reel carries out what a field says.
enum class Support {
    carried,
    descriptive,  ///< for people and other tools: accepted, changes nothing
    planned,   ///< known from Airflow, not carried out yet: only its harmless values are accepted
    refused,   ///< not carried out on purpose; `meaning` says what to write
    replaced,  ///< its name was changed; `meaning` says what to write
};

/// One named member of an object.
struct Field {
    std::string name;
    ShapePtr shape;
    std::string meaning;
    bool required = false;
    Support support = Support::carried;
    std::vector<std::string> harmless = {
    };  ///< of a planned field: values that ask for nothing, as JSON
    std::vector<std::string> aliases = {};
};

/// Says why a text does not do, or nothing.
using TextCheck = std::optional<std::string> (*)(const std::string& text);

/// What a value may look like. One description serves twice: parse_dag_file checks against it,
/// dag_json_schema prints it.
struct Shape {
    ShapeKind kind = ShapeKind::any;
    std::string name = {};  ///< of a definition in the schema; empty: written in place
    long long minimum = std::numeric_limits<long long>::min();
    TextCheck check = nullptr;
    std::vector<std::string> choices = {};
    ShapePtr element = nullptr;
    std::vector<Field> fields = {};
    std::vector<ShapePtr> options = {};
    bool at_least_one = false;                     ///< a list or map that must not be empty
    std::vector<std::string> exactly_one_of = {};  ///< of an object's fields
    std::vector<std::string> some_of = {};         ///< of an object's fields, at least one
    std::vector<std::string> elsewhere = {};       ///< keys that belong to the DAG and not in here
    std::vector<std::string> of_tasks = {};        ///< of the DAG: keys that belong to its tasks
    /// Of a choice: what a word was called before → what it is called now.
    std::vector<std::pair<std::string, std::string>> former = {};

    /// By name or alias.
    [[nodiscard]] const Field* find_field(std::string_view field_name) const;
};

[[nodiscard]] ShapePtr any_value();
[[nodiscard]] ShapePtr text(TextCheck check = nullptr);
[[nodiscard]] ShapePtr integer(long long minimum = std::numeric_limits<long long>::min());
[[nodiscard]] ShapePtr number(long long minimum = std::numeric_limits<long long>::min());
[[nodiscard]] ShapePtr boolean();
[[nodiscard]] ShapePtr duration();
[[nodiscard]] ShapePtr span();
[[nodiscard]] ShapePtr date();
[[nodiscard]] ShapePtr schedule();
[[nodiscard]] ShapePtr callbacks();
[[nodiscard]] ShapePtr choice(
    std::vector<std::string> words, std::vector<std::pair<std::string, std::string>> former = {}
);
[[nodiscard]] ShapePtr list_of(ShapePtr element, bool at_least_one = false);
[[nodiscard]] ShapePtr map_of(ShapePtr element, bool at_least_one = false);
[[nodiscard]] ShapePtr object(std::vector<Field> fields, std::string name = {});
[[nodiscard]] ShapePtr either(std::vector<ShapePtr> options);
[[nodiscard]] ShapePtr elsewhere(std::string name);
/// A text, or a list of at least one.
[[nodiscard]] ShapePtr texts();

[[nodiscard]] Field required(std::string name, ShapePtr shape, std::string meaning);
[[nodiscard]] Field optional(std::string name, ShapePtr shape, std::string meaning);
[[nodiscard]] Field descriptive(std::string name, std::string meaning);
[[nodiscard]] Field planned(std::string name, std::vector<std::string> harmless);

[[nodiscard]] Field replaced(std::string name, std::string hint);

/// The value of a field under its name or an alias; null values count as not there.
[[nodiscard]] const Node* find_value(const Node& map, const Field& field);

}  // namespace reel::dagfile
