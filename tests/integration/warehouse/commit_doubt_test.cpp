#include <gmock/gmock.h>

#include "faulty_wire.hpp"
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

}  // namespace

}  // namespace reel::warehouse
