#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "command_case.hpp"
#include "reel/postgres/link.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/scripted_server.hpp"
#include "support/test_cluster.hpp"

namespace reel::cli {

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

/// `reel load` and `reel quarantine` on a warehouse that is empty at first.
class LoadCommand : public CommandCase {
  protected:
    LoadCommand() {
        std::string name = (fs::temp_directory_path() / "reel-load-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        server_.database_uri = [this](const config::Config&, const std::string& which) {
            return core::Result<std::string>(which == "warehouse" ? warehouse_ : metadata_);
        };
    }
    ~LoadCommand() override { fs::remove_all(folder_); }
    LoadCommand(const LoadCommand&) = delete;
    LoadCommand& operator=(const LoadCommand&) = delete;

    int run(const std::vector<std::string>& words) {
        clock_.advance(std::chrono::seconds(1));  // two loads of one moment would be one run
        return CommandCase::run(words);
    }
    nlohmann::json run_json(std::vector<std::string> words) {
        words.insert(words.end(), {"-o", "json"});
        EXPECT_EQ(run(words), 0) << err_;
        return nlohmann::json::parse(out_, nullptr, false);
    }
    std::string put(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return (folder_ / name).string();
    }
    static std::string scalar(const std::string& uri, const std::string& sql) {
        postgres::Link link(uri);
        return link.exec(sql).at(0, std::size_t{0}).value_or("NULL");
    }

    std::string metadata_ = support::test_database();
    std::string warehouse_ = support::test_database();
    fs::path folder_;
};

}  // namespace

TEST_F(LoadCommand, LoadsAFileOfWhichNothingIsKnown) {
    const auto file = put("t.csv", "id,name\n1,a\n2,b\n2,c\n");
    const auto rows = run_json({"load", file, "--table", "s.t", "--key", "id"});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["table"], "s.t");
    EXPECT_EQ(rows[0]["records_read"], 3);
    EXPECT_EQ(rows[0]["duplicates"], 1);
    EXPECT_EQ(rows[0]["inserted"], 2);
    EXPECT_EQ(scalar(warehouse_, "SELECT string_agg(name, '' ORDER BY id) FROM s.t"), "ac");
    EXPECT_EQ(run({"load", file, "--table", "s.t", "--key", "id"}), 0) << err_;
    EXPECT_THAT(
        out_, HasSubstr("table | read | rejected | duplicates | filtered | staged | inserted")
    );
    EXPECT_THAT(err_, HasSubstr("0 inserted, 0 updated, 2 unchanged")) << "the log goes here";
}

TEST_F(LoadCommand, LoadsWhatAnAddressHas) {
    environment_["REEL_HOME"] = folder_.string();
    const support::ScriptedServer server([](const support::HttpRequest& request, int) {
        return support::serve_content(request, "id\tname\n1\ta\n2\tb\n", "\"v1\"");
    });
    const auto rows = run_json({"load", server.url("/t.tsv?day=1"), "--table", "s.t"});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["inserted"], 2);
    EXPECT_EQ(rows[0]["file"], server.url("/t.tsv?day=1"));
    EXPECT_GT(rows[0]["stage_seconds"], 0);
    EXPECT_EQ(rows[0]["bytes"], 16);
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_TRUE(server.requests()[1].headers.contains("if-none-match")) << "read twice, sent once";
    EXPECT_EQ(run({"load", server.url("/page"), "--table", "s.t", "--key", "x"}), 1);
    EXPECT_THAT(err_, HasSubstr("'x'"));
}

TEST_F(LoadCommand, ShowsOnATerminalHowFarItIs) {
    const auto file = put("t.csv", "id,name\n1,a\n2,b\n");
    const std::string in_place = "\r\x1b[Kpublishing into s.t";
    ASSERT_EQ(run({"load", file, "--table", "s.t"}), 0) << err_;
    EXPECT_THAT(err_, Not(HasSubstr("\x1b")));
    err_is_terminal_ = true;
    put("t.csv", "id,name\n1,a\n2,c\n");
    ASSERT_EQ(run({"load", file, "--table", "s.t"}), 0) << err_;
    EXPECT_THAT(err_, HasSubstr(in_place));
    EXPECT_TRUE(err_.ends_with("\r\x1b[K")) << "it goes when the load has ended";
}

