#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/archive_builder.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using support::make_tar;
using support::make_zip;
using support::pack;
using testing::HasSubstr;

class StagePackedTest : public WarehouseTest {
  protected:
    /// `source` is JSON.
    static std::string args(const std::string& source) {
        return R"({"source": )" + source + R"(, "rejects": "50%", "tables": {"t": {"key": "id",
            "columns": {"id": "integer", "name": "text"}}}})";
    }
    static std::string content(int rows) {
        std::string text = "id,name\n";
        for (int i = 1; i <= rows; ++i) text += fmt::format("{},{:>30}\n", i, i);
        return text;
    }
    std::string names() {
        return scalar(
            "SELECT string_agg(name, ',' ORDER BY id) FROM " + staged["stage.t"].physical
        );
    }
};

TEST_F(StagePackedTest, ReadsPackedFilesByTheirContent) {
    const std::string plain = content(20'000);
    put("plain.csv", plain);
    const auto wanted = stage_ok(args(R"("plain.csv")"));
    for (const std::string filter : {"gzip", "bzip2", "xz", "zstd"}) {
        ++attempt;
        put("t.csv", pack(plain, filter));
        const auto report = stage_ok(args(R"("t.csv")"));
        EXPECT_EQ(report["tables"]["t"]["staged"], 20'000) << filter;
        EXPECT_EQ(report["sha256"], wanted["sha256"]) << filter;
        EXPECT_EQ(report["bytes"], plain.size()) << filter;
        EXPECT_FALSE(report.contains("files"));
    }
}

TEST_F(StagePackedTest, ReadsAMemberOfAnArchive) {
    const std::vector<support::Member> members = {
        {.name = "set/movies.csv", .content = "id,name\n1,Toy Story\n"},
        {.name = "set/links.csv", .content = "id,link\n1,2\n"}
    };
    for (const std::string& archive :
         {make_zip(members),
          make_zip(members, "zip:zip64"),
          make_tar(members, ""),
          make_tar(members, "gzip"),
          make_tar(members, "zstd")}) {
        ++attempt;
        put("set.bin", archive);
        const auto report = stage_ok(args(R"({"path": "set.bin", "member": "movies.csv"})"));
        EXPECT_EQ(report["file"], "set.bin");
        EXPECT_EQ(names(), "Toy Story");
    }
    EXPECT_EQ(
        scalar("SELECT string_agg(DISTINCT file, ',') FROM reel.stage_reports"),
        "set.bin/set/movies.csv"
    );
}

TEST_F(StagePackedTest, ReadsTheOnlyMemberUnasked) {
    put("t.zip", make_zip({{.name = "movies.csv", .content = "id,name\n1,Heat\n"}}));
    stage_ok(args(R"("t.zip")"));
    EXPECT_EQ(names(), "Heat");
}

TEST_F(StagePackedTest, ReadsAllMembersThatFit) {
    put("t.zip",
        make_zip(
            {{.name = "part-1.csv", .content = "id,name\n1,a\n2,b\n"},
             {.name = "README", .content = "no table"},
             {.name = "part-2.csv", .content = "id,name\n2,c\nx,d\n"}}
        ));
    const auto report = stage_ok(args(R"({"path": "t.zip", "member": "part-*.csv"})"));
    EXPECT_EQ(names(), "a,c");
    EXPECT_EQ(report["files"].size(), 2U);
    EXPECT_EQ(
        scalar("SELECT concat_ws(' ', file, line, record_number, encode(raw, 'escape')) FROM "
               "reel.quarantine"),
        "t.zip/part-2.csv 3 2 x,d"
    );
}

TEST_F(StagePackedTest, ListsTheMembersWhereNoneIsNamed) {
    put("t.zip",
        make_zip({{.name = "a.csv", .content = "id\n"}, {.name = "b.csv", .content = "id\n"}}));
    const auto error = stage_error(args(R"("t.zip")"));
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_EQ(error.where, "t.zip");
    EXPECT_THAT(error.message, HasSubstr("holds 2 files"));
    EXPECT_THAT(error.hint, HasSubstr("a.csv, b.csv"));
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel')"), "NULL");
}

TEST_F(StagePackedTest, RefusesAMemberOfAFileThatIsNoArchive) {
    put("t.csv", "id,name\n");
    put("t.csv.gz", pack("id,name\n", "gzip"));
    for (const std::string file : {"t.csv", "t.csv.gz"}) {
        const auto error = stage_error(args(R"({"path": ")" + file + R"(", "member": "a"})"));
        EXPECT_EQ(error.message, "source.member is given, but the file is no archive");
        EXPECT_EQ(error.where, file);
    }
}

TEST_F(StagePackedTest, HoldsTheFileToItsCompression) {
    put("t.csv.gz", pack("id,name\n1,a\n", "gzip"));
    stage_ok(args(R"({"path": "t.csv.gz", "compression": "gzip"})"));
    EXPECT_EQ(
        stage_error(args(R"({"path": "t.csv.gz", "compression": "zstd"})")).message,
        "source.compression is zstd, but the file is gzip"
    );
    put("t.csv", "id,name\n");
    EXPECT_EQ(
        stage_error(args(R"({"path": "t.csv", "compression": "xz"})")).message,
        "source.compression is xz, but the file is not packed"
    );
    EXPECT_THAT(
        stage_error(args(R"({"path": "t.csv.gz", "compression": "none"})")).message,
        HasSubstr("header")
    );
}

TEST_F(StagePackedTest, AFileThatWasCutStagesNothing) {
    const std::string plain = content(50'000);
    for (const std::string filter : {"gzip", "bzip2", "xz", "zstd"}) {
        ++attempt;
        const std::string whole = pack(plain, filter);
        put("t.csv.bin", whole.substr(0, whole.size() - 5));
        const auto error = stage_error(args(R"("t.csv.bin")"));
        EXPECT_EQ(error.code, core::Errc::corrupt_data) << filter;
        EXPECT_EQ(error.where, "t.csv.bin");
        EXPECT_THAT(error.message, HasSubstr("behind record")) << filter;
        EXPECT_EQ(staging_tables(), "0");
    }
}

TEST_F(StagePackedTest, DamageBehindTheMemberStagesNothing) {
    std::string archive = make_tar(
        {{.name = "a.csv", .content = "id,name\n1,a\n"},
         {.name = "b.csv", .content = std::string(100'000, 'b')}},
        "gzip"
    );
    archive[archive.size() - 6] = static_cast<char>(archive[archive.size() - 6] ^ 1);
    put("t.tgz", archive);
    EXPECT_THAT(
        stage_error(args(R"({"path": "t.tgz", "member": "a.csv"})")).message,
        HasSubstr("damaged gzip file")
    );
}

TEST_F(StagePackedTest, ReadsWhatUnpacksToAThousandTimesItsSize) {
    std::string plain = "id,name\n";
    for (int i = 0; i < 20; ++i) plain += "x," + std::string(1'000'000, ' ') + "\n";
    put("t.csv", pack(plain, "zstd"));
    const auto error = stage_error(args(R"("t.csv")"));
    EXPECT_THAT(error.message, HasSubstr("20 of 20 records were rejected"));
}

}  // namespace

}  // namespace reel::warehouse
