// A load of what is there already, with every statement of it failing once.

#include <gmock/gmock.h>

#include "faulty_wire.hpp"
#include "load_fixture.hpp"

namespace reel::warehouse {

namespace {

class UnchangedFaults : public LoadTest, public testing::WithParamInterface<Fault> {
  protected:
    UnchangedFaults() : direct_(uri), wire_(data_dir, server_socket(), scalar("SHOW port")) {
        put("t.csv", "id,name\n1,a\n2,b\n");
        plan_ = infer_file("t.csv", {.into = "m.t", .key = {"id"}}).plan;
    }

    void reset() {
        uri = direct_;
        exec("DROP SCHEMA IF EXISTS m, reel, reel_staging CASCADE");
        load_ok(plan_);
        uri = uri_through(data_dir);
    }

    /// Whether it took one try.
    bool load_again() {
        const auto first = try_load(plan_);
        uri = direct_;
        const auto report = first ? Json::parse(first->text) : load_ok(plan_);
        EXPECT_EQ(account(report), "2 0 0 2 0 0 2");
        EXPECT_EQ(report[0].at("strategy"), "unchanged");
        EXPECT_EQ(scalar("SELECT string_agg(id || name, ' ' ORDER BY id) FROM m.t"), "1a 2b");
        EXPECT_EQ(scalar("SELECT sum(inserted) || ' ' || sum(updated) FROM reel.loads"), "2 0");
        EXPECT_EQ(staging_tables(), "0");
        return first.has_value();
    }

    std::string direct_;
    FaultyWire wire_;
    LoadPlan plan_;
};

TEST_P(UnchangedFaults, AtEveryStatementChangeNothing) {
    std::vector<bool> done;
    fail_each_statement(wire_, {.fault = GetParam(), .sql = {}, .sqlstate = "53100"}, [&] {
        reset();
        done.push_back(load_again());
    });
    ASSERT_GT(done.size(), 9U);
    EXPECT_TRUE(done.front()) << "without a fault";
}

std::string fault_name(const testing::TestParamInfo<Fault>& info) {
    switch (info.param) {
        case Fault::cut_before:
            return "cut_before";
        case Fault::cut_after:
            return "answer_lost";
        default:
            return "disk_full";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Every,
    UnchangedFaults,
    testing::Values(Fault::cut_before, Fault::cut_after, Fault::refuse),
    fault_name
);

}  // namespace

}  // namespace reel::warehouse
