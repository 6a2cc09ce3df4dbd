#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_home.hpp"

namespace reel::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(SettingsFile, GivesNothingWhenItIsMissingOrEmpty) {
    const TemporaryHome home;
    EXPECT_THAT(read_settings_file(home.path() / "reel.yaml").mistakes, IsEmpty());
    const std::string file = home.write("reel.yaml", "# nothing yet\n");
    EXPECT_THAT(read_settings_file(file).found, IsEmpty());
    EXPECT_THAT(read_settings_file(file).mistakes, IsEmpty());
}

TEST(SettingsFile, NamesThePlaceOfASyntaxError) {
    const TemporaryHome home;
    const std::string file = home.write("reel.yaml", "core:\n  parallelism: [1\n");
    const Settings settings = read_settings_file(file);
    ASSERT_EQ(settings.mistakes.size(), 1U);
    EXPECT_THAT(settings.mistakes[0], HasSubstr(file + ":3:"));
}

TEST(SettingsFile, RefusesWhatIsNoMapOfSections) {
    const TemporaryHome home;
    const std::string list = home.write("list.yaml", "- 1\n");
    EXPECT_THAT(
        read_settings_file(list).mistakes,
        ElementsAre(list + ":1:1: must be a map of sections, like 'core: {parallelism: 8}'")
    );
    const std::string flat = home.write("flat.yaml", "core: 5\n");
    EXPECT_THAT(
        read_settings_file(flat).mistakes,
        ElementsAre(flat + ":1:7: a section must be a map of its options")
    );
    const std::string deep = home.write("deep.yaml", "core: {parallelism: [8]}\n");
    EXPECT_THAT(
        read_settings_file(deep).mistakes,
        ElementsAre(deep + ":1:21: 'core.parallelism' must be a single value")
    );
}

TEST(SettingsFile, RefusesAnOptionThatIsGivenTwice) {
    const TemporaryHome home;
    const std::string file = home.write("reel.yaml", "api:\n  port: 1\n  port: 2\n");
    EXPECT_THAT(
        read_settings_file(file).mistakes, ElementsAre(file + ":3:3: 'api.port' is given twice")
    );
}

TEST(SettingsFile, TreatsAnEmptyValueAsNotGiven) {
    const TemporaryHome home;
    const std::string file = home.write("reel.yaml", "api:\n  port:\ncore:\n");
    EXPECT_THAT(read_settings_file(file).found, IsEmpty());
    EXPECT_THAT(read_settings_file(file).mistakes, IsEmpty());
}

TEST(SettingsFile, ThatCannotBeReadIsAMistake) {
    const TemporaryHome home;
    const std::filesystem::path folder = home.path() / "reel.yaml";
    std::filesystem::create_directory(folder);
    EXPECT_THAT(
        read_settings_file(folder).mistakes,
        ElementsAre(folder.string() + ": cannot be read: Is a directory")
    );
}

TEST(SettingsEnvironment, IgnoresVariablesOfOthersAndEmptyOnes) {
    const Settings settings = read_settings_environment(
        {{"PATH", "/bin"}, {"REEL_CONN_X", "y"}, {"REEL__API__PORT", ""}, {"REEL__NO__SUCH", ""}}
    );
    EXPECT_THAT(settings.found, IsEmpty());
    EXPECT_THAT(settings.mistakes, IsEmpty());
}

TEST(SettingsEnvironment, WantsSectionAndKey) {
    EXPECT_THAT(
        read_settings_environment({{"REEL__PORT", "1"}}).mistakes,
        ElementsAre("REEL__PORT: must be REEL__SECTION__KEY")
    );
}

TEST(SettingsEnvironment, ReadsASecretFromAFileWithoutItsLastLineBreak) {
    const TemporaryHome home;
    const std::string file = home.write("secret", "postgresql://u:p@h/d\n");
    const Settings settings = read_settings_environment({{"REEL__DATABASE__URL_FILE", file}});
    EXPECT_THAT(settings.mistakes, IsEmpty());
    ASSERT_EQ(settings.found.size(), 1U);
    EXPECT_EQ(full_name(*settings.found[0].option), "database.url");
    EXPECT_EQ(settings.found[0].value, "postgresql://u:p@h/d");
}

TEST(SettingsEnvironment, NamesTheFileOfASecretThatCannotBeRead) {
    EXPECT_THAT(
        read_settings_environment({{"REEL__API__JWT_SECRET_FILE", "/nonexistent/jwt"}}).mistakes,
        ElementsAre("REEL__API__JWT_SECRET_FILE: cannot read the file '/nonexistent/jwt': "
                    "No such file or directory")
    );
}

TEST(SettingsEnvironment, ReadsNoOrdinaryOptionFromAFile) {
    EXPECT_THAT(
        read_settings_environment({{"REEL__API__PORT_FILE", "/tmp/x"}}).mistakes,
        ElementsAre(HasSubstr("unknown option 'api.port_file'"))
    );
}

TEST(SettingsEnvironment, RefusesASecretThatIsGivenBothWays) {
    const TemporaryHome home;
    const std::string file = home.write("secret", "hunter2\n");
    const Settings settings = read_settings_environment(
        {{"REEL__API__ADMIN_PASSWORD", "hunter3"}, {"REEL__API__ADMIN_PASSWORD_FILE", file}}
    );
    ASSERT_EQ(settings.mistakes.size(), 1U);
    EXPECT_THAT(settings.mistakes[0], HasSubstr("are both set; keep one"));
    EXPECT_THAT(settings.mistakes[0], Not(HasSubstr("hunter")));
}

TEST(SettingsEnvironment, HasTheProcessVariables) {
    EXPECT_TRUE(process_environment().contains("PATH"));
}

}  // namespace
}  // namespace reel::config
