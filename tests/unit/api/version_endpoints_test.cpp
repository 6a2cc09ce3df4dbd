#include <gmock/gmock.h>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;

constexpr const char* versions = "/api/v2/dags/movies/dagVersions";
constexpr const char* diff = "/api/reel/v1/dags/movies/diff";

class VersionEndpoints : public ApiTest {
  protected:
    VersionEndpoints() { save_as('a', 2); }

    /// The DAG with so many retries of its last task, as a version of its own.
    void save_as(char version, int retries) {
        core::Dag dag = movies_dag();
        dag.version = std::string(64, version);
        dag.tasks[3].retries = retries;
        save(dag);
    }
};

}  // namespace

TEST_F(VersionEndpoints, ListEveryContentInAirflowsShape) {
    save_as('b', 3);
    const json listed = get_json(versions);
    EXPECT_EQ(listed["total_entries"], 2);
    const json& first = listed["dag_versions"][0];
    EXPECT_EQ(first["version_number"], 1);
    EXPECT_EQ(first["dag_id"], "movies");
    EXPECT_EQ(first["bundle_name"], "dags-folder");
    EXPECT_EQ(first["id"].get<std::string>().size(), 36U);
    EXPECT_EQ(get_json(std::string(versions) + "/1"), first);
    EXPECT_EQ(
        get_json(
            std::string(versions) + "?order_by=-version_number&limit=1"
        )["dag_versions"][0]["version_number"],
        2
    );
    EXPECT_EQ(get_json(std::string(versions) + "?version_number=2")["total_entries"], 1);
    EXPECT_EQ(get_json(std::string(versions) + "?offset=1")["dag_versions"].size(), 1U);
}

TEST_F(VersionEndpoints, SayWhatIsMissing) {
    get_json("/api/v2/dags/none/dagVersions", 404);
    get_json("/api/v2/dags/none/dagVersions/1", 404);
    get_json(std::string(versions) + "/2", 404);
    get_json(std::string(versions) + "/x", 404);
    get_json(std::string(versions) + "?order_by=colour", 422);
    get_json("/api/reel/v1/dags/none/diff", 404);
    get_json(std::string(diff) + "?from=1&to=7", 404);
    get_json(std::string(diff) + "?from=x", 422);
    EXPECT_EQ(
        get_json(diff, 409)["detail"],
        "The Dag has only one version: there is nothing to compare it with"
    );
}

TEST_F(VersionEndpoints, CompareTheVersionOfNowWithTheOneBefore) {
    save_as('b', 3);
    save_as('c', 4);
    const json found = get_json(diff);
    EXPECT_EQ(found["from_version"], 2);
    EXPECT_EQ(found["to_version"], 3);
    EXPECT_EQ(
        found["tasks_changed"], json::parse(R"([{"task_id": "load", "fields": ["retries"]}])")
    );
    EXPECT_EQ(found["tasks_added"], json::array());
    EXPECT_EQ(found["fields_changed"], json::array());
    EXPECT_NE(found["diff"].get<std::string>().find("+    retries: 4"), std::string::npos);
    EXPECT_EQ(get_json(std::string(diff) + "?to=2")["from_version"], 1);
    EXPECT_EQ(get_json(std::string(diff) + "?from=1")["to_version"], 3);
    EXPECT_EQ(get_json(std::string(diff) + "?from=2&to=2")["diff"], "");
}

TEST_F(VersionEndpoints, CompareAFileThatWasPutBackWithWhatItWas) {
    save_as('b', 3);
    save_as('a', 2);
    const json found = get_json(diff);
    EXPECT_EQ(found["from_version"], 2);
    EXPECT_EQ(found["to_version"], 1);
}

}  // namespace reel::api
