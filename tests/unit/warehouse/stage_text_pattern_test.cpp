#include "warehouse/stage/text_pattern.hpp"

#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

/// "1" where it is found, "0" where not, "?" where only the server knows, "!" without a table.
char found(const std::string& pattern, const std::string& text) {
    const auto made = TextPattern::make(pattern);
    if (!made) return '!';
    const auto is_found = made->is_found_in(text);
    return !is_found ? '?' : *is_found ? '1' : '0';
}

std::string found_in(const std::string& pattern, const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += found(pattern, text);
    return all;
}

TEST(TextPattern, IsLookedForAnywhere) {
    EXPECT_EQ(found_in("b", {"abc", "b", "", "ac"}), "1100");
    EXPECT_EQ(found_in("", {"", "x"}), "11");
    EXPECT_EQ(found_in("aab", {"aaab", "aab", "ab"}), "110");
}

TEST(TextPattern, IsHeldByItsAnchors) {
    EXPECT_EQ(found_in("^b$", {"b", "b\n", "ab", "bb", ""}), "10000");
    EXPECT_EQ(found_in("^$", {"", "a"}), "10");
    EXPECT_EQ(found_in("^a|b$", {"ax", "xb", "xax", "bx"}), "1100");
    EXPECT_EQ(found_in("a^b", {"ab", "a\nb"}), "00");
    EXPECT_EQ(found_in("(^|,)x(,|$)", {"x", "a,x", "x,a", "ax"}), "1110");
}

TEST(TextPattern, KnowsClassesAndBounds) {
    EXPECT_EQ(found_in("^tt\\d{7}$", {"tt0114709", "tt011470", "tt01147099", "xx0114709"}), "1000");
    EXPECT_EQ(found_in("^[A-Z]{2}$", {"US", "us", "U", "USA"}), "1000");
    EXPECT_EQ(
        found_in("^[^@ ]+@[^@ ]+\\.[a-z]{2,}$", {"a@b.co", "a b@c.de", "a@b.c", "@b.co"}), "1000"
    );
    EXPECT_EQ(found_in("^\\d{4}-\\d{2}-\\d{2}$", {"2020-01-02", "2020-1-2"}), "10");
    EXPECT_EQ(found_in("^(ab|c){2,3}$", {"abc", "cc", "ccc", "cccc", "ab", "ababab"}), "111001");
    EXPECT_EQ(found_in("^a{2}$", {"aa", "a", "aaa"}), "100");
    EXPECT_EQ(found_in("^a{0,1}b+?c*$", {"b", "abbcc", "aab", "c"}), "1100");
    EXPECT_EQ(found_in("^[]a-]$", {"]", "a", "-", "b"}), "1110");
    EXPECT_EQ(found_in("^[[:upper:]\\d_.]+$", {"A1_.", "a"}), "10");
    EXPECT_EQ(found_in("^.$", {"a", "\n", "", "ab"}), "1100") << "a line break is a character";
    EXPECT_EQ(found_in("^\\.\\*\\\\$", {".*\\", "a*\\"}), "10");
    EXPECT_EQ(found_in("^a\\tb$", {"a\tb"}), "1");
}

TEST(TextPattern, APartThatIsEmptyStaysSoHoweverOften) {
    EXPECT_EQ(found_in("^(((((){255}){255}){255}){255}){255}a$", {"a", "b"}), "10");
    EXPECT_EQ(found_in("^(((((){0,255}){0,255}){0,255}){0,255}){0,255}a$", {"a", ""}), "10");
}

TEST(TextPattern, LeavesWhatLibrariesTellDifferentlyToTheServer) {
    EXPECT_EQ(found("[[:punct:]]", "+"), '!');
}

TEST(TextPattern, TakesACharacterForOneWhateverItsBytes) {
    EXPECT_EQ(found_in("^.{2}$", {"éß", "é", "値値値"}), "100");
    EXPECT_EQ(found_in("^[^a]$", {"é", "😀", "a"}), "110");
    EXPECT_EQ(found_in("^[a-z]+$", {"aé", "é"}), "00");
}

TEST(TextPattern, LeavesTheLettersOfOthersToTheServer) {
    EXPECT_EQ(found_in("^\\w+$", {"ab_1", "a-b", "é", "aé"}), "10??");
    EXPECT_EQ(found_in("\\d", {"1é", "é1"}), "1?") << "what comes behind does not matter";
    EXPECT_EQ(found_in("^\\S+$", {"ab", "a b"}), "10");
}

TEST(TextPattern, LeavesTheRestOfTheLanguageToTheServer) {
    for (const std::string pattern :
         {"(?i)a",   "(?=a)b",    "***=a",  "\\ma", "\\yx", "(a)\\1", "a**",   "*a",
          "a{2",     "a{3,2}",    "a{256}", "[a",   "(a",   "a)",     "[z-a]", "[[.a.]]",
          "[[=a=]]", "[[:foo:]]", "é",      "a\\",  "^*",   "\\x41",  "[\\D]", "|*"}) {
        EXPECT_EQ(found(pattern, "a"), '!') << pattern;
    }
}

TEST(TextPattern, MakesNoTableThatIsTooLarge) {
    EXPECT_EQ(found("(a{255}){255}", "a"), '!');
    EXPECT_EQ(found("a.{40}b", "a"), '!');
    EXPECT_EQ(found("^" + std::string(60, '(') + std::string(60, ')'), ""), '!');
}

}  // namespace

}  // namespace reel::warehouse
