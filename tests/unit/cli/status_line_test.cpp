#include "cli/status_line.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace reel::cli {

namespace {

TEST(StatusLine, IsRewrittenInPlaceBelowTheLinesThatStay) {
    std::ostringstream to;
    {
        StatusLine status(to, 40);
        status.add("reading a.csv");
        status.show("10%");
        status.show("20%");
        status.add("rejected: line 3");
    }
    EXPECT_EQ(
        to.str(),
        "reading a.csv\n"
        "\r\x1b[K10%"
        "\r\x1b[K20%"
        "\r\x1b[Krejected: line 3\n20%"
        "\r\x1b[K"
    );
}

TEST(StatusLine, IsNeverWiderThanTheTerminal) {
    std::ostringstream to;
    StatusLine status(to, 6);
    status.show("1234567");
    EXPECT_EQ(to.str(), "\r\x1b[K12345");
}

TEST(StatusLine, WritesNothingWhereThereIsNothing) {
    std::ostringstream to;
    {
        StatusLine status(to, 80);
        status.show("");
    }
    EXPECT_EQ(to.str(), "");
}

}  // namespace

}  // namespace reel::cli
