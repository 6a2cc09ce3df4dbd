#pragma once

#include <string>

#include "load_fixture.hpp"
#include "reel/warehouse/replay.hpp"
#include "warehouse/load/load_spec.hpp"

namespace reel::warehouse {

/// Loads by a spec, mends the spec and replays.
class ReplayTest : public LoadTest {
  protected:
    /// A plan as a replay wants it.
    static LoadPlan plan_of(const std::string& spec) {
        auto plan = parse_replay_spec({spec}, "");
        EXPECT_TRUE(plan) << plan.error().describe();
        return plan.value_or(LoadPlan{});
    }
    /// Loads by hand; the same document is a spec of both.
    void load_spec_ok(const std::string& spec) {
        const auto plan = parse_load_spec(Json::parse(spec), {});
        ASSERT_TRUE(plan) << plan.error().describe();
        load_ok(*plan);
    }
    core::Result<core::JsonText> try_replay(const LoadPlan& plan, ReplayWishes wishes = {}) {
        auto of_replay = context("replay");
        of_replay.identity.key.dag_id = core::DagId("reel-quarantine");
        of_replay.identity.key.run_id = core::RunId("replay__" + std::to_string(++replays));
        return replay(plan, wishes, of_replay);
    }
    Json replay_ok(const LoadPlan& plan, const ReplayWishes& wishes = {}) {
        const auto report = try_replay(plan, wishes);
        EXPECT_TRUE(report) << report.error().describe();
        return report ? Json::parse(report->text) : Json::array();
    }
    Json replay_ok(const std::string& spec, const ReplayWishes& wishes = {}) {
        return replay_ok(plan_of(spec), wishes);
    }
    /// records replayed kept added
    static std::string outcome(const Json& report) {
        if (report.empty()) return "none";
        std::string text;
        for (const char* const count : {"records", "replayed", "kept", "added"}) {
            text += (text.empty() ? "" : " ") + report.at(0).at(count).dump();
        }
        return text;
    }
    std::string rows_of(const std::string& table, const std::string& order = "1") {
        return scalar(
            "SELECT coalesce(string_agg(t::text, ' ' ORDER BY " +
            (order == "1" ? std::string("t::text") : order) + "), '') FROM " + table + " AS t"
        );
    }
    std::string open_rejects() {
        return scalar("SELECT count(*) FROM reel.quarantine WHERE replayed_at IS NULL");
    }

    int replays = 0;
};

}  // namespace reel::warehouse
