#include "reel/fetch/unpack.hpp"

#include <gmock/gmock.h>

#include <array>

#include "fetch_fixture.hpp"
#include "support/archive_builder.hpp"

namespace reel::fetch {

namespace {

using support::make_raw_zip;
using support::make_tar;
using support::make_zip;
using support::MemberKind;
using support::pack;
using testing::ElementsAre;
using testing::HasSubstr;
using Texts = std::vector<std::string>;

const Texts filters = {"gzip", "bzip2", "xz", "zstd"};

class UnpackTest : public FetchTest {
  protected:
    /// Every file as "name=content".
    core::Result<Texts> unpack(const std::string& bytes) {
        write(folder / "packed", bytes);
        auto unpacker = Unpacker::open(folder / "packed");
        if (!unpacker) return std::unexpected(unpacker.error());
        Texts files;
        for (;;) {
            const auto name = unpacker->next();
            if (!name) return std::unexpected(name.error());
            if (!*name) return files;
            std::string text = **name + "=";
            std::array<std::byte, 1000> piece{};
            for (;;) {
                const auto got = unpacker->read(piece);
                if (!got) return std::unexpected(got.error());
                if (*got == 0) break;
                text.append(reinterpret_cast<const char*>(piece.data()), *got);
            }
            EXPECT_EQ(unpacker->read(piece).value(), 0U);
            files.push_back(text);
        }
    }
    Texts unpacked(const std::string& bytes) {
        const auto files = unpack(bytes);
        EXPECT_TRUE(files) << files.error().describe();
        return files.value_or(Texts{});
    }
    std::string refused(const std::string& bytes) {
        const auto files = unpack(bytes);
        if (files) return "it was unpacked: " + testing::PrintToString(*files);
        EXPECT_EQ(files.error().code, core::Errc::corrupt_data);
        return files.error().message;
    }
};

TEST_F(UnpackTest, GivesTheContentOfAPackedFile) {
    const std::string text(300'000, 'x');
    for (const auto& filter : filters) {
        EXPECT_THAT(unpacked(pack(text, filter)), ElementsAre("=" + text)) << filter;
    }
}

TEST_F(UnpackTest, GivesTheContentOfSeveralStreamsBehindEachOther) {
    for (const auto& filter : filters) {
        const std::string both = pack("one\n", filter) + pack("two\n", filter);
        EXPECT_THAT(unpacked(both), ElementsAre("=one\ntwo\n")) << filter;
    }
}

TEST_F(UnpackTest, GivesAnEmptyFileWhereNothingWasPacked) {
    for (const auto& filter : filters) {
        EXPECT_THAT(unpacked(pack("", filter)), ElementsAre("=")) << filter;
    }
}

TEST_F(UnpackTest, GivesTheFilesOfAnArchiveInTheirOrder) {
    const std::vector<support::Member> members = {
        {.name = "./set/", .content = {}, .kind = MemberKind::folder},
        {.name = "./set/b.csv", .content = "12"},
        {.name = "a.csv", .content = std::string(5000, 'x')},
        {.name = "link", .content = "a.csv", .kind = MemberKind::symlink},
        {.name = "__MACOSX/._a.csv", .content = "junk"}
    };
    const Texts wanted = {"set/b.csv=12", "a.csv=" + std::string(5000, 'x')};
    for (const std::string filter : {"", "gzip", "bzip2", "xz", "zstd"}) {
        EXPECT_EQ(unpacked(make_tar(members, filter)), wanted) << filter;
    }
    EXPECT_EQ(unpacked(make_zip(members)), wanted);
}

TEST_F(UnpackTest, ReadsZip64AndSizesThatFollowTheContent) {
    for (const std::string options : {"", "zip:zip64", "zip:compression=store"}) {
        const auto zip = make_zip(
            {{.name = "a.csv", .content = "a", .unknown_size = true},
             {.name = "b.csv", .content = "b"}},
            options
        );
        EXPECT_THAT(unpacked(zip), ElementsAre("a.csv=a", "b.csv=b")) << options;
    }
}

TEST_F(UnpackTest, PassesOverFilesThatNobodyReads) {
    write(
        folder / "packed",
        make_tar(
            {{.name = "a.csv", .content = std::string(5000, 'x')}, {.name = "b.csv", .content = "b"}
            },
            "gzip"
        )
    );
    auto unpacker = Unpacker::open(folder / "packed").value();
    EXPECT_EQ(unpacker.next().value(), "a.csv");
    EXPECT_EQ(unpacker.next().value(), "b.csv");
    EXPECT_EQ(unpacker.next().value(), std::nullopt);
    EXPECT_EQ(unpacker.next().value(), std::nullopt);
}

TEST_F(UnpackTest, RefusesWhatIsCutAnywhere) {
    const std::string text = std::string(3000, 'a') + "end";
    for (const auto& filter : filters) {
        const std::string tar = make_tar({{.name = "a.csv", .content = text}}, filter);
        for (const std::string& whole : {pack(text, filter), tar}) {
            for (std::size_t size = 10; size < whole.size(); size += 1 + whole.size() / 41) {
                EXPECT_FALSE(unpack(whole.substr(0, size))) << filter << " cut at " << size;
            }
            EXPECT_FALSE(unpack(whole.substr(0, whole.size() - 1))) << filter;
        }
    }
    EXPECT_THAT(refused(pack(text, "zstd").substr(0, 20)), HasSubstr("damaged zstd file"));
}

TEST_F(UnpackTest, RefusesATarThatWasCutBetweenTwoFiles) {
    const std::string tar =
        make_tar({{.name = "a.csv", .content = "a"}, {.name = "b.csv", .content = "b"}}, "");
    EXPECT_EQ(refused(tar.substr(0, 1024)), "truncated or damaged archive: its end is missing");
    EXPECT_EQ(unpacked(tar.substr(0, 2048) + std::string(1024, '\0')).size(), 2U);
}

TEST_F(UnpackTest, RefusesRubbishBehindTheEnd) {
    for (const auto& filter : filters) {
        EXPECT_FALSE(unpack(pack("hello", filter) + "rubbish, more than a header of it")) << filter;
        std::string damaged = pack("hello", filter);
        damaged += "x" + pack("again", filter).substr(1);
        EXPECT_FALSE(unpack(damaged)) << filter;
    }
}

TEST_F(UnpackTest, RefusesAWrongChecksum) {
    EXPECT_FALSE(unpack(make_raw_zip({{.name = "a.csv", .content = "1", .wrong_crc_by = 1}})));
    for (const std::string filter : {"gzip", "bzip2", "xz"}) {
        std::string whole = pack(std::string(100'000, 'x') + "end", filter);
        whole[whole.size() / 2] = static_cast<char>(whole[whole.size() / 2] ^ 1);
        EXPECT_FALSE(unpack(whole)) << filter;
    }
}

TEST_F(UnpackTest, LeavesEncryptedMembersAlone) {
    write(
        folder / "packed", make_zip({{.name = "a.csv", .content = "1"}}, "zip:encryption=zipcrypt")
    );
    auto unpacker = Unpacker::open(folder / "packed").value();
    EXPECT_EQ(unpacker.next().value(), "a.csv");
    std::array<std::byte, 10> piece{};
    const auto got = unpacker.read(piece);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, core::Errc::unsupported);
}

TEST_F(UnpackTest, RefusesWhatIsNotPackedOrNotThere) {
    write(folder / "packed", "id,title\n");
    auto plain = Unpacker::open(folder / "packed");
    if (plain) EXPECT_FALSE(plain->next());
    EXPECT_EQ(Unpacker::open(folder / "none").error().code, core::Errc::not_found);
    EXPECT_THAT(refused("PK\x05\x06"), HasSubstr("holds no file"));
}

}  // namespace

}  // namespace reel::fetch
