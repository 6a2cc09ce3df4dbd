#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

/// `reel load` as far as no database is asked.
class LoadCommands : public CliTest {
  protected:
    LoadCommands() {
        server_.database_uri = [](const config::Config&,
                                  const std::string& name) -> core::Result<std::string> {
            return core::fail(core::Errc::unavailable, "no " + name + " here");
        };
    }
    std::string put(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return (folder_ / name).string();
    }
};

}  // namespace

TEST_F(LoadCommands, InferPrintsASpecThatIsADag) {
    const auto file = put("Movies 2020.csv", "movieId,name\n1,a\n2,b\n");
    ASSERT_EQ(run({"load", "infer", file, "--table", "shop.movies"}), 0) << err_;
    const YAML::Node dag = YAML::Load(out_)["load_movies"];
    const YAML::Node stage = dag["tasks"][0];
    EXPECT_EQ(stage["source"]["path"].as<std::string>(), file) << "wherever the spec is used";
    EXPECT_EQ(
        stage["tables"]["movies"]["columns"]["movie_id"]["type"].as<std::string>(), "integer"
    );
    EXPECT_EQ(dag["tasks"][1]["into"].as<std::string>(), "shop.movies");
    EXPECT_EQ(dag["tasks"][1]["key"][0].as<std::string>(), "movie_id");
    EXPECT_EQ(err_, "");
    const auto spec = put("spec.yaml", out_);
    EXPECT_EQ(run({"dags", "validate", spec}), 0) << out_;
}

