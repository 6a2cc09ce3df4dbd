#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "folder.hpp"
#include "runner/frame.hpp"
#include "runner/log_tail.hpp"

namespace reel::runner {

namespace {

struct TailCase {
    std::string text;
    const char* line;
};

TEST(TailCases, GiveTheLastLineThatSaysSomething) {
    const TailCase cases[] = {
        {"", ""},
        {"\n", ""},
        {" ", ""},
        {"\t\v\f\r\n", ""},
        {"a", "a"},
        {"a\n", "a"},
        {"a\r\n", "a"},
        {"a\n\n\n", "a"},
        {"a\nb", "b"},
        {"a\n b", " b"},
        {"a\nb  ", "b"},
        {"a\n\tb\t\n", "\tb"},
        {"a\rb\n", "a\rb"},
        {"\na", "a"},
        {"a b c\n", "a b c"},
        {"a\n.\n", "."},
        {"caf\xc3\xa9\n", "caf\xc3\xa9"},
        {"\xff\n", "\xff"},
    };
    for (const auto& each : cases) EXPECT_EQ(last_line_of(each.text), each.line) << each.text;
}

/// The plain way: cut into lines and look from the end.
std::string last_line_by_hand(const std::string& text) {
    std::string last;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string line = text.substr(begin, end - begin);
        line.erase(line.find_last_not_of(" \t\r\v\f") + 1);
        if (!line.empty()) last = line;
        begin = end + 1;
    }
    return last;
}

TEST(TailCases, RandomTextsGiveWhatThePlainWayGives) {
    std::mt19937 engine(7);
    constexpr std::string_view letters = "ab \t\n\n\r";
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        for (auto left = engine() % 12; left > 0; --left)
            text += letters[engine() % letters.size()];
        EXPECT_EQ(last_line_of(text), last_line_by_hand(text)) << testing::PrintToString(text);
    }
}

TEST(TailCases, AFileGivesWhatItsTextGivesFromEveryByteOn) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "log";
    const std::string text = "one\n two \n\nthree\r\n  \n";
    std::ofstream(file, std::ios::binary) << text;
    for (std::size_t begin = 0; begin <= text.size() + 2; ++begin) {
        const std::string rest = begin < text.size() ? text.substr(begin) : "";
        EXPECT_EQ(load_last_line(file, begin), last_line_of(rest)) << begin;
    }
}

TEST(TailCases, ALineOnTheEdgeOfTheFirstLookIsWhole) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "log";
    for (const std::size_t length : {4093U, 4094U, 4095U, 4096U, 4097U, 8192U}) {
        const std::string line = "<" + std::string(length, 'x') + ">";
        std::ofstream(file, std::ios::binary | std::ios::trunc) << "before\n" << line << "\n";
        EXPECT_EQ(load_last_line(file, 0), line) << length;
    }
}

std::vector<std::string> random_messages(std::mt19937& engine) {
    std::vector<std::string> messages(engine() % 6);
    for (auto& message : messages) {
        message.resize(engine() % 40);
        for (char& letter : message) letter = static_cast<char>(engine() % 256);
    }
    return messages;
}

TEST(FrameProperties, RandomMessagesInRandomPiecesComeOutAsTheyWentIn) {
    std::mt19937 engine(11);
    for (int i = 0; i < 300; ++i) {
        const auto messages = random_messages(engine);
        std::string stream;
        for (const auto& message : messages) stream += make_frame(message);
        FrameReader reader;
        std::vector<std::string> read;
        while (!stream.empty() || read.size() < messages.size()) {
            const std::size_t piece = std::min<std::size_t>(1 + engine() % 20, stream.size());
            reader.append(std::string_view(stream).substr(0, piece));
            stream.erase(0, piece);
            for (auto next = reader.next(); next && *next; next = reader.next()) {
                read.push_back(**next);
            }
            if (piece == 0) break;
        }
        EXPECT_EQ(read, messages);
    }
}

TEST(FrameProperties, TheLengthThatIsRefusedBeginsRightBehindTheGreatest) {
    for (const auto& [header, fits] :
         {std::pair{std::string("\x04\0\0\0", 4), true},
          {std::string("\x04\0\0\1", 4), false},
          {std::string("\x7f\xff\xff\xff", 4), false},
          {std::string("\xff\xff\xff\xff", 4), false},
          {std::string("\0\0\0\1", 4), true}}) {
        FrameReader reader;
        reader.append(header);
        EXPECT_EQ(reader.next().has_value(), fits);
    }
}

TEST(FrameProperties, AnEmptyReaderWaits) {
    FrameReader reader;
    for (int i = 0; i < 3; ++i) {
        const auto next = reader.next();
        ASSERT_TRUE(next);
        EXPECT_FALSE(*next);
        reader.append("");
    }
}

}  // namespace

}  // namespace reel::runner
