#include <gtest/gtest.h>

#include <string>

#include "warehouse/source/byte_window.hpp"

namespace reel::warehouse {
namespace {

TEST(ByteWindow, GivesTheSourcesBytesOneFillAfterTheOther) {
    MemorySource source("abcdef", 4);
    ByteWindow window(source, 100);
    EXPECT_EQ(window.rest(), "");
    ASSERT_TRUE(window.fill());
    EXPECT_EQ(window.rest(), "abcd");
    window.advance(3);
    EXPECT_EQ(window.offset(), 3U);
    ASSERT_TRUE(window.fill());
    EXPECT_EQ(window.rest(), "def");
    EXPECT_FALSE(window.fill());
    EXPECT_EQ(window.rest(), "def");
    EXPECT_EQ(window.failure(), std::nullopt);
}

TEST(ByteWindow, KeepsWhatIsMarkedHoweverSmallItBegan) {
    MemorySource source("0123456789", 1);
    ByteWindow window(source, 1);
    ASSERT_TRUE(window.fill());
    window.advance(1);
    window.mark();
    std::string seen;
    while (window.fill()) {
        seen += window.rest();
        window.advance(window.rest().size());
    }
    EXPECT_EQ(seen, "123456789");
    EXPECT_EQ(window.kept(), "123456789");
    EXPECT_EQ(window.offset(), 10U);
}

TEST(ByteWindow, ForgetsWhatIsLetGo) {
    MemorySource source("0123456789", 2);
    ByteWindow window(source, 2);
    ASSERT_TRUE(window.fill());
    window.mark();
    window.advance(2);
    EXPECT_EQ(window.kept(), "01");
    window.let_go();
    EXPECT_EQ(window.kept(), "");
    ASSERT_TRUE(window.fill());
    EXPECT_EQ(window.rest(), "23");
    EXPECT_EQ(window.offset(), 2U);
    window.mark();
    window.advance(1);
    EXPECT_EQ(window.kept(), "2");
}

TEST(ByteWindow, StaysAtTheEndAfterAFailure) {
    class Failing final : public ByteSource {
      public:
        core::Result<std::size_t> read(std::span<std::byte>) override {
            ++reads;
            return core::fail(core::Errc::unavailable, "unplugged");
        }
        int reads = 0;
    };
    Failing source;
    ByteWindow window(source, 8);
    EXPECT_FALSE(window.fill());
    EXPECT_FALSE(window.fill());
    EXPECT_EQ(source.reads, 1);
    ASSERT_TRUE(window.failure());
    EXPECT_EQ(window.failure()->message, "unplugged");
}

}  // namespace
}  // namespace reel::warehouse
