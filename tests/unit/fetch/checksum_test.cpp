#include "fetch/checksum.hpp"

#include <gmock/gmock.h>

namespace reel::fetch {

namespace {

using testing::HasSubstr;

TEST(ParseChecksum, ReadsBothKindsInAnyCase) {
    const auto sha = parse_checksum("SHA256:" + std::string(64, 'A'));
    ASSERT_TRUE(sha);
    EXPECT_EQ(sha->kind, HashKind::sha256);
    EXPECT_EQ(sha->hex, std::string(64, 'a'));
    const auto md5 = parse_checksum("md5:0123456789abcdefABCDEF0123456789");
    ASSERT_TRUE(md5);
    EXPECT_EQ(md5->kind, HashKind::md5);
    EXPECT_EQ(md5->hex, "0123456789abcdefabcdef0123456789");
}

TEST(ParseChecksum, SaysWhatIsWrong) {
    EXPECT_THAT(parse_checksum("abc").error().message, HasSubstr("names no algorithm"));
    EXPECT_THAT(parse_checksum("sha1:abc").error().message, HasSubstr("unknown algorithm 'sha1'"));
    EXPECT_THAT(parse_checksum("md5:abc").error().message, HasSubstr("32 hex digits"));
    EXPECT_THAT(
        parse_checksum("sha256:" + std::string(64, 'g')).error().message, HasSubstr("64 hex digits")
    );
    EXPECT_THAT(parse_checksum("sha256:").error().hint, HasSubstr("sha256:<64 hex digits>"));
    EXPECT_EQ(parse_checksum("").error().code, core::Errc::invalid_argument);
}

TEST(HashText, KnowsThePublishedVectors) {
    EXPECT_EQ(
        hash_text(HashKind::sha256, "abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    EXPECT_EQ(hash_text(HashKind::md5, ""), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(HashFile, AMissingFileIsNamed) {
    const auto hash = hash_file(HashKind::md5, "/no/such/file");
    ASSERT_FALSE(hash);
    EXPECT_EQ(hash.error().code, core::Errc::not_found);
    EXPECT_THAT(hash.error().message, HasSubstr("/no/such/file"));
}

TEST(VerifyChecksum, UsesTheSumThatIsKnown) {
    const Checksum expected{.kind = HashKind::sha256, .hex = "ab"};
    EXPECT_TRUE(verify_checksum(expected, "/no/such/file", "ab"));
    const auto differs = verify_checksum(expected, "/no/such/file", "cd");
    ASSERT_FALSE(differs);
    EXPECT_THAT(differs.error().message, HasSubstr("expected ab, got cd"));
}

}  // namespace

}  // namespace reel::fetch
