#include "warehouse/stage/copy_sink.hpp"

#include <gmock/gmock.h>

#include "warehouse/schema.hpp"
#include "warehouse/stage/spec.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

class CopySinkTest : public WarehouseTest {
  protected:
    void SetUp() override {
        exec("CREATE TABLE a (v bigint); CREATE TABLE b (v bigint, t text, n bigint)");
    }

    static std::vector<CopySink::Target> targets() {
        return {
            {"COPY a (v) FROM STDIN (FORMAT binary)", 1, false},
            {"COPY b (v, t, n) FROM STDIN (FORMAT binary)", 2, true}
        };
    }
    static std::string one(std::int64_t value) {
        std::string fields;
        put_int64(value, fields);
        return fields;
    }
    static std::string two(std::int64_t value, const std::string& text) {
        auto fields = one(value);
        put_bytes(text, fields);
        return fields;
    }
};

TEST_F(CopySinkTest, WritesTablesInTurns) {
    postgres::Link link(uri);
    postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    for (int i = 0; i < 10; ++i) {
        sink.add_row(0, one(i));
        sink.add_row(1, two(-i, "x"));
    }
    sink.finish();
    transaction.commit();
    EXPECT_EQ(scalar("SELECT count(*) || ' ' || sum(v) FROM a"), "10 45");
    EXPECT_EQ(scalar("SELECT count(*) || ' ' || sum(v) FROM b"), "10 -45");
}

TEST_F(CopySinkTest, NumbersRowsInTheirOrder) {
    postgres::Link link(uri);
    postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    for (int i = 0; i < 5; ++i) {
        sink.add_row(1, two(i * 10, "x"));
    }
    sink.finish();
    transaction.commit();
    EXPECT_EQ(
        scalar("SELECT string_agg(n || ':' || v, ' ' ORDER BY n) FROM b"), "1:0 2:10 3:20 4:30 5:40"
    );
}

TEST_F(CopySinkTest, SwitchesBetweenTablesWhenBuffersAreFull) {
    const std::string big(300'000, 'y');
    postgres::Link link(uri);
    postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    for (int i = 0; i < 20; ++i) {
        sink.add_row(1, two(i, big));
        for (int j = 0; j < 20000; ++j) {
            sink.add_row(0, one(j));
        }
    }
    sink.finish();
    transaction.commit();
    EXPECT_EQ(scalar("SELECT count(*) FROM a"), "400000");
    EXPECT_EQ(
        scalar("SELECT count(*) || ' ' || sum(length(t)) || ' ' || max(n) FROM b"), "20 6000000 20"
    );
}

TEST_F(CopySinkTest, WritesNothingForATableWithoutRows) {
    postgres::Link link(uri);
    postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    sink.finish();
    transaction.commit();
    EXPECT_EQ(scalar("SELECT count(*) FROM a"), "0");
}

TEST_F(CopySinkTest, LeavesTheConnectionUsableWhenItIsGivenUp) {
    const std::string big(2'000'000, 'y');
    postgres::Link link(uri);
    {
        const postgres::LinkTransaction transaction(link);
        CopySink sink(link, targets());
        sink.add_row(1, two(1, big));
    }
    EXPECT_EQ(link.exec("SELECT 5 AS five").at(0, "five"), "5");
    EXPECT_EQ(scalar("SELECT count(*) FROM b"), "0");
}

TEST_F(CopySinkTest, ThrowsWhatTheServerRefuses) {
    exec("ALTER TABLE a ADD CHECK (v < 3)");
    postgres::Link link(uri);
    const postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    sink.add_row(0, one(7));
    EXPECT_THROW(sink.finish(), postgres::DatabaseError);
}

TEST_F(CopySinkTest, ThrowsWhenTheServerStoresFewerRows) {
    exec(
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER s BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION swallow()"
    );
    postgres::Link link(uri);
    const postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    sink.add_row(0, one(1));
    try {
        sink.finish();
        FAIL() << "nothing was thrown";
    } catch (const postgres::DatabaseError& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr("sent 1 rows, but the server counted 0"));
    }
}

/// Tables with a key whose rows are watched.
class NumbersTest : public WarehouseTest {
  protected:
    void SetUp() override { exec("CREATE TABLE k (id integer, name text, _reel_row bigint)"); }

    std::vector<CopySink::Target> targets() {
        const auto& table = spec_.tables[0];
        return {
            {.copy_statement = copy_sql("k", table),
             .fields = 2,
             .numbered = true,
             .order = KeyOrder::of(table),
             .must_number = &must_number_}
        };
    }
    static void add(CopySink& sink, std::int32_t id, const std::string& name) {
        std::string fields;
        put_int32(id, fields);
        put_bytes(name, fields);
        sink.add_row(0, fields);
    }
    std::string rows() {
        return scalar(
            "SELECT string_agg(concat_ws(' ', id || name, _reel_row % 100), ', ' "
            "ORDER BY name, id) FROM k"
        );
    }

    StageSpec spec_ = parse_stage_spec({R"({"source": "t.csv", "tables": {"k": {"key": "id",
        "columns": {"id": "integer", "name": "text"}}}})"})
                          .value();
    std::atomic<bool> must_number_ = false;
};

TEST_F(NumbersTest, AreGivenFromTheFirstRowThatDoesNotAscend) {
    postgres::Link link(uri);
    postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    sink.begin_block(0);
    add(sink, 1, "a");
    add(sink, 5, "b");
    add(sink, 5, "c");
    add(sink, 9, "d");
    EXPECT_EQ(sink.unnumbered(0), 2U);
    EXPECT_FALSE(sink.keys(0)->ascends);
    sink.number_rows(0);
    sink.begin_block(1);
    add(sink, 10, "e");
    sink.finish();
    EXPECT_EQ(sink.numbered(0), 3U);
    transaction.commit();
    EXPECT_EQ(rows(), "1a, 5b, 5c 3, 9d 4, 10e 97");  // 2^32 + 1
}

TEST_F(NumbersTest, ComeLateWhereAnotherBlockTurnsOutToBeInTheWay) {
    postgres::Link link(uri);
    postgres::LinkTransaction transaction(link);
    CopySink sink(link, targets());
    const auto second = [&] {
        for (const int id : {2, 3, 1}) add(sink, id, "second");
    };
    sink.begin_block(0);
    add(sink, 2, "first");
    add(sink, 7, "first");
    sink.begin_block(1);
    second();
    const std::vector<std::uint64_t> again = {sink.unnumbered(0)};
    EXPECT_EQ(again.front(), 2U);
    sink.begin_again(1, again);
    second();
    sink.finish();
    EXPECT_EQ(sink.sent_again(0), 2U);
    EXPECT_EQ(sink.stored(0), 7U);
    const auto deleted = link.exec(dedupe_sql("k", {"id"})).affected();
    EXPECT_EQ(deleted - sink.sent_again(0), 1U) << "one duplicate, and what was there twice";
    transaction.commit();
    EXPECT_EQ(rows(), "7first, 1second 99, 2second 97, 3second 98");
}

}  // namespace

}  // namespace reel::warehouse
