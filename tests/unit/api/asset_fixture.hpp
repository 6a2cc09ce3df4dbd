#pragma once

#include <string>
#include <vector>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

/// DAG "maker" makes "s3://films" (task extract) and "sales" (task load); "reader" waits for both.
class AssetTest : public ApiTest {
  protected:
    AssetTest() {
        core::Dag maker = movies_dag("maker");
        maker.tasks[0].outlets = {core::make_asset("s3://films")};
        maker.tasks[3].inlets = {core::make_asset("s3://films")};
        maker.tasks[3].outlets = {
            {.uri = "s3://sales", .name = "sales", .group = "tables", .extra = {R"({"x": 1})"}}
        };
        save(maker);
        core::Dag reader = movies_dag("reader");
        reader.schedule = core::NoSchedule{};
        reader.asset_condition = core::parse_asset_condition("s3://films & s3://sales").value();
        save(reader);
    }

    std::string id_of(const std::string& uri) {
        for (const auto& record : store_->list_assets()) {
            if (record.asset.uri == uri) return std::to_string(record.id);
        }
        return "0";
    }

    /// An event of "maker", queued for "reader".
    void add_event(std::int64_t id, const std::string& uri) {
        store::NewAssetEvent added;
        added.event = {.id = id, .uri = uri, .timestamp = clock_.now()};
        added.event.source =
            core::TaskKey{core::DagId("maker"), core::RunId("m1"), core::TaskId("extract"), -1};
        added.queued_for = {core::DagId("reader")};
        ASSERT_TRUE(store_->commit({.asset_events = {added}}).has_value());
    }

    void add_reader_run(const std::string& run_id, std::vector<std::int64_t> events) {
        store::NewRun made;
        made.run.dag_id = core::DagId("reader");
        made.run.run_id = core::RunId(run_id);
        made.run.type = core::RunType::asset_triggered;
        made.run.conf.text = "{}";
        made.run.queued_at = clock_.now();
        made.run.dag_version = std::string(64, 'a');
        made.consumed_events = std::move(events);
        ASSERT_TRUE(store_->commit({.new_runs = {made}}).has_value());
    }
};

}  // namespace reel::api
