// A file that comes again: what proves that there is nothing to do, and what must disprove it.

#include <gmock/gmock.h>

#include <fmt/format.h>

#include "load_fixture.hpp"
#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class UnchangedTest : public UpsertTest {
  protected:
    Json publish(const std::string& rows, bool takes_over = false) {
        stage_rows(rows);
        staged["stage.t"].has_one_reader = takes_over;
        return upsert_ok(into_t);
    }
    std::string versions() {
        return scalar(
            "SELECT string_agg(ctid || ' ' || xmin || ' ' || xmax, ',' ORDER BY id) FROM m.t"
        );
    }
    const std::string rows = "1,a\n2,b\n3,\n";
};

TEST_F(UnchangedTest, IsRecordedWithoutBeingCompared) {
    for (const bool takes_over : {false, true}) {
        exec("DROP SCHEMA IF EXISTS m CASCADE");
        publish(rows, takes_over);
        const auto before = versions();
        const auto report = publish(rows);
        EXPECT_EQ(report["strategy"], "unchanged");
        EXPECT_THAT(
            report["reason"].get<std::string>(),
            testing::MatchesRegex(
                "the same content was published at 2.*, and none of the table's 3 "
                "rows was written or deleted since"
            )
        );
        EXPECT_EQ(counts(report), "0 0 3 0");
        EXPECT_EQ(versions(), before);
        EXPECT_TRUE(logged("m.t: unchanged (the same content"));
    }
    EXPECT_EQ(
        scalar("SELECT string_agg(rows || ' ' || inserted || ' ' || unchanged, ', ' "
               "ORDER BY finished_at) FROM reel.loads"),
        "3 3 0, 3 0 3, 3 3 0, 3 0 3"
    );
}

TEST_F(UnchangedTest, IsDisprovedByWhateverTouchesTheTable) {
    const std::vector<std::string> touches = {
        "UPDATE m.t SET name = 'z' WHERE id = 1",
        "UPDATE m.t SET name = name WHERE id = 1",
        "DELETE FROM m.t WHERE id = 2",
        "INSERT INTO m.t VALUES (9, 'x')",
        "DELETE FROM m.t WHERE id = 2; INSERT INTO m.t VALUES (9, 'x')",
        "CREATE TABLE m.kept AS TABLE m.t; TRUNCATE m.t; INSERT INTO m.t TABLE m.kept",
        "TRUNCATE m.t",
        "ALTER TABLE m.t DROP COLUMN name; ALTER TABLE m.t ADD COLUMN name text",
        "ALTER TABLE m.t ALTER COLUMN name TYPE varchar(5)",
        "ALTER TABLE m.t ALTER COLUMN id TYPE bigint",
        "ALTER TABLE m.t RENAME TO other; CREATE TABLE m.t (LIKE m.other INCLUDING ALL); "
        "INSERT INTO m.t TABLE m.other",
    };
    for (const auto& touch : touches) {
        exec("DROP SCHEMA IF EXISTS m CASCADE");
        publish(rows, true);
        ASSERT_EQ(publish(rows)["strategy"], "unchanged");
        exec(touch);
        EXPECT_NE(publish(rows)["strategy"], "unchanged") << touch;
        EXPECT_EQ(
            scalar("SELECT string_agg(id || coalesce(name, ''), ' ' ORDER BY id) FROM m.t "
                   "WHERE id < 9"),
            "1a 2b 3"
        ) << touch;
    }
}

TEST_F(UnchangedTest, OutlastsWhatLeavesTheRowsAsTheyAre) {
    publish(rows, true);
    for (const std::string harmless :
         {"VACUUM FREEZE m.t",
          "VACUUM FULL m.t",
          "CREATE INDEX ON m.t (name)",
          "ANALYZE m.t",
          "BEGIN; UPDATE m.t SET name = 'z'; ROLLBACK",
          "SELECT FROM m.t FOR UPDATE"}) {
        exec(harmless);
        EXPECT_EQ(publish(rows)["strategy"], "unchanged") << harmless;
    }
}

