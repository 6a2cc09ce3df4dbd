#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

class DagsCli : public CliTest {};

}  // namespace

TEST_F(DagsCli, Lists) {
    EXPECT_EQ(run({"dags", "list"}), 0) << err_;
    EXPECT_NE(out_.find("movies | /nowhere/movies.yaml | airflow, ops | false"), std::string::npos)
        << out_;
    const auto dags = run_json({"dags", "list"});
    EXPECT_EQ(dags[0]["dag_id"], "movies");
    EXPECT_EQ(run({"dags", "list", "--columns", "dag_id,is_paused", "-o", "plain"}), 0);
    EXPECT_EQ(out_, "dag_id  is_paused\nmovies  false\n");
    EXPECT_EQ(run({"dags", "list", "--tags", "none"}), 0);
    EXPECT_EQ(out_, "No data found\n");
}

TEST_F(DagsCli, MarksARunAndWritesANoteOnIt) {
    add_run("r1", core::RunState::running);
    EXPECT_EQ(run_json({"dags", "mark", "movies", "r1", "failed"})[0]["state"], "failed");
    EXPECT_EQ(
        store_->get_run(core::DagId("movies"), core::RunId("r1"))->state, core::RunState::failed
    );
    EXPECT_EQ(run({"dags", "mark", "movies", "r1", "running"}), 2) << "only the scheduler does";
    EXPECT_EQ(run({"dags", "mark", "movies", "none", "failed"}), 1);
    const auto noted = run_json({"dags", "note", "movies", "r1", "the disk was full"});
    EXPECT_EQ(noted[0]["note"], "the disk was full");
    EXPECT_EQ(run({"dags", "note", "movies", "r1", ""}), 0) << err_;
    EXPECT_EQ(store_->get_run(core::DagId("movies"), core::RunId("r1"))->note, "");
}

TEST_F(DagsCli, ShowsDetailsAndAPicture) {
    EXPECT_EQ(run_json({"dags", "details", "movies"})[0]["timetable_summary"], "0 7 * * *");
    EXPECT_EQ(run({"dags", "show", "movies"}), 0);
    EXPECT_NE(out_.find("└─ extract (bash)\n"), std::string::npos) << out_;
    const auto file = (folder_ / "movies.dot").string();
    EXPECT_EQ(run({"dags", "show", "movies", "--save", file}), 0) << err_;
    std::ifstream saved(file);
    std::string first;
    std::getline(saved, first);
    EXPECT_EQ(first, "digraph \"movies\" {");
    EXPECT_EQ(run({"dags", "show", "movies", "--save", "movies.png"}), 1);
    EXPECT_NE(err_.find("hint: "), std::string::npos);
    EXPECT_EQ(run({"dags", "show", "movies", "--save", "/no/such/folder/x.dot"}), 1);
}

TEST_F(DagsCli, SaysWhatIsMissing) {
    for (const char* const verb : {"details", "show", "pause", "unpause", "next-execution"}) {
        EXPECT_EQ(run({"dags", verb, "none"}), 1) << verb;
        EXPECT_NE(err_.find("error: The Dag with ID: `none` was not found"), std::string::npos)
            << err_;
    }
}

TEST_F(DagsCli, PausesAndDeletes) {
    EXPECT_EQ(run_json({"dags", "pause", "movies"})[0]["is_paused"], true);
    EXPECT_EQ(run_json({"dags", "unpause", "movies"})[0]["is_paused"], false);
    EXPECT_EQ(run({"dags", "delete", "movies"}), 1) << "nobody can be asked";
    EXPECT_TRUE(store_->get_dag(core::DagId("movies")).has_value());
    EXPECT_EQ(run({"dags", "delete", "movies", "-y"}), 0) << err_;
    EXPECT_EQ(out_, "deleted movies\n");
}

TEST_F(DagsCli, ListsImportErrors) {
    store_->save_import_errors(
        {{.id = 1,
          .filename = "bad.yaml",
          .at = clock_.now(),
          .stack_trace = "bad.yaml:1:2: no\n  hint: x"}}
    );
    EXPECT_EQ(run({"dags", "list-import-errors"}), 0);
    EXPECT_NE(
        out_.find("bad.yaml | 2026-01-01T00:00:00Z | bad.yaml:1:2: no   hint: x"), std::string::npos
    ) << out_;
}

TEST_F(DagsCli, TellsTheNextExecutions) {
    EXPECT_EQ(run({"dags", "next-execution", "movies"}), 0);
    EXPECT_EQ(out_, "2026-01-01T07:00:00Z\n");
    EXPECT_EQ(err_, "");
    ASSERT_TRUE(store_->set_paused(core::DagId("movies"), true).has_value());
    EXPECT_EQ(run({"dags", "next-execution", "movies", "-n", "2"}), 0);
    EXPECT_EQ(out_, "2026-01-01T07:00:00Z\n2026-01-02T07:00:00Z\n");
    EXPECT_NE(err_.find("paused"), std::string::npos);
    const auto runs = run_json({"dags", "next-execution", "movies"});
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0]["data_interval_start"], "2026-01-01T07:00:00Z");
    EXPECT_EQ(run({"dags", "next-execution", "movies", "--field", "data_interval.end"}), 0);
    EXPECT_EQ(out_, "2026-01-01T07:00:00Z\n");
    EXPECT_EQ(run({"dags", "next-execution", "movies", "--field", "colour"}), 2);
}

