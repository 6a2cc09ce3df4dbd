#pragma once

#include <string>
#include <string_view>

#include "shape_check.hpp"

namespace reel::dagfile {

/// One value that is held to one shape.
struct Check {
    const Node& node;
    const Shape& shape;
    const Subject& subject;
    Diagnostics& diagnostics;

    /// "'retries' of task 'load' " and the message.
    void mistake(const std::string& message, std::string hint = {}) const;
    void wrong_kind(std::string_view wanted, std::string hint = {}) const;
};

/// Checks a value against a shape that is neither a list, a map, an object nor a choice of shapes.
void check_scalar(const Check& check);

}  // namespace reel::dagfile
