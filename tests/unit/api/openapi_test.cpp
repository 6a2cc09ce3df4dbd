#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <set>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

const YAML::Node& document() {
    static const YAML::Node loaded = YAML::LoadFile(REEL_OPENAPI);
    return loaded;
}

std::string upper(std::string word) {
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::toupper(c); });
    return word;
}

std::set<std::string> documented() {
    std::set<std::string> names;
    for (const auto& path : document()["paths"]) {
        for (const auto& operation : path.second) {
            const auto method = upper(operation.first.as<std::string>());
            if (method != "PARAMETERS") names.insert(method + " " + path.first.as<std::string>());
        }
    }
    return names;
}

}  // namespace

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
    std::set<std::string> served;
    for (const Route& route : routes()) {
        served.insert(std::string(route.method) + " " + std::string(route.pattern));
    }
    EXPECT_EQ(documented(), served);
}

TEST(OpenApi, NamesEveryPathParameter) {
    for (const auto& path : document()["paths"]) {
        const auto pattern = path.first.as<std::string>();
        std::set<std::string> named;
        for (const auto& parameter : path.second["parameters"]) {
            const auto reference = parameter["$ref"].as<std::string>();
            named.insert(reference.substr(reference.rfind('/') + 1));
        }
        std::set<std::string> used;
        for (std::size_t at = pattern.find('{'); at != std::string::npos;
             at = pattern.find('{', at + 1)) {
            used.insert(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
        }
        EXPECT_EQ(named, used) << pattern;
    }
}

TEST(OpenApi, SaysWhichOperationsNeedNoToken) {
    for (const Route& route : routes()) {
        std::string method(route.method);
        std::ranges::transform(method, method.begin(), [](unsigned char c) {
            return std::tolower(c);
        });
        const YAML::Node operation = document()["paths"][std::string(route.pattern)][method];
        ASSERT_TRUE(operation.IsDefined()) << route.pattern;
        const YAML::Node security = operation["security"];
        const bool open = security.IsDefined() && security.size() == 0;
        EXPECT_EQ(open, route.access == Access::anyone) << route.pattern;
        EXPECT_TRUE(operation["summary"].IsDefined()) << route.pattern;
        EXPECT_TRUE(operation["operationId"].IsDefined()) << route.pattern;
    }
}

TEST(OpenApi, RefersToWhatIsThere) {
    const std::function<void(const YAML::Node&)> look = [&](const YAML::Node& node) {
        if (node.IsSequence()) {
            for (const auto& item : node) {
                look(item);
            }
        }
        if (!node.IsMap()) return;
        for (const auto& field : node) {
            if (field.first.as<std::string>() != "$ref") {
                look(field.second);
                continue;
            }
            const auto target = field.second.as<std::string>();
            ASSERT_TRUE(target.starts_with("#/components/")) << target;
            const std::string kind = target.substr(13, target.rfind('/') - 13);
            const std::string name = target.substr(target.rfind('/') + 1);
            EXPECT_TRUE(document()["components"][kind][name].IsDefined()) << target;
        }
    };
    look(document());
}

namespace {

/// Holds an answer against its schema: nothing missing, nothing unknown, null only where allowed.
void expect_conforms(const nlohmann::json& value, YAML::Node schema, const std::string& where) {
    const bool nullable = schema["nullable"].IsDefined() && schema["nullable"].as<bool>();
    if (value.is_null()) {
        EXPECT_TRUE(nullable) << where << " is null";
        return;
    }
    if (schema["allOf"].IsDefined()) schema = schema["allOf"][0];
    if (schema["$ref"].IsDefined()) {
        const auto target = schema["$ref"].as<std::string>();
        schema = document()["components"]["schemas"][target.substr(target.rfind('/') + 1)];
    }
    if (schema["enum"].IsDefined()) {
        const auto words = schema["enum"].as<std::vector<std::string>>();
        EXPECT_NE(std::ranges::find(words, value.get<std::string>()), words.end()) << where;
    }
    const auto type = schema["type"].IsDefined() ? schema["type"].as<std::string>() : "";
    if (type == "string") EXPECT_TRUE(value.is_string()) << where;
    if (type == "integer") EXPECT_TRUE(value.is_number_integer()) << where;
    if (type == "number") EXPECT_TRUE(value.is_number()) << where;
    if (type == "boolean") EXPECT_TRUE(value.is_boolean()) << where;
    if (type == "array") {
        ASSERT_TRUE(value.is_array()) << where;
        for (const auto& item : value) {
            expect_conforms(item, schema["items"], where + "[]");
        }
    }
    if (type != "object" || schema["additionalProperties"].IsDefined()) return;
    ASSERT_TRUE(value.is_object()) << where;
    for (const auto& name : schema["required"]) {
        EXPECT_TRUE(value.contains(name.as<std::string>())) << where << "." << name;
    }
    for (const auto& [name, item] : value.items()) {
        const YAML::Node property = schema["properties"][name];
        EXPECT_TRUE(property.IsDefined()) << where << "." << name << " is not described";
        if (property.IsDefined()) expect_conforms(item, property, where + "." + name);
    }
}

class OpenApiAnswers : public ApiTest {
  protected:
    OpenApiAnswers() {
        save(movies_dag());
        add_run("r1");
        add_run("r2", core::RunState::running);
        store_->set_variable({.key = "v", .value = "1", .description = ""});
        EXPECT_TRUE(
            store_->add_connection({.connection_id = "c", .conn_type = "postgres"}).has_value()
        );
        store_->save_import_errors(
            {{.id = 1, .filename = "f", .at = clock_.now(), .stack_trace = "s"}}
        );
        store::Commit commit;
        commit.xcoms.push_back({
            .key = {core::DagId("movies"), core::RunId("r1"), core::TaskId("extract"), -1},
            .value = {"7"},
            .at = clock_.now(),
        });
        EXPECT_TRUE(store_->commit(commit).has_value());
        store::BackfillRecord backfill;
        backfill.dag_id = core::DagId("movies");
        backfill_ = store_->create_backfill(backfill, {})->id;
        add_asset_event();
    }

    /// r1 has made "s3://films", whose news wait for "reader"; a run of that consumed earlier ones.
    void add_asset_event() {
        core::Dag maker = movies_dag("maker");
        maker.tasks[0].outlets = {core::make_asset("s3://films")};
        maker.tasks[1].inlets = maker.tasks[0].outlets;
        core::Dag reader = movies_dag("reader");
        reader.asset_condition = core::parse_asset_condition("s3://films | s3://other").value();
        store_->save_dags({maker, reader}, false, clock_.now());
        store::Commit commit;
        for (const std::int64_t id : {1, 2}) {
            store::NewAssetEvent added;
            added.event = {.id = id, .uri = "s3://films", .timestamp = clock_.now()};
            added.event.source =
                core::TaskKey{core::DagId("maker"), core::RunId("m1"), core::TaskId("extract"), -1};
            added.queued_for = {core::DagId("reader")};
            commit.asset_events.push_back(added);
        }
        store::NewRun run;
        run.run.dag_id = core::DagId("reader");
        run.run.run_id = core::RunId("a1");
        run.run.type = core::RunType::asset_triggered;
        run.run.conf.text = "{}";
        run.run.dag_version = reader.version;
        run.consumed_events = {1};
        commit.new_runs.push_back(run);
        EXPECT_TRUE(store_->commit(commit).has_value());
        asset_id_ = std::to_string(store_->list_assets().front().id);
    }

    std::string asset_id_;

    void expect_described(const std::string& target, const std::string& pattern, int status = 200) {
        const auto answer = get_json(target, status);
        YAML::Node response =
            document()["paths"][pattern]["get"]["responses"][std::to_string(status)];
        ASSERT_TRUE(response.IsDefined()) << pattern << " " << status;
        if (response["$ref"].IsDefined()) {
            const auto name = response["$ref"].as<std::string>();
            response = document()["components"]["responses"][name.substr(name.rfind('/') + 1)];
        }
        expect_conforms(answer, response["content"]["application/json"]["schema"], target);
    }

    store::BackfillId backfill_ = 0;
};

}  // namespace

TEST_F(OpenApiAnswers, AreAsDescribed) {
    const std::string v2 = "/api/v2";
    const std::string dag = v2 + "/dags/{dag_id}";
    const std::string run = dag + "/dagRuns/{dag_run_id}";
    const std::string task = run + "/taskInstances/{task_id}";
    const std::string r1 = v2 + "/dags/movies/dagRuns/r1";
    expect_described("/health", "/health");
    expect_described(v2 + "/version", v2 + "/version");
    expect_described(v2 + "/dags", v2 + "/dags");
    expect_described(v2 + "/dags/movies", dag);
    expect_described(v2 + "/dags/movies/details", dag + "/details");
    expect_described(v2 + "/dags/movies/tasks", dag + "/tasks");
    expect_described(v2 + "/dags/movies/dagVersions", dag + "/dagVersions");
    expect_described(v2 + "/dags/movies/dagVersions/1", dag + "/dagVersions/{version_number}");
    expect_described(
        "/api/reel/v1/dags/movies/diff?from=1&to=1", "/api/reel/v1/dags/{dag_id}/diff"
    );
    expect_described(v2 + "/dags/movies/tasks/load", dag + "/tasks/{task_id}");
    expect_described(v2 + "/dags/~/dagRuns", dag + "/dagRuns");
    expect_described(r1, run);
    expect_described(r1 + "/taskInstances", run + "/taskInstances");
    expect_described(r1 + "/taskInstances/load", task);
    expect_described(r1 + "/taskInstances/load/-1", task + "/{map_index}");
    expect_described(r1 + "/taskInstances/load/tries", task + "/tries");
    expect_described(r1 + "/taskInstances/load/logs/1", task + "/logs/{try_number}");
    expect_described(r1 + "/taskInstances/extract/xcomEntries", task + "/xcomEntries");
    expect_described(
        r1 + "/taskInstances/extract/xcomEntries/return_value", task + "/xcomEntries/{xcom_key}"
    );
    expect_described(v2 + "/backfills", v2 + "/backfills");
    expect_described(
        v2 + "/backfills/" + std::to_string(backfill_), v2 + "/backfills/{backfill_id}"
    );
    const std::string asset = v2 + "/assets/" + asset_id_;
    const std::string queued = "/assets/queuedEvents";
    expect_described(v2 + "/dags/reader/details", dag + "/details");
    expect_described(v2 + "/assets", v2 + "/assets");
    expect_described(asset, v2 + "/assets/{asset_id}");
    expect_described(v2 + "/assets/events", v2 + "/assets/events");
    expect_described(v2 + "/assets/aliases", v2 + "/assets/aliases");
    expect_described(asset + "/queuedEvents", v2 + "/assets/{asset_id}/queuedEvents");
    expect_described(v2 + "/dags/reader" + queued, dag + queued);
    expect_described(
        v2 + "/dags/reader/assets/" + asset_id_ + "/queuedEvents",
        dag + "/assets/{asset_id}/queuedEvents"
    );
    expect_described(
        v2 + "/dags/reader/dagRuns/a1/upstreamAssetEvents", run + "/upstreamAssetEvents"
    );
    expect_described(v2 + "/variables", v2 + "/variables");
    expect_described(v2 + "/variables/v", v2 + "/variables/{variable_key}");
    expect_described(v2 + "/connections", v2 + "/connections");
    expect_described(v2 + "/connections/c", v2 + "/connections/{connection_id}");
    expect_described(v2 + "/importErrors", v2 + "/importErrors");
}

TEST_F(OpenApiAnswers, AreErrorsAsDescribed) {
    const std::string v2 = "/api/v2";
    expect_described(v2 + "/dags/none", v2 + "/dags/{dag_id}", 404);
    expect_described(v2 + "/dags?limit=x", v2 + "/dags", 422);
    token_ = "none";
    expect_described(v2 + "/dags", v2 + "/dags", 401);
}

}  // namespace reel::api
