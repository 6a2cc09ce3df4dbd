#include <gmock/gmock.h>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// delete_insert: a part of the table is replaced.
class UpsertWindowTest : public UpsertTest {
  protected:
    /// Rows (day, id) of a query's VALUES list.
    static std::string args(const std::string& rows, const std::string& window) {
        return R"({"query": "select day::date as day, id from (values )" + rows +
               R"j() as v (day, id)", "into": "m.d", "mode": "delete_insert", "window": )j" +
               window + "}";
    }
    Json load(const std::string& rows, const std::string& window) {
        ++attempt;
        return upsert_ok(args(rows, window));
    }
    core::Error refuse(const std::string& rows, const std::string& window) {
        ++attempt;
        return upsert_error(args(rows, window));
    }
    std::string days() {
        return scalar(
            "SELECT string_agg(to_char(day, 'DD') || ':' || id, ' ' ORDER BY day, id) "
            "FROM m.d"
        );
    }
    const std::string third = R"({"column": "day", "from": "2026-01-03", "until": "2026-01-04"})";
};

TEST_F(UpsertWindowTest, ReplacesWhatLiesInIt) {
    const std::string rows = "('2026-01-02', 1), ('2026-01-03', 2), ('2026-01-03', 3)";
    EXPECT_EQ(counts(load(rows, R"("day")")), "3 0 0 0");
    const auto report = load("('2026-01-03', 9)", third);
    EXPECT_EQ(counts(report), "1 0 0 2");
    EXPECT_EQ(report["strategy"], "insert");
    EXPECT_EQ(days(), "02:1 03:9");
    EXPECT_TRUE(logged("1 inserted, 0 updated, 0 unchanged, 2 deleted"));
}

TEST_F(UpsertWindowTest, GivesTheSameHoweverOftenItRuns) {
    load("('2026-01-02', 1), ('2026-01-03', 2)", R"("day")");
    load("('2026-01-03', 5), ('2026-01-03', 6)", third);
    load("('2026-01-03', 5), ('2026-01-03', 6)", third);
    EXPECT_EQ(days(), "02:1 03:5 03:6");
}

TEST_F(UpsertWindowTest, MayBeWhateverTheSourceHas) {
    load("('2026-01-02', 1), ('2026-01-03', 2), ('2026-01-04', 3)", R"("day")");
    EXPECT_EQ(
        counts(load("('2026-01-02', 7), ('2026-01-04', 8)", R"({"column": "day"})")), "2 0 0 2"
    );
    EXPECT_EQ(days(), "02:7 03:2 04:8");
}

TEST_F(UpsertWindowTest, MayBeACondition) {
    load("('2026-01-02', 1), ('2026-01-03', 2)", R"("day")");
    load("('2026-01-03', 4)", R"({"where": "day > date '2026-01-02' and id < 100"})");
    EXPECT_EQ(days(), "02:1 03:4");
}

TEST_F(UpsertWindowTest, IsEmptiedByAnEmptySource) {
    load("('2026-01-02', 1), ('2026-01-03', 2)", R"("day")");
    ++attempt;
    const auto report = upsert_ok(
        R"({"query": "select day, id from m.d where false", "into": "m.d",
            "mode": "delete_insert", "window": )" +
        third + "}"
    );
    EXPECT_EQ(counts(report), "0 0 0 1");
    EXPECT_EQ(days(), "02:1");
}

TEST_F(UpsertWindowTest, RefusesRowsOutside) {
    load("('2026-01-03', 1)", third);
    const auto error = refuse("('2026-01-03', 2), ('2026-01-04', 3), (null, 4)", third);
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(error.where, "m.d");
    EXPECT_THAT(error.message, HasSubstr("2 rows of the source lie outside of the window"));
    EXPECT_THAT(error.hint, HasSubstr("the next load of the window would not replace them"));
    EXPECT_THAT(refuse("(null, 4), ('2026-01-03', 2)", R"("day")").message, HasSubstr("1 rows of"));
    EXPECT_EQ(days(), "03:1");
}

TEST_F(UpsertWindowTest, NamesTheKeyThatIsTakenOutside) {
    load("('2026-01-02', 1), ('2026-01-03', 2)", R"("day")");
    exec("ALTER TABLE m.d ADD PRIMARY KEY (id)");
    const auto error = refuse("('2026-01-03', 1)", third);
    EXPECT_EQ(error.code, core::Errc::conflict);
    EXPECT_THAT(error.message, HasSubstr("(id)=(1) already exists"));
    EXPECT_EQ(days(), "02:1 03:2");
}

TEST_F(UpsertWindowTest, IsCheckedBeforeItsTableIsMade) {
    EXPECT_THAT(
        refuse("('2026-01-03', 1)", R"({"where": "nothing = 5"})").message, HasSubstr("nothing")
    );
    EXPECT_EQ(scalar("SELECT to_regclass('m.d')"), "NULL");
}

/// delete_missing
class UpsertMissingTest : public UpsertTest {
  protected:
    static std::string into(const std::string& rest) {
        return R"({"from": "stage.t", "into": "m.t", "key": "id", )" + rest + "}";
    }
    Json load(const std::string& rows, const std::string& rest) {
        stage_rows(rows);
        return upsert_ok(into(rest));
    }
    std::string marks() {
        return scalar(
            "SELECT string_agg(id || CASE WHEN deleted_at IS NULL THEN '' ELSE '†' END, ' ' "
            "ORDER BY id) FROM m.t"
        );
    }
    const std::string hard = R"("delete_missing": "hard")";
    const std::string soft = R"("delete_missing": "soft")";
};

