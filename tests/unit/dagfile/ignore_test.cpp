#include "dagfile/ignore.hpp"

#include <gtest/gtest.h>

namespace reel::dagfile {
namespace {

bool ignores(const char* rules, const char* path, bool is_folder = false) {
    return IgnoreRules(rules).judge(path, is_folder) == IgnoreRules::Verdict::ignored;
}

TEST(IgnoreRules, MatchANameInAnyFolder) {
    EXPECT_TRUE(ignores("draft.yaml", "draft.yaml"));
    EXPECT_TRUE(ignores("draft.yaml", "a/b/draft.yaml"));
    EXPECT_FALSE(ignores("draft.yaml", "my_draft.yaml"));
    EXPECT_FALSE(ignores("draft.yaml", "draft.yaml.bak"));
}

TEST(IgnoreRules, HaveStarsAndQuestionMarksThatStopAtAFolder) {
    EXPECT_TRUE(ignores("draft_*", "draft_one.yaml"));
    EXPECT_TRUE(ignores("*_draft.y?ml", "my_draft.yaml"));
    EXPECT_TRUE(ignores("a/*.yaml", "a/x.yaml"));
    EXPECT_FALSE(ignores("a/*.yaml", "a/b/x.yaml"));
    EXPECT_FALSE(ignores("a/?.yaml", "a//.yaml"));
}

TEST(IgnoreRules, HaveSetsOfLetters) {
    EXPECT_TRUE(ignores("v[0-9].yaml", "v7.yaml"));
    EXPECT_FALSE(ignores("v[0-9].yaml", "vx.yaml"));
    EXPECT_TRUE(ignores("v[!0-9].yaml", "vx.yaml"));
    EXPECT_TRUE(ignores("v[abc].yaml", "vb.yaml"));
    EXPECT_TRUE(ignores("v[.yaml", "v[.yaml"));
}

TEST(IgnoreRules, WithASlashAreTiedToTheirFolder) {
    EXPECT_TRUE(ignores("/x.yaml", "x.yaml"));
    EXPECT_FALSE(ignores("/x.yaml", "a/x.yaml"));
    EXPECT_TRUE(ignores("a/x.yaml", "a/x.yaml"));
    EXPECT_FALSE(ignores("a/x.yaml", "b/a/x.yaml"));
}

TEST(IgnoreRules, HaveDoubleStarsForAnyFolders) {
    EXPECT_TRUE(ignores("**/x.yaml", "x.yaml"));
    EXPECT_TRUE(ignores("**/x.yaml", "a/b/x.yaml"));
    EXPECT_TRUE(ignores("a/**/x.yaml", "a/x.yaml"));
    EXPECT_TRUE(ignores("a/**/x.yaml", "a/b/c/x.yaml"));
    EXPECT_TRUE(ignores("a/**", "a/b/c/x.yaml"));
    EXPECT_FALSE(ignores("a/**/x.yaml", "b/x.yaml"));
}

struct IgnoreCase {
    const char* rule;
    const char* path;
    bool ignored;
};

TEST(IgnoreRules, TakeWhatFollowsABackslashAsItIs) {
    const IgnoreCase cases[] = {
        {R"(\#x.yaml)", "#x.yaml", true},
        {R"(\!x.yaml)", "!x.yaml", true},
        {R"(a\*.yaml)", "a*.yaml", true},
        {R"(a\*.yaml)", "ab.yaml", false},
        {R"(a\?.yaml)", "ab.yaml", false},
        {R"(a\?.yaml)", "a?.yaml", true},
        {R"(\[a].yaml)", "[a].yaml", true},
        {R"(\[a].yaml)", "a.yaml", false},
        {R"(\a.yaml)", "a.yaml", true},
        {R"(a\\.yaml)", R"(a\.yaml)", true},
        {R"(a.yaml\)", R"(a.yaml\)", true},
        {R"(a\ )", "a ", true},
        {R"(a\ )", "a", false},
    };
    for (const IgnoreCase& one : cases) {
        EXPECT_EQ(ignores(one.rule, one.path), one.ignored) << one.rule << " " << one.path;
    }
}

TEST(IgnoreRules, ReadASetAsAShellDoes) {
    const IgnoreCase cases[] = {
        {"[]].yaml", "].yaml", true},
        {"[]a].yaml", "a.yaml", true},
        {"[]a].yaml", "b.yaml", false},
        {"[!]].yaml", "a.yaml", true},
        {"[!]].yaml", "].yaml", false},
        {"[^a].yaml", "b.yaml", true},
        {"[^a].yaml", "a.yaml", false},
        {"[a-].yaml", "-.yaml", true},
        {"[-a].yaml", "-.yaml", true},
        {"[a-c-e].yaml", "-.yaml", true},
        {"[a-c-e].yaml", "d.yaml", false},
        {"[c-a].yaml", "b.yaml", false},
        {"a[!x]b.yaml", "a/b.yaml", false},
        {"x[a-c]*[0-9].yaml", "xb_long_7.yaml", true},
        {"[a", "[a", true},
    };
    for (const IgnoreCase& one : cases) {
        EXPECT_EQ(ignores(one.rule, one.path), one.ignored) << one.rule << " " << one.path;
    }
}

TEST(IgnoreRules, TheLastThatFitsDecides) {
    const IgnoreRules rules("*\n!*.yaml\nsecret_*\n!/secret_but_shown.yaml\n");
    EXPECT_EQ(rules.judge("x.txt", false), IgnoreRules::Verdict::ignored);
    EXPECT_EQ(rules.judge("x.yaml", false), IgnoreRules::Verdict::wanted);
    EXPECT_EQ(rules.judge("secret_x.yaml", false), IgnoreRules::Verdict::ignored);
    EXPECT_EQ(rules.judge("secret_but_shown.yaml", false), IgnoreRules::Verdict::wanted);
    EXPECT_EQ(rules.judge("a/secret_but_shown.yaml", false), IgnoreRules::Verdict::ignored);
    EXPECT_EQ(IgnoreRules("").judge("x.yaml", false), IgnoreRules::Verdict::silent);
    EXPECT_EQ(IgnoreRules("/\n!\n").judge("x.yaml", false), IgnoreRules::Verdict::silent);
}

TEST(IgnoreRules, WithASlashBehindMeanFoldersOnly) {
    EXPECT_TRUE(ignores("old/", "old", true));
    EXPECT_FALSE(ignores("old/", "old", false));
    EXPECT_TRUE(ignores("old/", "a/old", true));
}

TEST(IgnoreRules, AreTakenBackByAnExclamationMark) {
    const IgnoreRules rules("*.yaml\n!keep.yaml\n");
    EXPECT_EQ(rules.judge("x.yaml", false), IgnoreRules::Verdict::ignored);
    EXPECT_EQ(rules.judge("keep.yaml", false), IgnoreRules::Verdict::wanted);
    EXPECT_EQ(rules.judge("x.yml", false), IgnoreRules::Verdict::silent);
}

TEST(IgnoreRules, SkipCommentsBlankLinesAndLineEndsOfWindows) {
    const IgnoreRules rules("# x.yaml\n\n  \ny.yaml  \r\n");
    EXPECT_EQ(rules.judge("x.yaml", false), IgnoreRules::Verdict::silent);
    EXPECT_EQ(rules.judge("y.yaml", false), IgnoreRules::Verdict::ignored);
}

}  // namespace
}  // namespace reel::dagfile
