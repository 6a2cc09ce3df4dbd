#include <gmock/gmock.h>

#include "api_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string path = "/api/v2/backfills";

class BackfillBodies : public ApiTest {
  protected:
    BackfillBodies() { save(movies_dag()); }

    static json wish() {
        return {
            {"dag_id", "movies"},
            {"from_date", "2026-01-01T00:00:00Z"},
            {"to_date", "2026-01-10T00:00:00Z"}
        };
    }
    static json wish_with(const std::string& field, const json& value) {
        json body = wish();
        body[field] = value;
        return body;
    }
    /// The only thing that is wrong with the body: where, and of what type.
    std::pair<std::string, std::string> flaw(const json& body, const std::string& to = path) {
        const json detail = send_json("POST", to, body, 422)["detail"];
        EXPECT_EQ(detail.size(), 1U) << detail.dump();
        return {detail.at(0)["loc"].at(1), detail.at(0)["type"]};
    }
    json create(const json& body = wish()) { return send_json("POST", path, body); }
    static std::string one(const json& backfill) {
        return path + "/" + std::to_string(backfill["id"].get<int>());
    }
};

struct Flaw {
    const char* field;
    json value;
    const char* type;
};

}  // namespace

TEST_F(BackfillBodies, AreRefusedFieldByFieldWithItsPlaceAndKind) {
    const Flaw flaws[] = {
        {"dag_id", 7, "string_type"},
        {"dag_id", nullptr, "missing"},
        {"from_date", nullptr, "missing"},
        {"to_date", nullptr, "missing"},
        {"from_date", 20260101, "string_type"},
        {"from_date", "", "datetime_parsing"},
        {"from_date", "2026-02-30", "datetime_parsing"},
        {"to_date", "2026-01-01T25:00:00Z", "datetime_parsing"},
        {"to_date", json::array({"2026-01-01"}), "string_type"},
        {"max_active_runs", 0, "int_type"},
        {"max_active_runs", -1, "int_type"},
        {"max_active_runs", 1'000'001, "int_type"},
        {"max_active_runs", 1e30, "int_type"},
        {"max_active_runs", 2.5, "int_type"},
        {"max_active_runs", "3", "int_type"},
        {"max_active_runs", 18446744073709551615U, "int_type"},
        {"run_backwards", "yes", "bool_type"},
        {"run_backwards", 1, "bool_type"},
        {"reprocess_behavior", "None", "enum"},
        {"reprocess_behavior", "", "enum"},
        {"reprocess_behavior", 1, "string_type"},
        {"dag_run_conf", "{}", "dict_type"},
        {"dag_run_conf", json::array(), "dict_type"},
        {"run_on_latest_version", false, "value_error"},
        {"run_on_latest_version", "no", "bool_type"},
        {"From_date", "2026-01-01", "extra_forbidden"},
        {"triggering_user", "somebody else", "extra_forbidden"},
    };
    for (const std::string& to : {path, path + "/dry_run"}) {
        for (const Flaw& each : flaws) {
            SCOPED_TRACE(std::string(each.field) + " " + each.value.dump());
            EXPECT_EQ(
                flaw(wish_with(each.field, each.value), to),
                (std::pair<std::string, std::string>(each.field, each.type))
            );
        }
    }
    EXPECT_THAT(control_.backfills(), IsEmpty()) << "nobody was asked for anything";
}

TEST_F(BackfillBodies, AreRefusedWhereAFieldIsMissing) {
    for (const char* field : {"dag_id", "from_date", "to_date"}) {
        json body = wish();
        body.erase(field);
        EXPECT_EQ(flaw(body), (std::pair<std::string, std::string>(field, "missing")));
    }
    const json all = send_json("POST", path, json::object(), 422)["detail"];
    EXPECT_THAT(all, SizeIs(3)) << "all at once";
}

TEST_F(BackfillBodies, AreRefusedWhereTheyAreNoObject) {
    for (const char* body : {"", "[]", "null", "\"x\"", "{", "{\"dag_id\": \"movies\"} x"}) {
        EXPECT_EQ(send("POST", path, body).status, 422U) << body;
        EXPECT_EQ(send("POST", path + "/dry_run", body).status, 422U) << body;
    }
    EXPECT_THAT(control_.backfills(), IsEmpty());
}

TEST_F(BackfillBodies, TakeNullWhereNothingNeedBeSaid) {
    json body = wish();
    for (const char* field :
         {"max_active_runs",
          "run_backwards",
          "reprocess_behavior",
          "dag_run_conf",
          "run_on_latest_version"}) {
        body[field] = nullptr;
    }
    json made = create(body);
    EXPECT_EQ(made["max_active_runs"], 10);
    EXPECT_EQ(made["reprocess_behavior"], "none");
    EXPECT_EQ(made["dag_run_conf"], json::object());
}

TEST_F(BackfillBodies, TakeTheMostAndTheLeastThatMayRunAtOneTime) {
    for (const int count : {1, 1'000'000}) {
        const json made = create(wish_with("max_active_runs", count));
        EXPECT_EQ(made["max_active_runs"], count);
        send_json("PUT", one(made) + "/cancel", {});
    }
}

