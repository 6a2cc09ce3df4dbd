#include <gmock/gmock.h>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// Loads that are large enough for a choice.
class UpsertPlanTest : public UpsertTest {
  protected:
    /// ids first … last as queries give them, names by an expression over i.
    Json load(int first, int last, const std::string& name, const std::string& rest = "") {
        ++attempt;
        return upsert_ok(
            R"({"query": "select i as id, )" + name + R"( as name from generate_series()" +
            std::to_string(first) + ", " + std::to_string(last) +
            R"() as i", "into": "m.t", "key": "id")" + rest + "}"
        );
    }
    std::string checksum() {
        return scalar(
            "SELECT count(*) || ' ' || sum(id) || ' ' || md5(string_agg(name, ',' "
            "ORDER BY id)) FROM m.t"
        );
    }
    /// The same of what rows should be there.
    std::string checksum_of(const std::string& query) {
        return scalar(
            "SELECT count(*) || ' ' || sum(id) || ' ' || md5(string_agg(name, ',' ORDER BY id)) "
            "FROM (" +
            query + ") AS q"
        );
    }
    const std::string same = "'n' || i";
    const std::string few_changed = "case when i % 10 = 0 then 'x' else 'n' end || i";
};

TEST_F(UpsertPlanTest, MakesATableOfTheRowsAndThenItsKey) {
    const auto report = load(1, 6000, same);
    EXPECT_EQ(report["strategy"], "create");
    EXPECT_EQ(report["reason"], "the table is new");
    EXPECT_EQ(counts(report), "6000 0 0 0");
    EXPECT_EQ(
        checksum(), checksum_of("SELECT i AS id, 'n' || i AS name FROM generate_series(1, 6000) i")
    );
}

TEST_F(UpsertPlanTest, InsertsIntoATableThatIsEmpty) {
    exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text)");
    const auto report = load(1, 6000, same);
    EXPECT_EQ(report["strategy"], "insert");
    EXPECT_EQ(report["reason"], "the table is empty");
    EXPECT_EQ(counts(report), "6000 0 0 0");
    EXPECT_TRUE(logged("m.t: insert (the table is empty)"));
}

TEST_F(UpsertPlanTest, WritesNothingWhereNothingHasChanged) {
    load(1, 6000, same);
    const auto before = scalar("SELECT md5(string_agg(ctid || xmin::text, '')) FROM m.t");
    const auto report = load(1, 6000, same);
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_THAT(report["reason"].get<std::string>(), HasSubstr("100 % unchanged"));
    EXPECT_THAT(report["reason"].get<std::string>(), HasSubstr("both lie in the order of the key"));
    EXPECT_EQ(counts(report), "0 0 6000 0");
    EXPECT_EQ(scalar("SELECT md5(string_agg(ctid || xmin::text, '')) FROM m.t"), before);
    // Not even a lock on them, as ON CONFLICT would leave behind.
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t WHERE xmax <> 0"), "0");
}

TEST_F(UpsertPlanTest, WritesWhatDiffersAndCountsTheRest) {
    load(1, 10000, same);
    const auto report = load(1001, 11000, few_changed);
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "1000 900 8100 0");
    EXPECT_EQ(
        checksum(),
        checksum_of(
            "SELECT i AS id, CASE WHEN i > 1000 AND i % 10 = 0 THEN 'x' ELSE 'n' END || i AS name "
            "FROM generate_series(1, 11000) AS i"
        )
    );
}

TEST_F(UpsertPlanTest, MergesFewRowsByConflict) {
    load(1, 10000, same);
    const auto report = load(9999, 10002, few_changed);
    EXPECT_EQ(report["strategy"], "on_conflict");
    EXPECT_EQ(report["reason"], "4 rows are few");
    EXPECT_EQ(counts(report), "2 1 1 0");
}

