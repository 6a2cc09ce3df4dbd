#include "contract/store/dispatch_fixture.hpp"

#include "reel/postgres/link.hpp"
#include "reel/store/migrations.hpp"
#include "support/test_cluster.hpp"

namespace reel::store {

namespace {

const std::string& database() {
    static const std::string uri = [] {
        std::string fresh = support::test_database();
        const auto applied = migrate(fresh);
        EXPECT_TRUE(applied) << applied.error().describe();
        return fresh;
    }();
    return uri;
}

constexpr core::Duration lease = std::chrono::minutes(5);

}  // namespace

void DispatchContract::SetUp() {
    if (GetParam() == "memory") {
        store = make_memory_dispatch_store(clock);
        return;
    }
    postgres::Link(database()).exec_script("truncate reel.dispatch, reel.worker");
    store = make_postgres_dispatch_store(database());
}

void DispatchContract::let_leases_end() {
    clock.advance(2 * lease);
    if (GetParam() == "memory") return;
    postgres::Link(database())
        .exec_script(
            "update reel.dispatch set lease_until = lease_until - interval '10 minutes';"
            "update reel.worker set lease_until = lease_until - interval '10 minutes'"
        );
}

std::vector<core::AttemptId> DispatchContract::claim(const WorkerId& worker, std::size_t limit) {
    std::vector<core::AttemptId> attempts;
    for (const auto& offer : store->claim(worker, {"default", "loads"}, lease, limit)) {
        attempts.push_back(offer.attempt);
    }
    return attempts;
}

std::vector<core::AttemptId> DispatchContract::refused(
    const WorkerId& worker, core::AttemptId attempt, ReportKind kind, const std::string& body
) {
    return store->report(worker, {{.attempt = attempt, .kind = kind, .body = {body}}});
}

DispatchOffer an_offer(core::AttemptId attempt, const std::string& queue, int priority) {
    return {
        .attempt = attempt,
        .key =
            {core::DagId("movies"),
             core::RunId("r1"),
             core::TaskId("task" + std::to_string(attempt)),
             -1},
        .try_number = 2,
        .dag_version = "v1",
        .queue = queue,
        .priority = priority,
    };
}

WorkerBeat a_beat(const WorkerId& id) {
    return {
        .id = id,
        .hostname = "host of " + id,
        .pid = 7,
        .queues = {"default", "it's, \"ü\""},
        .concurrency = 4,
        .lease = lease,
    };
}

namespace {

std::string kind_of(const testing::TestParamInfo<std::string>& info) {
    return info.param;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Stores, DispatchContract, testing::Values("memory", "postgres"), kind_of);

}  // namespace reel::store
