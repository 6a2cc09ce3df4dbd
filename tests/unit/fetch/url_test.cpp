#include "fetch/url.hpp"

#include <gtest/gtest.h>

namespace reel::fetch {

namespace {

TEST(SchemeOf, TellsUrlsFromPaths) {
    EXPECT_EQ(scheme_of("https://host/x"), "https");
    EXPECT_EQ(scheme_of("HTTP://host"), "http");
    EXPECT_EQ(scheme_of("s3://bucket/key"), "s3");
    EXPECT_EQ(scheme_of("/data/movies.csv"), "");
    EXPECT_EQ(scheme_of("movies.csv"), "");
    EXPECT_EQ(scheme_of("C://movies.csv"), "");
    EXPECT_EQ(scheme_of("odd name://x"), "");
    EXPECT_EQ(scheme_of("://x"), "");
    EXPECT_EQ(scheme_of(""), "");
}

TEST(MaskUrl, HidesUserAndPassword) {
    EXPECT_EQ(mask_url("https://user:pass@host:8443/a/b"), "https://***@host:8443/a/b");
    EXPECT_EQ(mask_url("https://token@host/a"), "https://***@host/a");
    EXPECT_EQ(mask_url("https://u:p@ss@host/a"), "https://***@host/a");
}

TEST(MaskUrl, HidesQueryParametersThatCarrySecrets) {
    EXPECT_EQ(
        mask_url("https://h/f.csv?id=7&access_token=abc&x=1"),
        "https://h/f.csv?id=7&access_token=***&x=1"
    );
    for (const char* const name :
         {"token",
          "api_key",
          "APIKEY",
          "sig",
          "X-Amz-Signature",
          "X-Amz-Credential",
          "password",
          "pwd",
          "auth",
          "client_secret",
          "AWSAccessKeyId",
          "X-Goog-Signature"}) {
        const std::string url = std::string("https://h/f?") + name + "=swordfish";
        EXPECT_EQ(mask_url(url).find("swordfish"), std::string::npos) << name;
    }
}

TEST(MaskUrl, KeepsWhatTellsOneFileFromAnother) {
    EXPECT_EQ(
        mask_url("https://fred.org/graph/fredgraph.csv?id=CUSR0000SS62031"),
        "https://fred.org/graph/fredgraph.csv?id=CUSR0000SS62031"
    );
    EXPECT_EQ(mask_url("https://h/?flag&=x&a=b=c"), "https://h/?flag&=x&a=b=c");
}

TEST(MaskUrl, DropsTheFragmentAndTheQueryOfWhatIsNoUrl) {
    EXPECT_EQ(mask_url("https://h/f#token=abc"), "https://h/f");
    EXPECT_EQ(mask_url("host/f?token=abc"), "host/f");
}

TEST(MaskUrl, AnAtSignInThePathIsNoUser) {
    EXPECT_EQ(mask_url("https://host/@scope/file"), "https://host/@scope/file");
    EXPECT_EQ(mask_url("https://host?mail=a@b"), "https://host?mail=a@b");
}

TEST(AuthorityOf, KnowsTheSameServerInItsSpellings) {
    EXPECT_EQ(authority_of("https://Host/a"), "host:443");
    EXPECT_EQ(authority_of("https://u:p@host:443/b?c"), "host:443");
    EXPECT_EQ(authority_of("http://host"), "host:80");
    EXPECT_EQ(authority_of("http://[::1]/x"), "[::1]:80");
    EXPECT_NE(authority_of("http://host/"), authority_of("https://host/"));
    EXPECT_EQ(authority_of("no url"), "");
}

TEST(PercentDecode, UndoesEscapesAndRefusesBrokenOnes) {
    EXPECT_EQ(percent_decode("a%20b%C3%a4"), "a b\xc3\xa4");
    EXPECT_EQ(percent_decode("plain+plus"), "plain+plus");
    EXPECT_FALSE(percent_decode("100%"));
    EXPECT_FALSE(percent_decode("%2"));
    EXPECT_FALSE(percent_decode("%zz"));
}

TEST(LastSegment, IsTheDecodedNameWithoutTheQuery) {
    EXPECT_EQ(last_segment("https://h/a/the%20movies.zip?x=/y.csv#z"), "the movies.zip");
    EXPECT_EQ(last_segment("https://h/a/"), "");
    EXPECT_EQ(last_segment("https://h"), "");
    EXPECT_EQ(last_segment("https://h/100%.csv"), "100%.csv");
}

TEST(PathOfFileUrl, TakesThisMachineOnly) {
    EXPECT_EQ(path_of_file_url("file:///data/my%20file.csv"), "/data/my file.csv");
    EXPECT_EQ(path_of_file_url("file://localhost/data"), "/data");
    EXPECT_FALSE(path_of_file_url("file://server/data"));
    EXPECT_FALSE(path_of_file_url("file://"));
    EXPECT_FALSE(path_of_file_url("file:///a%00b"));
    EXPECT_FALSE(path_of_file_url("file:///a%2"));
}

}  // namespace

}  // namespace reel::fetch
