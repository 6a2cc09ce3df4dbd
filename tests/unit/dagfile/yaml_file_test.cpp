#include "reel/dagfile/yaml_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace reel::dagfile {
namespace {

using testing::HasSubstr;

TEST(YamlFile, GivesValuesWithTheirPlaces) {
    const auto root = parse_yaml("a:\n  - b: 5\n", "s.yml");
    ASSERT_TRUE(root.has_value());
    const Node& b = *root->find("a")->items[0].find("b");
    EXPECT_EQ(b.as_integer(), 5);
    EXPECT_EQ(b.at.file, "s.yml");
    EXPECT_EQ(b.at.line, 2);
    EXPECT_EQ(b.at.column, 8);
}

TEST(YamlFile, TellsAllMistakesInOneError) {
    const auto root = parse_yaml("a: 1\na: 2\nb: 1\nb: 2\n", "s.yml");
    ASSERT_FALSE(root.has_value());
    EXPECT_EQ(root.error().code, core::Errc::invalid_argument);
    EXPECT_THAT(root.error().message, HasSubstr("s.yml:2:1: duplicate key 'a'"));
    EXPECT_THAT(root.error().message, HasSubstr("s.yml:4:1: duplicate key 'b'"));
}

TEST(YamlFile, IsReadFromAFile) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("reel_yaml_file_test_" + std::to_string(getpid()) + ".yml");
    std::ofstream(path) << "a: 1\n";
    EXPECT_TRUE(read_yaml_file(path).has_value());
    std::filesystem::remove(path);
    const auto missing = read_yaml_file(path);
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, core::Errc::not_found);
    EXPECT_EQ(missing.error().where, path.string());
    EXPECT_EQ(
        read_yaml_file(std::filesystem::temp_directory_path()).error().code,
        core::Errc::invalid_argument
    );
}

}  // namespace
}  // namespace reel::dagfile