TEST_F(UpsertMissingTest, DeletesWhatTheSourceLacks) {
    load("1,a\n2,b\n3,c\n", hard);
    EXPECT_EQ(counts(load("1,a\n3,x\n4,d\n", hard)), "1 1 1 1");
    EXPECT_EQ(content(), "1=a 3=x 4=d");
    EXPECT_TRUE(logged(", 1 deleted"));
}

TEST_F(UpsertMissingTest, RefusesToDeleteMoreThanHalf) {
    load("1,a\n2,b\n3,c\n4,d\n", hard);
    stage_rows("1,x\n");
    const auto error = upsert_error(into(hard));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(error.where, "m.t");
    EXPECT_THAT(
        error.message,
        HasSubstr("the source lacks 3 of the table's 4 rows, more than max_deleted (50%)")
    );
    EXPECT_THAT(error.hint, HasSubstr("is the source whole?"));
    EXPECT_EQ(content(), "1=a 2=b 3=c 4=d");
    EXPECT_EQ(counts(load("1,a\n2,b\n", hard)), "0 0 2 2");
}

TEST_F(UpsertMissingTest, MayBeAllowedMoreOrLess) {
    load("1,a\n2,b\n3,c\n4,d\n", hard);
    stage_rows("1,a\n2,b\n3,c\n");
    EXPECT_THAT(
        upsert_error(into(hard + R"(, "max_deleted": 0)")).message, HasSubstr("max_deleted (0)")
    );
    EXPECT_THAT(
        upsert_error(into(hard + R"(, "max_deleted": "10%")")).message,
        HasSubstr("lacks 1 of the table's 4 rows, more than max_deleted (10%)")
    );
    EXPECT_EQ(counts(upsert_ok(into(hard + R"(, "max_deleted": 1)"))), "0 0 3 1");
    ++attempt;
    EXPECT_EQ(counts(load("7,a\n", hard + R"(, "max_deleted": "100%")")), "1 0 0 3");
}

TEST_F(UpsertMissingTest, MarksWhatTheSourceLacks) {
    load("1,a\n2,b\n3,c\n", soft);
    EXPECT_EQ(marks(), "1 2 3");
    EXPECT_EQ(counts(load("1,a\n3,c\n", soft)), "0 0 2 1");
    EXPECT_EQ(marks(), "1 2† 3");
    EXPECT_TRUE(logged(", 1 marked as deleted"));
    const auto since = scalar("SELECT deleted_at FROM m.t WHERE id = 2");
    EXPECT_EQ(counts(load("1,a\n3,c\n", soft)), "0 0 2 0");
    EXPECT_EQ(scalar("SELECT deleted_at FROM m.t WHERE id = 2"), since);
}

TEST_F(UpsertMissingTest, TakesTheMarkBackWhenTheRowReturns) {
    load("1,a\n2,b\n", soft);
    load("1,a\n", soft);
    EXPECT_EQ(marks(), "1 2†");
    EXPECT_EQ(counts(load("1,a\n2,b\n", soft)), "0 1 1 0");
    EXPECT_EQ(marks(), "1 2");
}

TEST_F(UpsertMissingTest, CountsOnlyUnmarkedRowsForTheLimit) {
    load("1,a\n2,b\n3,c\n4,d\n", soft);
    load("1,a\n2,b\n", soft);
    EXPECT_EQ(marks(), "1 2 3† 4†");
    load("1,a\n", soft);
    EXPECT_EQ(marks(), "1 2† 3† 4†");
    stage_rows("9,z\n");
    EXPECT_THAT(upsert_error(into(soft)).message, HasSubstr("lacks 1 of the table's 1 rows"));
}

TEST_F(UpsertMissingTest, NeedsAColumnForTheMark) {
    exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text)");
    stage_rows("1,a\n");
    EXPECT_THAT(
        upsert_error(into(soft)).message, HasSubstr("the table has no column 'deleted_at'")
    );
}

TEST_F(UpsertMissingTest, MarksAndComparesManyRows) {
    // What is left out lies in every page alike, whichever the sample reads.
    const auto many = [&](const std::string& which) {
        ++attempt;
        return upsert_ok(
            R"({"query": "select i as id, 'n' as name from generate_series(1, 8000) as i where )" +
            which + R"(", "into": "m.t", "key": "id", "delete_missing": "soft"})"
        );
    };
    many("true");
    EXPECT_EQ(counts(many("i % 40 > 0")), "0 0 7800 200");
    const auto report = many("i % 80 > 0");
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "0 100 7800 0");
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t WHERE deleted_at IS NULL"), "7900");
    const auto back = many("i % 2 > 0");
    EXPECT_EQ(counts(back), "0 0 4000 3900");
    const auto merged = many("true");
    EXPECT_EQ(merged["strategy"], "merge");
    EXPECT_EQ(counts(merged), "0 4000 4000 0");
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t WHERE deleted_at IS NOT NULL"), "0");
}

}  // namespace

}  // namespace reel::warehouse
