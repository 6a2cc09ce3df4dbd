#include "fetch/response_head.hpp"

#include <gtest/gtest.h>

namespace reel::fetch {

namespace {

TEST(ResponseHead, ReadsWhatMatters) {
    ResponseHead head;
    for (const char* const line :
         {"HTTP/1.1 206 Partial Content\r\n",
          "ETag: \"v1\"\r\n",
          "LAST-MODIFIED:Wed, 01 Jan 2025 00:00:00 GMT\r\n",
          "Content-Length: 50\r\n",
          "content-range: bytes 50-99/100\r\n",
          "Content-Type: text/csv\r\n",
          "Content-Disposition: attachment; filename=a.csv\r\n",
          "X-Other: 1\r\n",
          "nonsense\r\n",
          "\r\n"}) {
        head.take_line(line);
    }
    EXPECT_EQ(head.status, 206);
    EXPECT_EQ(head.etag, "\"v1\"");
    EXPECT_EQ(head.last_modified, "Wed, 01 Jan 2025 00:00:00 GMT");
    EXPECT_EQ(head.length, 50U);
    ASSERT_TRUE(head.range);
    EXPECT_EQ(head.range->begin, 50U);
    EXPECT_EQ(head.range->total, 100U);
    EXPECT_EQ(head.content_type, "text/csv");
    EXPECT_EQ(head.disposition, "attachment; filename=a.csv");
}

TEST(ResponseHead, AnotherStatusLineBeginsANewOne) {
    ResponseHead head;
    head.take_line("HTTP/1.1 100 Continue\r\n");
    head.take_line("ETag: \"old\"\r\n");
    head.take_line("HTTP/2 200\r\n");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.etag, "");
}

TEST(ResponseHead, LeavesOutWhatItCannotRead) {
    ResponseHead head;
    head.take_line("HTTP/1.1\r\n");
    head.take_line("Content-Length: many\r\n");
    head.take_line("Content-Range: lines 1-2/3\r\n");
    EXPECT_EQ(head.status, 0);
    EXPECT_FALSE(head.length);
    EXPECT_FALSE(head.range);
}

TEST(ParseContentRange, KnowsAnUnknownTotal) {
    const auto range = parse_content_range("bytes 10-19/*");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->begin, 10U);
    EXPECT_FALSE(range->total);
}

TEST(ParseContentRange, RefusesBrokenOnes) {
    for (const char* const value :
         {"", "bytes", "bytes */100", "bytes 1-2", "bytes -5/10", "bytes x-y/z"}) {
        EXPECT_FALSE(parse_content_range(value)) << value;
    }
}

TEST(DescribeStatus, AddsTheUsualWords) {
    EXPECT_EQ(describe_status(404), "HTTP 404 Not Found");
    EXPECT_EQ(describe_status(599), "HTTP 599");
}

}  // namespace

}  // namespace reel::fetch