TEST_F(LoadCommand, SaysWhichKeyItHasFound) {
    const auto file = put("t.csv", "kind,id\nx,1\nx,2\n");
    ASSERT_EQ(run({"load", file, "--table", "s.t"}), 0) << err_;
    EXPECT_THAT(err_, HasSubstr("key: id, the first column that is unique and never null; --key"));
    ASSERT_EQ(run({"load", file, "--table", "s.t", "--key", "id"}), 0) << err_;
    EXPECT_EQ(err_.find("key: id"), std::string::npos) << "who asked for it knows";
    ASSERT_EQ(run({"load", file, "--table", "s.u", "--mode", "append"}), 0) << err_;
    EXPECT_EQ(err_.find("key: id"), std::string::npos);
    const auto keyless = put("k.csv", "kind\nx\nx\n");
    ASSERT_EQ(run({"load", keyless, "--table", "s.k"}), 0) << err_;
    EXPECT_THAT(err_, HasSubstr("every row is added"));
}

TEST_F(LoadCommand, LoadsByTheSpecThatInferWrote) {
    const auto file = put("t.csv", "id,day\n1,2020-01-31\n2,\n");
    ASSERT_EQ(run({"load", "infer", file, "--table", "s.t"}), 0) << err_;
    const auto spec = put("spec.yaml", out_);
    EXPECT_EQ(run_json({"load", "--spec", spec})[0]["inserted"], 2);
    const auto other = put("other.csv", "id,day\n2,2020-02-01\n3,\n");
    const auto rows = run_json({"load", other, "--spec", spec});
    EXPECT_EQ(rows[0]["inserted"], 1);
    EXPECT_EQ(rows[0]["updated"], 1);
    EXPECT_EQ(scalar(warehouse_, "SELECT pg_typeof(day) FROM s.t LIMIT 1"), "date");
}

TEST_F(LoadCommand, FailsOverTheLimitOfRejectsAndSaysWhereTheyAre) {
    const auto good = put("good.csv", "id\n1\n");
    ASSERT_EQ(run({"load", "infer", good, "--table", "s.t"}), 0);
    const auto spec = put("spec.yaml", out_);
    const auto bad = put("bad.csv", "id\n1\nx\n");
    EXPECT_EQ(run({"load", bad, "--spec", spec}), 1);
    EXPECT_EQ(out_, "");
    EXPECT_THAT(err_, HasSubstr("more than the limit of 0"));
    const auto at = err_.find("`reel quarantine show --run-id load__");
    ASSERT_NE(at, std::string::npos) << err_;
    const auto begin = err_.find("load__", at);
    const auto run_id = err_.substr(begin, err_.find('`', begin) - begin);
    EXPECT_EQ(scalar(warehouse_, "SELECT to_regclass('s.t') IS NULL"), "t") << "nothing published";

    EXPECT_EQ(run({"quarantine", "show", "--run-id", run_id}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("| integer: not an integer"));
    EXPECT_THAT(out_, HasSubstr("| x     | x\n"));
    const auto listed = run_json({"quarantine", "list", "--dag-id", "reel-load"});
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["run_id"], run_id);
    EXPECT_EQ(listed[0]["rejects"], 1);
    EXPECT_EQ(listed[0]["reasons"], "type (id) × 1");

    EXPECT_EQ(run_json({"load", bad, "--spec", spec, "--rejects", "1"})[0]["inserted"], 1);
    EXPECT_THAT(err_, HasSubstr("some were rejected: `reel quarantine show --run-id load__"));
    EXPECT_EQ(run({"quarantine", "list"}), 0);
    EXPECT_THAT(out_, HasSubstr("dag_id    | run_id"));
}

TEST_F(LoadCommand, BearsNoUnreadableRecordUnlessAsked) {
    const auto file = put("t.csv", "id,name\n1,a\n2\n");
    EXPECT_EQ(run({"load", file, "--table", "s.t"}), 1);
    EXPECT_THAT(err_, HasSubstr("1 of 2 records"));
    EXPECT_EQ(run_json({"load", file, "--table", "s.t", "--rejects", "50%"})[0]["inserted"], 1);
    ASSERT_EQ(run({"load", "infer", file, "--table", "s.t"}), 0);
    const auto spec = put("spec.yaml", out_);
    EXPECT_EQ(run_json({"load", "--spec", spec})[0]["records_rejected"], 1) << "it says so itself";
}

