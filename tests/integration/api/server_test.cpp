#include <fstream>
#include <future>

#include "integration/api/server_fixture.hpp"
#include "reel/executor/process_executor.hpp"

namespace reel::api {

TEST_F(ServerTest, AnswersManyRequestsOfOneConnection) {
    RawConnection connection(server_->port());
    for (int i = 0; i < 3; ++i) {
        connection.send(request("GET /api/v2/dags/movies"));
        const std::string response = connection.read_response();
        EXPECT_EQ(status_of(response), 200);
        EXPECT_NE(response.find("Content-Type: application/json"), std::string::npos);
    }
}

TEST_F(ServerTest, AnswersRequestsThatComeTogetherInOrder) {
    RawConnection connection(server_->port());
    connection.send(
        request("GET /api/v2/version") + request("GET /nothing") + request("GET /health")
    );
    EXPECT_EQ(status_of(connection.read_response()), 200);
    EXPECT_EQ(status_of(connection.read_response()), 404);
    EXPECT_EQ(status_of(connection.read_response()), 200);
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
    RawConnection connection(server_->port());
    connection.send(request("GET /health", "", "Connection: close\r\n"));
    EXPECT_EQ(status_of(connection.read_response()), 200);
    EXPECT_TRUE(connection.closes_within(std::chrono::seconds(5)));
}

TEST_F(ServerTest, SendsNoBodyToHead) {
    RawConnection connection(server_->port());
    connection.send(request("HEAD /api/v2/dags"));
    const std::string response = connection.read_response(true);
    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(body_of(response), "");
    EXPECT_EQ(response.find("Content-Length: 0"), std::string::npos);
    connection.send(request("GET /health"));
    EXPECT_EQ(status_of(connection.read_response()), 200);
}

TEST_F(ServerTest, TriggersARun) {
    RawConnection connection(server_->port());
    connection.send(request("POST /api/v2/dags/movies/dagRuns", R"({"dag_run_id": "a+b"})"));
    EXPECT_EQ(status_of(connection.read_response()), 200);
    connection.send(request("GET /api/v2/dags/movies/dagRuns/a%2Bb"));
    EXPECT_NE(connection.read_response().find("\"state\":\"queued\""), std::string::npos);
}

TEST_F(ServerTest, TakesABodyInChunksAndOneThatWaitsForPermission) {
    const std::string head =
        "POST /api/v2/variables HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token_ + "\r\n";
    RawConnection chunked(server_->port());
    chunked.send(
        head +
        "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"key\":\"\r\n10\r\nk\",\"value\":\"1\"} "
        "\r\n0\r\n\r\n"
    );
    EXPECT_EQ(status_of(chunked.read_response()), 201);
    RawConnection patient(server_->port());
    patient.send(head + "Expect: 100-continue\r\nContent-Length: 23\r\n\r\n");
    EXPECT_EQ(status_of(patient.read_response()), 100);
    patient.send(R"({"key":"l","value":"1"})");
    EXPECT_EQ(status_of(patient.read_response()), 201);
}

TEST_F(ServerTest, RefusesABodyThatIsTooLarge) {
    RawConnection declared(server_->port());
    declared.send(request("POST /api/v2/variables", std::string(200'000, 'x')));
    const std::string response = declared.read_response();
    EXPECT_EQ(status_of(response), 413);
    EXPECT_NE(response.find("\"detail\""), std::string::npos);
    EXPECT_TRUE(declared.closes_within(std::chrono::seconds(5)));
    RawConnection chunked(server_->port());
    chunked.send(
        "POST /api/v2/variables HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n"
    );
    chunked.send(std::string(200'000, 'x') + "\r\n0\r\n\r\n");
    EXPECT_EQ(status_of(chunked.read_response()), 413);
}

TEST_F(ServerTest, RefusesAHeaderThatIsTooLarge) {
    RawConnection connection(server_->port());
    connection.send("GET /health HTTP/1.1\r\nX-Long: " + std::string(100'000, 'x') + "\r\n\r\n");
    EXPECT_EQ(status_of(connection.read_response()), 431);
    EXPECT_TRUE(connection.closes_within(std::chrono::seconds(5)));
}

TEST_F(ServerTest, AnswersWhatIsNoHttpWithAnErrorAndStaysUp) {
    const std::vector<std::string> odd{
        "\r\n\r\n\r\n\r\nx\r\n\r\n",
        "GET\r\n\r\n",
        "GET /health\r\n\r\n",
        "GET /health HTTP/9.9\r\n\r\n",
        "GET /health FTP/1.1\r\n\r\n",
        "G@T /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /health HTTP/1.1\r\n: empty\r\n\r\n",
        "GET /health HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /health HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /health HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /auth/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        std::string("GET /\0 HTTP/1.1\r\n\r\n", 19),
        "GET /%zz HTTP/1.1\r\n\r\n",
        std::string(300, '\xff') + "\r\n\r\n",
    };
    for (const std::string& bytes : odd) {
        RawConnection connection(server_->port());
        connection.send(bytes);
        const int status = status_of(connection.read_response());
        EXPECT_EQ(status, 400) << bytes;
    }
    RawConnection connection(server_->port());
    connection.send(request("GET /health"));
    EXPECT_EQ(status_of(connection.read_response()), 200);
}

TEST_F(ServerTest, SurvivesPeersThatLeaveInTheMiddle) {
    for (const std::string& bytes :
         {std::string(),
          std::string("GE"),
          std::string("GET / HTTP/1.1\r\nHos"),
          request("POST /auth/token", "{}").substr(0, 60)}) {
        const RawConnection connection(server_->port());
        connection.send(bytes);
    }
    RawConnection half(server_->port());
    half.send(request("GET /health"));
    half.close_sending();
    EXPECT_EQ(status_of(half.read_response()), 200);
}

TEST_F(ServerTest, AnswersConnectionsAtTheSameTime) {
    std::vector<std::future<int>> answers;
    for (int i = 0; i < 16; ++i) {
        answers.push_back(std::async(std::launch::async, [this, i] {
            RawConnection connection(server_->port());
            int good = 0;
            for (int n = 0; n < 20; ++n) {
                const std::string key = std::to_string(i) + "-" + std::to_string(n);
                const std::string body = R"({"key":")" + key + R"(","value":"1"})";
                connection.send(request("POST /api/v2/variables", body));
                good += status_of(connection.read_response()) == 201 ? 1 : 0;
            }
            return good;
        }));
    }
    for (auto& answer : answers) {
        EXPECT_EQ(answer.get(), 20);
    }
    EXPECT_EQ(store_->list_variables({}).total, 320U);
}

TEST_F(ServerTest, IsNotHeldUpByASlowPeerOrAWrongPassword) {
    RawConnection slow(server_->port());
    slow.send("GET /health HTTP/1.1\r\nHo");
    RawConnection guessing(server_->port());
    guessing.send(request("POST /auth/token", R"({"username":"admin","password":"no"})"));
    RawConnection quick(server_->port());
    quick.send(request("GET /api/v2/version"));
    EXPECT_EQ(status_of(quick.read_response()), 200);
    EXPECT_EQ(status_of(guessing.read_response()), 401);
    slow.send("st: x\r\n\r\n");
    EXPECT_EQ(status_of(slow.read_response()), 200);
}

TEST_F(ServerTest, StreamsALogInChunks) {
    store::NewRun made;
    made.run.dag_id = core::DagId("movies");
    made.run.run_id = core::RunId("r");
    made.run.dag_version = std::string(64, 'a');
    made.tasks.emplace_back();
    made.tasks[0].key = {made.run.dag_id, made.run.run_id, core::TaskId("extract"), -1};
    made.tasks[0].state = core::TaskState::none;
    store::Commit commit;
    commit.new_runs.push_back(made);
    ASSERT_TRUE(store_->commit(commit).has_value());
    const auto file = executor::log_path(logs_, made.tasks[0].key, 1);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream log(file);
    for (int i = 0; i < 100'000; ++i) {
        log << "line " << i << "\n";
    }
    log.close();
    RawConnection connection(server_->port());
    const std::string path = "GET /api/v2/dags/movies/dagRuns/r/taskInstances/extract/logs/1";
    connection.send(request(path, "", "Accept: application/x-ndjson\r\n"));
    const std::string response = connection.read_response();
    EXPECT_NE(response.find("Transfer-Encoding: chunked"), std::string::npos);
    EXPECT_NE(response.find("line 0\""), std::string::npos);
    EXPECT_NE(response.find("line 99999\""), std::string::npos);
    connection.send(request("GET /health"));
    EXPECT_EQ(status_of(connection.read_response()), 200);
}

TEST_F(ServerTest, SaysWhenItsPortIsTaken) {
    options_.port = server_->port();
    const auto second = make_server(
        io_.get_executor(), pool_, *store_, support::leading(control_), clock_, options_
    );
    const auto listening = second->listen();
    ASSERT_FALSE(listening.has_value());
    EXPECT_EQ(listening.error().code, core::Errc::unavailable);
    EXPECT_NE(listening.error().describe().find(std::to_string(options_.port)), std::string::npos);
    EXPECT_NE(listening.error().hint.find("REEL__API__PORT"), std::string::npos);
}

TEST_F(ServerTest, SaysWhenItsHostIsUnknown) {
    options_.host = "no.such.host.invalid";
    const auto second = make_server(
        io_.get_executor(), pool_, *store_, support::leading(control_), clock_, options_
    );
    EXPECT_FALSE(second->listen().has_value());
}

TEST_F(ServerTest, LetsAnOpenRequestEndButKeepsNoIdleConnection) {
    RawConnection idle(server_->port());
    idle.send(request("GET /health"));
    EXPECT_EQ(status_of(idle.read_response()), 200);
    RawConnection busy(server_->port());
    busy.send(request("POST /auth/token", R"({"username":"admin","password":"no"})"));
    // The wrong password is answered after a delay; the server has begun once another is served.
    RawConnection other(server_->port());
    other.send(request("GET /health"));
    EXPECT_EQ(status_of(other.read_response()), 200);
    begin_stop();
    const std::string response = busy.read_response();
    EXPECT_EQ(status_of(response), 401);
    EXPECT_TRUE(idle.closes_within(std::chrono::seconds(4)));
    EXPECT_TRUE(busy.closes_within(std::chrono::seconds(4)));
    stop();
    EXPECT_THROW(RawConnection(server_->port()), std::runtime_error);
}

}  // namespace reel::api
