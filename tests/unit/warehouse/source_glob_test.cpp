#include "warehouse/source/glob.hpp"

#include <gtest/gtest.h>

namespace reel::warehouse {
namespace {

TEST(Glob, IsWhatHoldsAPatternsCharacters) {
    EXPECT_TRUE(is_glob("*.csv"));
    EXPECT_TRUE(is_glob("a?.csv"));
    EXPECT_TRUE(is_glob("[ab].csv"));
    EXPECT_FALSE(is_glob("a/b.csv"));
}

struct GlobCase {
    const char* pattern;
    const char* path;
    bool fits;
};

class GlobFits : public testing::TestWithParam<GlobCase> {};

TEST_P(GlobFits, ComponentByComponent) {
    const auto& [pattern, path, fits] = GetParam();
    EXPECT_EQ(fits_glob(pattern, path), fits) << pattern << " and " << path;
}

INSTANTIATE_TEST_SUITE_P(
    Patterns,
    GlobFits,
    testing::Values(
        GlobCase{"*.csv", "a.csv", true},
        GlobCase{"*.csv", "a.CSV", false},
        GlobCase{"*.csv", ".csv", false},
        GlobCase{".*", ".csv", true},
        GlobCase{"*.csv", "x/a.csv", false},
        GlobCase{"*/*.csv", "x/a.csv", true},
        GlobCase{"x/*.csv", "x//a.csv", true},
        GlobCase{"?.csv", "ab.csv", false},
        GlobCase{"[!a].csv", "b.csv", true},
        GlobCase{"[!a].csv", "a.csv", false},
        GlobCase{"a\\*", "a*", true},
        GlobCase{"a\\*", "ab", false},
        GlobCase{"**", "x/y/z", true},
        GlobCase{"**/z", "z", true},
        GlobCase{"**/z", "x/y/z", true},
        GlobCase{"**/z", "x/y/zz", false},
        GlobCase{"x/**/z", "x/z", true},
        GlobCase{"x/**/z", "x/y/y/z", true},
        GlobCase{"x/**/z", "y/x/z", false},
        GlobCase{"**/y/**/z", "a/y/b/y/c/z", true},
        GlobCase{"**/z", ".git/z", false},
        GlobCase{"x/**", "x", true},
        GlobCase{"dt=*/part-*", "dt=2024-05-14/part-00000.json", true}
    )
);

}  // namespace
}  // namespace reel::warehouse
