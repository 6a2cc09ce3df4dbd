#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class WorkersCli : public CliTest {
  protected:
    WorkersCli() {
        store::WorkerRecord worker;
        worker.id = "a1b2";
        worker.hostname = "far";
        worker.queues = {"default", "gpu"};
        worker.concurrency = 8;
        worker.claimed = 3;
        worker.is_live = true;
        services_.options.list_workers = [worker] { return std::vector{worker}; };
        application_ = std::make_unique<api::Application>(services_);
    }
};

}  // namespace

TEST_F(WorkersCli, ListsThemForPeople) {
    EXPECT_EQ(run({"workers", "list"}), 0) << err_;
    for (const char* const word : {"worker_id", "a1b2", "far", "running", "default, gpu", "8"}) {
        EXPECT_THAT(out_, HasSubstr(word));
    }
    EXPECT_THAT(out_, Not(HasSubstr("started_at"))) << "programs see it";
}

TEST_F(WorkersCli, ListsThemForPrograms) {
    const auto workers = run_json({"workers", "list"});
    ASSERT_EQ(workers.size(), 1U);
    EXPECT_EQ(workers[0]["worker_id"], "a1b2");
    EXPECT_EQ(workers[0]["queues"], nlohmann::json({"default", "gpu"}));
    EXPECT_EQ(workers[0]["running"], 3);
    EXPECT_TRUE(workers[0].contains("started_at"));
}

TEST_F(WorkersCli, TakeNoNames) {
    EXPECT_EQ(run({"workers", "list", "a1b2"}), 2);
    EXPECT_EQ(run({"workers"}), 2);
    EXPECT_EQ(run({"workers", "--help"}), 0);
    EXPECT_THAT(out_, HasSubstr("list the workers"));
}

}  // namespace reel::cli
