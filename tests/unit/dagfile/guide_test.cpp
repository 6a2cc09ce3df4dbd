// docs/dags.md says that each of its blocks is a whole file.

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

std::vector<std::string> blocks_of_guide() {
    std::ifstream file(REEL_DAG_GUIDE);
    EXPECT_TRUE(file) << REEL_DAG_GUIDE;
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const std::string begin = "```yaml\n";
    std::vector<std::string> blocks;
    for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
        at += begin.size();
        blocks.push_back(page.substr(at, page.find("```", at) - at));
    }
    return blocks;
}

TEST(DagGuide, EveryBlockIsAFileThatLoads) {
    const auto blocks = blocks_of_guide();
    EXPECT_GE(blocks.size(), 11U);
    for (const std::string& block : blocks) {
        const LoadedFile file = parse(block);
        EXPECT_FALSE(file.dags.empty()) << block;
        for (const Diagnostic& flaw : file.diagnostics) {
            ADD_FAILURE() << flaw.describe() << "\n" << block;
        }
    }
}

}  // namespace
}  // namespace reel::dagfile
