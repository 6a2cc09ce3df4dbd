#include <gmock/gmock.h>

#include "fetch/checksum.hpp"
#include "fetch_fixture.hpp"
#include "support/archive_builder.hpp"

namespace reel::fetch {

namespace {

using support::make_raw_zip;
using support::make_tar;
using support::make_zip;
using support::MemberKind;
using support::pack;
namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ExtractTest : public FetchTest {
  protected:
    core::Result<std::vector<FetchedFile>> unpack(
        const std::string& bytes, const std::string& name = "data.zip"
    ) {
        write(folder / name, bytes);
        return extract(folder / name, into, limits);
    }
    /// Refused with these words, and nothing of it is left anywhere.
    void expect_refused(const std::string& bytes, const std::string& words) {
        const auto files = unpack(bytes);
        ASSERT_FALSE(files) << words;
        EXPECT_THAT(files.error().message, HasSubstr(words));
        EXPECT_EQ(files.error().where, "data.zip");
        EXPECT_TRUE(into_is_empty()) << words;
        EXPECT_FALSE(fs::exists(folder / "evil"));
    }

    ExtractLimits limits;
};

std::string a_zip() {
    return make_zip(
        {{.name = "movies.csv", .content = "id,title\n1,A\n"},
         {.name = "links.csv", .content = std::string(50'000, 'x')}}
    );
}

TEST_F(ExtractTest, AZipsMembersBecomeFilesInOrderOfTheirNames) {
    const auto files = unpack(make_zip(
        {{.name = "set/", .content = {}, .kind = MemberKind::folder},
         {.name = "set/movies.csv", .content = "12"},
         {.name = "a.csv", .content = ""}}
    ));
    ASSERT_TRUE(files) << files.error().describe();
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ((*files)[0].path, into / "a.csv");
    EXPECT_EQ((*files)[1].path, into / "set" / "movies.csv");
    EXPECT_EQ((*files)[1].bytes, 2U);
    EXPECT_EQ(read(into / "set" / "movies.csv"), "12");
    EXPECT_THAT(names(), ElementsAre("a.csv", "set/movies.csv"));
}

TEST_F(ExtractTest, FilesThatAreThereAreReplacedAndOthersKept) {
    write(into / "movies.csv", "old");
    write(into / "set" / "kept.csv", "kept");
    ASSERT_TRUE(unpack(
        make_zip({{.name = "movies.csv", .content = "new"}, {.name = "set/a.csv", .content = "a"}})
    ));
    EXPECT_EQ(read(into / "movies.csv"), "new");
    EXPECT_THAT(names(), ElementsAre("movies.csv", "set/a.csv", "set/kept.csv"));
}

TEST_F(ExtractTest, WhatAKilledExtractionLeftIsSwept) {
    const std::string key = hash_text(HashKind::sha256, (folder / "data.zip").native());
    write(into / (".extract-" + key.substr(0, 16)) / "half.csv", "half");
    ASSERT_TRUE(unpack(a_zip()));
    EXPECT_THAT(names(), ElementsAre("links.csv", "movies.csv"));
}

TEST_F(ExtractTest, Zip64AndSizesThatFollowTheContentAreRead) {
    const std::string content(70'000, 'x');
    for (const std::string options : {"", "zip:zip64", "zip:compression=store"}) {
        fs::remove_all(into);
        const auto files = unpack(make_zip(
            {{.name = "a.csv", .content = content, .unknown_size = true},
             {.name = "b.csv", .content = "b"}},
            options
        ));
        ASSERT_TRUE(files) << options << files.error().describe();
        EXPECT_EQ(read(into / "a.csv"), content) << options;
    }
}

TEST_F(ExtractTest, TarsOfAllPackingsAreRead) {
    for (const std::string filter : {"", "gzip", "bzip2", "xz", "zstd"}) {
        fs::remove_all(into);
        const auto files =
            unpack(make_tar({{.name = "./set/movies.csv", .content = "12"}}, filter), "data.tar");
        ASSERT_TRUE(files) << filter << files.error().describe();
        EXPECT_THAT(names(), ElementsAre("set/movies.csv")) << filter;
        EXPECT_EQ(read(into / "set" / "movies.csv"), "12");
    }
}

TEST_F(ExtractTest, APackedFileLosesItsEnding) {
    for (const auto& [filter, ending] :
         {std::pair("gzip", ".gz"),
          std::pair("bzip2", ".bz2"),
          std::pair("xz", ".xz"),
          std::pair("zstd", ".zst")}) {
        fs::remove_all(into);
        const auto files = unpack(pack("id\n1\n", filter), std::string("movies.csv") + ending);
        ASSERT_TRUE(files) << filter << files.error().describe();
        EXPECT_EQ(read(into / "movies.csv"), "id\n1\n") << filter;
    }
}

TEST_F(ExtractTest, AGzipOfSeveralMembersIsOneFile) {
    ASSERT_TRUE(unpack(pack("one\n", "gzip") + pack("two\n", "gzip"), "movies.csv.gz"));
    EXPECT_EQ(read(into / "movies.csv"), "one\ntwo\n");
}

TEST_F(ExtractTest, JunkOfDesktopsIsLeftOut) {
    ASSERT_TRUE(unpack(make_zip(
        {{.name = "movies.csv", .content = "1"},
         {.name = "__MACOSX/._movies.csv", .content = "junk"},
         {.name = "set/.DS_Store", .content = "junk"}}
    )));
    EXPECT_THAT(names(), ElementsAre("movies.csv"));
}

TEST_F(ExtractTest, NamesThatLeaveTheFolderAreRefused) {
    for (const std::string name :
         {"../evil",
          "a/../../evil",
          "a/..",
          "..",
          "/evil",
          "//evil",
          "C:/evil",
          "c:evil",
          "..\\evil"}) {
        expect_refused(
            make_raw_zip({{.name = "good.csv", .content = "1"}, {.name = name, .content = "x"}}),
            "refused"
        );
    }
    const std::string absolute = (folder / "evil").string();
    expect_refused(make_raw_zip({{.name = absolute, .content = "x"}}), "absolute");
    expect_refused(make_tar({{.name = "../evil", .content = "x"}}, "gzip"), "'..'");
    expect_refused(make_tar({{.name = absolute, .content = "x"}}, ""), "absolute");
}

TEST_F(ExtractTest, BackslashesAreFoldersInAZipOfWindowsAndRefusedElsewhere) {
    expect_refused(make_tar({{.name = "a\\evil", .content = "x"}}, ""), "backslash");
    ASSERT_TRUE(unpack(make_raw_zip({{.name = "set\\movies.csv", .content = "x"}})));
    EXPECT_THAT(names(), ElementsAre("set/movies.csv"));
}

TEST_F(ExtractTest, NamesWithControlCharactersAreRefused) {
    expect_refused(make_raw_zip({{.name = "a\nb", .content = "x"}}), "control character");
}

TEST_F(ExtractTest, NamesThatAreNotUtf8AreEscaped) {
    ASSERT_TRUE(unpack(make_raw_zip({{.name = "caf\x82.csv", .content = "1"}})));
    EXPECT_THAT(names(), ElementsAre("caf%82.csv"));
}

TEST_F(ExtractTest, Utf8NamesAreKeptWhateverTheLocale) {
    constexpr std::uint32_t utf8_flag = 0x800;
    ASSERT_TRUE(unpack(make_raw_zip(
        {{.name = "caf\xc3\xa9.csv", .content = "1", .flags = utf8_flag},
         {.name = "\xe6\x98\xa0\xe7\x94\xbb.csv", .content = "2"}}
    )));
    EXPECT_THAT(names(), ElementsAre("caf\xc3\xa9.csv", "\xe6\x98\xa0\xe7\x94\xbb.csv"));
}

TEST_F(ExtractTest, TwoMembersOfOneNameAreRefused) {
    expect_refused(
        make_raw_zip({{.name = "a.csv", .content = "1"}, {.name = "a.csv", .content = "2"}}),
        "two of that name"
    );
    expect_refused(
        make_raw_zip({{.name = "a.csv", .content = "1"}, {.name = "./a.csv", .content = "2"}}),
        "two of that name"
    );
}

TEST_F(ExtractTest, AFileWhereAFolderIsNeededIsRefused) {
    expect_refused(
        make_raw_zip({{.name = "a", .content = "1"}, {.name = "a/b", .content = "2"}}),
        "cannot make the folder"
    );
}

TEST_F(ExtractTest, LinksThatPointOutsideAreRefused) {
    for (const std::string target : {"../../evil", "/etc/passwd", "../.."}) {
        expect_refused(
            make_tar(
                {{.name = "set/link", .content = target, .kind = MemberKind::symlink}}, "gzip"
            ),
            "outside of the archive"
        );
    }
    expect_refused(
        make_tar({{.name = "link", .content = "/etc/passwd", .kind = MemberKind::hardlink}}, ""),
        "outside of the archive"
    );
    expect_refused(
        make_zip({{.name = "link", .content = "../evil", .kind = MemberKind::symlink}}),
        "outside of the archive"
    );
}

TEST_F(ExtractTest, AFileBehindALinkIsNotWrittenThrough) {
    expect_refused(
        make_tar(
            {{.name = "link", .content = "set", .kind = MemberKind::symlink},
             {.name = "link/evil", .content = "x"}},
            ""
        ),
        "link"
    );
}

TEST_F(ExtractTest, LinksWithinTheArchiveBecomeFiles) {
    ASSERT_TRUE(unpack(make_tar(
        {{.name = "set/first", .content = "../second", .kind = MemberKind::symlink},
         {.name = "second", .content = "set/movies.csv", .kind = MemberKind::symlink},
         {.name = "set/movies.csv", .content = "12"},
         {.name = "copy", .content = "set/movies.csv", .kind = MemberKind::hardlink}},
        "gzip"
    )));
    EXPECT_THAT(names(), ElementsAre("copy", "second", "set/first", "set/movies.csv"));
    for (const auto& name : names()) {
        EXPECT_FALSE(fs::is_symlink(into / name));
        EXPECT_EQ(read(into / name), "12") << name;
    }
}

TEST_F(ExtractTest, LinksToNothingOrToEachOtherAreRefused) {
    expect_refused(
        make_tar(
            {{.name = "a", .content = "b", .kind = MemberKind::symlink},
             {.name = "b", .content = "a", .kind = MemberKind::symlink},
             {.name = "c", .content = "1"}},
            ""
        ),
        "no file of the archive"
    );
}

TEST_F(ExtractTest, DevicesAreRefused) {
    expect_refused(
        make_tar({{.name = "null", .content = "", .kind = MemberKind::device}}, ""),
        "a device or a pipe"
    );
}

TEST_F(ExtractTest, EncryptedMembersAreUnsupported) {
    const auto files =
        unpack(make_zip({{.name = "movies.csv", .content = "1"}}, "zip:encryption=zipcrypt"));
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, core::Errc::unsupported);
    EXPECT_THAT(
        files.error().message, AllOf(HasSubstr("movies.csv"), HasSubstr("encrypted: unsupported"))
    );
    EXPECT_TRUE(into_is_empty());
}

TEST_F(ExtractTest, AZipIsRefusedWhereverItIsCut) {
    const std::string whole = a_zip();
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
        fs::remove_all(into);
        const auto files = unpack(whole.substr(0, size));
        ASSERT_FALSE(files) << "cut at " << size;
        EXPECT_TRUE(into_is_empty()) << "cut at " << size;
    }
    const auto last = unpack(whole.substr(0, whole.size() - 1));
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, core::Errc::corrupt_data);
    EXPECT_THAT(
        last.error().describe(), AllOf(HasSubstr("truncated"), HasSubstr("fetch it again"))
    );
}

TEST_F(ExtractTest, APackedTarOrFileIsRefusedWhereverItIsCut) {
    for (const std::string filter : {"gzip", "xz", "bzip2"}) {
        const std::string tar = make_tar(
            {{.name = "a.csv", .content = std::string(3000, 'a')}, {.name = "b.csv", .content = "b"}
            },
            filter
        );
        const std::string file = pack(std::string(3000, 'a') + "end", filter);
        for (const std::string& whole : {tar, file}) {
            for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 41) {
                fs::remove_all(into);
                ASSERT_FALSE(unpack(whole.substr(0, size))) << filter << " cut at " << size;
                EXPECT_TRUE(into_is_empty());
            }
        }
    }
}

TEST_F(ExtractTest, AWrongChecksumInsideIsRefused) {
    expect_refused(
        make_raw_zip(
            {{.name = "good.csv", .content = "1"},
             {.name = "bad.csv", .content = "2", .wrong_crc_by = 1}}
        ),
        "bad.csv"
    );
    std::string gzip = pack("hello", "gzip");
    gzip[gzip.size() - 8] = static_cast<char>(gzip[gzip.size() - 8] ^ 1);
    expect_refused(gzip, "damaged gzip file");
    std::string tar = make_tar({{.name = "a.csv", .content = "x"}}, "gzip");
    tar[tar.size() - 6] = static_cast<char>(tar[tar.size() - 6] ^ 1);
    expect_refused(tar, "damaged gzip file");
}

TEST_F(ExtractTest, RubbishBehindAGzipIsRefusedButPaddingIsNot) {
    expect_refused(pack("hello", "gzip") + "rubbish", "rubbish");
    EXPECT_TRUE(unpack(pack("hello", "gzip") + std::string(600, '\0'), "a.csv.gz"));
}

TEST_F(ExtractTest, ABombOfZerosIsRefused) {
    limits.max_ratio = 100;
    const std::string zeros(std::size_t{20} << 20U, '0');
    expect_refused(
        make_zip({{.name = "zeros.csv", .content = zeros}}), "more than 100 times its size"
    );
    expect_refused(pack(zeros, "gzip"), "more than 100 times its size");
}

TEST_F(ExtractTest, TooManyBytesOrMembersAreRefused) {
    limits.max_total_bytes = 1000;
    expect_refused(
        make_zip(
            {{.name = "a", .content = std::string(600, 'a')},
             {.name = "b", .content = std::string(600, 'b')}}
        ),
        "more than 1.0 kB"
    );
    limits = {};
    limits.max_files = 2;
    expect_refused(
        make_zip(
            {{.name = "a", .content = "1"},
             {.name = "b", .content = "2"},
             {.name = "c", .content = "3"}}
        ),
        "more than 2 members"
    );
}

TEST_F(ExtractTest, WhatIsNoArchiveIsUnsupported) {
    const auto files = unpack("id,title\n1,A\n");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, core::Errc::unsupported);
    EXPECT_THAT(files.error().message, HasSubstr("not an archive"));
    EXPECT_TRUE(into_is_empty());
}

TEST_F(ExtractTest, EmptyArchivesAreErrors) {
    expect_refused("", "empty file");
    expect_refused(make_zip({}), "holds no file");
    expect_refused(make_zip({{.name = "__MACOSX/x", .content = "junk"}}), "holds no file");
}

TEST_F(ExtractTest, AnEmptyPackedFileIsAnEmptyFile) {
    const auto files = unpack(pack("", "gzip"), "empty.csv.gz");
    ASSERT_TRUE(files) << files.error().describe();
    EXPECT_THAT(names(), ElementsAre("empty.csv"));
}

TEST_F(ExtractTest, AMissingArchiveIsNamed) {
    const auto files = extract(folder / "none.zip", into);
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, core::Errc::not_found);
    EXPECT_THAT(files.error().message, HasSubstr("none.zip"));
}

}  // namespace

}  // namespace reel::fetch
