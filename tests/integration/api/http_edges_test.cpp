#include <fstream>

#include "integration/api/server_fixture.hpp"
#include "reel/executor/process_executor.hpp"

namespace reel::api {

namespace {

/// What proxies, old clients and careless ones do to the server.
class HttpEdges : public ServerTest {
  protected:
    HttpEdges() {
        store::NewRun made;
        made.run.dag_id = core::DagId("movies");
        made.run.run_id = core::RunId("r");
        made.run.dag_version = std::string(64, 'a');
        made.run.conf.text = "{}";
        made.tasks.emplace_back();
        made.tasks[0].key = {made.run.dag_id, made.run.run_id, core::TaskId("extract"), -1};
        EXPECT_TRUE(store_->commit({.new_runs = {made}}).has_value());
        const auto file = executor::log_path(logs_, made.tasks[0].key, 1);
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << "one\ntwo\n";
    }
    static std::string field(const std::string& response, const std::string& name) {
        const std::size_t at = response.find("\r\n" + name + ": ");
        if (at == std::string::npos) return "";
        const std::size_t start = at + name.size() + 4;
        return response.substr(start, response.find("\r\n", start) - start);
    }
    [[nodiscard]] std::string authorization() const {
        return "Host: x\r\nAuthorization: Bearer " + token_ + "\r\n";
    }
    int status_after(const std::string& bytes) {
        RawConnection connection(server_->port());
        connection.send(bytes);
        return status_of(connection.read_response());
    }
    void expect_alive() { EXPECT_EQ(status_after(request("GET /health")), 200); }