TEST_F(UnchangedTest, IsOnlyTheSameWorkOnTheSameContent) {
    publish(rows, true);
    EXPECT_NE(publish("1,a\n2,b\n")["strategy"], "unchanged") << "another file";
    EXPECT_NE(publish(rows)["strategy"], "unchanged") << "only the last one is remembered";
    stage_rows(rows);
    const std::string replacing =
        R"({"from": "stage.t", "into": "m.t", "key": "id", "mode": "replace"})";
    EXPECT_NE(upsert_ok(replacing)["strategy"], "unchanged") << "another mode";
    put("t.csv", "id,name\n" + rows);
    stage_ok(R"({"source": "t.csv", "tables": {"t": {"key": "id", "columns": {
        "id": {"type": "integer"}, "name": {"type": "text", "null_values": ["b"]}}}}})");
    ++attempt;
    EXPECT_EQ(counts(upsert_ok(into_t)), "0 1 2 0") << "other rules for its columns";
}

/// Somebody whose transaction began before the publish, and has a number that is smaller than the
/// publish's.
class EarlyWriter {
  public:
    EarlyWriter(const std::string& uri, bool in_savepoint) : link_(uri), transaction_(link_) {
        if (in_savepoint) link_.exec("SAVEPOINT early");
        link_.exec("CREATE TEMP TABLE early AS SELECT 1");
    }
    void write() {
        link_.exec("UPDATE m.t SET name = 'early' WHERE id = 1");
        transaction_.commit();
    }

  private:
    postgres::Link link_;
    postgres::LinkTransaction transaction_;
};

TEST_F(UnchangedTest, IsDisprovedByWritersThatBeganBeforeThePublish) {
    for (const bool in_savepoint : {false, true}) {
        exec("DROP SCHEMA IF EXISTS m CASCADE");
        EarlyWriter writer(uri, in_savepoint);
        publish(rows);
        EXPECT_EQ(publish(rows)["strategy"], "unchanged") << "it has not written yet";
        writer.write();
        EXPECT_EQ(counts(publish(rows)), "0 1 2 0");
        EXPECT_EQ(content(), "1=a 2=b 3=NULL");
    }
}

TEST_F(UnchangedTest, IsNeverTakenForGrantedWhereRowsMayBeNewer) {
    const EarlyWriter writer(uri, false);
    publish(rows, true);  // the staged rows are younger than a transaction that still runs
    EXPECT_EQ(publish(rows)["strategy"], "on_conflict");
}

TEST_F(UnchangedTest, IsKnownAgainOnceItWasCompared) {
    std::string many;
    for (int i = 1; i <= 6000; ++i) many += fmt::format("{},n{}\n", i, i);
    publish(many);
    exec("DELETE FROM m.t WHERE id = 7; DELETE FROM reel.target_states");
    const auto compared = publish(many);
    EXPECT_EQ(compared["strategy"], "compare");
    EXPECT_EQ(counts(compared), "1 0 5999 0");
    EXPECT_EQ(publish(many)["strategy"], "unchanged");
    exec("DELETE FROM m.t WHERE id = 9");
    EXPECT_EQ(counts(publish(many)), "1 0 5999 0");
}

TEST_F(UnchangedTest, IsComparedOnceWhereItWasMerged) {
    std::string many;
    std::string others;
    for (int i = 1; i <= 6000; ++i) {
        many += fmt::format("{},n{}\n", i, i);
        others += fmt::format("{},x{}\n", i, i);
    }
    publish(many);
    EXPECT_EQ(publish(others)["strategy"], "merge");
    EXPECT_EQ(publish(others)["strategy"], "compare");
    EXPECT_EQ(publish(others)["strategy"], "unchanged");
    EXPECT_EQ(counts(publish(many)), "0 6000 0 0");
}

