#include <gmock/gmock.h>

#include <thread>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class StageBadInputTest : public WarehouseTest {
  protected:
    static std::string args(const std::string& rejects = "50%") {
        return R"({"source": "t.csv", "rejects": ")" + rejects + R"(", "tables": {"t": {"key": "id",
            "columns": {"id": {"type": "integer"}, "name": {"type": "text"}}}}})";
    }
    std::string quarantined(const std::string& column) {
        return scalar("SELECT " + column + " FROM reel.quarantine");
    }
};

TEST_F(StageBadInputTest, AMissingFileListsWhatIsThere) {
    put("tt.csv", "id\n");
    const auto error = stage_error(args());
    EXPECT_EQ(error.code, core::Errc::not_found);
    EXPECT_THAT(error.message, HasSubstr("there is no file 't.csv' (did you mean 'tt.csv'?)"));
}

TEST_F(StageBadInputTest, AWrongHeaderFailsBeforeAnythingIsMade) {
    put("t.csv", "ident,nmae\n1,a\n");
    const auto error = stage_error(args());
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("tables.t.id: no column 'id'"));
    EXPECT_THAT(error.message, HasSubstr("no column 'name' (did you mean 'nmae'?)"));
    EXPECT_EQ(error.hint, "the header has: ident, nmae");
    EXPECT_EQ(error.where, "t.csv");
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel_staging')"), "NULL");
}

TEST_F(StageBadInputTest, AnEmptyFileFails) {
    put("t.csv", "");
    EXPECT_FALSE(stage_error(args()).message.empty());
}

TEST_F(StageBadInputTest, WrongArgumentsTouchNothing) {
    put("t.csv", "id,name\n1,a\n");
    const auto error =
        stage_error(R"({"source": "t.csv", "tables": {"t": {"columns": {"id": "int5"}}}})");
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel')"), "NULL");
}

TEST_F(StageBadInputTest, InvalidUtf8IsQuarantinedByteForByte) {
    put("t.csv", "id,name\n1,a\xff\xfe\n2,b\n");
    EXPECT_EQ(stage_ok(args())["tables"]["t"]["staged"], 1);
    EXPECT_EQ(quarantined("encode(raw, 'hex')"), "312c61fffe");
    EXPECT_EQ(quarantined("rule"), "record");
    EXPECT_THAT(quarantined("reason"), HasSubstr("UTF-8"));
}

TEST_F(StageBadInputTest, ANulIsQuarantined) {
    put("t.csv", std::string("id,name\n1,a\0b\n2,b\n", 18));
    EXPECT_EQ(stage_ok(args())["tables"]["t"]["staged"], 1);
    EXPECT_EQ(quarantined("encode(raw, 'hex')"), "312c610062");
    EXPECT_THAT(quarantined("reason"), HasSubstr("NUL"));
}

TEST_F(StageBadInputTest, ACellOfTwentyMegabytesIsQuarantined) {
    put("t.csv", "id,name\n1,\"" + std::string(20'000'000, 'x') + "\"\n2,b\n");
    EXPECT_EQ(stage_ok(args())["tables"]["t"]["staged"], 1);
    EXPECT_EQ(quarantined("raw_size"), "20000004");
    EXPECT_EQ(quarantined("length(raw) < raw_size"), "t");
    EXPECT_THAT(quarantined("reason"), HasSubstr("large"));
}

TEST_F(StageBadInputTest, AnIdOutOfRangeIsQuarantined) {
    put("t.csv", "id,name\n99999999999,a\n2,b\n");
    EXPECT_EQ(stage_ok(args())["tables"]["t"]["staged"], 1);
    EXPECT_EQ(quarantined("value"), "99999999999");
    EXPECT_THAT(quarantined("reason"), HasSubstr("out of range"));
}

TEST_F(StageBadInputTest, RaggedRecordsAreQuarantined) {
    put("t.csv", "id,name\n1\n2,b\n3,c,d\n4,e\n");
    EXPECT_EQ(stage_ok(args())["tables"]["t"]["staged"], 2);
    EXPECT_EQ(
        scalar("SELECT string_agg(line::text, ',' ORDER BY line) FROM reel.quarantine"), "2,4"
    );
}

TEST_F(StageBadInputTest, AnOpenQuoteFailsWhateverTheLimit) {
    put("t.csv", "id,name\n1,a\n2,\"b\n3,c\n4,d\n");
    const auto error = stage_error(args("100%"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("quote was still open"));
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(quarantined("line"), "3");
}

TEST_F(StageBadInputTest, KeepsEveryLargeBatchOfRejects) {
    std::string content = "id,name\n";
    for (int i = 0; i < 20000; ++i) {
        content += "bad," + std::string(60, 'x') + "\n";
    }
    put("t.csv", content);
    stage_error(args());
    EXPECT_EQ(scalar("SELECT count(DISTINCT record_number) FROM reel.quarantine"), "20000");
    EXPECT_TRUE(logged("further rejects are in reel.quarantine only"));
    EXPECT_LT(log.size(), 30U);
}

TEST_F(StageBadInputTest, TextThatOnlySqlWouldMindIsStaged) {
    put("t.csv", "id,name\n1,\"\\N\"\n2,'; DROP TABLE x; --\n3,\\.\n4,{\"a\"}\n");
    stage_ok(args());
    const auto physical = staged["stage.t"].physical;
    EXPECT_EQ(scalar("SELECT name FROM " + physical + " WHERE id = 1"), "\\N");
    EXPECT_EQ(scalar("SELECT name FROM " + physical + " WHERE id = 2"), "'; DROP TABLE x; --");
    EXPECT_EQ(scalar("SELECT name FROM " + physical + " WHERE id = 3"), "\\.");
}

TEST_F(StageBadInputTest, AServerThatIsNotThereIsUnavailable) {
    put("t.csv", "id,name\n1,a\n");
    uri = "postgresql://nobody:secret@/none?host=/nowhere&connect_timeout=1";
    const auto error = stage_error(args());
    EXPECT_EQ(error.code, core::Errc::unavailable);
    EXPECT_THAT(error.describe(), testing::Not(HasSubstr("secret")));
}

/// A reject line is logged when the file is half read: then the connection goes.
TEST_F(StageBadInputTest, ALostConnectionLeavesNoHalfTables) {
    std::string content = "id,name\n";
    for (int i = 1; i <= 60000; ++i) {
        content += (i == 30000 ? "bad" : std::to_string(i)) + "," + std::string(100, 'x') + "\n";
    }
    put("t.csv", content);
    auto cut = context();
    cut.log = [&](const std::string& line) {
        if (line.contains("rejected:")) {
            scalar(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE application_name = 'reel stage'"
            );
        }
    };
    const auto failed = stage({args()}, cut);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, core::Errc::unavailable) << failed.error().describe();
    EXPECT_EQ(staging_tables(), "0");
    attempt = 2;
    EXPECT_EQ(stage_ok(args())["tables"]["t"]["staged"], 59999);
}

}  // namespace

}  // namespace reel::warehouse
