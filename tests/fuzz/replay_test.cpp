#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "fuzz/targets.hpp"

namespace reel::fuzz {

namespace {

namespace fs = std::filesystem;

const std::map<std::string, Target>& targets() {
    static const std::map<std::string, Target> all = {
        {"csv", csv},
        {"literal", literal},
        {"json", json},
        {"field", field},
        {"gzip", gzip},
        {"archive", archive},
        {"dagfile", dagfile},
    };
    return all;
}

std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A failure ends the process; the test's name says which target it was.
class Replay : public testing::TestWithParam<std::string> {};

TEST_P(Replay, TakesEverythingThatFuzzingHasFound) {
    const fs::path folder = fs::path(REEL_FUZZ_CORPUS) / GetParam();
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::fprintf(stderr, "%s\n", entry.path().c_str());
        const std::string content = read(entry.path());
        targets().at(GetParam())(content);
        // Cut off anywhere it is a file, too.
        for (std::size_t size = 0; size < content.size(); size += 1 + content.size() / 16) {
            targets().at(GetParam())(std::string_view(content).substr(0, size));
        }
        ++files;
    }
    EXPECT_GT(files, 0U) << folder << " is empty";
}

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& [name, target] : targets()) all.push_back(name);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Replay, testing::ValuesIn(names()), [](const auto& info) {
    return info.param;
});

TEST(Corpus, HasATargetForEachOfItsFolders) {
    for (const auto& entry : fs::directory_iterator(REEL_FUZZ_CORPUS)) {
        EXPECT_TRUE(targets().contains(entry.path().filename().string())) << entry.path();
    }
}

}  // namespace

}  // namespace reel::fuzz
