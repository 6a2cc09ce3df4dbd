#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.hpp"
#include "temporary_home.hpp"

namespace reel::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// "section.key=value", one for each setting.
std::vector<std::string> found_in(const Settings& settings) {
    std::vector<std::string> lines;
    for (const Setting& setting : settings.found) {
        lines.push_back(full_name(*setting.option) + "=" + setting.value);
    }
    return lines;
}

Settings read_file(const TemporaryHome& home, const std::string& text) {
    return read_settings_file(home.write("reel.yaml", text));
}

TEST(SettingsFileForms, GiveTheSameSettings) {
    const TemporaryHome home;
    for (const char* text :
         {"api:\n  port: 9000\n  host: '::1'\n",
          "{api: {port: 9000, host: \"::1\"}}\n",
          "\"api\": {\"port\": \"9000\", \"host\": \"::1\"}",
          "api:\r\n  port: 9000\r\n  host: '::1'\r\n",
          "# of ours\napi: # the server\n  port: 9000 # high\n  host: '::1'\n"}) {
        const Settings settings = read_file(home, text);
        EXPECT_THAT(settings.mistakes, IsEmpty()) << text;
        EXPECT_THAT(found_in(settings), ElementsAre("api.port=9000", "api.host=::1")) << text;
    }
}

TEST(SettingsFileForms, KeepTheTextOfAValueAsItIsWritten) {
    const TemporaryHome home;
    const Settings settings = read_file(
        home, "api: {port: 0x50, host: 1.50, token_lifetime: 007, admin_password: 'a: #b'}\n"
    );
    EXPECT_THAT(
        found_in(settings),
        ElementsAre(
            "api.port=0x50", "api.host=1.50", "api.token_lifetime=007", "api.admin_password=a: #b"
        )
    );
}

TEST(SettingsFile, TellsWhereEachSettingStands) {
    const TemporaryHome home;
    const Settings settings = read_file(home, "core:\n  parallelism: 8\napi: {port: 1}\n");
    const std::string file = (home.path() / "reel.yaml").string();
    ASSERT_EQ(settings.found.size(), 2U);
    EXPECT_EQ(settings.found[0].where, file + ":2:16");
    EXPECT_EQ(settings.found[1].where, file + ":3:13");
    EXPECT_EQ(settings.found[0].origin, Origin::file);
}

TEST(SettingsFile, GoesOnBehindAMistake) {
    const TemporaryHome home;
    const Settings settings = read_file(
        home, "core:\n  nothing_like_it_there: 1\n  parallelism: [1]\napi: {port: 5}\nlogging: x\n"
    );
    const std::string file = (home.path() / "reel.yaml").string();
    EXPECT_THAT(found_in(settings), ElementsAre("api.port=5"));
    EXPECT_THAT(
        settings.mistakes,
        ElementsAre(
            file +
                ":2:3: unknown option 'core.nothing_like_it_there'; 'reel config list' shows all",
            file + ":3:16: 'core.parallelism' must be a single value",
            file + ":5:10: a section must be a map of its options"
        )
    );
}

TEST(SettingsFile, RefusesKeysThatAreNoText) {
    const TemporaryHome home;
    const std::string file = (home.path() / "reel.yaml").string();
    EXPECT_THAT(
        read_file(home, "core: {[1]: 2}\n").mistakes,
        ElementsAre(file + ":1:8: an option's name must be text")
    );
    EXPECT_THAT(
        read_file(home, "[core]: {parallelism: 2}\n").mistakes,
        ElementsAre(HasSubstr("a section must be a map of its options"))
    );
}

TEST(SettingsFile, FindsAnOptionAgainInASecondSectionOfTheSameName) {
    const TemporaryHome home;
    EXPECT_THAT(
        read_file(home, "api: {port: 1}\ncore: {parallelism: 2}\napi: {port: 3}\n").mistakes,
        ElementsAre(HasSubstr(":3:7: 'api.port' is given twice"))
    );
}

TEST(SettingsFile, RefusesPlainText) {
    const TemporaryHome home;
    EXPECT_THAT(
        read_file(home, "parallelism\n").mistakes,
        ElementsAre(HasSubstr(":1:1: must be a map of sections"))
    );
}

TEST(SettingsFile, SurvivesBytesThatAreNoYaml) {
    const TemporaryHome home;
    for (const char* text : {"\x01\x02", "{", "a: b: c", "\tapi: 1", "'", "&a [*b]", "%YAML 9"}) {
        EXPECT_FALSE(read_file(home, text).mistakes.empty()) << text;
    }
}