TEST_F(LoadCommand, ShowsLongRejectsShortenedInTablesAndWholeElsewhere) {
    const std::string longest(200, 'y');
    const auto spec =
        put("spec.yaml", "source: a.csv\nrejects: 9\ninto: s.t\ncolumns: {a: integer}\n");
    ASSERT_EQ(run({"load", put("a.csv", "a\n" + longest + "\n"), "--spec", spec}), 0) << err_;
    EXPECT_EQ(run({"quarantine", "show"}), 0);
    EXPECT_EQ(out_.find(longest), std::string::npos);
    EXPECT_THAT(out_, HasSubstr(std::string(60, 'y') + "…"));
    EXPECT_EQ(run({"quarantine", "show", "-o", "plain"}), 0);
    EXPECT_THAT(out_, HasSubstr(longest));
    EXPECT_EQ(run({"quarantine", "show", "--limit", "1"}), 0);
    EXPECT_THAT(err_, HasSubstr("there may be more"));
}

TEST_F(LoadCommand, ExplainsAndChangesNothing) {
    const auto file = put("t.csv", "id,name\n1,a\n");
    ASSERT_EQ(run({"load", "explain", file, "--table", "s.t"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("read: " + file));
    EXPECT_THAT(out_, HasSubstr("publish: upsert into s.t\n  why: the table is new"));
    EXPECT_THAT(out_, HasSubstr("\n  CREATE TABLE "));
    EXPECT_EQ(scalar(warehouse_, "SELECT to_regnamespace('reel') IS NULL"), "t");
    const auto steps = run_json({"load", "explain", file, "--table", "s.t", "--mode", "append"});
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[2]["what"], "append into s.t");
}

TEST_F(LoadCommand, FindsAConnectionWhereTasksDo) {
    const auto file = put("t.csv", "id\n1\n");
    EXPECT_EQ(run({"load", file, "--table", "s.t", "--connection", "dw"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no connection 'dw'\nhint: reel connections add dw"));
    ASSERT_TRUE(store::migrate(metadata_));
    EXPECT_EQ(run({"load", file, "--table", "s.t", "--connection", "dw"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no connection 'dw'"));

    environment_["REEL_CONN_DW"] = warehouse_;
    EXPECT_EQ(run({"load", file, "--table", "s.env", "--connection", "dw"}), 0) << err_;
    EXPECT_EQ(scalar(warehouse_, "SELECT count(*) FROM s.env"), "1");
    EXPECT_EQ(run({"load", file, "--table", "s.own"}), 0) << "the default warehouse: " << err_;
    EXPECT_EQ(scalar(warehouse_, "SELECT count(*) FROM s.own"), "1");
}

TEST_F(LoadCommand, ReplaysByTheSpecAfterAFix) {
    const std::string head =
        "source: a.csv\nrejects: 9\ninto: s.t\nkey: id\ncolumns:\n  id: integer\n";
    const auto spec = put("spec.yaml", head + "  n: integer\n");
    ASSERT_EQ(run({"load", put("a.csv", "id,n\n1,1\n2,free\n3,x\n"), "--spec", spec}), 0) << err_;
    const auto run_id = scalar(warehouse_, "SELECT DISTINCT run_id FROM reel.quarantine");
    const auto mended = put("mended.yaml", head + "  n: {type: integer, null_values: [free]}\n");
    const std::vector<std::string> line{
        "quarantine", "replay", "--spec", mended, "--run-id", run_id
    };
    auto dry = line;
    dry.emplace_back("--dry-run");
    EXPECT_EQ(run_json(dry)[0]["replayed"], 1);
    EXPECT_THAT(err_, HasSubstr("dry run: nothing was changed"));
    EXPECT_EQ(scalar(warehouse_, "SELECT count(*) FROM s.t"), "1");

    ASSERT_EQ(run(line), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("table | records | replayed | kept | read | rejected"));
    EXPECT_THAT(err_, HasSubstr("2 records: 1 replayed, 1 stay"));
    EXPECT_EQ(scalar(warehouse_, "SELECT string_agg(id::text, '' ORDER BY id) FROM s.t"), "12");
    EXPECT_EQ(run_json({"quarantine", "list"})[0]["rejects"], 1);
    const auto replayed = run_json({"quarantine", "show", "--replayed"});
    ASSERT_EQ(replayed.size(), 1U);
    EXPECT_THAT(replayed[0]["replayed_by"], ::testing::StartsWith("replay__"));

    const auto open = run_json({"quarantine", "show", "--rule", "type"});
    ASSERT_EQ(open.size(), 1U);
    ASSERT_EQ(run({"quarantine", "edit", open[0]["id"].dump(), "3,33"}), 0) << err_;
    EXPECT_EQ(run_json({"quarantine", "show"})[0]["edited"], "3,33");
    ASSERT_EQ(run(line), 0) << err_;
    EXPECT_EQ(scalar(warehouse_, "SELECT n FROM s.t WHERE id = 3"), "33");
    EXPECT_EQ(run({"quarantine", "edit", open[0]["id"].dump(), "3,34"}), 1);
    EXPECT_THAT(err_, HasSubstr("no quarantined record"));
}

TEST_F(LoadCommand, ReplaysByTheTasksOfADag) {
    const auto file = put("a.csv", "id,n\n1,1\n2,free\n");
    const auto stage = "shop:\n  params: {id: {default: id}, nothing: {default: free}}\n  tasks:\n";
    const std::string columns =
        "source: " + file + "\n      rejects: 9\n      tables:\n        t:\n          columns:\n";
    const std::string spec =
        put("load.yaml",
            "- {task_id: stage, operator: stage, source: " + file +
                ", rejects: 9, tables: {t: {columns: {id: integer, n: integer}}}}\n"
                "- {task_id: up, operator: upsert, from: stage.t, into: s.t}\n");
    ASSERT_EQ(run({"load", "--spec", spec}), 0) << err_;
    postgres::Link(warehouse_)
        .exec_script(
            "UPDATE reel.quarantine_batches SET dag_id = 'shop', task_id = 'stage';"
            "UPDATE reel.stage_reports SET dag_id = 'shop', task_id = 'stage'"
        );
    fs::create_directory(folder_ / "dags");
    environment_["REEL__CORE__DAGS_FOLDER"] = (folder_ / "dags").string();
    EXPECT_EQ(run({"quarantine", "replay", "--dag-id", "shop"}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no DAG 'shop'"));
    put("dags/shop.yaml",
        stage + std::string("    - {task_id: fetch, operator: empty}\n") +
            "    - {task_id: facts, operator: upsert, dependencies: [names], from: stage.t, "
            "into: s.t}\n"
            "    - {task_id: names, operator: upsert, into: s.names, key: id,\n"
            "       query: \"select id from {{ staged('stage.t') }}\"}\n"
            "    - task_id: stage\n      operator: stage\n      dependencies: [fetch]\n      " +
            columns +
            "            id: {from: \"{{ params.id }}\", type: integer}\n"
            "            n: {type: integer, null_values: [\"{{ params.nothing }}\"]}\n");
    EXPECT_EQ(run({"quarantine", "replay", "--dag-id", "shop", "--conf", "{\"id\": \"key\"}"}), 1);
    EXPECT_THAT(err_, HasSubstr("no column 'key'"));
    EXPECT_EQ(run({"quarantine", "replay", "--dag-id", "shop", "--conf", "1"}), 1);
    const auto rows = run_json({"quarantine", "replay", "--dag-id", "shop"});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["table"], "s.names") << "what others depend on comes first";
    EXPECT_EQ(scalar(warehouse_, "SELECT string_agg(id::text, '' ORDER BY id) FROM s.t"), "12");
    EXPECT_EQ(scalar(warehouse_, "SELECT string_agg(id::text, '') FROM s.names"), "2");
}

TEST_F(LoadCommand, SaysNothingOfNoRejects) {
    EXPECT_EQ(run({"quarantine", "list"}), 0) << err_;
    EXPECT_EQ(out_, "No data found\n");
    EXPECT_EQ(run({"quarantine", "show", "-o", "json"}), 0);
    EXPECT_EQ(out_, "[]\n");
}

}  // namespace reel::cli
