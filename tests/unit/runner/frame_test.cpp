#include "runner/frame.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace reel::runner {

namespace {

/// Feeds the bytes in pieces of one size and gives the messages that came out.
std::vector<std::string> read_in_pieces(const std::string& bytes, std::size_t size) {
    FrameReader reader;
    std::vector<std::string> messages;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
        reader.append(std::string_view(bytes).substr(at, size));
        while (true) {
            auto next = reader.next();
            EXPECT_TRUE(next);
            if (!next || !*next) break;
            messages.push_back(std::move(**next));
        }
    }
    return messages;
}

TEST(Frame, IsTheLengthBigEndFirstAndThePayload) {
    EXPECT_EQ(make_frame("abc"), std::string("\0\0\0\3abc", 7));
    EXPECT_EQ(make_frame(std::string(0x1234, 'x')).substr(0, 4), std::string("\0\0\x12\x34", 4));
}

TEST(FrameReader, GivesTheSameMessagesInWhateverPiecesTheyArrive) {
    const std::vector<std::string> messages{"", "a", std::string(300, 'b'), "c\0d"};
    std::string stream;
    for (const auto& message : messages) stream += make_frame(message);
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        EXPECT_EQ(read_in_pieces(stream, size), messages) << "pieces of " << size;
    }
}

TEST(FrameReader, ManyMessagesInARowKeepTheirBounds) {
    std::string stream;
    std::vector<std::string> messages;
    for (int i = 0; i < 5000; ++i) {
        messages.push_back(std::string(static_cast<std::size_t>(i % 97), 'm'));
        stream += make_frame(messages.back());
    }
    EXPECT_EQ(read_in_pieces(stream, 16384), messages);
}

TEST(FrameReader, WaitsForTheRestOfAMessage) {
    FrameReader reader;
    reader.append(std::string_view("\0\0\0\5abc", 7));
    const auto none = reader.next();
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);
    reader.append("de");
    EXPECT_EQ(reader.next().value(), "abcde");
}

TEST(FrameReader, RefusesAMessageThatIsTooLongBeforeItArrives) {
    FrameReader reader;
    reader.append(std::string_view("\4\0\0\1", 4));
    const auto result = reader.next();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::Errc::corrupt_data);
}

TEST(FrameReader, RefusesAnotherProtocol) {
    FrameReader reader;
    reader.append("GET / HTTP/1.1\r\n\r\n");
    EXPECT_FALSE(reader.next());
}

}  // namespace

}  // namespace reel::runner
