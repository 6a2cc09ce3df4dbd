#include <gmock/gmock.h>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// scd2
class UpsertVersionsTest : public UpsertTest {
  protected:
    Json load(const std::string& rows, const std::string& rest = "") {
        stage_rows(rows);
        return upsert_ok(
            R"({"from": "stage.t", "into": "m.t", "key": "id", "mode": "scd2")" + rest + "}"
        );
    }
    /// Each version: id=name, with a star where it is current.
    std::string versions() {
        return scalar(
            "SELECT string_agg(id || '=' || coalesce(name, 'NULL') || CASE WHEN is_current THEN "
            "'*' ELSE '' END, ' ' ORDER BY id, valid_from) FROM m.t"
        );
    }
    /// Versions of one key that do not follow each other without a gap, or whose end and flag
    /// disagree.
    std::string broken() {
        return scalar(
            "SELECT count(*) FROM (SELECT *, lead(valid_from) OVER (PARTITION BY id ORDER BY "
            "valid_from) AS next FROM m.t) AS v WHERE is_current <> (valid_to IS NULL) OR "
            "valid_to <= valid_from OR valid_to <> next"
        );
    }
};

TEST_F(UpsertVersionsTest, BeginWithTheFirstLoad) {
    const auto report = load("1,a\n2,b\n");
    EXPECT_EQ(report["strategy"], "create");
    EXPECT_EQ(counts(report), "2 0 0 0");
    EXPECT_EQ(versions(), "1=a* 2=b*");
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t WHERE valid_from < now()"), "2");
}

TEST_F(UpsertVersionsTest, FollowEachOther) {
    load("1,a\n2,b\n3,\n");
    const auto report = load("1,a\n2,x\n3,y\n4,d\n");
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "1 2 1 0");
    EXPECT_EQ(versions(), "1=a* 2=b 2=x* 3=NULL 3=y* 4=d*");
    EXPECT_EQ(broken(), "0");
    EXPECT_EQ(counts(load("1,a\n2,b\n3,y\n4,d\n")), "0 1 3 0");
    EXPECT_EQ(versions(), "1=a* 2=b 2=x 2=b* 3=NULL 3=y* 4=d*");
    EXPECT_EQ(broken(), "0");
}

TEST_F(UpsertVersionsTest, StayWhereNothingHasChanged) {
    load("1,a\n2,b\n");
    const auto before = scalar("SELECT string_agg(xmin::text || valid_from, ',') FROM m.t");
    EXPECT_EQ(counts(load("1,a\n2,b\n")), "0 0 2 0");
    EXPECT_EQ(scalar("SELECT string_agg(xmin::text || valid_from, ',') FROM m.t"), before);
}

TEST_F(UpsertVersionsTest, OfMissingRowsStayCurrentUnlessAskedOtherwise) {
    load("1,a\n2,b\n");
    EXPECT_EQ(counts(load("1,a\n")), "0 0 1 0");
    EXPECT_EQ(versions(), "1=a* 2=b*");
    EXPECT_EQ(counts(load("1,a\n", R"(, "delete_missing": "soft")")), "0 0 1 1");
    EXPECT_EQ(versions(), "1=a* 2=b");
    // One that comes back begins anew.
    EXPECT_EQ(counts(load("1,a\n2,b\n")), "1 0 1 0");
    EXPECT_EQ(versions(), "1=a* 2=b 2=b*");
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t WHERE is_current"), "2");
}

TEST_F(UpsertVersionsTest, OfMissingRowsHaveALimit) {
    load("1,a\n2,b\n3,c\n");
    stage_rows("1,a\n");
    const auto error = upsert_error(
        R"({"from": "stage.t", "into": "m.t", "key": "id", "mode": "scd2",
            "delete_missing": "soft"})"
    );
    EXPECT_THAT(error.message, HasSubstr("lacks 2 of the table's 3 rows"));
    EXPECT_EQ(versions(), "1=a* 2=b* 3=c*");
}

TEST_F(UpsertVersionsTest, ComeFromAQueryToo) {
    const auto query = [&](const std::string& name) {
        ++attempt;
        return upsert_ok(
            R"({"query": "select 1 as id, ')" + name +
            R"(' as name", "into": "m.t", "key": "id", "mode": "scd2"})"
        );
    };
    query("a");
    query("b");
    EXPECT_EQ(versions(), "1=a 1=b*");
}

TEST_F(UpsertVersionsTest, AreWrittenOnceForTheSameStagedRows) {
    load("1,a\n");
    load("1,b\n");
    const auto again =
        upsert_ok(R"({"from": "stage.t", "into": "m.t", "key": "id", "mode": "scd2"})");
    EXPECT_EQ(again["already_loaded"], true);
    EXPECT_EQ(versions(), "1=a 1=b*");
}

}  // namespace

}  // namespace reel::warehouse
