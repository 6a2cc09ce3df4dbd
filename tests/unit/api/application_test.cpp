#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class Api : public ApiTest {};

}  // namespace

TEST_F(Api, AnswersPublicPathsWithoutAToken) {
    for (const char* const path : {"/", "/health", "/api/v2/monitor/health", "/api/v2/version"}) {
        EXPECT_EQ(send(Request{.method = "GET", .target = path}).status, 200) << path;
    }
}

TEST_F(Api, WantsATokenForEverythingElse) {
    const std::set<std::string> open{
        "/",
        "/health",
        "/api/v2/monitor/health",
        "/api/v2/version",
        "/auth/token",
        "/auth/token/cli"
    };
    for (const Route& route : routes()) {
        if (open.contains(std::string(route.pattern))) continue;
        const Response response =
            send(Request{.method = std::string(route.method), .target = std::string(route.pattern)}
            );
        EXPECT_EQ(response.status, 401) << route.pattern;
        EXPECT_EQ(response.headers.at("WWW-Authenticate"), "Bearer");
        EXPECT_EQ(nlohmann::json::parse(response.body)["detail"], "Not authenticated");
    }
}

TEST_F(Api, RefusesTokensThatAreForeignOrOldOrNoBearer) {
    const auto status = [&](const std::string& header) {
        Request request{.method = "GET", .target = "/api/v2/dags"};
        request.headers["authorization"] = header;
        return send(request).status;
    };
    EXPECT_EQ(status("Bearer " + token_), 200);
    EXPECT_EQ(status("bearer " + token_), 200);
    EXPECT_EQ(status("Basic YWRtaW46YWRtaW4="), 401);
    EXPECT_EQ(status(token_), 401);
    EXPECT_EQ(status("Bearer "), 401);
    EXPECT_EQ(
        status("Bearer " + make_token("other", "admin", clock_.now(), std::chrono::hours(1))), 401
    );
    clock_.advance(std::chrono::hours(25));
    EXPECT_EQ(status("Bearer " + token_), 401);
}

TEST_F(Api, KnowsNoOtherPath) {
    const auto body = get_json("/api/v2/nothing", 404);
    EXPECT_EQ(body["detail"], "Not Found");
    EXPECT_EQ(get("/api/v1/dags").status, 404);
    EXPECT_EQ(get("/api/v2/dags/").status, 200);
    EXPECT_EQ(get("/api/v2/dags//tasks").status, 404);
}

TEST_F(Api, NamesTheMethodsOfAPath) {
    const Response response = send("DELETE", "/api/v2/variables", "");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.headers.at("Allow"), "GET, HEAD, POST");
    EXPECT_EQ(send("GET", "/auth/token").status, 405);
    EXPECT_EQ(send("BREW", "/api/v2/dags").status, 405);
}

TEST_F(Api, AnswersHeadAsGet) {
    EXPECT_EQ(send("HEAD", "/api/v2/dags").status, 200);
    EXPECT_EQ(send("HEAD", "/api/v2/dags/none").status, 404);
    EXPECT_EQ(send("HEAD", "/auth/token").status, 405);
}

TEST_F(Api, RefusesATargetThatIsNoPath) {
    EXPECT_EQ(get("/%zz").status, 400);
    EXPECT_EQ(get("*").status, 400);
}

TEST_F(Api, SaysWhenTheDatabaseIsLost) {
    save(movies_dag());
    control_.lose_database();
    const Response response = send("POST", "/api/v2/dags/movies/dagRuns", "{}");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.at("Retry-After"), "5");
    EXPECT_EQ(response.body.find("server closed"), std::string::npos) << "internals stay inside";
    EXPECT_EQ(send("POST", "/api/v2/dags/movies/dagRuns", "{}").status, 200) << "it may come back";
}

TEST_F(Api, TellsNothingOfItsOwnMistakes) {
    services_.check_connection = [](const auto&) -> core::Result<std::string> {
        throw std::logic_error("broken inside");
    };
    application_ = std::make_unique<Application>(services_);
    const auto body = send_json(
        "POST", "/api/v2/connections/test", {{"connection_id", "c"}, {"conn_type", "postgres"}}, 500
    );
    EXPECT_EQ(body["detail"], "Internal Server Error");
}

TEST_F(Api, GivesATokenForTheRightPassword) {
    const auto ask = [&](const std::string& path, const std::string& type, const std::string& body
                     ) {
        Request request{.method = "POST", .target = path, .body = body};
        request.headers["content-type"] = type;
        return send(request);
    };
    const std::string form = "application/x-www-form-urlencoded";
    const std::string right = R"({"username": "admin", "password": "correct horse"})";
    for (const char* const path : {"/auth/token", "/auth/token/cli"}) {
        const Response response = ask(path, "application/json", right);
        ASSERT_EQ(response.status, 201);
        token_ = nlohmann::json::parse(response.body)["access_token"];
        EXPECT_EQ(get("/api/v2/dags").status, 200);
    }
    EXPECT_EQ(ask("/auth/token", form, "username=admin&password=correct+horse").status, 201);
}

TEST_F(Api, GivesNoTokenOtherwise) {
    const auto status = [&](const std::string& body, const std::string& type = "application/json") {
        Request request{.method = "POST", .target = "/auth/token", .body = body};
        request.headers["content-type"] = type;
        return send(request).status;
    };
    const std::string form = "application/x-www-form-urlencoded";
    EXPECT_EQ(status(R"({"username": "admin", "password": "wrong"})"), 401);
    EXPECT_EQ(status(R"({"username": "root", "password": "correct horse"})"), 401);
    EXPECT_EQ(status(R"({"username": "admin", "password": ""})"), 401);
    EXPECT_EQ(status("username=admin&password=x", form), 401);
    EXPECT_EQ(status(R"({"username": "admin"})"), 422);
    EXPECT_EQ(status("{"), 422);
    EXPECT_EQ(status("username=admin", form), 422);
    EXPECT_EQ(status("username=%zz", form), 422);
}

TEST_F(Api, GivesNoTokenWhereNoPasswordIsSet) {
    services_.options.admin_password.clear();
    application_ = std::make_unique<Application>(services_);
    const Response response = send(
        {.method = "POST",
         .target = "/auth/token",
         .body = R"({"username": "admin", "password": ""})"}
    );
    EXPECT_EQ(response.status, 401);
}

TEST_F(Api, ReportsItsHealth) {
    const auto healthy = get_json("/api/v2/monitor/health");
    EXPECT_EQ(healthy["metadatabase"]["status"], "healthy");
    EXPECT_EQ(healthy["scheduler"]["status"], "healthy");
    EXPECT_EQ(healthy["scheduler"]["latest_scheduler_heartbeat"], "2026-01-01T00:00:00Z");
    EXPECT_TRUE(healthy["triggerer"]["status"].is_null());
    EXPECT_EQ(healthy["dag_processor"]["status"], "healthy");
    clock_.advance(std::chrono::seconds(31));
    EXPECT_EQ(get_json("/health")["scheduler"]["status"], "unhealthy");
}

TEST_F(Api, SaysItsVersion) {
    const auto version = get_json("/api/v2/version");
    EXPECT_EQ(keys(version), (std::set<std::string>{"version", "git_version"}));
    EXPECT_FALSE(version["version"].get<std::string>().empty());
}

}  // namespace reel::api
