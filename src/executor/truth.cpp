#include "truth.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace reel::executor {

namespace {

/// What templates make of Python's false values, and the words that people write.
constexpr std::array<std::string_view, 9> false_texts{
    "", "0", "0.0", "false", "False", "none", "None", "null", "[]"
};

}  // namespace

bool is_false(const Json& value) {
    if (value.is_null()) {
        return true;
    }
    if (value.is_boolean()) {
        return !value.get<bool>();
    }
    if (value.is_number()) {
        return value.get<double>() == 0;
    }
    if (value.is_string()) {
        return std::ranges::find(false_texts, value.get<std::string>()) != false_texts.end();
    }
    return value.empty();
}

bool is_true_cell(std::string_view cell) {
    const bool is_zero =
        cell.contains('0') && cell.find_first_not_of("+-0.") == std::string_view::npos;
    return !cell.empty() && !is_zero && cell != "f" && cell != "false";
}

}  // namespace reel::executor
