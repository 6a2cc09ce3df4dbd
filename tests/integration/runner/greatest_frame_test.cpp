#include <gtest/gtest.h>

#include <string>

#include "runner/frame.hpp"

namespace reel::runner {

namespace {

TEST(FrameReader, TakesAMessageOfTheGreatestLength) {
    FrameReader reader;
    reader.append(make_frame(std::string(max_frame_bytes, 'x')));
    const auto result = reader.next();
    ASSERT_TRUE(result && *result);
    EXPECT_EQ((*result)->size(), max_frame_bytes);
}

}  // namespace

}  // namespace reel::runner