    const std::string run_ = "/api/v2/dags/movies/dagRuns/r";
    const std::string log_ = run_ + "/taskInstances/extract/logs/1";
};

}  // namespace

TEST_F(HttpEdges, KeepTheConnectionAfterEveryKindOfAnswer) {
    RawConnection connection(server_->port());
    const std::vector<std::pair<std::string, int>> exchanges{
        {request("GET /api/v2/dags"), 200},
        {request("GET /nothing"), 404},
        {request("PUT /api/v2/dags"), 405},
        {request("OPTIONS /api/v2/dags"), 405},
        {request("POST /api/v2/variables", "{"), 422},
        {request("POST /api/v2/variables", R"({"key":"k","value":"1"})"), 201},
        {request("DELETE /api/v2/variables/k"), 204},
        {request("DELETE /api/v2/variables/k"), 404},
        {request("GET /%zz"), 400},
        {"GET /api/v2/dags HTTP/1.1\r\nHost: x\r\n\r\n", 401},
        {request("GET " + log_, "", "Accept: application/x-ndjson\r\n"), 200},
        {request("GET http://proxied.example" + run_), 200},
    };
    for (const auto& [bytes, status] : exchanges) {
        connection.send(bytes);
        const std::string response = connection.read_response();
        EXPECT_EQ(status_of(response), status) << bytes;
        EXPECT_EQ(field(response, "Server"), "Reel");
        EXPECT_NE(field(response, "Connection"), "close") << bytes;
    }
}

TEST_F(HttpEdges, SayWhatAMethodMayBeInsteadAndHowToComeBack) {
    RawConnection connection(server_->port());
    connection.send(request("OPTIONS " + run_));
    EXPECT_EQ(field(connection.read_response(), "Allow"), "GET, HEAD, PATCH");
    connection.send("GET /api/v2/dags HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(field(connection.read_response(), "WWW-Authenticate"), "Bearer");
    control_.lose_database();
    connection.send(request("POST /api/v2/dags/movies/dagRuns", "{}"));
    EXPECT_EQ(field(connection.read_response(), "Retry-After"), "5");
}

TEST_F(HttpEdges, AnswerNothingBelowA204) {
    store_->set_variable({.key = "k", .value = "1", .description = ""});
    RawConnection connection(server_->port());
    connection.send(request("DELETE /api/v2/variables/k") + request("GET /health"));
    const std::string gone = connection.read_response();
    EXPECT_EQ(status_of(gone), 204);
    EXPECT_EQ(body_of(gone), "");
    EXPECT_EQ(field(gone, "Content-Length"), "");
    EXPECT_EQ(field(gone, "Content-Type"), "");
    EXPECT_EQ(status_of(connection.read_response()), 200);
}

TEST_F(HttpEdges, AnswerHeadOfAStreamWithItsHeaderAlone) {
    RawConnection connection(server_->port());
    for (const std::string& target : {log_, run_ + "/wait"}) {
        connection.send(request("HEAD " + target, "", "Accept: application/x-ndjson\r\n"));
        const std::string head = connection.read_response(true);
        EXPECT_EQ(status_of(head), 200) << target;
        EXPECT_EQ(field(head, "Content-Type"), "application/x-ndjson") << target;
        EXPECT_EQ(body_of(head), "") << target;
    }
    connection.send(request("GET /health"));
    EXPECT_EQ(status_of(connection.read_response()), 200) << "nothing of the body came behind";
}

TEST_F(HttpEdges, SpeakTheOldProtocolWithoutChunks) {
    RawConnection plain(server_->port());
    plain.send("GET /health HTTP/1.0\r\n\r\n");
    const std::string answer = plain.read_response();
    EXPECT_EQ(answer.substr(0, 12), "HTTP/1.0 200");
    EXPECT_TRUE(plain.closes_within(std::chrono::seconds(5)));
    RawConnection kept(server_->port());
    kept.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(field(kept.read_response(), "Connection"), "keep-alive");
    kept.send("GET /health HTTP/1.0\r\n\r\n");
    EXPECT_EQ(status_of(kept.read_response()), 200);
    RawConnection stream(server_->port());
    stream.send(
        "GET " + log_ + " HTTP/1.0\r\n" + authorization() + "Accept: application/x-ndjson\r\n\r\n"
    );
    std::string lines = stream.read_response(true);
    EXPECT_EQ(field(lines, "Transfer-Encoding"), "");
    lines += stream.read_to_end();
    EXPECT_NE(lines.find(R"({"event":"two","timestamp":null})"), std::string::npos) << lines;
}

TEST_F(HttpEdges, HoldTheLimitsOfBodyAndHeaderToTheByte) {
    const std::string frame = R"({"key":"k","value":""})";
    const auto with_body = [&](std::size_t bytes) {
        return request(
            "POST /api/v2/variables",
            R"({"key":"k","value":")" + std::string(bytes - frame.size(), 'x') + R"("})"
        );
    };
    EXPECT_EQ(status_after(with_body(options_.max_body_bytes)), 201);
    EXPECT_EQ(status_after(with_body(options_.max_body_bytes + 1)), 413);
    const auto with_header = [&](std::size_t bytes) {
        return request("GET /health", "", "X-Long: " + std::string(bytes, 'x') + "\r\n");
    };
    EXPECT_EQ(status_after(with_header(30'000)), 200);
    EXPECT_EQ(status_after(with_header(33'000)), 431);
    EXPECT_EQ(status_after(request("GET /health?" + std::string(33'000, 'x'))), 431);
    expect_alive();
}

TEST_F(HttpEdges, LetNobodySmuggleASecondRequest) {
    const std::string start = "POST /auth/token HTTP/1.1\r\n" + authorization();
    for (const std::string& odd :
         {start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          start + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
          start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
          start + "Content-Length: 1, 2\r\n\r\nab",
          start + "Content-Length: +2\r\n\r\n{}",
          start + "Content-Length: 0x2\r\n\r\n{}",
          start + "Content-Length : 2\r\n\r\n{}",
          start + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
          start + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
          start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n"}) {
        RawConnection connection(server_->port());
        connection.send(odd + request("GET /health"));
        EXPECT_EQ(status_of(connection.read_response()), 400) << odd;
        EXPECT_EQ(connection.read_response(), "") << "what follows is not read as a request";
    }
    expect_alive();
}

TEST_F(HttpEdges, AskForNoBodyThatWouldBeTooLarge) {
    RawConnection connection(server_->port());
    connection.send(
        "POST /api/v2/variables HTTP/1.1\r\n" + authorization() +
        "Expect: 100-continue\r\nContent-Length: 100001\r\n\r\n"
    );
    EXPECT_EQ(status_of(connection.read_response()), 413) << "and no 100 before it";
}

TEST_F(HttpEdges, TellAWatcherEachStateUntilTheEnd) {
    RawConnection connection(server_->port());
    connection.send(request("GET " + run_ + "/wait?interval=0.01"));
    EXPECT_EQ(status_of(connection.read_response(true)), 200);
    const std::string queued = "{\"state\":\"queued\"}\n";
    EXPECT_EQ(connection.read_chunk(), queued);
    EXPECT_EQ(connection.read_chunk(), queued);
    auto run = store_->get_run(core::DagId("movies"), core::RunId("r")).value();
    const auto from = std::exchange(run.state, core::RunState::success);
    ASSERT_TRUE(store_->commit({.runs = {{.from = from, .after = run}}}).has_value());
    std::string last = queued;
    while (last == queued) last = connection.read_chunk();
    EXPECT_EQ(last, "{\"state\":\"success\"}\n");
    EXPECT_EQ(connection.read_chunk(), "") << "the last chunk";
    connection.send(request("GET /health"));
    EXPECT_EQ(status_of(connection.read_response()), 200);
}

TEST_F(HttpEdges, StopThoughAWatcherLooksOnlyOnceAnHour) {
    RawConnection watcher(server_->port());
    watcher.send(request("GET " + run_ + "/wait?interval=3600"));
    EXPECT_EQ(status_of(watcher.read_response(true)), 200);
    EXPECT_EQ(watcher.read_chunk(), "{\"state\":\"queued\"}\n");
    stop();
    EXPECT_TRUE(watcher.closes_within(std::chrono::seconds(1)));
}

}  // namespace reel::api
