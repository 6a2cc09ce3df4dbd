#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnostics.hpp"
#include "reel/dagfile/node.hpp"
#include "shape.hpp"

namespace reel::dagfile {

/// What is being checked, for messages: the owner "task 'load'" and the path of a value below it.
struct Subject {
    std::string owner;
    std::string path = {};

    [[nodiscard]] Subject below(std::string_view key) const;
    /// "'source.path' of task 'load'", or the owner alone.
    [[nodiscard]] std::string describe() const;
};

/// Reports everything in which a value differs from its shape: unknown keys, wrong types, missing
/// fields, what is not supported yet. Fields of a value that was inherited are not checked again.
void check_shape(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
);

/// A map with named fields: their values, the required ones, and which exclude each other.
void check_object(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
);

/// The required fields that a map lacks.
void check_required(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
);

/// That a map has one of the keys and no second one.
void check_exactly_one(
    const Node& node,
    const std::vector<std::string>& names,
    const Subject& subject,
    Diagnostics& diagnostics
);

/// That a map has no two of the keys.
void check_at_most_one(
    const Node& node,
    const std::vector<std::string>& names,
    const Subject& subject,
    Diagnostics& diagnostics
);

/// That a map has one of the keys, if there are any to have.
void check_some_of(
    const Node& node,
    const std::vector<std::string>& names,
    const Subject& subject,
    Diagnostics& diagnostics
);

/// The keys that a map has and their values; not what it lacks.
void check_present(
    const Node& node, const Shape& shape, const Subject& subject, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