TEST_F(LoadCommands, InferTakesWhatTheLineSaysOfFileAndTable) {
    const auto file = put("a.txt", "1|x\n2|y\n2|z\n");
    ASSERT_EQ(
        run(
            {"load",
             "infer",
             file,
             "--no-header",
             "--delimiter",
             "|",
             "--quote",
             "none",
             "--key",
             "column_1,column_2",
             "--mode",
             "replace",
             "--rejects",
             "1%"}
        ),
        0
    ) << err_;
    EXPECT_THAT(out_, HasSubstr(R"(delimiter: "|", quote: none, header: false})"));
    EXPECT_THAT(out_, HasSubstr("key: [column_1, column_2]\n"));
    EXPECT_THAT(out_, HasSubstr("mode: replace\n"));
    EXPECT_THAT(out_, HasSubstr(R"(rejects: {max: "1%"})"));
    const auto tsv = put("b.tsv", "id\tname\n1\ta,b\n");
    ASSERT_EQ(run({"load", "infer", tsv}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("format: tsv"));
    const std::string latin =
        "name\nGr\xF6\xDF"
        "e\n";
    ASSERT_EQ(run({"load", "infer", put("c.csv", latin), "--encoding", "latin1"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("\"Größe\""));
    EXPECT_THAT(out_, HasSubstr("encoding: latin1"));
}

TEST_F(LoadCommands, InferGoesByTheNameOfTheFile) {
    const std::string lines = "{\"a\": 1}\n{\"a\": 2}\n";
    for (const char* const name : {"a.jsonl", "a.ndjson"}) {
        ASSERT_EQ(run({"load", "infer", put(name, lines)}), 0) << err_;
        EXPECT_THAT(out_, HasSubstr("format: jsonl}")) << name;
    }
    ASSERT_EQ(run({"load", "infer", put("a.json", "[{\"a\": 1}]")}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("format: json}"));
    ASSERT_EQ(run({"load", "infer", put("a.txt", lines), "--format", "jsonl"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("a: {type: integer, not_null: true}"));
}

TEST_F(LoadCommands, InferPrintsTheEvidenceAlone) {
    const auto file = put("a.csv", "id,name\n1,a\n2,\n");
    ASSERT_EQ(run({"load", "infer", file, "-o", "table"}), 0) << err_;
    EXPECT_THAT(
        out_, StartsWith("column | type    | not_null | nulls | distinct | unique | bytes")
    );
    EXPECT_THAT(out_, HasSubstr("id     | integer | true     | 0     | 2        | true   | 1"));
    const auto rows = run_json({"load", "infer", file});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1]["column"], "name");
    EXPECT_EQ(rows[1]["nulls"], 1);
    EXPECT_EQ(rows[1]["reason"], "texts");
}

TEST_F(LoadCommands, InferSaysWhatIsWrongWithTheFile) {
    EXPECT_EQ(run({"load", "infer", (folder_ / "none.csv").string()}), 1);
    EXPECT_THAT(err_, HasSubstr("there is no file 'none.csv'"));
    const auto file = put("a.csv", "id,id\n1,2\n");
    EXPECT_EQ(run({"load", "infer", file}), 1);
    EXPECT_THAT(err_, StartsWith("error: " + file + ": "));
    EXPECT_EQ(out_, "");
}

TEST_F(LoadCommands, NeedAFileAndATableOrASpec) {
    for (const Words& words : std::vector<Words>{
             {"load"},
             {"load", "explain"},
             {"load", "infer"},
             {"load", "--table", "s.t"},
             {"load", "a.csv"},
             {"load", "explain", "a.csv"},
             {"load", "a.csv", "b.csv", "--table", "s.t"},
             {"load", "a.csv", "--table", "s.t", "-o", "xml"},
             {"load", "infer", "a.csv", "--spec", "x"},
             {"load", "a.csv", "--tabel", "s.t"},
             {"load", "", "--table", "s.t"},
             {"load", "a.csv", "--table", ""},
             {"load", "a.csv", "--table", "s.t", "--connection", ""},
             {"quarantine", "list", "--run-id", ""},
             {"quarantine", "show", "--dag-id", ""},
             {"quarantine", "show", "--task-id", ""},
             {"quarantine", "show", "--file", ""},
             {"quarantine"},
             {"quarantine", "show", "--limit", "0"},
             {"quarantine", "replay"},
             {"quarantine", "replay", "--run-id", "r"},
             {"quarantine", "replay", "--spec", "s.yaml"},
             {"quarantine", "replay", "--spec", "s.yaml", "--dag-id", "reel-load"},
             {"quarantine", "replay", "--dag-id", "d", "--rule", ""},
             {"quarantine", "edit", "1"},
             {"quarantine", "edit", "x", "a,b"},
         }) {
        EXPECT_EQ(run(words), 2) << words.back();
        EXPECT_THAT(err_, StartsWith("error: "));
    }
    EXPECT_TRUE(calls_.empty());
    EXPECT_EQ(run({"load", "a.csv"}), 2);
    EXPECT_THAT(err_, HasSubstr("--table"));
    EXPECT_EQ(run({"quarantine", "lst"}), 2);
    EXPECT_THAT(err_, HasSubstr("did you mean 'list'?"));
}

TEST_F(LoadCommands, FindTheirConnectionBeforeTheyReadTheFile) {
    for (const Words& words : std::vector<Words>{
             {"load", "none.csv", "--table", "s.t"},
             {"load", "explain", "none.csv", "--table", "s.t"},
             {"quarantine", "list"},
             {"quarantine", "show"},
             {"quarantine", "edit", "1", "a,b"},
             {"quarantine", "replay", "--dag-id", "d"},
         }) {
        EXPECT_EQ(run(words), 1);
        EXPECT_EQ(err_, "error: no metadata here\n") << words.front();
    }
    environment_["REEL_CONN_DW"] = "http://example.com";
    EXPECT_EQ(run({"quarantine", "list", "--connection", "dw"}), 1);
    EXPECT_THAT(err_, HasSubstr("http")) << "no database";
    environment_["REEL_CONN_DW"] = "postgresql://nobody@127.0.0.1:1/x";
    EXPECT_EQ(run({"quarantine", "list", "--conn-id", "dw"}), 1);
    EXPECT_THAT(err_, HasSubstr("127.0.0.1")) << "asked there";
}

TEST_F(LoadCommands, TakeADialectFromTheSpecWhereThereIsOne) {
    environment_["REEL_CONN_WAREHOUSE"] = "postgresql://nobody@127.0.0.1:1/x";
    const auto spec = put("spec.yaml", "source: a.csv\ncolumns: {a: text}\n");
    EXPECT_EQ(run({"load", "--spec", spec, "--delimiter", ";"}), 1);
    EXPECT_THAT(err_, HasSubstr("are the spec's to say"));
    EXPECT_EQ(run({"load", "--spec", spec}), 1);
    EXPECT_THAT(err_, HasSubstr("--table names it"));
    EXPECT_EQ(run({"load", "--spec", (folder_ / "none.yaml").string()}), 1);
    EXPECT_THAT(err_, HasSubstr("none.yaml"));
}

TEST_F(LoadCommands, HaveHelpAndCompletion) {
    ASSERT_EQ(run({"load", "--help"}), 0);
    for (const char* const word : {"infer", "explain", "--table", "--key", "--mode", "--spec"}) {
        EXPECT_THAT(out_, HasSubstr(word));
    }
    ASSERT_EQ(run({"load", "infer", "--help"}), 0);
    EXPECT_THAT(out_, HasSubstr("reel load infer"));
    ASSERT_EQ(run({"completion", "bash"}), 0);
    EXPECT_THAT(out_, HasSubstr("\"load infer\""));
    EXPECT_THAT(out_, HasSubstr("\"quarantine show\""));
    EXPECT_THAT(out_, HasSubstr("--rejects"));
}

}  // namespace reel::cli
