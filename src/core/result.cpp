#include "reel/core/result.hpp"

namespace reel::core {

std::string Error::describe() const {
    std::string text = where.empty() ? message : where + ": " + message;
    if (!hint.empty()) text += "\nhint: " + hint;
    return text;
}

}  // namespace reel::core
