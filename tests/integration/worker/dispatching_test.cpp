// Both sides over one Postgres, each woken by what the other writes.

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <map>

#include "reel/store/migrations.hpp"
#include "reel/worker/dispatching_executor.hpp"
#include "reel/worker/worker.hpp"
#include "support/dag_builder.hpp"
#include "support/test_cluster.hpp"
#include "unit/worker/fake_process_executor.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using scheduler::TaskOutcome;

class DispatchingTest : public testing::Test {
  protected:
    DispatchingTest() {
        auto dag = support::a_dag("movies").task("extract").build();
        dag.version = "v1";
        dag_ = std::make_shared<const core::Dag>(dag);
        store_->save_dags({dag}, false, clock_.now());
        auto local = std::make_unique<FakeProcessExecutor>();
        executor_ = make_dispatching_executor(
            io_.get_executor(),
            pool_,
            store::make_postgres_dispatch_store(uri_),
            std::move(local),
            uri_
        );
        executor_->listen({
            .started = [this](const auto& event) { started_[event.attempt] = event.hostname; },
            .ended = [this](const auto& event) { ended_[event.attempt].push_back(event.outcome); },
        });
        tasks_.ends_on_cancel = true;
        worker_ = make_worker(
            {.executor = io_.get_executor(),
             .pool = pool_,
             .store = *store_,
             .dispatches = *dispatches_,
             .tasks = tasks_,
             .clock = clock_},
            {.id = "w1",
             .queues = {"default"},
             .concurrency = 4,
             .silences = silences_of(5min),
             .database_uri = uri_}
        );
        spawn([this] { return worker_->run(); });
        spawn([this] { return executor_->adopt({}); });
    }
    ~DispatchingTest() override {
        worker_->stop();
        worker_->interrupt_tasks();
        spawn([this] { return executor_->stop(true); });
        io_.run();
    }

    void spawn(const std::function<boost::asio::awaitable<void>()>& coroutine) {
        boost::asio::co_spawn(io_, coroutine, [](const std::exception_ptr& failure) {
            EXPECT_FALSE(failure);
        });
    }
    template <class Done>
    void run_until(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!done()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            io_.run_one_for(50ms);
        }
    }
    static std::string migrated() {
        std::string uri = support::test_database();
        EXPECT_TRUE(store::migrate(uri));
        return uri;
    }
    void start(core::AttemptId attempt) {
        store::NewRun run;
        run.run.dag_id = core::DagId("movies");
        run.run.run_id = core::RunId("r" + std::to_string(attempt));
        run.run.conf.text = "{}";
        run.run.dag_version = "v1";
        ASSERT_TRUE(store_->commit({.new_runs = {run}}));
        scheduler::AttemptOrder order;
        order.attempt = attempt;
        order.key = {run.run.dag_id, run.run.run_id, core::TaskId("extract"), -1};
        order.dag = dag_;
        order.run = run.run;
        executor_->start(order);
    }

    std::string uri_ = migrated();
    core::SystemClock clock_;
    boost::asio::io_context io_;
    async::BlockingPool pool_{4};
    std::unique_ptr<store::RunStore> store_ = store::make_postgres_store(uri_);
    std::unique_ptr<store::DispatchStore> dispatches_ = store::make_postgres_dispatch_store(uri_);
    std::shared_ptr<const core::Dag> dag_;
    FakeProcessExecutor tasks_;
    std::unique_ptr<executor::ProcessExecutor> executor_;
    std::unique_ptr<Worker> worker_;
    std::map<core::AttemptId, std::string> started_;
    std::map<core::AttemptId, std::vector<TaskOutcome>> ended_;
};

TEST_F(DispatchingTest, AnAttemptGoesThereAndItsEndComesBackWithoutAnybodyPolling) {
    constexpr core::AttemptId count = 20;
    run_until([&] { return !dispatches_->list_workers().empty(); });
    const auto began = std::chrono::steady_clock::now();
    for (core::AttemptId attempt = 1; attempt <= count; ++attempt) {
        start(attempt);
        run_until([&] { return tasks_.live.contains(attempt); });
        tasks_.tell_started(attempt);
        tasks_.tell_ended(attempt, TaskOutcome::failed);
        run_until([&] { return ended_.contains(attempt); });
        executor_->release(attempt);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, count * 1s) << "polling takes two";
    EXPECT_EQ(started_.size(), std::size_t{count});
    for (const auto& [attempt, outcomes] : ended_) {
        EXPECT_THAT(outcomes, testing::ElementsAre(TaskOutcome::failed)) << attempt;
    }
    run_until([&] { return dispatches_->list_dispatches({}).empty(); });
}

TEST_F(DispatchingTest, ACancelReachesTheWorker) {
    start(1);
    run_until([&] { return tasks_.live.contains(1); });
    executor_->cancel(1);
    run_until([&] { return ended_.contains(1); });
    EXPECT_THAT(ended_[1], testing::ElementsAre(TaskOutcome::cancelled));
    EXPECT_THAT(tasks_.cancelled, testing::ElementsAre(1));
}

}  // namespace
}  // namespace reel::worker
