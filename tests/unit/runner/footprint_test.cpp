#include "reel/runner/footprint.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace reel::runner {

namespace {

/// KiB of this process that are mapped and in memory.
long resident_kilobytes() {
    std::ifstream file("/proc/self/smaps_rollup");
    for (std::string word; file >> word;) {
        long value = 0;
        if (word == "Rss:" && file >> value) return value;
    }
    return 0;
}

TEST(Footprint, CodeThatNobodyNeedsNowIsNotKept) {
    const long before = resident_kilobytes();
    let_go_of_start();
    EXPECT_LT(resident_kilobytes(), before);
}

TEST(Footprint, CodeAndDataAreAsTheyWere) {
    static const std::string constant(3, 'x');
    let_go_of_start();
    EXPECT_EQ(std::string(constant) + std::to_string(1.5), "xxx1.500000");
    EXPECT_THROW(throw std::runtime_error("unwinding reads tables, too"), std::runtime_error);
}

}  // namespace

}  // namespace reel::runner
