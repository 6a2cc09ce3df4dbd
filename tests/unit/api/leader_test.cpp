// Servers that lead, and servers that do not.

#include <gmock/gmock.h>

#include "api_fixture.hpp"
#include "reel/scheduler/run_control.hpp"

namespace reel::api {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;

const store::LeaseHolder somebody{
    .hostname = "box", .pid = 7, .home = "x", .address = "127.0.0.1:1"
};

class LeaderTest : public ApiTest {
  protected:
    LeaderTest() { save(movies_dag()); }

    /// As a standby, or a server that has no scheduler at all.
    void lead_no_more() {
        services_.leader = [] { return nullptr; };
        application_ = std::make_unique<Application>(services_);
    }
    void lead_elsewhere() { ASSERT_TRUE(store_->acquire_lease(somebody, hours(1), {})); }
};

TEST_F(LeaderTest, WithoutALeaderWhatChangesSomethingIsRefusedForNow) {
    lead_no_more();
    for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
             {"POST", "/api/v2/dags/movies/dagRuns"},
             {"POST", "/api/v2/dags/movies/clearTaskInstances"},
             {"PATCH", "/api/v2/dags/movies"},
             {"DELETE", "/api/v2/dags/movies"},
             {"POST", "/api/v2/backfills"},
             {"PUT", "/api/v2/backfills/1/cancel"},
             {"POST", "/api/v2/pools"},
             {"POST", "/api/v2/variables"},
             {"DELETE", "/api/v2/connections/x"},
             {"GET", "/api/v2/dags/movies/dagRuns/r/taskInstances/load/dependencies"},
         }) {
        const Response response = send(method, target, "{}");
        EXPECT_EQ(response.status, 503) << method << " " << target;
        EXPECT_EQ(response.headers.at("Retry-After"), "5") << method << " " << target;
        EXPECT_THAT(response.body, HasSubstr("No scheduler leads at present"));
        EXPECT_THAT(response.body, HasSubstr(R"("reason":"no_leader")")) << "it can be repeated";
    }
    EXPECT_TRUE(control_.triggered().empty());
    EXPECT_FALSE(store_->get_dag(core::DagId("movies"))->is_paused);
}

TEST_F(LeaderTest, WithoutALeaderEverythingCanBeRead) {
    add_run("r1");
    lead_no_more();
    for (const char* const target :
         {"/api/v2/dags",
          "/api/v2/dags/movies/details",
          "/api/v2/dags/movies/dagRuns/r1",
          "/api/v2/dags/movies/dagRuns/r1/taskInstances",
          "/api/v2/variables",
          "/api/v2/pools",
          "/api/v2/monitor/health"}) {
        EXPECT_EQ(get(target).status, 200) << target;
    }
    EXPECT_EQ(send("POST", "/api/v2/dags/~/dagRuns/list", "{}").status, 200);
    send_json("POST", "/auth/token", {{"username", "admin"}, {"password", "wrong"}}, 401);
}

TEST_F(LeaderTest, ATokenIsAskedForBeforeAnythingIsPassedOn) {
    lead_no_more();
    Request request{.method = "POST", .target = "/api/v2/dags/movies/dagRuns", .body = "{}"};
    request.headers["authorization"] = "Bearer nonsense";
    EXPECT_EQ(send(request).status, 401);
}

TEST_F(LeaderTest, ALeaderThatCannotBeReachedIsToldSo) {
    lead_no_more();
    lead_elsewhere();
    const Response response = send("POST", "/api/v2/dags/movies/dagRuns", "{}");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.at("Retry-After"), "5");
    EXPECT_THAT(response.body, HasSubstr("cannot be reached"));
    EXPECT_THAT(response.body, HasSubstr(R"("reason":"no_leader")"));
}

TEST_F(LeaderTest, WhatWasPassedOnOnceIsNotPassedOnAgain) {
    lead_no_more();
    lead_elsewhere();
    Request request{.method = "POST", .target = "/api/v2/dags/movies/dagRuns", .body = "{}"};
    request.headers["authorization"] = "Bearer " + token_;
    request.headers["x-reel-forwarded"] = "1";
    const Response response = send(request);
    EXPECT_EQ(response.status, 503);
    EXPECT_THAT(response.body, HasSubstr("No scheduler leads at present"));
}

TEST_F(LeaderTest, HealthTellsOfTheLeaseWhereNoSchedulerIsHere) {
    lead_no_more();
    auto health = get_json("/api/v2/monitor/health");
    EXPECT_EQ(health["metadatabase"]["status"], "healthy");
    EXPECT_EQ(health["scheduler"]["status"], "unhealthy");
    EXPECT_TRUE(health["scheduler"]["latest_scheduler_heartbeat"].is_null()) << "none has led yet";
    lead_elsewhere();
    health = get_json("/api/v2/monitor/health");
    EXPECT_EQ(health["scheduler"]["status"], "healthy");
    EXPECT_EQ(
        health["scheduler"]["latest_scheduler_heartbeat"],
        core::format_api(store_->read_lease().renewed_at)
    );
    store_->release_lease(1);
    health = get_json("/api/v2/monitor/health");
    EXPECT_EQ(health["scheduler"]["status"], "unhealthy");
    EXPECT_FALSE(health["scheduler"]["latest_scheduler_heartbeat"].is_null());
}

TEST_F(LeaderTest, WhatIsKnownOfTheLeaseIsNotAskedForHealth) {
    lead_elsewhere();
    auto known = std::optional(store_->read_lease());
    services_.options.known_lease = [&known] { return known; };
    lead_no_more();
    store_->release_lease(1);
    EXPECT_EQ(get_json("/api/v2/monitor/health")["scheduler"]["status"], "healthy");
    known.reset();
    EXPECT_EQ(get_json("/api/v2/monitor/health")["scheduler"]["status"], "unhealthy");
}

TEST_F(LeaderTest, SaysWhoLeads) {
    get_json("/api/reel/v1/leader", 404);
    lead_elsewhere();
    const auto leader = get_json("/api/reel/v1/leader");
    EXPECT_EQ(leader["term"], 1);
    EXPECT_EQ(leader["is_alive"], true);
    EXPECT_EQ(leader["hostname"], "box");
    EXPECT_EQ(leader["pid"], 7);
    EXPECT_EQ(leader["address"], "127.0.0.1:1");
    EXPECT_EQ(leader["renewed_at"], leader["acquired_at"]);
    store_->release_lease(1);
    EXPECT_EQ(get_json("/api/reel/v1/leader")["is_alive"], false);
}

/// A scheduler whose term ends while it is asked.
class Deposed final : public support::FakeRunControl {
  public:
    using FakeRunControl::FakeRunControl;
    boost::asio::awaitable<core::Result<void>> set_paused(core::DagId, bool) override {
        throw store::LostLeadership("its time is over");
        co_return core::Result<void>();
    }
};

TEST_F(LeaderTest, ALeaderThatLosesTheLeadMeanwhileSaysSo) {
    Deposed deposed(*store_, clock_);
    services_.leader = support::leading(deposed);
    application_ = std::make_unique<Application>(services_);
    const Response response = send("PATCH", "/api/v2/dags/movies", R"({"is_paused": true})");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.at("Retry-After"), "5");
    EXPECT_THAT(response.body, HasSubstr("lost the lead"));
}

}  // namespace
}  // namespace reel::api