TEST_F(UpsertPlanTest, MergesWhereMostRowsHaveChanged) {
    load(1, 6000, same);
    const auto report = load(1, 6000, "'x' || i");
    EXPECT_EQ(report["strategy"], "merge");
    EXPECT_THAT(
        report["reason"].get<std::string>(),
        HasSubstr(
            "sampled rows 0 % are new, 100 % changed, 0 % unchanged; the table has about 6,000"
        )
    );
    EXPECT_EQ(counts(report), "0 6000 0 0");
}

TEST_F(UpsertPlanTest, TellsWhatMergeInsertsFromWhatItUpdates) {
    load(1, 6000, same);
    const auto report = load(2001, 8000, "case when i % 2 = 0 then 'x' else 'n' end || i");
    EXPECT_EQ(report["strategy"], "merge");
    EXPECT_EQ(counts(report), "2000 2000 2000 0");
    EXPECT_EQ(
        checksum(),
        checksum_of("SELECT i AS id, CASE WHEN i > 2000 AND i % 2 = 0 THEN 'x' ELSE 'n' END || i "
                    "AS name FROM generate_series(1, 8000) AS i")
    );
}

TEST_F(UpsertPlanTest, CountsWhatMergeWroteAndNotWhatWasWrittenBefore) {
    const std::string soft = R"(, "delete_missing": "soft", "max_deleted": "100%")";
    load(1, 12000, same, soft);
    const auto report = load(6001, 12000, "'x' || i", soft);
    EXPECT_EQ(report["strategy"], "merge");
    EXPECT_EQ(counts(report), "0 6000 0 6000");
}

TEST_F(UpsertPlanTest, LeavesToConflictWhatAForeignKeyWritesToo) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text UNIQUE, "
        "parent text REFERENCES m.t (name) ON UPDATE CASCADE);"
        "INSERT INTO m.t SELECT i, 'n' || i FROM generate_series(1, 6000) AS i;"
        "UPDATE m.t SET parent = 'n1' WHERE id = 2"
    );
    const auto report = load(1, 6000, "'x' || i");
    EXPECT_EQ(counts(report), "0 6000 0 0");
    EXPECT_EQ(scalar("SELECT parent FROM m.t WHERE id = 2"), "x1");
}

TEST_F(UpsertPlanTest, DoesNotTryAgainWhatNoOtherStatementCanWrite) {
    load(1, 6000, same);
    exec("ALTER TABLE m.t ADD CHECK (name <> 'x77')");
    ++attempt;
    const auto error = upsert_error(
        R"({"query": "select i as id, 'x' || i as name from generate_series(1, 6000) as i",
            "into": "m.t", "key": "id"})"
    );
    EXPECT_THAT(error.message, HasSubstr("t_name_check"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t WHERE name LIKE 'x%'"), "0");
}

TEST_F(UpsertPlanTest, MergesByConflictWhereATriggerMayWriteToo) {
    load(1, 6000, same);
    exec(
        "CREATE FUNCTION m.twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF pg_trigger_depth() = 1 THEN UPDATE m.t SET name = name WHERE id = NEW.id; END IF; "
        "RETURN NULL; END $$;"
        "CREATE TRIGGER s AFTER UPDATE ON m.t FOR EACH ROW EXECUTE FUNCTION m.twice()"
    );
    const auto report = load(1, 6000, "'x' || i");
    EXPECT_EQ(report["strategy"], "on_conflict");
    EXPECT_EQ(counts(report), "0 6000 0 0");
}

TEST_F(UpsertPlanTest, MergesByConflictWhereTheServerDoesNotCount) {
    load(1, 6000, same);
    exec("ALTER DATABASE " + scalar("SELECT current_database()") + " SET track_counts = off");
    const auto report = load(1, 6000, "'x' || i");
    EXPECT_EQ(report["strategy"], "on_conflict");
    EXPECT_EQ(counts(report), "0 6000 0 0");
}

TEST_F(UpsertPlanTest, LeavesTheComparisonToTheServerWhereItRounds) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name numeric(9,1));"
        "INSERT INTO m.t SELECT i, i + 0.5 FROM generate_series(1, 6000) AS i"
    );
    const auto report = load(1, 6000, "i + 0.46");
    EXPECT_EQ(report["strategy"], "on_conflict");
    EXPECT_THAT(report["reason"].get<std::string>(), HasSubstr("type differs"));
    EXPECT_EQ(counts(report), "0 0 6000 0");
}