TEST(SettingsVariables, HaveNamesInAnyCaseBehindTheirPrefix) {
    const Settings settings =
        read_settings_environment({{"REEL__API__PORT", "1"}, {"REEL__core__Parallelism", "2"}});
    EXPECT_THAT(settings.mistakes, IsEmpty());
    EXPECT_THAT(found_in(settings), ElementsAre("api.port=1", "core.parallelism=2"));
    EXPECT_THAT(read_settings_environment({{"reel__API__PORT", "1"}}).found, IsEmpty());
}

TEST(SettingsVariables, AreNamedAsWhereTheyStand) {
    const Settings settings = read_settings_environment({{"REEL__API__PORT", "1"}});
    ASSERT_EQ(settings.found.size(), 1U);
    EXPECT_EQ(settings.found[0].where, "REEL__API__PORT");
    EXPECT_EQ(settings.found[0].origin, Origin::environment);
}

TEST(SettingsVariables, ThatDifferOnlyInCaseAreGivenTwice) {
    EXPECT_THAT(
        read_settings_environment({{"REEL__API__PORT", "1"}, {"REEL__api__port", "2"}}).mistakes,
        ElementsAre("REEL__API__PORT and REEL__api__port are both set; keep one")
    );
}

TEST(SettingsVariables, WithoutSectionOrKeyAreMistakes) {
    EXPECT_THAT(
        read_settings_environment({{"REEL__", "1"}}).mistakes,
        ElementsAre("REEL__: must be REEL__SECTION__KEY")
    );
    for (const char* name : {"REEL____PORT", "REEL__API__", "REEL____"}) {
        EXPECT_THAT(
            read_settings_environment({{name, "1"}}).mistakes,
            ElementsAre(HasSubstr(std::string(name) + ": unknown option '"))
        );
    }
}

TEST(SecretFiles, KeepEveryByteButTheLastLineBreaks) {
    const TemporaryHome home;
    const std::vector<std::pair<std::string, std::string>> table{
        {"plain", "plain"},
        {"unix\n", "unix"},
        {"windows\r\n", "windows"},
        {"many\n\n\n", "many"},
        {"two\nlines\n", "two\nlines"},
        {" blanks \n", " blanks "},
        {"\nfirst", "\nfirst"},
        {"\n", ""},
        {"", ""},
    };
    for (const auto& [text, expected] : table) {
        const Settings settings =
            read_settings_environment({{"REEL__API__JWT_SECRET_FILE", home.write("s", text)}});
        ASSERT_EQ(settings.found.size(), 1U) << text;
        EXPECT_EQ(settings.found[0].value, expected);
        EXPECT_EQ(settings.found[0].where, "REEL__API__JWT_SECRET_FILE");
    }
}

TEST(SecretFiles, AreThereForEverySecretAndForNothingElse) {
    const TemporaryHome home;
    const std::string file = home.write("s", "value");
    for (const Option& option : all_options()) {
        std::string name =
            "REEL__" + std::string(option.section) + "__" + std::string(option.key) + "_file";
        const Settings settings = read_settings_environment({{name, file}});
        EXPECT_EQ(settings.found.size(), option.secret ? 1U : 0U) << name;
        EXPECT_EQ(settings.mistakes.size(), option.secret ? 0U : 1U) << name;
    }
}

TEST(SecretFiles, ThatAreFoldersCannotBeRead) {
    const TemporaryHome home;
    EXPECT_THAT(
        read_settings_environment({{"REEL__API__JWT_SECRET_FILE", home.path().string()}}).mistakes,
        ElementsAre(HasSubstr("cannot read the file"))
    );
}

TEST(ReadText, GivesAllBytesOfAFileOrSaysWhyItCannot) {
    const TemporaryHome home;
    const std::string bytes("a\0b\r\n\xFF", 6);
    EXPECT_EQ(read_text(home.write("f", bytes)), bytes);
    EXPECT_EQ(read_text(home.write("empty", "")), "");
    EXPECT_EQ(read_text(home.path() / "missing").error(), "No such file or directory");
    EXPECT_EQ(read_text(home.path()).error(), "Is a directory");
}

TEST(ConfigMistakes, NeverShowASecret) {
    const TemporaryHome home;
    home.write("reel.yaml", "api: {jwt_secret: [hunter2], admin_password: {x: hunter3}}\n");
    const auto config =
        home.load({{"REEL__DATABASE__URL", "hunter4"}, {"REEL__DATABASE__URL_FILE", "/nonexistent"}}
        );
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, Not(HasSubstr("hunter")));
}

}  // namespace
}  // namespace reel::config
