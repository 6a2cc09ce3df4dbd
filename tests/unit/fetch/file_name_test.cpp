#include "fetch/file_name.hpp"

#include <gtest/gtest.h>

namespace reel::fetch {

namespace {

TEST(SanitizeName, KeepsAPlainName) {
    EXPECT_EQ(sanitize_name("movies_metadata.csv"), "movies_metadata.csv");
    EXPECT_EQ(sanitize_name("caf\xc3\xa9 (1).csv"), "caf\xc3\xa9 (1).csv");
}

TEST(SanitizeName, DropsFoldersOfEitherSystem) {
    EXPECT_EQ(sanitize_name("/etc/passwd"), "passwd");
    EXPECT_EQ(sanitize_name("..\\..\\boot.ini"), "boot.ini");
    EXPECT_EQ(sanitize_name("a/b\\c/d.csv"), "d.csv");
}

TEST(SanitizeName, LeavesNothingOfDotsAndBlanks) {
    EXPECT_EQ(sanitize_name(".."), "");
    EXPECT_EQ(sanitize_name("a/.."), "");
    EXPECT_EQ(sanitize_name(" .hidden. "), "hidden");
    EXPECT_EQ(sanitize_name(""), "");
    EXPECT_EQ(sanitize_name("folder/"), "");
}

TEST(SanitizeName, DropsControlCharacters) {
    EXPECT_EQ(sanitize_name("a\nb\x7f\x01.csv"), "ab.csv");
    EXPECT_EQ(sanitize_name(std::string_view("a\0b", 3)), "ab");
}

TEST(SanitizeName, ShortensAndKeepsTheExtension) {
    const std::string name = sanitize_name(std::string(300, 'x') + ".csv");
    EXPECT_EQ(name.size(), 200U);
    EXPECT_TRUE(name.ends_with("x.csv"));
    EXPECT_EQ(sanitize_name("a." + std::string(300, 'x')).size(), 200U);
}

TEST(NameFromDisposition, ReadsPlainAndQuotedNames) {
    EXPECT_EQ(name_from_disposition("attachment; filename=movies.csv"), "movies.csv");
    EXPECT_EQ(
        name_from_disposition("attachment; filename=\"the movies.csv\"; size=3"), "the movies.csv"
    );
    EXPECT_EQ(name_from_disposition("attachment;FileName = \"a\\\"b;c.csv\""), "a\"b;c.csv");
    EXPECT_EQ(name_from_disposition("attachment; size=3; filename=x.csv"), "x.csv");
}

TEST(NameFromDisposition, PrefersTheExtendedForm) {
    EXPECT_EQ(
        name_from_disposition("attachment; filename=\"cafe.csv\"; filename*=UTF-8''caf%C3%A9.csv"),
        "caf\xc3\xa9.csv"
    );
    EXPECT_EQ(name_from_disposition("attachment; filename*=utf-8'en'a%20b.csv"), "a b.csv");
}

TEST(NameFromDisposition, GivesUpOnAnUnreadableExtendedForm) {
    EXPECT_EQ(
        name_from_disposition("attachment; filename*=latin1''caf%E9; filename=cafe.csv"), "cafe.csv"
    );
    EXPECT_EQ(name_from_disposition("attachment; filename*=nonsense"), "");
    EXPECT_EQ(name_from_disposition("attachment; filename*=utf-8''%zz"), "");
}

TEST(NameFromDisposition, HasNoneWhereNoneIs) {
    EXPECT_EQ(name_from_disposition(""), "");
    EXPECT_EQ(name_from_disposition("inline"), "");
    EXPECT_EQ(name_from_disposition("attachment; filename"), "");
    EXPECT_EQ(name_from_disposition("attachment; filename=\"never closed"), "never closed");
    EXPECT_EQ(name_from_disposition("attachment; ="), "");
}

TEST(ChooseName, TakesTheServersNameFirst) {
    EXPECT_EQ(
        choose_name("attachment; filename=\"../x.csv\"", "https://h/a.csv", "https://h/b.csv"),
        "x.csv"
    );
}

TEST(ChooseName, TakesTheUrlsNameWhenItLooksLikeAFile) {
    EXPECT_EQ(
        choose_name("", "https://h/fredgraph.csv?id=1", "https://cdn/4f3a.bin"), "fredgraph.csv"
    );
    EXPECT_EQ(choose_name("", "https://h/latest", "https://h/movies-2024.zip"), "movies-2024.zip");
    EXPECT_EQ(choose_name("", "https://h/latest", "https://cdn/4f3a"), "latest");
    EXPECT_EQ(choose_name("", "https://h/", "https://h/index"), "index");
}

TEST(ChooseName, AlwaysFindsOne) {
    EXPECT_EQ(choose_name("", "https://h/", "https://h/"), "download");
    EXPECT_EQ(choose_name("attachment; filename=..", "https://h", "https://h"), "download");
}

TEST(IsJunk, KnowsWhatDesktopsLeave) {
    EXPECT_TRUE(is_junk("__MACOSX"));
    EXPECT_TRUE(is_junk("__MACOSX/._movies.csv"));
    EXPECT_TRUE(is_junk("set/__MACOSX/x"));
    EXPECT_TRUE(is_junk("set/.DS_Store"));
    EXPECT_TRUE(is_junk("Thumbs.db"));
    EXPECT_FALSE(is_junk("movies.csv"));
    EXPECT_FALSE(is_junk("__MACOSX.csv"));
    EXPECT_FALSE(is_junk(".hidden.csv"));
}

}  // namespace

}  // namespace reel::fetch
