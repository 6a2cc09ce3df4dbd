#include <gtest/gtest.h>

#include "fetch/file_name.hpp"

namespace reel::fetch {

namespace {

struct NameCase {
    std::string given;
    std::string expected;
};

TEST(SanitizeNameCases, GiveASafeName) {
    const NameCase cases[] = {
        {"a.csv", "a.csv"},
        {"a", "a"},
        {".csv", "csv"},
        {"...", ""},
        {" ", ""},
        {". . .", ""},
        {"a b.csv", "a b.csv"},
        {" a.csv ", "a.csv"},
        {"a.csv.", "a.csv"},
        {"a.csv. . ", "a.csv"},
        {"/", ""},
        {"\\", ""},
        {"/a", "a"},
        {"a/", ""},
        {"a\\", ""},
        {"../../a", "a"},
        {"C:\\Users\\me\\a.csv", "a.csv"},
        {"a\\b/c", "c"},
        {"a/b\\c", "c"},
        {"a\tb.csv", "ab.csv"},
        {"a\r\nb.csv", "ab.csv"},
        {"\x1b[31ma.csv", "[31ma.csv"},
        {"\x7f", ""},
        {"a?b*c.csv", "a?b*c.csv"},
        {"\xe6\x98\xa0\xe7\x94\xbb.csv", "\xe6\x98\xa0\xe7\x94\xbb.csv"},
        {"\n.csv", "csv"},
    };
    for (const auto& each : cases)
        EXPECT_EQ(sanitize_name(each.given), each.expected) << each.given;
}

bool is_safe(const std::string& name) {
    if (name.empty()) return true;
    const std::string_view edges = " .";
    return name.size() <= 200 && !edges.contains(name.front()) && !edges.contains(name.back()) &&
           name.find_first_of("/\\") == std::string::npos;
}

/// Texts that are cut at every possible place.
std::vector<std::string> long_names() {
    std::vector<std::string> names;
    for (const std::string unit :
         {"x", "\xc3\xa9", "\xe6\x98\xa0", "\xf0\x9f\x8e\xac", ". ", "a."}) {
        for (int more = 0; more < 6; ++more) {
            std::string name(static_cast<std::size_t>(more), 'n');
            while (name.size() < 230) name += unit;
            for (const std::string ending :
                 {"", ".csv", ".tar.gz", ".averyveryverylongextension"}) {
                names.push_back(name + ending);
            }
        }
    }
    return names;
}

TEST(SanitizeNameCases, ALongNameIsCutToASafeOne) {
    for (const auto& name : long_names()) {
        EXPECT_TRUE(is_safe(sanitize_name(name))) << name << " became " << sanitize_name(name);
    }
}

TEST(SanitizeNameCases, ASafeNameStaysAsItIs) {
    for (const auto& name : long_names()) {
        const std::string once = sanitize_name(name);
        EXPECT_EQ(sanitize_name(once), once) << name;
    }
}

/// No byte of a character without the others.
bool ends_between_characters(const std::string& name, std::size_t character_bytes) {
    std::size_t bytes = 0;
    for (const char letter : name) {
        if ((static_cast<unsigned char>(letter) & 0x80U) != 0) ++bytes;
    }
    return bytes % character_bytes == 0;
}

TEST(SanitizeNameCases, ALongNameIsNotCutInsideACharacter) {
    for (const auto& [unit, size] :
         {std::pair<std::string, std::size_t>{"\xc3\xa9", 2},
          {"\xe6\x98\xa0", 3},
          {"\xf0\x9f\x8e\xac", 4}}) {
        for (std::size_t shift = 0; shift < size; ++shift) {
            std::string name(shift, 'n');
            while (name.size() < 300) name += unit;
            EXPECT_TRUE(ends_between_characters(sanitize_name(name), size)) << size << "+" << shift;
            EXPECT_TRUE(ends_between_characters(sanitize_name(name + ".csv"), size));
            EXPECT_TRUE(sanitize_name(name + ".csv").ends_with(".csv"));
        }
    }
}

TEST(SanitizeNameCases, ALongNameThatIsNoUtf8KeepsItsLength) {
    const std::string name = sanitize_name(std::string(300, '\x80') + ".csv");
    EXPECT_EQ(name.size(), 200U);
    EXPECT_TRUE(name.ends_with(".csv"));
}

TEST(SanitizeNameCases, TwoHundredBytesAreNotCut) {
    const std::string name = std::string(196, 'x') + ".csv";
    EXPECT_EQ(sanitize_name(name), name);
    EXPECT_EQ(sanitize_name("y" + name).size(), 200U);
}

TEST(DispositionCases, GiveTheName) {
    const NameCase cases[] = {
        {"attachment; filename=a.csv", "a.csv"},
        {"attachment;filename=a.csv", "a.csv"},
        {"attachment ; filename = a.csv ", "a.csv"},
        {"ATTACHMENT; FILENAME=a.csv", "a.csv"},
        {"inline; filename=\"a.csv\"", "a.csv"},
        {"attachment; filename=\"\"", ""},
        {"attachment; filename=\"a \\\"b\\\".csv\"", "a \"b\".csv"},
        {"attachment; filename=\"a\\\\b.csv\"", "a\\b.csv"},
        {"attachment; filename=\"a;b=c.csv\"", "a;b=c.csv"},
        {"attachment; filename=\"a.csv\" ; size=7", "a.csv"},
        {"attachment; name=x; filename=a.csv", "a.csv"},
        {"attachment; filename=a.csv; filename=b.csv", "a.csv"},
        {"attachment; filename*=UTF-8''a%20b.csv", "a b.csv"},
        {"attachment; filename*=UTF-8'de'%C3%A4.csv", "\xc3\xa4.csv"},
        {"attachment; filename*=UTF-8''a.csv; filename=b.csv", "a.csv"},
        {"attachment; filename=b.csv; filename*=UTF-8''a.csv", "a.csv"},
        {"attachment; filename*=ISO-8859-1''a.csv; filename=b.csv", "b.csv"},
        {"attachment; filename*=UTF-8'a.csv; filename=b.csv", "b.csv"},
        {"attachment; filename*=UTF-8''%; filename=b.csv", "b.csv"},
        {"filename=a.csv", ""},
        {";filename=a.csv", "a.csv"},
        {";;; filename=a.csv", ""},
        {"attachment; filename=", ""},
        {"attachment; filename=\"a\\", "a\\"},
        {"attachment; filename=\"", ""},
        {";", ""},
        {"=", ""},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(name_from_disposition(each.given), each.expected) << each.given;
    }
}

struct ChoiceCase {
    const char* disposition;
    const char* url;
    const char* final_url;
    const char* expected;
};

TEST(ChooseNameCases, TakeTheBestName) {
    const ChoiceCase cases[] = {
        {"", "https://h/a.csv", "https://h/a.csv", "a.csv"},
        {"", "https://h/a.csv?x=1#y", "https://h/b.zip", "a.csv"},
        {"", "https://h/get", "https://h/b.zip?sig=1", "b.zip"},
        {"", "https://h/get", "https://h/", "get"},
        {"", "https://h", "https://h/index.html", "index.html"},
        {"", "https://h/", "https://h/plain", "plain"},
        {"", "https://h/a%20b.csv", "https://h/", "a b.csv"},
        {"", "https://h/a%2Fb.csv", "https://h/", "b.csv"},
        {"", "https://h/..%2F..%2Fpasswd", "https://h/", "passwd"},
        {"", "https://h/%2e%2e", "https://h/", "download"},
        {"attachment; filename=c.csv", "https://h/a.csv", "https://h/b.csv", "c.csv"},
        {"attachment; filename=c", "https://h/a.csv", "https://h/b.csv", "c"},
        {"attachment; filename=/", "https://h/a.csv", "https://h/b.csv", "a.csv"},
        {"attachment", "https://h/a.csv", "https://h/b.csv", "a.csv"},
        {"attachment; filename*=UTF-8''..%2Fevil.sh", "https://h/a", "https://h/b", "evil.sh"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(choose_name(each.disposition, each.url, each.final_url), each.expected)
            << each.disposition << " " << each.url << " " << each.final_url;
    }
}

TEST(ChooseNameCases, IsNeverEmptyAndAlwaysSafe) {
    for (const std::string disposition :
         {"", "attachment; filename=\"..\"", "attachment; filename=\"\x01\""}) {
        for (const std::string url :
             {"", "x", "https://", "https://h/%00", "https://h/.", "https://h/ /"}) {
            const std::string name = choose_name(disposition, url, url);
            EXPECT_FALSE(name.empty()) << disposition << " " << url;
            EXPECT_TRUE(is_safe(name)) << name;
        }
    }
}

TEST(JunkCases, AreOnlyThoseOfDesktops) {
    for (const char* const path :
         {"__MACOSX/a.csv",
          "a/__MACOSX/b",
          ".DS_Store",
          "a/b/.DS_Store",
          "a/desktop.ini",
          "Thumbs.db",
          ".AppleDouble",
          "a/.AppleDouble"}) {
        EXPECT_TRUE(is_junk(path)) << path;
    }
    for (const char* const path :
         {"",
          "a",
          "MACOSX/a",
          "a__MACOSX/b",
          "__MACOSX2/a",
          "DS_Store",
          ".DS_Store.csv",
          ".DS_Store/a.csv",
          "thumbs.db",
          "desktop.ini.csv"}) {
        EXPECT_FALSE(is_junk(path)) << path;
    }
}

}  // namespace

}  // namespace reel::fetch
