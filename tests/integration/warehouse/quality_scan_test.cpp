#include <gmock/gmock.h>

#include "quality_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class QualityScanTest : public QualityTest {
  protected:
    /// How often a table was read from end to end, once the sessions that did it are gone: they
    /// tell on leaving.
    int scans(const std::string& table) {
        while (scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                      "'reel quality' AND datname = current_database()") != "0") {
        }
        return std::stoi(scalar(
            "SELECT seq_scan FROM pg_stat_user_tables WHERE relid = '" + table + "'::regclass"
        ));
    }
};

TEST_F(QualityScanTest, ReadsATableOnceForAllAggregates) {
    const int before = scans("m.movies");
    quality_ok(checks(R"j(
        {"row_count": 4}, {"row_count": {"min": 1, "where": "id > 0"}},
        {"not_null": "id", "error_if": "> 90%", "severity": "warn", "warn_if": "> 90%"},
        {"not_null": ["title", "lang"], "where": "id = 1"},
        {"range": {"column": "budget", "min": -1, "max": 5}},
        {"accepted_values": {"column": "lang", "values": ["en", "ja", "xx"]}},
        {"regex": {"column": "lang", "pattern": "^..$"}},
        {"length": {"column": "title", "max": 4}},
        {"expression": "budget < 10"},
        {"freshness": {"column": "at", "max_age": "2h"}},
        {"aggregate": {"of": "avg(budget)", "max": 9}},
        {"aggregate": {"of": "null_share(title)", "max": "50%"}},
        {"change": {"of": "sum(budget)", "within": 1}},
        {"schema": {"columns": {"id": "integer"}}})j"));
    EXPECT_EQ(scans("m.movies") - before, 1);
}

TEST_F(QualityScanTest, ReadsATableOnceMoreForEachCheckOfKeys) {
    const int movies = scans("m.movies");
    const int genres = scans("m.genres");
    quality_ok(checks(
        R"({"row_count": 4}, {"unique": "budget"},
           {"relationships": {"column": "genre", "to": "m.genres.genre_id"}, "error_if": "> 5"})"
    ));
    EXPECT_EQ(scans("m.movies") - movies, 4) << "numbers, keys, orphans, examples of orphans";
    EXPECT_EQ(scans("m.genres") - genres, 2);
}

TEST_F(QualityScanTest, ReadsNothingWhereAConstraintKeepsIt) {
    exec(
        "CREATE TABLE m.parent (id integer PRIMARY KEY); INSERT INTO m.parent VALUES (1), (2);"
        "CREATE TABLE m.child (a integer REFERENCES m.parent, b integer, UNIQUE (a));"
        "INSERT INTO m.child VALUES (1, 1), (2, 2), (NULL, 3), (NULL, 3)"
    );
    const int before = scans("m.child");
    const auto report = quality_ok(
        R"({"checks": {"m.child": [{"unique": "a"}, {"unique": ["b", "a"]},
            {"relationships": {"column": "a", "to": "m.parent.id"}}]}})"
    );
    EXPECT_EQ(scans("m.child") - before, 0);
    EXPECT_EQ(report["checks"][0]["message"], "m.child_a_key keeps it");
    EXPECT_EQ(report["checks"][2]["message"], "child_a_fkey keeps it");
}

TEST_F(QualityScanTest, TrustsNoConstraintThatDoesNotCoverTheCheck) {
    exec(
        "CREATE TABLE m.parent (id integer PRIMARY KEY, other integer UNIQUE);"
        "INSERT INTO m.parent VALUES (1, 5);"
        "CREATE TABLE m.child (a integer, b integer);"
        "INSERT INTO m.child VALUES (7, 1), (7, 1);"
        "CREATE UNIQUE INDEX ON m.child (a) WHERE b > 1;"
        "CREATE UNIQUE INDEX ON m.child ((a + b)) WHERE false;"
        "ALTER TABLE m.child ADD FOREIGN KEY (a) REFERENCES m.parent NOT VALID;"
        "CREATE TABLE m.base (a integer UNIQUE); CREATE TABLE m.heir () INHERITS (m.base);"
        "INSERT INTO m.base VALUES (1); INSERT INTO m.heir VALUES (1)"
    );
    const auto error = quality_error(
        R"({"checks": {"m.child": [{"unique": "a"}, {"unique": ["a", "b"]},
            {"relationships": {"column": "a", "to": "m.parent.id"}},
            {"relationships": {"column": "b", "to": "m.parent.other"}}],
            "m.base": [{"unique": "a"}]}})"
    );
    EXPECT_THAT(error.message, HasSubstr("5 of 5 checks failed"));
}

TEST_F(QualityScanTest, TrustsAForeignKeyOnlyWhileItsTriggersWork) {
    exec(
        "CREATE TABLE m.parent (id integer PRIMARY KEY);"
        "CREATE TABLE m.child (a integer REFERENCES m.parent);"
        "ALTER TABLE m.child DISABLE TRIGGER ALL; INSERT INTO m.child VALUES (7)"
    );
    const auto error = quality_error(
        R"({"checks": {"m.child": [{"relationships": {"column": "a", "to": "m.parent.id"}}]}})"
    );
    EXPECT_THAT(error.message, HasSubstr("relationships(a -> m.parent.id): 1, expected 0 rows"));
}

}  // namespace

}  // namespace reel::warehouse