TEST_F(BackfillBodies, TakeDatesAsPeopleWriteThem) {
    const std::pair<const char*, const char*> dates[] = {
        {"2026-01-05", "2026-01-05T00:00:00Z"},
        {"2026-01-05 07:30", "2026-01-05T07:30:00Z"},
        {"2026-01-05T07:30:00.000001+01:00", "2026-01-05T06:30:00.000001Z"},
        {"2026-01-05T00:00:00-0500", "2026-01-05T05:00:00Z"},
    };
    for (const auto& [written, read] : dates) {
        const json answer = send_json("POST", path + "/dry_run", wish_with("from_date", written));
        EXPECT_EQ(answer["backfills"][0]["logical_date"], read) << written;
    }
}

TEST_F(BackfillBodies, KeepTheConfAsItWasWritten) {
    const json conf{{"ü", {{"deep", {1, 2.5, nullptr, "\"quoted\""}}}}, {"", ""}};
    const json made = create(wish_with("dag_run_conf", conf));
    EXPECT_EQ(made["dag_run_conf"], conf);
    EXPECT_EQ(get_json(one(made))["dag_run_conf"], conf);
    EXPECT_EQ(json::parse(control_.backfills().at(0).dag_run_conf.text), conf);
}

TEST_F(BackfillBodies, EachBehaviorIsSpelledTheSameInAndOut) {
    for (const char* word : {"none", "failed", "completed"}) {
        const json made = create(wish_with("reprocess_behavior", word));
        EXPECT_EQ(made["reprocess_behavior"], word);
        EXPECT_EQ(get_json(one(made))["reprocess_behavior"], word);
        send_json("PUT", one(made) + "/cancel", {});
    }
}

TEST_F(BackfillBodies, TheSchedulersRefusalsKeepTheirMeaning) {
    struct Case {
        core::Error error;
        int status;
        std::string detail;
    };
    const Case cases[] = {
        {{core::Errc::not_found, "there is no DAG", "", "load it"}, 404, "Could not find dag movies"
        },
        {{core::Errc::already_exists, "one is open", "", ""}, 409, "one is open"},
        {{core::Errc::invalid_argument, "no fire", "", ""}, 422, "no fire"},
    };
    for (const Case& each : cases) {
        for (const std::string& to : {path, path + "/dry_run"}) {
            control_.fail_next(each.error);
            EXPECT_EQ(send_json("POST", to, wish(), each.status)["detail"], each.detail);
        }
    }
    EXPECT_EQ(get_json(path)["total_entries"], 0);
}

TEST_F(BackfillBodies, ALostDatabaseIsATroubleThatPasses) {
    const json made = create();
    for (const char* verb : {"/pause", "/unpause", "/cancel"}) {
        control_.lose_database();
        send_json("PUT", one(made) + verb, {}, 503);
        EXPECT_EQ(get_json(one(made)), made) << verb;
    }
    control_.lose_database();
    send_json("POST", path + "/dry_run", wish(), 503);
    EXPECT_EQ(send_json("PUT", one(made) + "/pause", {})["is_paused"], true);
}

TEST_F(BackfillBodies, WhatIsAskedTwiceIsAnsweredTwice) {
    const json made = create();
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(send_json("PUT", one(made) + "/pause", {})["is_paused"], true);
    }
    EXPECT_EQ(send_json("PUT", one(made) + "/unpause", {})["is_paused"], false);
    EXPECT_EQ(get_json(one(made))["is_paused"], false);
}

TEST_F(BackfillBodies, OfACancelledOneSayWhenItCompleted) {
    const json made = create();
    clock_.advance(std::chrono::hours(3));
    send_json("PUT", one(made) + "/cancel", {});
    EXPECT_EQ(get_json(one(made))["completed_at"], "2026-01-01T03:00:00Z");
    EXPECT_EQ(get_json(one(made))["created_at"], made["created_at"]);
}

TEST_F(BackfillBodies, ListsRefuseWhatTheyDoNotKnow) {
    for (const char* query :
         {"?limit=x", "?offset=-1", "?order_by=dag_id", "?order_by=id&order_by=id"}) {
        EXPECT_EQ(get(path + query).status, 422U) << query;
    }
    EXPECT_EQ(get_json(path + "?order_by=id")["total_entries"], 0);
}

TEST_F(BackfillBodies, NobodyWithoutATokenIsListenedTo) {
    const json made = create();
    const std::pair<const char*, std::string> calls[] = {
        {"GET", path},
        {"POST", path},
        {"POST", path + "/dry_run"},
        {"GET", one(made)},
        {"PUT", one(made) + "/pause"},
        {"PUT", one(made) + "/unpause"},
        {"PUT", one(made) + "/cancel"},
    };
    for (const auto& [method, target] : calls) {
        Request request{.method = method, .target = target, .body = wish().dump()};
        request.headers["authorization"] = "Bearer none";
        EXPECT_EQ(send(std::move(request)).status, 401U) << method << " " << target;
    }
    EXPECT_THAT(control_.backfills(), SizeIs(1));
    EXPECT_EQ(get_json(one(made)), made);
}

}  // namespace reel::api
