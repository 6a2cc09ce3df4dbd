#include "warehouse/stage/quarantine.hpp"

#include <gtest/gtest.h>

#include "reel/postgres/link.hpp"
#include "warehouse/schema.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

class QuarantineTest : public WarehouseTest {
  protected:
    void SetUp() override {
        postgres::Link link(uri);
        ensure_schema(link);
        record.number = 3;
        record.line = 9;
        record.offset = 100;
        record.raw = raw;
        record.raw_size = raw.size();
    }
    Rejection rejection(const std::string& value = "v") {
        return {record, "t", std::nullopt, {"c", "type", "integer: not a number", value}};
    }
    RejectedRows rows(int count = 1, const std::string& value = "v") {
        RejectedRows rows;
        for (int i = 0; i < count; ++i) rows.add(rejection(value));
        return rows;
    }
    std::string count() { return scalar("SELECT count(*) FROM reel.quarantine"); }

    const std::string raw = std::string("a\0\xff,b", 5);
    Record record;
};

TEST_F(QuarantineTest, KeepsWhatWasCommitted) {
    Quarantine quarantine(uri, context().identity);
    quarantine.add(rows(), "f.csv");
    EXPECT_EQ(count(), "0");
    quarantine.commit();
    EXPECT_EQ(count(), "1");
    EXPECT_EQ(scalar("SELECT encode(raw, 'hex') FROM reel.quarantine"), "6100ff2c62");
    EXPECT_EQ(
        scalar("SELECT element IS NULL AND at > now() - interval '1 hour' FROM "
               "reel.quarantine"),
        "t"
    );
}

TEST_F(QuarantineTest, ForgetsWhatWasNot) {
    {
        Quarantine quarantine(uri, context().identity);
        for (int i = 0; i < 100; ++i) quarantine.add(rows(100, std::string(100, 'x')), "f.csv");
    }
    EXPECT_EQ(count(), "0");
}

TEST_F(QuarantineTest, NeedsNoConnectionWithoutRejects) {
    Quarantine quarantine("postgresql:///none?host=/nowhere", context().identity);
    EXPECT_NO_THROW(quarantine.commit());
}

TEST_F(QuarantineTest, GoesOnAfterACommit) {
    Quarantine quarantine(uri, context().identity);
    quarantine.add(rows(), "f.csv");
    quarantine.commit();
    quarantine.add(rows(), "f.csv");
    quarantine.commit();
    EXPECT_EQ(count(), "2");
}

TEST_F(QuarantineTest, CutsLongValuesAndShowsWrongBytes) {
    Quarantine quarantine(uri, context().identity);
    quarantine.add(rows(1, std::string(5000, 'x')), "f.csv");
    quarantine.add(rows(1, std::string("\0\xff", 2)), "f.csv");
    quarantine.commit();
    EXPECT_EQ(scalar("SELECT max(length(value)) FROM reel.quarantine"), "1000");
    EXPECT_EQ(scalar("SELECT value FROM reel.quarantine WHERE length(value) < 20"), "\\x00\\xff");
}

TEST_F(QuarantineTest, NumbersTheRecordsOfEachFileBehindItsBatch) {
    Quarantine quarantine(uri, context().identity, {"a", "b"});
    quarantine.add(rows(2), "1.csv");
    quarantine.add(rows(1), "1.csv");
    quarantine.add(rows(2), "2.csv");
    quarantine.commit();
    EXPECT_EQ(
        scalar("SELECT string_agg(id || ' ' || file, ', ' ORDER BY id) FROM reel.quarantine"),
        "1000001 1.csv, 1000002 1.csv, 1000003 1.csv, 2000001 2.csv, 2000002 2.csv"
    );
    EXPECT_EQ(scalar("SELECT DISTINCT columns FROM reel.quarantine_batches"), "{a,b}");
}

TEST_F(QuarantineTest, GoesOnInTheNextBatchWhereOneIsFull) {
    Quarantine quarantine(uri, context().identity);
    for (int i = 0; i < 10; ++i) quarantine.add(rows(100'000, ""), "f.csv");
    quarantine.commit();
    EXPECT_EQ(
        scalar("SELECT string_agg(batch || ' ' || rows || ' ' || first || ' ' || last, ', ') FROM "
               "(SELECT batch, count(*) AS rows, min(id) AS first, max(id) AS last "
               "FROM reel.quarantine GROUP BY batch ORDER BY batch) AS batches"),
        "1 999999 1000001 1999999, 2 1 2000001 2000001"
    );
    EXPECT_EQ(scalar("SELECT count(DISTINCT file) FROM reel.quarantine"), "1");
}

TEST_F(QuarantineTest, RowsAreDeletedThroughTheView) {
    Quarantine quarantine(uri, context().identity);
    quarantine.add(rows(3), "f.csv");
    quarantine.commit();
    exec("DELETE FROM reel.quarantine WHERE id = 1000002");
    EXPECT_EQ(
        scalar("SELECT string_agg(place::text, ' ' ORDER BY place) FROM reel.quarantine_rows"),
        "1 3"
    );
}

TEST_F(QuarantineTest, ThrowsWhenItCannotKeepThem) {
    exec("DROP TABLE reel.quarantine_rows CASCADE");
    Quarantine quarantine(uri, context().identity);
    quarantine.add(rows(), "f.csv");
    EXPECT_THROW(quarantine.commit(), postgres::DatabaseError);
}

}  // namespace

}  // namespace reel::warehouse
