#include "reel/core/ids.hpp"

#include <algorithm>

namespace reel::core {

namespace {

constexpr std::size_t max_key_bytes = 250;

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view extra) {
    return !text.empty() && text.size() <= max_key_bytes && std::ranges::all_of(text, [&](char c) {
        return is_alphanumeric(c) || extra.find(c) != std::string_view::npos;
    });
}

}  // namespace

bool is_valid_key(std::string_view text) {
    return consists_of(text, "_.-");
}

bool is_valid_run_id(std::string_view text) {
    return consists_of(text, "_.~:+-");
}

}  // namespace reel::core
