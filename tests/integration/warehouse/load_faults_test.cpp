// A load in which every statement goes wrong once, in every way, and is then tried again as the
// scheduler does.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>

#include "faulty_wire.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

struct FaultCase {
    std::string name;
    Fault fault = Fault::none;
    std::string sqlstate;
};

class LoadFaults : public WarehouseTest, public testing::WithParamInterface<FaultCase> {
  protected:
    LoadFaults() : direct_(uri), wire_(data_dir, server_socket(), scalar("SHOW port")) {
        put_file("3,first,\n");
    }

    void put_file(const std::string& duplicate) {
        put("t.csv",
            "id,name,list\n1,a,\"[{'v': 1}]\"\n2,B,\"[{'v': 2}, {'v': 1}]\"\nx,y,\n" + duplicate +
                "3,c,\"[{'v': 'z'}]\"\n");
    }

    /// No target yet, and a staged table that can become it.
    void expect_new_target() {
        put_file("");
        before_ = "none";
        accounts_ = "3 0 0";
    }

    /// A target with a row that stays and one that changes, or none; nothing of an earlier load.
    void reset() {
        uri = direct_;
        exec("DROP SCHEMA IF EXISTS m, reel, reel_staging CASCADE; CREATE SCHEMA m");
        if (before_ != "none") {
            exec(
                "CREATE TABLE m.t (id integer PRIMARY KEY, name text);"
                "INSERT INTO m.t VALUES (1, 'a'), (2, 'b')"
            );
        }
        staged.clear();
        attempt = 1;
        uri = uri_through(data_dir);
    }

    /// Whether it took one try.
    bool stage_until_done() {
        const auto first = stage({stage_args_}, context());
        if (first) {
            keep(Json::parse(first->text));
            return true;
        }
        EXPECT_FALSE(first.error().message.empty());
        ++attempt;
        keep(stage_ok(stage_args_));
        return false;
    }

    bool upsert_until_done() {
        const auto first = upsert({upsert_args_}, context("upsert"));
        if (first) {
            expect_accounts(Json::parse(first->text));
            return true;
        }
        EXPECT_FALSE(first.error().message.empty());
        wait_for_sessions();
        EXPECT_EQ(content(), before_) << "half a load: " << first.error().describe();
        EXPECT_EQ(ledger(), "0");
        ++attempt;
        expect_accounts(upsert_ok(upsert_args_));
        return false;
    }

    /// The whole way, with what must be true at its end. Gives the tries that were too many.
    int load() {
        const int retries = (stage_until_done() ? 0 : 1) + (upsert_until_done() ? 0 : 1);
        uri = direct_;
        wait_for_sessions();
        EXPECT_EQ(content(), "1=a 2=B 3=c");
        EXPECT_EQ(ledger(), "1");
        EXPECT_EQ(
            scalar("SELECT count(*) FROM reel.quarantine q WHERE attempt = "
                   "(SELECT max(attempt) FROM reel.stage_reports)"),
            "2"
        );
        EXPECT_TRUE(drop_staged(
            uri, core::DagId("movies"), core::RunId(run), core::Duration(std::chrono::hours(1))
        ));
        EXPECT_EQ(staging_tables(), "0");
        return retries;
    }

    void fail_everywhere() {
        std::vector<int> retries;
        fail_each_statement(
            wire_,
            {.fault = GetParam().fault, .sql = {}, .sqlstate = GetParam().sqlstate},
            [&] {
                reset();
                retries.push_back(load());
            }
        );
        ASSERT_GT(retries.size(), 20U);
        EXPECT_EQ(retries.front(), 0) << "without a fault";
        EXPECT_LE(std::ranges::max(retries), 1);
        // Most of them matter; a load goes on without an advisory lock's release, say.
        EXPECT_GT(std::ranges::count(retries, 1), std::ssize(retries) / 2);
    }

  private:
    void keep(const Json& report) {
        for (const auto& [name, table] : report.at("tables").items()) {
            staged["stage." + name] = {
                table.at("physical"),
                {table.at("columns").dump()},
                {table.at("key").dump()},
                before_ == "none"
            };
        }
    }

    void expect_accounts(const Json& report) const {
        EXPECT_EQ(report["rows"], 3);
        EXPECT_EQ(
            report["inserted"].dump() + " " + report["updated"].dump() + " " +
                report["unchanged"].dump(),
            accounts_
        );
        if (report.contains("strategy")) {
            EXPECT_EQ(report["strategy"], before_ == "none" ? "take_over" : "on_conflict");
        }
    }

    /// What a cut connection had begun is taken back by the server when it sees that.
    void wait_for_sessions() {
        postgres::Link link(direct_);
        while (link.exec("SELECT FROM pg_stat_activity WHERE datname = current_database() "
                         "AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
                   .size() > 0) {
        }
    }

    std::string content() {
        postgres::Link link(direct_);
        if (link.exec("SELECT to_regclass('m.t') IS NULL").at(0, std::size_t{0}) == "t") {
            return "none";
        }
        return link.exec("SELECT string_agg(id || '=' || name, ' ' ORDER BY id) FROM m.t")
            .at(0, std::size_t{0})
            .value_or("");
    }
    std::string ledger() {
        postgres::Link link(direct_);
        if (link.exec("SELECT to_regclass('reel.loads') IS NULL").at(0, std::size_t{0}) == "t") {
            return "0";
        }
        return link.exec("SELECT count(*) FROM reel.loads WHERE target = 'm.t'")
            .at(0, std::size_t{0})
            .value_or("");
    }

    const std::string stage_args_ = R"({"source": "t.csv", "rejects": "100%", "tables": {
        "t": {"key": "id", "columns": {"id": "integer", "name": "text"}},
        "list": {"each": "list", "key": "v", "columns": {"v": {"from": "v", "type": "integer"}}}
    }})";
    const std::string upsert_args_ = R"({"from": "stage.t", "into": "m.t", "key": "id",
        "checks": [{"not_null": "name"}, {"row_count": {"min": 1}}]})";
    std::string before_ = "1=a 2=b";  ///< what the target holds
    std::string accounts_ = "1 1 1";  ///< inserted, updated, unchanged
    std::string direct_;
    FaultyWire wire_;
};

TEST_P(LoadFaults, AtEveryStatementLeaveNothingHalfOrTwice) {
    fail_everywhere();
}

TEST_P(LoadFaults, OfATakeOverLeaveNothingHalfOrTwice) {
    expect_new_target();
    fail_everywhere();
}

INSTANTIATE_TEST_SUITE_P(
    Every,
    LoadFaults,
    testing::Values(
        FaultCase{"cut_before", Fault::cut_before, {}},
        FaultCase{"answer_lost", Fault::cut_after, {}},
        FaultCase{"disk_full", Fault::refuse, "53100"},
        FaultCase{"deadlock", Fault::refuse, "40P01"},
        FaultCase{"lock_timeout", Fault::refuse, "55P03"}
    ),
    [](const auto& info) { return info.param.name; }
);

}  // namespace

}  // namespace reel::warehouse
