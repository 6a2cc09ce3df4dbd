#include <gmock/gmock.h>

#include "api_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class BackfillEndpoints : public ApiTest {
  protected:
    BackfillEndpoints() { save(movies_dag()); }

    static json wish() {
        return {
            {"dag_id", "movies"},
            {"from_date", "2026-01-01T00:00:00Z"},
            {"to_date", "2026-01-10T00:00:00+01:00"}
        };
    }
    json create(const json& body = wish()) { return send_json("POST", path_, body); }
    json change(const json& backfill, const std::string& verb, int status = 200) {
        const std::string id = std::to_string(backfill["id"].get<int>());
        return send_json("PUT", path_ + "/" + id + "/" + verb, {}, status);
    }

    const std::string path_ = "/api/v2/backfills";
};

}  // namespace

TEST_F(BackfillEndpoints, MakeABackfillWithAirflowsDefaults) {
    const json made = create();
    EXPECT_EQ(
        keys(made),
        (std::set<std::string>{
            "id",
            "dag_id",
            "dag_display_name",
            "from_date",
            "to_date",
            "dag_run_conf",
            "is_paused",
            "reprocess_behavior",
            "max_active_runs",
            "run_backwards",
            "created_at",
            "completed_at",
            "updated_at"
        })
    );
    EXPECT_EQ(made["to_date"], "2026-01-09T23:00:00Z");
    EXPECT_EQ(made["max_active_runs"], 10);
    EXPECT_EQ(made["reprocess_behavior"], "none");
    EXPECT_EQ(made["run_backwards"], false);
    EXPECT_EQ(made["dag_run_conf"], json::object());
    EXPECT_EQ(made["completed_at"], nullptr);
    EXPECT_EQ(control_.backfills().at(0).triggering_user, "admin");
    const std::string id = std::to_string(made["id"].get<int>());
    EXPECT_EQ(get_json(path_ + "/" + id), made);
}

TEST_F(BackfillEndpoints, PassOnWhatIsWished) {
    json body = wish();
    body["max_active_runs"] = 3;
    body["run_backwards"] = true;
    body["reprocess_behavior"] = "completed";
    body["dag_run_conf"] = {{"k", 1}};
    body["run_on_latest_version"] = true;
    const json made = create(body);
    EXPECT_EQ(made["dag_run_conf"], json({{"k", 1}}));
    const auto& request = control_.backfills().at(0);
    EXPECT_EQ(request.max_active_runs, 3);
    EXPECT_TRUE(request.run_backwards);
    EXPECT_EQ(request.reprocess_behavior, core::ReprocessBehavior::completed);
}

TEST_F(BackfillEndpoints, TellAllThatIsWrongAtOnce) {
    const json answer = send_json(
        "POST",
        path_,
        {{"from_date", "soon"},
         {"max_active_runs", 0},
         {"reprocess_behavior", "all"},
         {"run_on_latest_version", false},
         {"odd", 1}},
        422
    );
    std::set<std::string> fields;
    for (const auto& issue : answer["detail"]) fields.insert(issue["loc"][1]);
    EXPECT_EQ(
        fields,
        (std::set<std::string>{
            "dag_id",
            "from_date",
            "to_date",
            "max_active_runs",
            "reprocess_behavior",
            "run_on_latest_version",
            "odd"
        })
    );
    EXPECT_THAT(control_.backfills(), SizeIs(0));
}

TEST_F(BackfillEndpoints, RefuseAsAirflowDoes) {
    create();
    EXPECT_THAT(
        send_json("POST", path_, wish(), 409)["detail"].get<std::string>(),
        HasSubstr("has not completed")
    );
    json other = wish();
    other["dag_id"] = "none";
    EXPECT_EQ(send_json("POST", path_, other, 404)["detail"], "Could not find dag none");
    control_.fail_next({core::Errc::invalid_argument, "has no schedule", "", "give it one"});
    EXPECT_EQ(
        send_json("POST", path_, wish(), 422)["detail"], "has no schedule\nhint: give it one"
    );
    control_.lose_database();
    send_json("POST", path_, wish(), 503);
}

TEST_F(BackfillEndpoints, DryRunNamesTheDatesAndMakesNothing) {
    const json answer = send_json("POST", path_ + "/dry_run", wish());
    EXPECT_EQ(answer["total_entries"], 2);
    EXPECT_EQ(answer["backfills"][0], json({{"logical_date", "2026-01-01T00:00:00Z"}}));
    EXPECT_EQ(get_json(path_ + "?dag_id=movies")["total_entries"], 0);
}

TEST_F(BackfillEndpoints, ArePausedUnpausedAndCancelled) {
    const json made = create();
    EXPECT_EQ(change(made, "pause")["is_paused"], true);
    EXPECT_EQ(change(made, "unpause")["is_paused"], false);
    EXPECT_NE(change(made, "cancel")["completed_at"], nullptr);
    for (const char* verb : {"pause", "unpause", "cancel"}) {
        EXPECT_EQ(change(made, verb, 409)["detail"], "Backfill is already completed.");
    }
}

TEST_F(BackfillEndpoints, AreListedByDag) {
    save(movies_dag("ratings"));
    const json first = create();
    change(first, "cancel");
    json other = wish();
    other["dag_id"] = "ratings";
    create(other);
    const json second = create();
    const json listed = get_json(path_ + "?dag_id=movies");
    EXPECT_EQ(listed["total_entries"], 2);
    EXPECT_EQ(listed["backfills"][1], second);
    EXPECT_EQ(get_json(path_)["total_entries"], 3);
    EXPECT_EQ(get_json(path_ + "?dag_id=~&limit=1&offset=1")["backfills"][0]["dag_id"], "ratings");
    EXPECT_EQ(get_json(path_ + "?dag_id=none")["total_entries"], 0);
}

TEST_F(BackfillEndpoints, ThatAreNotThereAreNotFound) {
    for (const char* id : {"99", "x", "-1", "1x", "99999999999999999999"}) {
        const std::string detail = std::string("Could not find backfill with id ") + id;
        EXPECT_EQ(get_json(path_ + "/" + id, 404)["detail"], detail);
        for (const char* verb : {"pause", "unpause", "cancel"}) {
            const auto target = path_ + "/" + id + "/" + verb;
            EXPECT_EQ(send_json("PUT", target, {}, 404)["detail"], detail);
        }
    }
}

}  // namespace reel::api
