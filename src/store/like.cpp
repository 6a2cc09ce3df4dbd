#include "like.hpp"

namespace reel::store {

bool is_like(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() == '%') {
        for (std::size_t i = 0; i <= text.size(); ++i) {
            if (is_like(text.substr(i), pattern.substr(1))) return true;
        }
        return false;
    }
    if (text.empty()) return false;
    const bool escaped = pattern.front() == '\\' && pattern.size() > 1;
    if (escaped) pattern.remove_prefix(1);
    const bool matches = (!escaped && pattern.front() == '_') || pattern.front() == text.front();
    return matches && is_like(text.substr(1), pattern.substr(1));
}

}  // namespace reel::store
