#include "unit/api/api_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "reel/api/server.hpp"

namespace reel::api {

namespace asio = boost::asio;

core::Dag movies_dag(const std::string& dag_id) {
    const auto task =
        [](const char* name, std::vector<std::uint32_t> up, std::vector<std::uint32_t> down) {
            core::Task made;
            made.task_id = core::TaskId(name);
            made.operator_name = "bash";
            made.upstream = std::move(up);
            made.downstream = std::move(down);
            return made;
        };
    core::Dag dag;
    dag.dag_id = core::DagId(dag_id);
    dag.description = "films";
    dag.schedule = core::CronSchedule{"0 7 * * *"};
    dag.tags = {"films", dag_id};
    dag.params.text = R"({"dataset": {"type": "string", "default": "x.zip"}})";
    dag.tasks = {
        task("extract", {}, {1, 2}),
        task("clean", {0}, {3}),
        task("audit", {0}, {3}),
        task("load", {1, 2}, {})
    };
    dag.tasks[3].owner = "ops";
    dag.tasks[3].retries = 2;
    dag.tasks[3].execution_timeout = std::chrono::hours(25);
    dag.fileloc = "/nowhere/" + dag_id + ".yaml";
    dag.relative_fileloc = dag_id + ".yaml";
    dag.version = std::string(64, 'a');
    return dag;
}

namespace {

std::filesystem::path fresh_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "reel-api-XXXXXX").string();
    return mkdtemp(name.data());
}

ServerOptions test_options(const std::filesystem::path& folder) {
    ServerOptions options;
    options.logs = folder / "logs";
    options.dags_folder = (folder / "dags").string();
    options.admin_password = "correct horse";
    options.jwt_secret = "a secret of the tests";
    return options;
}

}  // namespace

ApiTest::ApiTest(std::unique_ptr<store::RunStore> store)
    : store_(std::move(store)),
      folder_(fresh_folder()),
      services_{
          .executor = io_.get_executor(),
          .pool = pool_,
          .store = *store_,
          .leader = support::leading(control_),
          .clock = clock_,
          .options = test_options(folder_),
          .find_log = [](const std::filesystem::path& logs, const core::TaskKey& key, int number
                      ) { return logs / key.task_id.str() / (std::to_string(number) + ".log"); },
          .check_connection = [](const store::ConnectionRecord& connection
                              ) -> core::Result<std::string> {
              if (connection.password == "right") return "PostgreSQL 15";
              return core::fail(core::Errc::unavailable, "connection refused");
          },
          .failed_login_delay = core::Duration(0)
      },
      application_(std::make_unique<Application>(services_)),
      token_(make_token(services_.options.jwt_secret, "admin", clock_.now(), std::chrono::hours(24))
      ) {}

ApiTest::~ApiTest() {
    std::filesystem::remove_all(folder_);
}

Response ApiTest::send(Request request) {
    auto answer = asio::co_spawn(
        io_,
        [this, &request]() -> asio::awaitable<Response> {
            co_return co_await application_->handle(request);
        },
        asio::use_future
    );
    io_.restart();
    io_.run();
    return answer.get();
}

Response ApiTest::send(
    const std::string& method, const std::string& target, const std::string& body
) {
    Request request;
    request.method = method;
    request.target = target;
    request.headers["authorization"] = "Bearer " + token_;
    request.body = body;
    return send(std::move(request));
}

nlohmann::json ApiTest::get_json(const std::string& target, int status) {
    const Response response = get(target);
    EXPECT_EQ(response.status, status) << target << ": " << response.body;
    return nlohmann::json::parse(response.body, nullptr, false);
}

nlohmann::json ApiTest::send_json(
    const std::string& method, const std::string& target, const nlohmann::json& body, int status
) {
    const Response response = send(method, target, body.dump());
    EXPECT_EQ(response.status, status) << method << " " << target << ": " << response.body;
    return nlohmann::json::parse(response.body, nullptr, false);
}

void ApiTest::save(const core::Dag& dag, bool paused) {
    store_->save_dags({dag}, paused, clock_.now());
}

store::RunRecord ApiTest::add_run(
    const std::string& run_id, core::RunState state, const std::string& dag_id
) {
    const auto dag = store_->get_dag(core::DagId(dag_id));
    store::NewRun made;
    made.run.dag_id = core::DagId(dag_id);
    made.run.run_id = core::RunId(run_id);
    made.run.state = state;
    made.run.conf.text = R"({"a": 1})";
    made.run.run_after = clock_.now();
    made.run.queued_at = clock_.now();
    made.run.dag_version = dag->dag.version;
    for (const core::Task& task : dag->dag.tasks) {
        store::TaskInstanceRecord record;
        record.key = {made.run.dag_id, made.run.run_id, task.task_id, -1};
        record.operator_name = task.operator_name;
        made.tasks.push_back(record);
    }
    store::Commit commit;
    commit.new_runs.push_back(made);
    EXPECT_TRUE(store_->commit(commit).has_value());
    return made.run;
}

std::string ApiTest::collect(const Response& response) {
    auto all = asio::co_spawn(
        io_,
        [&response]() -> asio::awaitable<std::string> {
            std::string text;
            while (auto piece = co_await response.pieces()) {
                text += *piece;
            }
            co_return text;
        },
        asio::use_future
    );
    io_.restart();
    io_.run();
    return all.get();
}

std::set<std::string> keys(const nlohmann::json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) {
        names.insert(name);
    }
    return names;
}

}  // namespace reel::api
