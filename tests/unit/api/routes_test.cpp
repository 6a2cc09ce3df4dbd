#include <algorithm>
#include <sstream>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

/// Every route of the table, asked as a stranger asks: wrong method, no token, odd spelling.
class RouteTable : public ApiTest {
  protected:
    RouteTable() {
        save(movies_dag());
        add_run("r1");
    }

    /// "/api/v2/dags/{dag_id}/tasks" → "/api/v2/dags/x/tasks".
    static std::string filled(std::string_view pattern) {
        std::string path;
        bool inside = false;
        for (const char c : pattern) {
            if (c == '{') path += 'x';
            if (c == '{' || c == '}') {
                inside = c == '{';
            } else if (!inside) {
                path += c;
            }
        }
        return path;
    }
    /// Whether a pattern takes the path; "{…}" takes any segment.
    static bool takes(std::string_view pattern, std::string_view path) {
        std::istringstream wanted{std::string(pattern)};
        std::istringstream given{std::string(path)};
        std::string left;
        std::string right;
        while (std::getline(wanted, left, '/')) {
            if (!std::getline(given, right, '/')) return false;
            if (left != right && !left.starts_with('{')) return false;
        }
        return !std::getline(given, right, '/');
    }
    /// What `Allow` must say for a path.
    static std::string allowed(const std::string& path) {
        std::set<std::string> methods;
        for (const Route& route : routes()) {
            if (!takes(route.pattern, path)) continue;
            methods.emplace(route.method);
            if (route.method == "GET") methods.emplace("HEAD");
        }
        std::string list;
        for (const std::string& method : methods) list += (list.empty() ? "" : ", ") + method;
        return list;
    }
};

}  // namespace

TEST_F(RouteTable, TellsTheMethodsOfEachPathToOneThatItLacks) {
    for (const Route& route : routes()) {
        for (const char* const method : {"OPTIONS", "TRACE", "get", "XYZZY"}) {
            const Response response = send(method, filled(route.pattern));
            EXPECT_EQ(response.status, 405) << method << " " << route.pattern;
            EXPECT_EQ(response.headers.at("Allow"), allowed(filled(route.pattern)))
                << route.pattern;
            EXPECT_EQ(nlohmann::json::parse(response.body)["detail"], "Method Not Allowed");
        }
    }
}

TEST_F(RouteTable, NamesEachMethodAndPathOnce) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Route& route : routes()) {
        EXPECT_TRUE(seen.emplace(route.method, filled(route.pattern)).second) << route.pattern;
    }
}

TEST_F(RouteTable, AnswersHeadWithTheStatusAndTypeOfGet) {
    for (const char* const path :
         {"/",
          "/health",
          "/api/v2/version",
          "/api/v2/dags",
          "/api/v2/dags/movies",
          "/api/v2/dags/movies/details",
          "/api/v2/dags/none",
          "/api/v2/dags/movies/dagRuns/r1",
          "/api/v2/dags/movies/dagRuns?limit=x",
          "/api/v2/variables/none",
          "/api/v2/nothing"}) {
        const Response whole = get(path);
        const Response head = send("HEAD", path);
        EXPECT_EQ(head.status, whole.status) << path;
        EXPECT_EQ(head.content_type, whole.content_type) << path;
        EXPECT_EQ(head.headers, whole.headers) << path;
    }
}

TEST_F(RouteTable, KnowsNoPathBesideThoseOfTheTable) {
    for (const char* const path :
         {"/api",
          "/api/v2",
          "/api/v2/",
          "/api/v2/dag",
          "/API/v2/dags",
          "/api/v2/DAGS",
          "/api/v2/dags/movies/dagruns",
          "/api/v2/dags/movies/dagRuns/r1/",
          "/api/v2/dags/movies/dagRuns/r1/taskInstances/extract/-1/tries/1/x",
          "/api/v2//dags",
          "//api/v2/dags",
          "/api/v2/dags/../dags",
          "/auth",
          "/auth/token/web",
          "/docs",
          "/favicon.ico"}) {
        const bool is_run = std::string_view(path).ends_with("/r1/");
        for (const char* const method : {"GET", "POST", "DELETE"}) {
            const int status = send(method, path).status;
            if (is_run) {
                EXPECT_EQ(status, std::string_view(method) == "GET" ? 200 : 405) << path;
            } else {
                EXPECT_EQ(status, 404) << method << " " << path;
            }
        }
    }
}

TEST_F(RouteTable, ReadsAnIdThatIsEncodedAndNothingOfASlashInIt) {
    EXPECT_EQ(get("/api/v2/dags/%6Dovies").status, 200);
    EXPECT_EQ(get("/api/v2/%64ags").status, 200);
    EXPECT_EQ(get("/api/v2/dags/movies%2Ftasks").status, 404);
    EXPECT_EQ(get("/api/v2/dags/movies%2Fdetails").status, 404);
    EXPECT_EQ(get("http://reel.example:8080/api/v2/dags/movies").status, 200);
    EXPECT_EQ(get("https://reel.example").status, 200) << "the root, as a proxy asks for it";
}

TEST_F(RouteTable, AsksForTheTokenBeforeItLooksAtAnything) {
    for (const Route& route : routes()) {
        if (route.access == Access::anyone) continue;
        Request request{
            .method = std::string(route.method),
            .target = filled(route.pattern) + "?limit=x&nobody=knows",
            .body = "{not json"
        };
        request.headers["authorization"] = "Bearer not.a.token";
        const Response response = send(request);
        EXPECT_EQ(response.status, 401) << route.pattern;
        EXPECT_EQ(response.headers.at("WWW-Authenticate"), "Bearer") << route.pattern;
        EXPECT_EQ(response.body.find("limit"), std::string::npos) << response.body;
    }
}

