#include "reel/postgres/error.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class RunPatches : public ApiTest {
  protected:
    RunPatches() {
        save(movies_dag());
        add_run("queued");
        add_run("running", core::RunState::running);
        add_run("ended", core::RunState::failed);
    }
    nlohmann::json patch(const std::string& run, const nlohmann::json& body, int status = 200) {
        return send_json("PATCH", runs_ + run, body, status);
    }
    nlohmann::json note_of(const std::string& run) { return get_json(runs_ + run)["note"]; }

    const std::string runs_ = "/api/v2/dags/movies/dagRuns/";
};

}  // namespace

TEST_F(RunPatches, NoteARunAtAnyTimeOfItsLife) {
    for (const std::string run : {"queued", "running", "ended"}) {
        const auto before = get_json(runs_ + run);
        const auto noted = patch(run, {{"note", "looked at"}});
        EXPECT_EQ(noted["note"], "looked at") << run;
        EXPECT_EQ(note_of(run), "looked at") << run;
        EXPECT_EQ(noted["state"], before["state"]) << "nothing else changes";
        EXPECT_EQ(noted["end_date"], before["end_date"]) << run;
        EXPECT_EQ(patch(run, {{"note", "once more"}})["note"], "once more");
        EXPECT_TRUE(patch(run, {{"note", nullptr}})["note"].is_null()) << "null takes it away";
        EXPECT_TRUE(note_of(run).is_null()) << run;
    }
}

TEST_F(RunPatches, ObeyTheirMask) {
    patch("running?update_mask=note", {{"note", "n"}, {"state", "failed"}});
    EXPECT_EQ(note_of("running"), "n");
    EXPECT_EQ(get_json(runs_ + "running")["state"], "running");
    patch("running?update_mask=state", {{"note", "other"}, {"state", "failed"}});
    EXPECT_EQ(note_of("running"), "n");
    EXPECT_EQ(get_json(runs_ + "running")["state"], "failed");
    patch("queued?update_mask=note&update_mask=state", {{"note", "b"}, {"state", "success"}});
    EXPECT_EQ(note_of("queued"), "b");
    EXPECT_EQ(get_json(runs_ + "queued")["state"], "success");
    EXPECT_EQ(patch("ended?update_mask=note", nlohmann::json::object())["state"], "failed");
}

TEST_F(RunPatches, ChangeNothingWhenAnythingIsWrong) {
    for (const auto& wrong : std::vector<nlohmann::json>{
             {{"note", "n"}, {"state", "running"}},
             {{"note", "n"}, {"state", "skipped"}},
             {{"note", "n"}, {"state", 1}},
             {{"note", 7}, {"state", "failed"}},
             {{"note", {"n"}}, {"state", "failed"}},
             {{"note", "n"}, {"conf", {{"a", 1}}}}
         }) {
        EXPECT_EQ(patch("running", wrong, 422)["detail"].size(), 1U) << wrong;
        EXPECT_EQ(get_json(runs_ + "running")["state"], "running") << wrong;
        EXPECT_TRUE(note_of("running").is_null()) << wrong;
    }
    EXPECT_EQ(patch("running?update_masc=note", {{"note", "n"}}, 422)["detail"].size(), 1U);
    patch("none", {{"note", "n"}}, 404);
    patch("a%20b", {{"note", "n"}}, 404);
    send_json("PATCH", "/api/v2/dags/none/dagRuns/running", {{"note", "n"}}, 404);
}

TEST_F(RunPatches, KeepTheNoteBackWhenTheMarkIsRefused) {
    control_.fail_next({core::Errc::conflict, "the run has already ended: failed", "", ""});
    const auto refused = patch("ended", {{"state", "success"}, {"note", "n"}}, 409);
    EXPECT_EQ(refused["detail"], "the run has already ended: failed");
    EXPECT_TRUE(note_of("ended").is_null());
    control_.fail_next({core::Errc::not_found, "it is gone", "", ""});
    patch("running", {{"note", "n"}}, 404);
    control_.lose_database();
    patch("running", {{"note", "n"}}, 503);
    EXPECT_TRUE(note_of("running").is_null());
}

namespace {

/// A database whose every failure is of one kind.
class FailingDatabase : public ApiTest {
  protected:
    Response answer(postgres::FailureKind kind) {
        services_.check_connection = [kind](const auto&) -> core::Result<std::string> {
            throw postgres::DatabaseError(kind, "XX000", "relation \"run\" at 10.0.0.1 is odd");
        };
        application_ = std::make_unique<Application>(services_);
        return send(
            "POST", "/api/v2/connections/test", R"({"connection_id": "c", "conn_type": "x"})"
        );
    }
};

}  // namespace

TEST_F(FailingDatabase, IsAnsweredByWhatItsFailureMeans) {
    struct Case {
        postgres::FailureKind kind;
        int status;
        bool worth_repeating;
    };
    for (const Case& each : std::vector<Case>{
             {postgres::FailureKind::transient, 503, true},
             {postgres::FailureKind::in_doubt, 503, true},
             {postgres::FailureKind::conflict, 409, false},
             {postgres::FailureKind::bug, 500, false}
         }) {
        const Response response = answer(each.kind);
        EXPECT_EQ(response.status, each.status);
        EXPECT_EQ(response.headers.contains("Retry-After"), each.worth_repeating) << each.status;
        EXPECT_EQ(response.body.find("10.0.0.1"), std::string::npos) << response.body;
        EXPECT_EQ(response.body.find("relation"), std::string::npos) << response.body;
        EXPECT_TRUE(nlohmann::json::parse(response.body)["detail"].is_string());
    }
}

}  // namespace reel::api
