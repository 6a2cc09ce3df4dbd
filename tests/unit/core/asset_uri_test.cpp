#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "reel/core/asset.hpp"

namespace reel::core {
namespace {

std::string mistake_in(std::string_view uri) {
    const auto valid = validate_asset_uri(uri);
    return valid ? "" : valid.error().message;
}

constexpr const char* ascii_only = "must be made of visible ASCII letters, without blanks";
constexpr const char* no_login = "must not hold a user or a password";

TEST(AssetUri, MayBeAnyVisibleText) {
    const std::vector<std::string> table{
        "a",
        "~",
        "!",
        "sales",
        "dbo.sales",
        "s3://bucket",
        "s3://bucket/key%20with%20blanks.json",
        "s3://bucket/key?version=3#part",
        "postgres://host:5432/db/schema/table",
        "file:///var/data/films.csv",
        "s3://bucket/me@home.csv",
        "s3://bucket/a/b@c/d",
        "me@home",
        "mailto:me@home",
        "airflows://x",
        "x-airflow://x",
        "airflow",
        "my/airflow:x",
        "(a",
    };
    for (const std::string& uri : table) EXPECT_EQ(mistake_in(uri), "") << uri;
}

TEST(AssetUri, HasEveryVisibleByteAndNoOther) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string uri = std::string("a") + static_cast<char>(byte);
        const bool is_visible = byte >= 0x21 && byte <= 0x7E;
        EXPECT_EQ(mistake_in(uri), is_visible ? "" : ascii_only) << "byte " << byte;
    }
}

TEST(AssetUri, IsCheckedBehindANul) {
    EXPECT_EQ(mistake_in(std::string_view("a\0b", 3)), ascii_only);
    EXPECT_EQ(mistake_in(std::string_view("\0", 1)), ascii_only);
}

TEST(AssetUri, HasALengthThatTheDatabaseCanIndex) {
    EXPECT_EQ(mistake_in(""), "must have 1 to 1500 bytes");
    EXPECT_EQ(mistake_in(std::string(1500, 'a')), "");
    EXPECT_EQ(mistake_in(std::string(1501, 'a')), "must have 1 to 1500 bytes");
}

TEST(AssetUri, LeavesItsSchemeToAirflow) {
    for (const char* uri : {"airflow://x", "airflow:", "airflow:x", "AIRFLOW://x", "Airflow:x"}) {
        EXPECT_EQ(mistake_in(uri), "must not begin with 'airflow:'") << uri;
    }
}

TEST(AssetUri, HoldsNoLoginHoweverItIsWritten) {
    const std::array table{
        "s3://me@bucket",
        "s3://me:pw@bucket/key",
        "s3://:pw@bucket",
        "s3://@bucket",
        "s3://me:p@w@bucket/key",
        "s3://me:p?w@bucket/key",
        "s3://me:p#w@bucket",
        "postgres://me:hunter2@host:5432/db?sslmode=require",
    };
    for (const char* uri : table) EXPECT_EQ(mistake_in(uri), no_login) << uri;
}

TEST(AssetUri, ThatIsRefusedComesWithAWayOut) {
    const auto hint_of = [](const char* uri) { return validate_asset_uri(uri).error().hint; };
    EXPECT_EQ(hint_of("two words"), "write other characters percent-encoded: %20 is a blank");
    EXPECT_EQ(hint_of("airflow:x"), "Airflow keeps that for itself");
    EXPECT_EQ(hint_of("s3://me:pw@b"), "everybody sees it; keep credentials in a connection");
}

TEST(AssetUri, ThatIsRefusedIsAnInvalidArgument) {
    for (const char* uri : {"", "two words", "airflow:x", "s3://me@b"}) {
        EXPECT_EQ(validate_asset_uri(uri).error().code, Errc::invalid_argument) << uri;
    }
}

}  // namespace
}  // namespace reel::core
