#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "api/application.hpp"
#include "support/fake_run_control.hpp"
#include "support/manual_clock.hpp"

namespace reel::api {

/// A diamond: extract → (clean, audit) → load. Tagged "films", owner of `load` is "ops".
[[nodiscard]] core::Dag movies_dag(const std::string& dag_id = "movies");

/// The whole API over a store (in memory where none is given), a clock that stands and a scheduler
/// that only obeys. No socket.
class ApiTest : public ::testing::Test {
  protected:
    explicit ApiTest(std::unique_ptr<store::RunStore> store = store::make_memory_store());
    ~ApiTest() override;

    /// With a valid token, as JSON where there is a body.
    Response send(
        const std::string& method, const std::string& target, const std::string& body = ""
    );
    Response send(Request request);
    Response get(const std::string& target) { return send("GET", target); }
    nlohmann::json get_json(const std::string& target, int status = 200);
    nlohmann::json send_json(
        const std::string& method,
        const std::string& target,
        const nlohmann::json& body,
        int status = 200
    );

    void save(const core::Dag& dag, bool paused = false);
    store::RunRecord add_run(
        const std::string& run_id,
        core::RunState state = core::RunState::queued,
        const std::string& dag_id = "movies"
    );
    /// Brings a task instance of `movies` to what `change` makes of it.
    template <class Change>
    void change_task(const std::string& run_id, const std::string& task_id, Change change) {
        const core::TaskKey key{
            core::DagId("movies"), core::RunId(run_id), core::TaskId(task_id), -1
        };
        auto task = store_->get_task_instance(key);
        ASSERT_TRUE(task.has_value());
        store::TaskChange step{.from = task->state, .after = *task};
        change(step.after);
        store::Commit commit;
        commit.tasks.push_back(step);
        ASSERT_TRUE(store_->commit(commit).has_value());
    }
    std::string collect(const Response& response);

    boost::asio::io_context io_;
    async::BlockingPool pool_{1};
    support::ManualClock clock_;
    std::unique_ptr<store::RunStore> store_;
    support::FakeRunControl control_{*store_, clock_};
    std::filesystem::path folder_;
    Services services_;
    std::unique_ptr<Application> application_;
    std::string token_;
};

/// The keys of an object.
[[nodiscard]] std::set<std::string> keys(const nlohmann::json& object);

}  // namespace reel::api