TEST_F(UnchangedTest, HoldsForMarksOfMissingRowsToo) {
    const std::string args = R"({"from": "stage.t", "into": "m.t", "key": "id",
        "delete_missing": "soft", "max_deleted": "100%"})";
    std::string many;
    for (int i = 1; i <= 6000; ++i) many += fmt::format("{},n{}\n", i, i);
    stage_rows(many + "7000,gone\n");
    upsert_ok(args);
    stage_rows(many);
    const auto marked = upsert_ok(args);
    EXPECT_EQ(marked["strategy"], "compare");
    EXPECT_EQ(counts(marked), "0 0 6000 1");
    stage_rows(many);
    EXPECT_EQ(upsert_ok(args)["strategy"], "unchanged");
}

/// The same without a DAG, where the file is not even staged.
class UnchangedLoadTest : public LoadTest {
  protected:
    void SetUp() override { put("t.csv", "id,name\n1,a\n2,b\n2,c\nx,d\n"); }

    LoadPlan plan() const {
        return {
            .stage_task = "stage",
            .stage = {R"({"source": "t.csv", "rejects": "100%", "tables": {
                "t": {"key": "id", "columns": {"id": "integer", "name": "text"}},
                "n": {"key": "name", "columns": {"name": "text"}}}})"},
            .upserts =
                {{R"({"from": "stage.t", "into": "s.t", "key": "id"})"},
                 {R"({"from": "stage.n", "into": "s.n", "key": "name"})"}}
        };
    }
    std::string stagings() {
        return scalar("SELECT count(DISTINCT run_id) FROM reel.stage_reports");
    }
};

TEST_F(UnchangedLoadTest, AccountsForTheFileWithoutStagingIt) {
    EXPECT_EQ(account(load_ok(plan())), "4 1 1 2 2 0 0");
    const auto again = load_ok(plan());
    EXPECT_EQ(account(again), "4 1 1 2 0 0 2");
    EXPECT_EQ(account(again, 1), "4 1 0 3 0 0 3");
    EXPECT_EQ(again[0].at("records_read"), 4);
    EXPECT_EQ(again[0].at("strategy"), "unchanged");
    EXPECT_EQ(stagings(), "1");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "4");
    EXPECT_TRUE(logged("s.n: unchanged"));
}

TEST_F(UnchangedLoadTest, LoadsWhereOneOfItsTablesWasTouched) {
    load_ok(plan());
    exec("UPDATE s.n SET name = 'z' WHERE name = 'a'");
    const auto again = load_ok(plan());
    EXPECT_EQ(again[0].at("strategy"), "unchanged") << "published from what was staged";
    EXPECT_EQ(account(again, 1), "4 1 0 3 1 0 2");
    EXPECT_EQ(stagings(), "2");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "4") << "nothing was recorded twice";
}

TEST_F(UnchangedLoadTest, LoadsWhatHasChanged) {
    load_ok(plan());
    put("t.csv", "id,name\n1,a\n2,b\n2,d\nx,d\n");
    EXPECT_EQ(account(load_ok(plan())), "4 1 1 2 0 1 1");
    EXPECT_EQ(scalar("SELECT name FROM s.t WHERE id = 2"), "d");
    auto other = plan();
    other.upserts.pop_back();
    EXPECT_EQ(load_ok(other)[0].at("strategy"), "unchanged") << "a part of it";
}

TEST_F(UnchangedLoadTest, LeavesAMissingFileToTheLoad) {
    load_ok(plan());
    std::filesystem::remove(data_dir / "t.csv");
    const auto report = try_load(plan());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::not_found);
    EXPECT_THAT(report.error().describe(), HasSubstr("t.csv"));
}

TEST_F(UnchangedLoadTest, AppendsAgain) {
    put("a.csv", "v\n1\n1\n");
    const auto appending = infer_file("a.csv", {.into = "s.a"}).plan;
    load_ok(appending);
    load_ok(appending);
    EXPECT_EQ(scalar("SELECT count(*) FROM s.a"), "4");
}

}  // namespace

}  // namespace reel::warehouse
