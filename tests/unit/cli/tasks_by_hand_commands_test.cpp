#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ByHandCli : public CliTest {
  protected:
    ByHandCli() { add_run("r1", core::RunState::failed); }

    [[nodiscard]] const support::FakeRunControl::ByHand& wish() const {
        return control_.by_hand().back();
    }
};

}  // namespace

TEST_F(ByHandCli, ClearShowsWhatIsMeantAndAsks) {
    terminal_ = true;
    input_ = "n\n";
    EXPECT_EQ(run({"tasks", "clear", "movies", "--run-id", "r1"}), 1);
    EXPECT_THAT(out_, HasSubstr("extract"));
    EXPECT_THAT(control_.by_hand(), SizeIs(1)) << "the dry run alone";
    input_ = "y\n";
    EXPECT_EQ(run({"tasks", "clear", "movies", "--run-id", "r1"}), 0) << err_;
    EXPECT_FALSE(wish().dry_run);
    EXPECT_THAT(err_, HasSubstr("cleared 4 task instances"));
}

TEST_F(ByHandCli, ClearAsksNobodyWhereNobodyIs) {
    EXPECT_EQ(run({"tasks", "clear", "movies", "--run-id", "r1"}), 1);
    EXPECT_TRUE(wish().dry_run);
    EXPECT_EQ(run({"tasks", "clear", "movies", "--run-id", "r1", "-y"}), 0) << err_;
    EXPECT_FALSE(wish().dry_run);
}

TEST_F(ByHandCli, ClearTakesAirflowsFlags) {
    EXPECT_EQ(
        run({"tasks", "clear", "movies", "-t", "^(load|clean)$", "-u", "-d", "-f", "-r", "-y"}), 0
    ) << err_;
    ASSERT_THAT(wish().selection.tasks, SizeIs(2));
    EXPECT_TRUE(wish().selection.upstream && wish().selection.downstream);
    EXPECT_TRUE(wish().selection.only_failed && wish().selection.only_running);
}

TEST_F(ByHandCli, ADryRunOfClearChangesNothing) {
    EXPECT_EQ(run({"tasks", "clear", "movies", "--run-id", "r1", "-n"}), 0) << err_;
    EXPECT_THAT(control_.by_hand(), SizeIs(1));
    EXPECT_TRUE(wish().dry_run);
}

TEST_F(ByHandCli, ClearSaysWhatMatchesNothing) {
    EXPECT_EQ(run({"tasks", "clear", "movies", "-t", "nobody", "-y"}), 1);
    EXPECT_THAT(err_, HasSubstr("no task of DAG 'movies' matches 'nobody'"));
    EXPECT_EQ(run({"tasks", "clear", "movies", "-t", "(", "-y"}), 1);
    EXPECT_THAT(err_, HasSubstr("no regular expression"));
    EXPECT_EQ(run({"tasks", "clear", "movies", "--run-id", "none", "-y"}), 1);
    EXPECT_THAT(control_.by_hand(), IsEmpty());
}

TEST_F(ByHandCli, MarkNamesATaskOfARunAndAState) {
    const auto marked = run_json({"tasks", "mark", "movies", "r1", "load", "success"});
    EXPECT_EQ(marked[0]["task_id"], "load");
    EXPECT_EQ(wish().state, core::TaskState::success);
    EXPECT_EQ(run({"tasks", "mark", "movies", "r1", "load", "running"}), 2);
}

TEST_F(ByHandCli, NoteIsWrittenOnATaskOfARun) {
    EXPECT_EQ(run({"tasks", "note", "movies", "r1", "load", "disk was full"}), 0) << err_;
    EXPECT_EQ(wish().verb, "note");
    EXPECT_EQ(run({"tasks", "note", "movies", "r1", "load", ""}), 0) << "takes it away";
    EXPECT_EQ(run({"tasks", "note", "movies", "r1", "load"}), 2);
}

TEST_F(ByHandCli, SaysInWhichOrderARunAndATaskAreNamed) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"tasks", "logs", "movies", "load", "r1"}, {"tasks", "state", "movies", "r1", "load"}
         }) {
        EXPECT_EQ(run(words), 1);
        EXPECT_THAT(err_, HasSubstr("hint: 'load' is a task of the DAG: `tasks state` takes"));
    }
    EXPECT_EQ(run({"tasks", "logs", "movies", "none", "load"}), 1);
    EXPECT_THAT(err_, HasSubstr("`reel dags list-runs movies` lists its runs"));
}

TEST_F(ByHandCli, NamesTheDagThatWasMeant) {
    EXPECT_EQ(run({"tasks", "logs", "movis", "r1", "load"}), 1);
    EXPECT_THAT(err_, HasSubstr("The Dag with ID: `movis` was not found"));
    EXPECT_THAT(err_, HasSubstr("did you mean 'movies'?"));
    EXPECT_EQ(run({"dags", "details", "quite_another"}), 1);
    EXPECT_THAT(err_, HasSubstr("`reel dags list` lists them"));
}

TEST_F(ByHandCli, WhySaysWhatATaskWaitsFor) {
    EXPECT_EQ(run({"tasks", "why", "movies", "r1", "load"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("it is none"));
    EXPECT_EQ(run({"tasks", "why", "movies", "r1", "nobody"}), 1);
}

}  // namespace reel::cli
