#include <gmock/gmock.h>

#include "fetch_fixture.hpp"
#include "support/archive_builder.hpp"

namespace reel::fetch {

namespace {

using support::make_zip;
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class LocalSource : public FetchTest {};

TEST_F(LocalSource, AFileIsLinkedNotCopied) {
    write(folder / "source" / "movies.csv", "hello");
    const auto report = fetch(request((folder / "source" / "movies.csv").string()));
    ASSERT_TRUE(report) << report.error().describe();
    ASSERT_EQ(report->files.size(), 1U);
    EXPECT_EQ(report->files[0].path, into / "movies.csv");
    EXPECT_EQ(report->files[0].bytes, 5U);
    EXPECT_EQ(fs::read_symlink(into / "movies.csv"), folder / "source" / "movies.csv");
    EXPECT_EQ(report->bytes_transferred, 0U);
    EXPECT_EQ(report->sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

TEST_F(LocalSource, AFileUrlMeansItsDecodedPath) {
    write(folder / "my movies.csv", "hello");
    for (const std::string prefix : {"file://", "file://localhost", "FILE://"}) {
        const auto report = fetch(request(prefix + folder.string() + "/my%20movies.csv"));
        ASSERT_TRUE(report) << report.error().describe();
        EXPECT_EQ(read(into / "my movies.csv"), "hello");
    }
    EXPECT_FALSE(fetch(request("file://elsewhere/my%20movies.csv")));
}

TEST_F(LocalSource, UnchangedMeansTheSameSizeAndTime) {
    write(folder / "a.csv", "hello");
    EXPECT_FALSE(fetch(request((folder / "a.csv").string()))->unchanged);
    EXPECT_TRUE(fetch(request((folder / "a.csv").string()))->unchanged);
    write(folder / "a.csv", "hello again");
    EXPECT_FALSE(fetch(request((folder / "a.csv").string()))->unchanged);
}

TEST_F(LocalSource, EveryFileOfAFolderIsLinkedUnderItsRelativeName) {
    write(folder / "set" / "movies.csv", "1");
    write(folder / "set" / "deep" / "links.csv", "22");
    write(folder / "set" / ".DS_Store", "junk");
    write(folder / "set" / "__MACOSX" / "movies.csv", "junk");
    for (const std::string ending : {"", "/", "/deep/.."}) {
        const auto report = fetch(request((folder / "set").string() + ending));
        ASSERT_TRUE(report) << report.error().describe();
        ASSERT_EQ(report->files.size(), 2U);
        EXPECT_EQ(report->files[0].path, into / "deep" / "links.csv");
        EXPECT_EQ(report->files[0].bytes, 2U);
        EXPECT_EQ(report->sha256, "");
        EXPECT_THAT(names(), ElementsAre("deep/links.csv", "movies.csv"));
        EXPECT_EQ(
            fs::read_symlink(into / "deep" / "links.csv"), folder / "set" / "deep" / "links.csv"
        );
    }
}

TEST_F(LocalSource, AFolderIsLinkedAlsoWhenExtractIsAskedFor) {
    write(folder / "set" / "movies.csv", "1");
    auto order = request((folder / "set").string());
    order.extract = true;
    ASSERT_TRUE(fetch(order));
    EXPECT_THAT(names(), ElementsAre("movies.csv"));
}

TEST_F(LocalSource, ATargetInsideTheFolderDoesNotSwallowItself) {
    write(folder / "movies.csv", "1");
    ASSERT_TRUE(fetch(request(folder.string())));
    const auto again = fetch(request(folder.string()));
    ASSERT_TRUE(again);
    EXPECT_TRUE(fs::is_symlink(into / "movies.csv"));
    EXPECT_FALSE(fs::exists(into / "into"));
}

TEST_F(LocalSource, AFileThatIsItsOwnTargetStaysAFile) {
    write(into / "movies.csv", "1");
    const auto report = fetch(request((into / "movies.csv").string()));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_FALSE(fs::is_symlink(into / "movies.csv"));
    EXPECT_EQ(read(into / "movies.csv"), "1");
}

TEST_F(LocalSource, ALinkThatIsThereIsTurned) {
    write(folder / "old.csv", "old");
    write(folder / "new.csv", "new");
    auto order = request((folder / "old.csv").string());
    order.file_name = "movies.csv";
    ASSERT_TRUE(fetch(order));
    order.from = (folder / "new.csv").string();
    ASSERT_TRUE(fetch(order));
    EXPECT_EQ(read(into / "movies.csv"), "new");
    EXPECT_EQ(read(folder / "old.csv"), "old");
}

TEST_F(LocalSource, AMissingPathIsNamed) {
    const auto report = fetch(request((folder / "none.csv").string()));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::not_found);
    EXPECT_THAT(
        report.error().describe(),
        HasSubstr((folder / "none.csv").string() + ": no such file or folder")
    );
}

TEST_F(LocalSource, AnEmptyFolderIsAnError) {
    fs::create_directories(folder / "empty");
    EXPECT_THAT(
        fetch(request((folder / "empty").string())).error().message, HasSubstr("holds no file")
    );
}

TEST_F(LocalSource, ALinkToNowhereIsLeftOutAndSaidToBe) {
    write(folder / "set" / "a.csv", "1");
    fs::create_symlink("/no/such/file", folder / "set" / "dangling.csv");
    ASSERT_TRUE(fetch(request((folder / "set").string())));
    EXPECT_THAT(lines, HasSubstr("dangling.csv"));
    EXPECT_THAT(names(), ElementsAre("a.csv"));
}

TEST_F(LocalSource, AnArchiveIsUnpacked) {
    write(folder / "data.zip", make_zip({{.name = "movies.csv", .content = "1"}}));
    auto order = request((folder / "data.zip").string());
    order.extract = true;
    const auto report = fetch(order);
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_THAT(names(), ElementsAre("movies.csv"));
    EXPECT_FALSE(fs::is_symlink(into / "movies.csv"));
    EXPECT_EQ(report->sha256.size(), 64U);
}

TEST_F(LocalSource, TheChecksumOfALocalFileCounts) {
    write(folder / "a.csv", "hello");
    auto order = request((folder / "a.csv").string());
    order.checksum = "md5:" + std::string(32, '0');
    const auto report = fetch(order);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().describe(), HasSubstr("wrong md5"));
    EXPECT_TRUE(into_is_empty());
}

TEST_F(LocalSource, WhatCannotBeADownloadIsRefused) {
    EXPECT_EQ(fetch(request("")).error().code, core::Errc::invalid_argument);
    EXPECT_EQ(fetch(request("s3://bucket/key")).error().code, core::Errc::unsupported);
    EXPECT_EQ(fetch(request("ftp://u:p@host/x")).error().where, "ftp://***@host/x");
    EXPECT_EQ(fetch(request("/dev/null")).error().code, core::Errc::unsupported);
    auto order = request("/etc/passwd");
    order.checksum = "sha256:zz";
    EXPECT_EQ(fetch(order).error().code, core::Errc::invalid_argument);
    order = request("/etc/passwd");
    order.file_name = "../x";
    EXPECT_EQ(fetch(order).error().code, core::Errc::invalid_argument);
}

TEST_F(LocalSource, ATargetThatIsAFileIsNamed) {
    write(folder / "a.csv", "hello");
    write(into, "a file");
    EXPECT_THAT(
        fetch(request((folder / "a.csv").string())).error().message, HasSubstr(into.string())
    );
}

}  // namespace

}  // namespace reel::fetch
