#include <fstream>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class Sources : public ApiTest {
  protected:
    void write(const std::filesystem::path& path, const std::string& text) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    void save_at(const std::filesystem::path& path) {
        core::Dag dag = movies_dag();
        dag.fileloc = path.string();
        save(dag);
    }
};

}  // namespace

TEST_F(Sources, ShowsTheTextOfADagsFile) {
    write(folder_ / "dags/team/movies.yaml", "movies: {}\n");
    save_at(folder_ / "dags/team/movies.yaml");
    const auto source = get_json("/api/v2/dagSources/movies");
    EXPECT_EQ(source["content"], "movies: {}\n");
    EXPECT_EQ(source["version_number"], 1);
    EXPECT_EQ(source["dag_display_name"], "movies");
    Request request{.method = "GET", .target = "/api/v2/dagSources/movies"};
    request.headers = {{"accept", "text/plain"}, {"authorization", "Bearer " + token_}};
    const Response text = send(request);
    EXPECT_EQ(text.body, "movies: {}\n");
    EXPECT_EQ(text.content_type, "text/plain; charset=utf-8");
}

TEST_F(Sources, ShowsNoFileOutsideOfTheFolder) {
    write(folder_ / "secret.yaml", "password\n");
    write(folder_ / "dags-too/movies.yaml", "password\n");
    write(folder_ / "dags/ok.yaml", "ok\n");
    std::filesystem::create_symlink(folder_ / "secret.yaml", folder_ / "dags/link.yaml");
    for (const char* const name :
         {"secret.yaml",
          "dags-too/movies.yaml",
          "dags/../secret.yaml",
          "dags/link.yaml",
          "dags",
          "dags/gone.yaml"}) {
        save_at(folder_ / name);
        const Response response = get("/api/v2/dagSources/movies");
        EXPECT_EQ(response.status, 404) << name;
        EXPECT_EQ(response.body.find("password"), std::string::npos) << name;
    }
    save_at(folder_ / "dags/../dags/ok.yaml");
    EXPECT_EQ(get("/api/v2/dagSources/movies").status, 200);
}

TEST_F(Sources, SaysWhenThereIsNoFolder) {
    save_at(folder_ / "dags/movies.yaml");
    EXPECT_EQ(get("/api/v2/dagSources/movies").status, 404);
}

TEST_F(Sources, ListsImportErrors) {
    store_->save_import_errors(
        {{.id = 7, .filename = "bad.yaml", .at = clock_.now(), .stack_trace = "bad.yaml:1:2: no"},
         {.id = 8, .filename = "worse.yaml", .at = clock_.now(), .stack_trace = "worse.yaml:3:4: no"
         }}
    );
    const auto errors = get_json("/api/v2/importErrors?limit=1");
    EXPECT_EQ(errors["total_entries"], 2);
    ASSERT_EQ(errors["import_errors"].size(), 1U);
    const auto one = get_json(
        "/api/v2/importErrors/" +
        std::to_string(errors["import_errors"][0]["import_error_id"].get<int>())
    );
    EXPECT_EQ(one, errors["import_errors"][0]);
    EXPECT_EQ(
        keys(one),
        (std::set<std::string>{
            "import_error_id", "filename", "timestamp", "stack_trace", "bundle_name"
        })
    );
    EXPECT_EQ(get("/api/v2/importErrors/999").status, 404);
    EXPECT_EQ(get("/api/v2/importErrors/x").status, 404);
    EXPECT_EQ(get("/api/v2/importErrors?limit=x").status, 422);
}

}  // namespace reel::api
