#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class WorkersApi : public ApiTest {
  protected:
    void list(std::vector<store::WorkerRecord> workers) {
        services_.options.list_workers = [workers = std::move(workers)] { return workers; };
        application_ = std::make_unique<Application>(services_);
    }
    store::WorkerRecord a_worker(const std::string& id) {
        store::WorkerRecord worker;
        worker.id = id;
        worker.hostname = "host of " + id;
        worker.pid = 42;
        worker.queues = {"default", "gpu"};
        worker.concurrency = 8;
        worker.started_at = clock_.now();
        worker.heartbeat = clock_.now();
        worker.is_live = true;
        worker.claimed = 3;
        return worker;
    }
};

}  // namespace

TEST_F(WorkersApi, ListsWhatIsKnownOfEach) {
    list({a_worker("w1")});
    const auto answer = get_json("/api/reel/v1/workers");
    EXPECT_EQ(answer["total_entries"], 1);
    EXPECT_EQ(
        answer["workers"],
        nlohmann::json::array(
            {{{"worker_id", "w1"},
              {"hostname", "host of w1"},
              {"pid", 42},
              {"state", "running"},
              {"queues", {"default", "gpu"}},
              {"running", 3},
              {"concurrency", 8},
              {"started_at", "2026-01-01T00:00:00Z"},
              {"heartbeat", "2026-01-01T00:00:00Z"}}}
        )
    );
}

TEST_F(WorkersApi, CallsLostWhoIsSilentAndHasNotStopped) {
    auto draining = a_worker("w1");
    draining.state = store::WorkerState::draining;
    auto silent = draining;
    silent.is_live = false;
    auto stopped = silent;
    stopped.state = store::WorkerState::stopped;
    list({draining, silent, stopped});
    const auto workers = get_json("/api/reel/v1/workers")["workers"];
    EXPECT_EQ(workers[0]["state"], "draining");
    EXPECT_EQ(workers[1]["state"], "lost");
    EXPECT_EQ(workers[2]["state"], "stopped");
}

TEST_F(WorkersApi, GivesThemInPages) {
    list({a_worker("w1"), a_worker("w2"), a_worker("w3")});
    const auto page = get_json("/api/reel/v1/workers?limit=1&offset=1");
    EXPECT_EQ(page["total_entries"], 3);
    ASSERT_EQ(page["workers"].size(), 1U);
    EXPECT_EQ(page["workers"][0]["worker_id"], "w2");
    EXPECT_EQ(get_json("/api/reel/v1/workers?offset=9")["workers"], nlohmann::json::array());
}

TEST_F(WorkersApi, HasNobodyToListWhereTasksRunInTheServer) {
    EXPECT_EQ(get_json("/api/reel/v1/workers")["total_entries"], 0);
}

}  // namespace reel::api
