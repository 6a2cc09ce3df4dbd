#include <cstdio>
#include <cstdlib>

#include "fuzz/targets.hpp"

namespace reel::fuzz {

void demand(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

}  // namespace reel::fuzz
