#include "postgres/scram.hpp"

#include <gmock/gmock.h>

namespace reel::postgres {

namespace {

using ::testing::MatchesRegex;
using ::testing::StartsWith;

/// Of RFC 7677's example.
const std::string salt = "\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81";

TEST(Scram, AgreesWithTheExampleOfItsStandard) {
    EXPECT_EQ(
        scram_verifier("pencil", salt, 4096),
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    );
    EXPECT_EQ(
        scram_verifier("pencil", salt, 1),
        "SCRAM-SHA-256$1:W22ZaJ0SNY7soEsUEjb6gQ==$bzcn5wYzlcMpEXczzDM1iuyLhni5BVbqsm82vjMHWXI=:"
        "fg/vS0Y425LcbLGWSqdzrFlRn9451QblzgpwLQYoXCI="
    );
}

TEST(Scram, IsQuickWithOneRoundAndASaltOfItsOwn) {
    const std::string first = quick_verifier("a password");
    EXPECT_THAT(first, MatchesRegex("SCRAM-SHA-256[$]1:[A-Za-z0-9+/]+=*[$][A-Za-z0-9+/]+=:.*="));
    const std::string second = quick_verifier("a password");
    EXPECT_THAT(second, StartsWith("SCRAM-SHA-256$1:"));
    EXPECT_NE(first, second);
}

}  // namespace

}  // namespace reel::postgres
