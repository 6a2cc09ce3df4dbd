#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"
#include "unit/cli/fake_transport.hpp"

namespace reel::cli {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

class BackfillOutput : public CliTest {
  protected:
    static Words create(const Words& more = {}) {
        Words words{
            "backfill",
            "create",
            "--dag-id",
            "movies",
            "--from-date",
            "2026-01-01",
            "--to-date",
            "2026-01-03"
        };
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    std::string made() { return std::to_string(run_json(create())[0]["id"].get<int>()); }
    /// "METHOD /path" of everything that was asked of the server.
    Words asked() {
        Words lines;
        for (const auto& call : calls_) lines.push_back(call.method + " " + call.target);
        return lines;
    }
};

}  // namespace

TEST_F(BackfillOutput, APlainListHasALineForEachBackfillUnderItsColumns) {
    const std::string first = made();
    ASSERT_EQ(run({"backfill", "cancel", first}), 0) << err_;
    const std::string second = made();
    EXPECT_EQ(run({"backfill", "list", "movies", "-o", "plain"}), 0) << err_;
    std::istringstream lines(out_);
    Words found;
    for (std::string line; std::getline(lines, line);) found.push_back(line);
    ASSERT_THAT(found, SizeIs(3));
    for (const char* column :
         {"id",
          "dag_id",
          "from_date",
          "to_date",
          "is_paused",
          "max_active_runs",
          "reprocess_behavior",
          "created_at",
          "completed_at"}) {
        EXPECT_THAT(found[0], HasSubstr(column));
    }
    EXPECT_THAT(found[1], StartsWith(first));
    EXPECT_THAT(found[2], StartsWith(second));
}

TEST_F(BackfillOutput, AListOfNoneIsEmptyForProgramsAndAWordForPeople) {
    EXPECT_THAT(run_json({"backfill", "list", "movies"}), IsEmpty());
    EXPECT_EQ(run({"backfill", "list", "movies", "-o", "plain"}), 0);
    EXPECT_EQ(out_, "");
    EXPECT_EQ(run({"backfill", "list", "movies"}), 0);
    EXPECT_EQ(out_, "No data found\n");
}

TEST_F(BackfillOutput, AskTheServerForJustWhatTheWordsSay) {
    const std::string id = made();
    run({"backfill", "pause", id});
    run({"backfill", "unpause", id});
    run({"backfill", "cancel", id});
    run(create({"--dry-run"}));
    EXPECT_THAT(
        asked(),
        ElementsAre(
            "POST /api/v2/backfills",
            "GET /api/v2/dags/movies",  // is it paused?
            "PUT /api/v2/backfills/" + id + "/pause",
            "PUT /api/v2/backfills/" + id + "/unpause",
            "PUT /api/v2/backfills/" + id + "/cancel",
            "POST /api/v2/backfills/dry_run"
        )
    );
}

TEST_F(BackfillOutput, SendTheSameBodyForADryRun) {
    const Words options{
        "--max-active-runs", "3", "--run-backwards", "--dag-run-conf", R"({"a":1})"
    };
    run(create(options));
    Words dry = options;
    dry.emplace_back("--dry-run");
    run(create(dry));
    ASSERT_THAT(calls_, SizeIs(3));
    EXPECT_EQ(calls_[0].body, calls_[2].body);
    const auto body = nlohmann::json::parse(calls_[0].body);
    EXPECT_EQ(body["from_date"], "2026-01-01T00:00:00Z");
    EXPECT_EQ(body["dag_run_conf"], nlohmann::json({{"a", 1}}));
    EXPECT_EQ(body["run_backwards"], true);
}

TEST_F(BackfillOutput, LeaveTheConfOutWhereNoneIsGiven) {
    run(create());
    EXPECT_FALSE(nlohmann::json::parse(calls_.at(0).body).contains("dag_run_conf"));
}

TEST_F(BackfillOutput, ReadDatesInTheZoneOfTheConfiguration) {
    environment_["REEL__CORE__DEFAULT_TIMEZONE"] = "Europe/Berlin";
    EXPECT_EQ(run(create({"--dry-run", "-o", "plain"})), 0) << err_;
    EXPECT_EQ(out_, "logical_date\n2025-12-31T23:00:00Z\n2026-01-02T23:00:00Z\n");
}

TEST_F(BackfillOutput, EscapeWhatIsNoNumber) {
    EXPECT_EQ(run({"backfill", "cancel", "a/b?c"}), 1);
    EXPECT_THAT(asked(), ElementsAre("PUT /api/v2/backfills/a%2Fb%3Fc/cancel"));
    EXPECT_THAT(err_, HasSubstr("Could not find backfill with id a/b?c"));
    EXPECT_EQ(run({"backfill", "list", "no such&dag"}), 0);
    EXPECT_THAT(calls_.back().target, Not(HasSubstr("such&dag")));
}

TEST_F(BackfillOutput, SayWhatTheServerSays) {
    EXPECT_EQ(
        run(
            {"backfill",
             "create",
             "--dag-id",
             "none",
             "--from-date",
             "2026-01-01",
             "--to-date",
             "2026-01-02"}
        ),
        1
    );
    EXPECT_THAT(err_, HasSubstr("Could not find dag none"));
    ASSERT_EQ(run(create()), 0);
    EXPECT_EQ(run(create()), 1);
    EXPECT_THAT(err_, HasSubstr("has a backfill that has not completed"));
    control_.fail_next({core::Errc::invalid_argument, "it has no schedule", "", "give it one"});
    EXPECT_EQ(run(create({"--dry-run"})), 1);
    EXPECT_THAT(err_, HasSubstr("it has no schedule"));
    EXPECT_THAT(err_, HasSubstr("give it one"));
    EXPECT_THAT(out_, IsEmpty()) << "complaints are for standard error";
}

struct Mistake {
    Words words;
    int status;
    std::string complaint;
};

TEST_F(BackfillOutput, MistakesAreFoundBeforeTheServerIsAsked) {
    const Mistake mistakes[] = {
        {{"backfill"}, 2, "backfill"},
        {{"backfill", "stop", "1"}, 2, "stop"},
        {{"backfill", "list"}, 2, "dag_id"},
        {{"backfill", "list", ""}, 2, "must not be empty"},
        {{"backfill", "pause"}, 2, "backfill_id"},
        {{"backfill", "pause", "1", "2"}, 2, "2"},
        {{"backfill", "cancel", ""}, 2, "must not be empty"},
        {create({"--max-active-runs", "-3"}), 2, "--max-active-runs"},
        {create({"--max-active-runs", "many"}), 2, "--max-active-runs"},
        {create({"--reprocess-behavior", "Failed"}), 2, "--reprocess-behavior"},
        {create({"-o", "xml"}), 2, "xml"},
        {create({"--dag-run-conf", "[1]"}), 1, "--dag-run-conf must be a JSON object, not array"},
        {create({"--dag-run-conf", "{\"a\": tru}"}), 1, "--dag-run-conf is not valid JSON at column"
        },
        {create({"--dag-run-conf", "{\n\"a\": ?}"}), 1, "line 2, column"},
        {{"backfill",
          "create",
          "--dag-id",
          "movies",
          "--from-date",
          "2026-13-01",
          "--to-date",
          "2026-01-02"},
         1,
         "--from-date: "},
        {{"backfill",
          "create",
          "--dag-id",
          "movies",
          "--from-date",
          "2026-01-01",
          "--to-date",
          "tomorrow"},
         1,
         "--to-date: "},
    };
    for (const Mistake& mistake : mistakes) {
        SCOPED_TRACE(::testing::PrintToString(mistake.words));
        EXPECT_EQ(run(mistake.words), mistake.status);
        EXPECT_THAT(err_, HasSubstr(mistake.complaint));
        EXPECT_THAT(out_, IsEmpty());
    }
    EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(BackfillOutput, AnAnswerWithoutAListIsNoCrash) {
    Script script{.replies = {HttpReply{200, "{}"}}, .calls = {}};
    connect_ = [&](const Address&) { return std::make_unique<ScriptedTransport>(script); };
    EXPECT_EQ(run(create({"--dry-run", "-o", "json"})), 0) << err_;
    EXPECT_THAT(nlohmann::json::parse(out_), IsEmpty());
    ASSERT_THAT(script.calls, SizeIs(1));
    EXPECT_EQ(script.calls[0].target, "/api/v2/backfills/dry_run");
}

TEST_F(BackfillOutput, TheListFollowsThePages) {
    for (int i = 0; i < 60; ++i) {
        auto record = store_->create_backfill({.dag_id = core::DagId("movies")}, {});
        ASSERT_TRUE(record);
        record->completed_at = clock_.now();
        ASSERT_TRUE(store_->commit({.backfills = {*record}}));
    }
    EXPECT_THAT(run_json({"backfill", "list", "movies"}), SizeIs(60));
}

}  // namespace reel::cli
