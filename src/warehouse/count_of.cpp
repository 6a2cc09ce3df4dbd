#include "warehouse/count_of.hpp"

#include <charconv>
#include <string>

namespace reel::warehouse {

std::int64_t count_of(const postgres::Rows& rows, std::string_view column) {
    const std::string text = rows.at(0, column).value_or("0");
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace reel::warehouse