namespace {

struct Malformed {
    const char* what;
    const char* body;
    const char* type;
};

constexpr Malformed malformed[] = {
    {"nothing", "", "json_invalid"},
    {"blanks", "  \n ", "json_invalid"},
    {"half an object", R"({"key": )", "json_invalid"},
    {"two objects", "{}{}", "json_invalid"},
    {"a comment", "{} // no", "json_invalid"},
    {"a word", "nonsense", "json_invalid"},
    {"a form", "key=a&value=b", "json_invalid"},
    {"bytes that are no UTF-8", "{\"key\": \"\xff\xfe\"}", "json_invalid"},
    {"half a surrogate", R"({"key": "\ud800"})", "json_invalid"},
    {"not a number", R"({"key": NaN})", "json_invalid"},
    {"a list", R"([{"key": "a"}])", "dict_type"},
    {"a text", R"("key")", "dict_type"},
    {"a number", "7", "dict_type"},
    {"null", "null", "dict_type"},
    {"NUL", R"({"key": "\u0000"})", "value_error"},
};

}  // namespace

TEST_F(RouteTable, TakesNoMalformedBodyAnywhere) {
    const std::vector<std::pair<std::string, std::string>> places{
        {"POST", "/auth/token"},
        {"PATCH", "/api/v2/dags"},
        {"PATCH", "/api/v2/dags/movies"},
        {"POST", "/api/v2/dags/movies/dagRuns"},
        {"POST", "/api/v2/dags/~/dagRuns/list"},
        {"PATCH", "/api/v2/dags/movies/dagRuns/r1"},
        {"POST", "/api/v2/dags/movies/dagRuns/r1/clear"},
        {"POST", "/api/v2/dags/movies/clearTaskInstances"},
        {"PATCH", "/api/v2/dags/movies/dagRuns/r1/taskInstances/load"},
        {"PATCH", "/api/v2/dags/movies/dagRuns/r1/taskInstances/load/dry_run"},
        {"PATCH", "/api/v2/dags/movies/dagRuns/r1/taskInstances/load/1"},
        {"PATCH", "/api/v2/dags/movies/dagRuns/r1/taskInstances/load/1/dry_run"},
        {"POST", "/api/v2/backfills"},
        {"POST", "/api/v2/backfills/dry_run"},
        {"POST", "/api/v2/assets/events"},
        {"POST", "/api/v2/pools"},
        {"PATCH", "/api/v2/pools/x"},
        {"POST", "/api/v2/variables"},
        {"PATCH", "/api/v2/variables/x"},
        {"POST", "/api/v2/connections"},
        {"PATCH", "/api/v2/connections/x"},
        {"POST", "/api/v2/connections/test"},
    };
    const auto with_body = std::ranges::count_if(routes(), [](const Route& route) {
        return route.method == "POST" || route.method == "PATCH";
    });
    EXPECT_EQ(places.size() + 2, static_cast<std::size_t>(with_body))
        << "/auth/token/cli is alike, an asset is materialized without a body, too";
    for (const auto& [method, target] : places) {
        for (const Malformed& each : malformed) {
            const Response response = send(method, target, each.body);
            ASSERT_EQ(response.status, 422) << method << " " << target << ": " << each.what;
            const auto detail = nlohmann::json::parse(response.body)["detail"];
            ASSERT_EQ(detail.size(), 1U) << each.what;
            EXPECT_EQ(detail[0]["loc"], nlohmann::json::array({"body"})) << each.what;
            EXPECT_EQ(detail[0]["type"], each.type) << each.what;
            EXPECT_FALSE(detail[0]["msg"].get<std::string>().empty());
        }
    }
    EXPECT_TRUE(control_.triggered().empty());
    EXPECT_EQ(store_->list_variables({}).total, 0U);
    EXPECT_EQ(store_->list_connections({}).total, 0U);
    EXPECT_FALSE(store_->get_dag(core::DagId("movies"))->is_paused);
}

TEST_F(RouteTable, RefusesAFilterThatNoListHas) {
    for (const char* const target :
         {"/api/v2/dags",
          "/api/reel/v1/callbacks",
          "/api/v2/dags/movies/tasks",
          "/api/v2/dags/movies/dagRuns",
          "/api/v2/dags/~/dagRuns",
          "/api/v2/dags/movies/dagRuns/r1/wait",
          "/api/v2/dags/movies/dagRuns/r1/taskInstances",
          "/api/v2/dags/movies/dagRuns/r1/taskInstances/extract/logs/1",
          "/api/v2/dags/movies/dagRuns/r1/taskInstances/extract/xcomEntries",
          "/api/v2/dags/movies/dagRuns/r1/taskInstances/extract/xcomEntries/k",
          "/api/v2/backfills",
          "/api/v2/importErrors",
          "/api/v2/dags/movies/dagRuns/r1/upstreamAssetEvents",
          "/api/v2/dags/movies/assets/queuedEvents",
          "/api/v2/assets",
          "/api/v2/assets/aliases",
          "/api/v2/assets/events",
          "/api/v2/variables",
          "/api/v2/connections"}) {
        const auto detail =
            get_json(std::string(target) + "?colour=red&colour=blue&", 422)["detail"];
        ASSERT_EQ(detail.size(), 2U) << target;
        EXPECT_EQ(detail[0]["loc"], (nlohmann::json{"query", "colour"})) << target;
        EXPECT_EQ(detail[0]["type"], "extra_forbidden") << target;
    }
}

}  // namespace reel::api
