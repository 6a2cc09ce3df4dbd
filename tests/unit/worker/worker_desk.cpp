#include "worker_desk.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "support/dag_builder.hpp"
#include "worker/report_json.hpp"

namespace reel::worker {

namespace asio = boost::asio;

core::Dag movies_dag() {
    auto dag = support::a_dag("movies")
                   .task("extract")
                   .task("load", {"extract"}, [](core::Task& task) { task.queue = "loads"; })
                   .task(
                       "choose",
                       {"extract"},
                       [](core::Task& task) {
                           task.operator_name = "branch";
                           task.args.text = R"({"choose": "load"})";
                       }
                   )
                   .build();
    dag.version = "v1";
    return dag;
}

core::TaskKey key_of(const std::string& task_id, const std::string& run_id) {
    return {core::DagId("movies"), core::RunId(run_id), core::TaskId(task_id), -1};
}

scheduler::AttemptOrder an_order(
    core::AttemptId attempt, const std::string& task_id, const std::string& run_id
) {
    static const auto dag = std::make_shared<const core::Dag>(movies_dag());
    scheduler::AttemptOrder order;
    order.attempt = attempt;
    order.key = key_of(task_id, run_id);
    order.try_number = 2;
    order.dag = dag;
    order.task_index = dag->index_of(order.key.task_id).value();
    order.run.dag_id = order.key.dag_id;
    order.run.run_id = order.key.run_id;
    order.priority = 3;
    return order;
}

store::DispatchOffer an_offer(
    core::AttemptId attempt, const std::string& task_id, const std::string& run_id
) {
    return {
        .attempt = attempt,
        .key = key_of(task_id, run_id),
        .try_number = 2,
        .dag_version = "v1",
        .queue = task_id == "load" ? "loads" : "default",
        .priority = 3,
    };
}

DeskTest::DeskTest() {
    runs->save_dags({movies_dag()}, false, clock.now());
}

void DeskTest::poll() {
    io.restart();
    io.poll();
}

std::string DeskTest::run(const std::function<asio::awaitable<void>()>& coroutine) {
    std::string trouble;
    bool done = false;
    asio::co_spawn(io, coroutine, [&](const std::exception_ptr& failure) {
        done = true;
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const postgres::DatabaseError& error) {
            trouble = error.what();
        }
    });
    poll();
    EXPECT_TRUE(done);
    return trouble;
}

DispatcherTest::DispatcherTest() {
    make_dispatcher();
}

void DispatcherTest::make_dispatcher() {
    auto process_executor = std::make_unique<FakeProcessExecutor>();
    local = process_executor.get();
    DispatcherParts parts{
        .store = std::make_unique<FaultyDispatches>(*database, faults),
        .local = std::move(process_executor),
        .listener = nullptr,
        .ticks = [this] { return ticks; },
    };
    dispatcher = std::make_shared<Dispatcher>(io.get_executor(), pool, std::move(parts));
    dispatcher->listen({
        .started = [this](const scheduler::AttemptStarted& event) { started.push_back(event); },
        .ended = [this](const scheduler::AttemptEnded& event) { ended.push_back(event); },
    });
}

DispatcherTest::~DispatcherTest() {
    dispatcher->abandon();
    poll();
}

void DispatcherTest::start_with(std::vector<scheduler::AttemptOrder> alive) {
    run([this, alive]() -> asio::awaitable<void> { co_await dispatcher->adopt(alive); });
}

std::vector<core::AttemptId> DispatcherTest::claim(const store::WorkerId& worker) {
    std::vector<core::AttemptId> attempts;
    for (const auto& offer :
         database->claim(worker, {"default", "loads"}, std::chrono::minutes(5), 10)) {
        attempts.push_back(offer.attempt);
    }
    return attempts;
}

void DispatcherTest::report_end(core::AttemptId attempt, const store::WorkerId& worker) {
    const auto refused = database->report(
        worker,
        {{.attempt = attempt,
          .kind = store::ReportKind::ended,
          .body = to_json(scheduler::AttemptEnded())}}
    );
    EXPECT_TRUE(refused.empty());
}

/// As a notification would have it.
void DispatcherTest::turn() {
    dispatcher->wake();
    poll();
}

std::vector<core::AttemptId> DispatcherTest::ends() const {
    std::vector<core::AttemptId> attempts;
    for (const auto& each : ended) attempts.push_back(each.attempt);
    return attempts;
}

WorkerTest::WorkerTest() {
    for (const char* id : {"r1", "r2", "r3", "r4"}) {
        store::NewRun made;
        made.run.dag_id = core::DagId("movies");
        made.run.run_id = core::RunId(id);
        made.run.conf.text = R"({"from": 1})";
        made.run.dag_version = "v1";
        EXPECT_TRUE(runs->commit({.new_runs = {made}}));
    }
    make_worker();
}

void WorkerTest::make_worker() {
    worker = std::make_unique<WorkerLoop>(
        WorkerParts{
            .executor = io.get_executor(),
            .pool = pool,
            .store = *runs,
            .dispatches = dispatches,
            .tasks = tasks,
            .clock = clock,
            .ticks = [this] { return ticks; },
        },
        options
    );
}

void WorkerTest::begin() {
    EXPECT_EQ(run([this] { return worker->begin(); }), "");
}

void WorkerTest::turn() {
    EXPECT_EQ(run([this] { return worker->turn(); }), "");
}

void WorkerTest::offer(core::AttemptId attempt, const std::string& run_id) {
    database->offer({an_offer(attempt, "extract", run_id)});
}

std::vector<core::AttemptId> WorkerTest::started() const {
    std::vector<core::AttemptId> attempts;
    for (const auto& order : tasks.started) attempts.push_back(order.attempt);
    return attempts;
}

}  // namespace reel::worker