TEST_F(UpsertPlanTest, ReplacesByComparing) {
    load(1, 8000, same);
    const auto report = load(2001, 9000, few_changed, R"(, "mode": "replace")");
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "1000 600 5400 2000");
    EXPECT_EQ(scalar("SELECT min(id) || ' ' || max(id) FROM m.t"), "2001 9000");
}

TEST_F(UpsertPlanTest, ComparesTablesThatAreParted) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text) PARTITION BY HASH "
        "(id);"
        "CREATE TABLE m.t0 PARTITION OF m.t FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
        "CREATE TABLE m.t1 PARTITION OF m.t FOR VALUES WITH (MODULUS 2, REMAINDER 1)"
    );
    load(1, 8000, same);
    const auto report = load(1, 9000, few_changed);
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "1000 800 7200 0");
    EXPECT_EQ(
        checksum(),
        checksum_of("SELECT i AS id, CASE WHEN i % 10 = 0 THEN 'x' ELSE 'n' END || i AS name "
                    "FROM generate_series(1, 9000) AS i")
    );
}

TEST_F(UpsertPlanTest, ComparesWhatLiesInNoOrder) {
    load(1, 6000, same);
    ++attempt;
    const auto report = upsert_ok(
        R"j({"into": "m.t", "key": "id", "query":
            "select i as id, 'n' || i as name from generate_series(1, 6000) i order by md5(i::text)"
        })j"
    );
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_THAT(report["reason"].get<std::string>(), testing::Not(HasSubstr("in the order")));
    EXPECT_EQ(counts(report), "0 0 6000 0");
}

TEST_F(UpsertPlanTest, MergesFewRowsIntoPartitions) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text) PARTITION BY RANGE "
        "(id);"
        "CREATE TABLE m.t0 PARTITION OF m.t FOR VALUES FROM (0) TO (100);"
        "CREATE TABLE m.t1 PARTITION OF m.t DEFAULT"
    );
    load(90, 105, same);
    const auto report = load(95, 110, few_changed);
    EXPECT_EQ(report["strategy"], "on_conflict");
    EXPECT_EQ(counts(report), "5 1 10 0");
}

TEST_F(UpsertPlanTest, SeesChangesFromAndToNullWhereItCompares) {
    load(1, 6000, "nullif('n' || i, 'n7')");
    const auto report = load(1, 6000, "nullif('n' || i, 'n8')");
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "0 2 5998 0");
}

TEST_F(UpsertPlanTest, FailsWhenATriggerSwallowsRowsThatItInserts) {
    load(1, 6000, same);
    exec(
        "CREATE FUNCTION m.swallow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.id = 6001 THEN RETURN NULL; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER s BEFORE INSERT ON m.t FOR EACH ROW EXECUTE FUNCTION m.swallow()"
    );
    ++attempt;
    const auto error = upsert_error(
        R"({"query": "select i as id, 'n' || i as name from generate_series(1, 6002) as i",
            "into": "m.t", "key": "id"})"
    );
    EXPECT_EQ(error.code, core::Errc::internal);
    EXPECT_THAT(error.message, HasSubstr("rows do not add up: 6002 in the source"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "6000");
}

TEST_F(UpsertPlanTest, BreaksNoOtherConstraint) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text UNIQUE);"
        "INSERT INTO m.t SELECT i, 'n' || i FROM generate_series(1, 6000) AS i"
    );
    ++attempt;
    const auto error = upsert_error(
        R"({"query": "select i as id, 'n' || least(i, 6000) as name from generate_series(1, 6001) i",
            "into": "m.t", "key": "id"})"
    );
    EXPECT_EQ(error.code, core::Errc::conflict);
    EXPECT_THAT(error.message, HasSubstr("(name)=(n6000) already exists"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "6000");
}

}  // namespace

}  // namespace reel::warehouse
