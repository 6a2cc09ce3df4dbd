#include <gmock/gmock.h>

#include "faulty_wire.hpp"
#include "reel/warehouse/load.hpp"
#include "reel/warehouse/replay.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// The connection breaks between COMMIT and its answer.
class CommitDoubtTest : public WarehouseTest {
  protected:
    void SetUp() override {
        exec("CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text)");
        put("t.csv", "id,name\n1,a\n2,b\n");
        stage_ok(
            R"({"source": "t.csv", "tables": {"t": {"key": "id", "columns": {
                "id": {"type": "integer"}, "name": {"type": "text"}}}}})"
        );
    }
    const std::string into_t = R"({"from": "stage.t", "into": "m.t", "key": "id"})";
};

TEST_F(CommitDoubtTest, IsTriedAgainWhenNothingWasCommitted) {
    exec(
        "CREATE FUNCTION m.die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON m.t DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION m.die()"
    );
    const auto error = upsert_error(into_t);
    EXPECT_EQ(error.code, core::Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr("nothing was loaded"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "0");
    exec("DROP TRIGGER die ON m.t");
    ++attempt;
    EXPECT_EQ(upsert_ok(into_t)["inserted"], 2);
}

TEST_F(CommitDoubtTest, IsASuccessWhenTheLedgerHasTheLoad) {
    upsert_ok(R"({"query": "select 1 as id", "into": "m.first", "key": "id"})");
    FaultyWire wire(data_dir, server_socket(), scalar("SHOW port"));
    wire.plan({.fault = Fault::cut_after, .sql = "commit", .sqlstate = {}});
    const auto direct = uri;
    uri = uri_through(data_dir);
    const auto report = upsert_ok(into_t);
    uri = direct;
    EXPECT_NE(wire.met(), "");
    EXPECT_EQ(report["inserted"], 2);
    EXPECT_TRUE(logged("the ledger shows that it happened"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.t"), "2");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads WHERE target = 'm.t'"), "1");
}

/// Two publishes share a connection, which may be gone after the first.
TEST_F(CommitDoubtTest, OfOnePublishOfALoadLeavesTheOthersAConnection) {
    const LoadPlan plan{
        .stage_task = "stage",
        .stage = {R"({"source": "t.csv", "tables": {"t": {"key": "id", "columns": {
            "id": {"type": "integer"}, "name": {"type": "text"}}}}})"},
        .upserts =
            {{R"({"from": "stage.t", "into": "m.t", "key": "id"})"},
             {R"({"from": "stage.t", "into": "m.u", "key": "id"})"}}
    };
    FaultyWire wire(data_dir, server_socket(), scalar("SHOW port"));
    const auto direct = uri;
    int mended = 0;
    fail_each_statement(wire, {.fault = Fault::cut_after, .sql = {}, .sqlstate = {}}, [&] {
        exec("TRUNCATE m.t; DROP TABLE IF EXISTS m.u; DELETE FROM reel.target_states");
        uri = uri_through(data_dir);
        ++attempt;
        log.clear();
        const bool is_loaded = load(plan, context("load")).has_value();
        uri = direct;
        if (is_loaded) {
            mended += logged("the ledger shows that it happened") ? 1 : 0;
        } else {
            ++attempt;
            ASSERT_TRUE(load(plan, context("load")));
        }
        EXPECT_EQ(scalar("SELECT count(*) || ' ' || (SELECT count(*) FROM m.u) FROM m.t"), "2 2");
    });
    EXPECT_EQ(mended, 2) << "of either publish";
}

/// A replay of one record that a mended spec accepts.
class ReplayDoubtTest : public WarehouseTest {
  protected:
    ReplayDoubtTest() {
        put("r.csv", "id,name\nx,a\n");
        OperationContext of_load = context("load");
        const auto columns = [](const std::string& id) {
            return R"({"source": "r.csv", "rejects": 9, "tables": {"r": {"columns": {"id": )" + id +
                   R"(, "name": "text"}}}})";
        };
        LoadPlan plan{
            .stage_task = "stage",
            .stage = {columns(R"("integer")")},
            .upserts = {{R"({"from": "stage.r", "into": "m.r"})"}}
        };
        EXPECT_TRUE(load(plan, of_load));
        mended = plan;
        mended.stage = {columns(R"({"type": "integer", "null_values": ["x"]})")};
    }
    core::Result<core::JsonText> replay_through(
        FaultyWire& wire, const std::string& sql, const std::string& run_id
    ) {
        wire.plan({.fault = Fault::cut_after, .sql = sql, .sqlstate = {}});
        auto of_replay = context("replay");
        of_replay.uri = uri_through(data_dir);
        of_replay.identity.key.run_id = core::RunId(run_id);
        auto report = replay(mended, {}, of_replay);
        EXPECT_NE(wire.met(), "") << sql;
        return report;
    }

    LoadPlan mended;
};

TEST_F(ReplayDoubtTest, IsASuccessWhereItCommitted) {
    FaultyWire wire(data_dir, server_socket(), scalar("SHOW port"));
    const auto report = replay_through(wire, "commit", "replay__1");
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(scalar("SELECT count(*) FROM m.r"), "1");
    EXPECT_EQ(scalar("SELECT string_agg(replayed_by, '') FROM reel.quarantine"), "replay__1");
}

TEST_F(ReplayDoubtTest, CutAnywhereItLeavesAllAsItWasAndCanBeRepeated) {
    FaultyWire wire(data_dir, server_socket(), scalar("SHOW port"));
    for (const char* const sql :
         {"reel_outcomes (",
          "INSERT INTO \"m\".\"r\"",
          "INSERT INTO reel.loads",
          "SET replayed_at",
          "INSERT INTO reel.quarantine_replays"}) {
        const auto report = replay_through(wire, sql, "replay__cut");
        ASSERT_FALSE(report) << sql;
        EXPECT_EQ(report.error().code, core::Errc::unavailable) << sql;
        EXPECT_EQ(scalar("SELECT count(*) FROM m.r"), "0") << sql;
        EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine WHERE replayed_at IS NULL"), "1")
            << sql;
    }
    auto of_replay = context("replay");
    ASSERT_TRUE(replay(mended, {}, of_replay));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.r"), "1");
}

}  // namespace

}  // namespace reel::warehouse
