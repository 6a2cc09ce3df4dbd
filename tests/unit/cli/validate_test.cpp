#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

class Validate : public CliTest {
  protected:
    void write(const std::string& name, const std::string& text) {
        std::filesystem::create_directories((folder_ / "dags" / name).parent_path());
        std::ofstream(folder_ / "dags" / name) << text;
    }
    const std::string good_ =
        "good:\n  schedule: null\n  tasks:\n    - {task_id: a, operator: empty}\n";
    const std::string bad_ = "bad:\n  tasks:\n    - {task_id: a, operator: empty, retrys: 1}\n";
};

}  // namespace

TEST_F(Validate, AcceptsGoodFilesWithoutAServer) {
    write("good.yaml", good_);
    EXPECT_EQ(run({"dags", "validate", (folder_ / "dags").string()}), 0) << out_ << err_;
    EXPECT_EQ(out_, "1 file, 1 DAG, 0 errors\n");
    EXPECT_EQ(run({"dags", "validate"}), 0) << "the DAG folder";
    EXPECT_EQ(out_, "1 file, 1 DAG, 0 errors\n");
    EXPECT_TRUE(calls_.empty());
}

TEST_F(Validate, PrintsEveryMistakeWithItsPlaceAndAHint) {
    write("good.yaml", good_);
    write("team/bad.yaml", bad_);
    EXPECT_EQ(run({"dags", "validate"}), 1);
    EXPECT_NE(out_.find("bad.yaml:3:"), std::string::npos) << out_;
    EXPECT_NE(out_.find("hint: did you mean 'retries'?"), std::string::npos) << out_;
    EXPECT_TRUE(out_.ends_with("2 files, 1 DAG, 1 error\n")) << out_;
    EXPECT_EQ(
        run({"dags", "validate", (folder_ / "dags/team/bad.yaml").string(), "-o", "json"}), 1
    );
    const auto list = nlohmann::json::parse(out_);
    EXPECT_EQ(list[0]["line"], 3);
    EXPECT_NE(list[0]["hint"], "");
}

TEST_F(Validate, ReadsDatesInTheConfiguredTimeZone) {
    write(
        "dates.yaml",
        "d:\n  start_date: 2024-01-01T00:00Z\n  end_date: 2024-01-01\n"
        "  tasks: [{task_id: a, operator: empty}]\n"
    );
    EXPECT_EQ(run({"dags", "validate"}), 0) << out_;
    environment_["REEL__CORE__DEFAULT_TIMEZONE"] = "Europe/Berlin";
    EXPECT_EQ(run({"dags", "validate"}), 1);
    EXPECT_NE(out_.find("end_date lies before start_date"), std::string::npos) << out_;
    EXPECT_EQ(run({"dags", "validate", (folder_ / "dags/dates.yaml").string()}), 1) << "one file";
}

TEST_F(Validate, SaysWhatIsNotThere) {
    EXPECT_EQ(run({"dags", "validate", "/no/such/file.yaml"}), 1);
    EXPECT_EQ(err_, "error: there is no file or folder /no/such/file.yaml\n");
}

}  // namespace reel::cli
