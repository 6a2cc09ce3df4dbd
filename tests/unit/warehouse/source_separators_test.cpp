#include "warehouse/source/separators.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace reel::warehouse {
namespace {

using Positions = std::vector<std::uint32_t>;

/// Text with the 64 bytes behind it that may be read; they must have no effect.
std::string padded(const std::string& text) {
    return text + std::string(64, '"');
}

struct Found {
    bool sound = true;
    Positions ends;
    bool in_quotes = false;
    bool plain = true;
};

Found find(const std::string& text, std::size_t piece) {
    SeparatorFinder finder(',', '"');
    CellEnds ends;
    const std::string bytes = padded(text);
    Found found;
    for (std::size_t from = 0; from < text.size(); from += piece) {
        const std::size_t to = std::min(from + piece, text.size());
        found.sound = finder.find(bytes.data(), from, to, ends);
        found.plain &= finder.saw_plain();
        if (!found.sound) break;
    }
    found.in_quotes = finder.in_quotes();
    const auto all = ends.unused();
    found.ends.assign(all.begin(), all.end());
    return found;
}

/// Byte by byte, for texts whose quotes are where they should be.
Positions expected(const std::string& text) {
    Positions ends;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') inside = !inside;
        if (inside) continue;
        const bool second = text[i] == '\n' && i > 0 && text[i - 1] == '\r' && !ends.empty() &&
                            ends.back() == i - 1;
        const bool ends_cell = text[i] == ',' || text[i] == '\r' || (text[i] == '\n' && !second);
        if (ends_cell) ends.push_back(static_cast<std::uint32_t>(i));
    }
    return ends;
}

TEST(SeparatorFinder, FindsWhatAByteByByteReadingFinds) {
    std::mt19937 random(3);
    const std::vector<std::string> cells = {
        "", "x", "12345", "\"\"", "\"a,b\"", "\"a\r\nb\"", "\"\"\"\""
    };
    const std::vector<std::string> separators = {",", ",", "\n", "\r\n", "\r"};
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (auto left = random() % 80; left > 0; --left) {
            text += cells[random() % cells.size()] + separators[random() % separators.size()];
        }
        for (const std::size_t piece : {64, 128, 4096}) {
            const Found found = find(text, piece);
            ASSERT_TRUE(found.sound) << text;
            ASSERT_EQ(found.ends, expected(text)) << text;
            ASSERT_FALSE(found.in_quotes) << text;
            ASSERT_TRUE(found.plain) << text;
        }
    }
}

TEST(SeparatorFinder, RefusesAQuoteOutOfPlaceAnywhere) {
    for (const std::string bad : {"x\"y", "\"x\"y", "\"\"y\"", "x\"\"", "\"x\" "}) {
        for (std::size_t before = 0; before < 140; ++before) {
            const std::string text = std::string(before, 'z') + "\n" + bad + ",1\n";
            EXPECT_FALSE(find(text, 64).sound) << before << ' ' << bad;
        }
    }
}

TEST(SeparatorFinder, TellsAnOpenQuoteAndWhatIsNotPlain) {
    EXPECT_TRUE(find("a,\"b\nc", 64).in_quotes);
    EXPECT_FALSE(find("a,\"b\nc\"", 64).in_quotes);
    EXPECT_FALSE(find("\xC3\xA9\n", 64).plain);
    EXPECT_FALSE(find(std::string("\0\n", 2), 64).plain);
    EXPECT_TRUE(find("\x7F\x01\n", 64).plain);
}

TEST(SeparatorFinder, TakesQuotesForTextWhenToldSo) {
    SeparatorFinder finder(',', '\0');
    CellEnds ends;
    const std::string text = padded(std::string("\"a,b\0,c\n", 8));
    ASSERT_TRUE(finder.find(text.data(), 0, 8, ends));
    const auto all = ends.unused();
    EXPECT_EQ(Positions(all.begin(), all.end()), (Positions{2, 5, 7}));
}

TEST(CellEnds, KeepsWhatIsUnusedWhenItGrows) {
    CellEnds ends;
    for (std::uint32_t i = 0; i < 10; ++i) ends.add(i);
    ends.use(7);
    for (std::uint32_t i = 10; i < 1000; ++i) ends.add(i);
    ASSERT_EQ(ends.unused().size(), 993U);
    EXPECT_EQ(ends.unused().front(), 7U);
    EXPECT_EQ(ends.unused().back(), 999U);
}

TEST(CountLineEnds, CountsEachKindOnce) {
    std::mt19937 random(4);
    for (int round = 0; round < 300; ++round) {
        std::string text;
        std::uint64_t wanted = 0;
        for (auto left = random() % 150; left > 0; --left) text += "x\r\n"[random() % 3];
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool second = i > 0 && text[i] == '\n' && text[i - 1] == '\r';
            wanted += text[i] != 'x' && !second ? 1 : 0;
        }
        const std::string bytes = text + std::string(64, '\n');
        EXPECT_EQ(count_line_ends(bytes.data(), text.size()), wanted);
    }
}

}  // namespace
}  // namespace reel::warehouse