TEST_F(DagsCli, Triggers) {
    const auto runs = run_json(
        {"dags",
         "trigger",
         "movies",
         "-c",
         R"({"a": 1})",
         "-r",
         "mine",
         "-l",
         "2026-01-31",
         "--note",
         "n"}
    );
    EXPECT_EQ(runs[0]["dag_run_id"], "mine");
    EXPECT_EQ(runs[0]["conf"]["a"], 1);
    EXPECT_EQ(runs[0]["logical_date"], "2026-01-31T00:00:00Z");
    EXPECT_EQ(runs[0]["triggered_by"], "cli");
    EXPECT_EQ(runs[0]["note"], "n");
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "mine"}), 1);
    EXPECT_TRUE(err_.starts_with("error: ")) << err_;
}

TEST_F(DagsCli, LooksAtConfAndDateBeforeAnyRequest) {
    EXPECT_EQ(run({"dags", "trigger", "movies", "-c", "{oops}"}), 1);
    EXPECT_NE(err_.find("--conf is not valid JSON at column 2"), std::string::npos) << err_;
    EXPECT_EQ(run({"dags", "trigger", "movies", "-l", "soon"}), 1);
    EXPECT_NE(err_.find("--logical-date"), std::string::npos);
    EXPECT_TRUE(calls_.empty());
}

TEST_F(DagsCli, ReadsDatesInTheConfiguredZone) {
    environment_["REEL__CORE__DEFAULT_TIMEZONE"] = "Europe/Berlin";
    const auto runs = run_json({"dags", "trigger", "movies", "-l", "2026-01-31"});
    EXPECT_EQ(runs[0]["logical_date"], "2026-01-30T23:00:00Z");
}

TEST_F(DagsCli, WarnsThatAPausedDagWaits) {
    ASSERT_TRUE(store_->set_paused(core::DagId("movies"), true).has_value());
    EXPECT_EQ(run({"dags", "trigger", "movies"}), 0);
    EXPECT_NE(
        err_.find("movies is paused: the run stays queued until `reel dags unpause movies`"),
        std::string::npos
    );
}

TEST_F(DagsCli, ListsRunsAndTheirStates) {
    save(api::movies_dag("other"));
    add_run("a");
    clock_.advance(std::chrono::hours(1));
    add_run("b", core::RunState::failed);
    add_run("c", core::RunState::queued, "other");
    const auto ids = [&](std::vector<std::string> more) {
        std::vector<std::string> names;
        more.insert(more.begin(), {"dags", "list-runs"});
        for (const auto& each : run_json(more)) {
            names.push_back(each["dag_run_id"]);
        }
        return names;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(ids({"movies"}), (Names{"b", "a"}));
    EXPECT_EQ(ids({"-d", "movies", "--state", "failed"}), (Names{"b"}));
    EXPECT_EQ(ids({"movies", "--limit", "1"}), (Names{"b"}));
    EXPECT_EQ(ids({"movies", "-s", "2026-01-01T00:30"}), (Names{"b"}));
    EXPECT_EQ(ids({"movies", "-e", "2026-01-01T00:30"}), (Names{"a"}));
    EXPECT_EQ(ids({}).size(), 3U);
    EXPECT_EQ(run({"dags", "list-runs", "movies", "-s", "soon"}), 1);
    EXPECT_EQ(run({"dags", "state", "movies", "b"}), 0);
    EXPECT_EQ(out_, "failed\n");
    EXPECT_EQ(run({"dags", "state", "movies", "none"}), 1);
    EXPECT_NE(err_.find("hint: `reel dags list-runs movies` lists its runs"), std::string::npos)
        << err_;
}

TEST_F(DagsCli, FindsARunByItsLogicalDate) {
    ASSERT_EQ(run({"dags", "trigger", "movies", "-r", "r", "-l", "2026-01-31T07:00:00Z"}), 0);
    EXPECT_EQ(run({"dags", "state", "movies", "2026-01-31T07:00"}), 0) << err_;
    EXPECT_EQ(out_, "queued\n");
    EXPECT_EQ(run({"dags", "state", "movies", "2026-02-01"}), 1);
}

TEST_F(DagsCli, HandsTestsToTheDaemon) {
    DagTestOptions told;
    server_.dags_test = [&](const config::Config&, const DagTestOptions& options) {
        told = options;
        return 1;
    };
    EXPECT_EQ(
        run({"dags", "test", "movies", "2026-01-31", "-f", "x.yaml", "-c", R"({"a": 1})"}), 1
    );
    EXPECT_EQ(told.dag_id, "movies");
    EXPECT_EQ(told.dag_file, "x.yaml");
    EXPECT_EQ(told.conf.text, R"({"a":1})");
    EXPECT_EQ(core::format_api(told.logical_date.value()), "2026-01-31T00:00:00Z");
    EXPECT_EQ(run({"dags", "test", "movies"}), 1);
    EXPECT_FALSE(told.logical_date.has_value());
    EXPECT_EQ(told.conf.text, "{}");
    EXPECT_EQ(told.mark_success_pattern, "");
    EXPECT_EQ(
        run({"dags", "test", "movies", "--mark-success-pattern", "wait_.*", "--use-executor"}), 1
    );
    EXPECT_EQ(told.mark_success_pattern, "wait_.*");
    EXPECT_EQ(run({"dags", "test", "movies", "-c", "["}), 1);
    EXPECT_NE(err_.find("--conf is not valid JSON"), std::string::npos);
}

}  // namespace reel::cli
