#include <gmock/gmock.h>

#include <future>

#include "replay_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

constexpr const char* whole_numbers = R"({"source": "t.csv", "rejects": "99", "tables": {
    "t": {"into": "s.t", "key": ["id"], "columns": {"id": "integer", "price": "integer"}}}})";
constexpr const char* texts_too = R"({"source": "t.csv", "rejects": "99", "tables": {
    "t": {"into": "s.t", "key": ["id"], "columns": {"id": "integer",
          "price": {"type": "integer", "null_values": ["free"]}}}}})";

TEST_F(ReplayTest, BringsInWhatAMendedSpecAccepts) {
    put("t.csv", "id,price\n1,10\n2,free\n3,30\n4,many\n");
    load_spec_ok(whole_numbers);
    EXPECT_EQ(rows_of("s.t"), "(1,10) (3,30)");

    const auto report = replay_ok(texts_too);
    EXPECT_EQ(outcome(report), "2 1 1 0");
    EXPECT_EQ(report.at(0).at("table"), "s.t");
    EXPECT_EQ(report.at(0).at("read"), 2);
    EXPECT_EQ(report.at(0).at("rejected"), 1);
    EXPECT_EQ(report.at(0).at("staged"), 1);
    EXPECT_EQ(report.at(0).at("inserted"), 1);
    EXPECT_EQ(rows_of("s.t"), "(1,10) (2,) (3,30)");
    EXPECT_EQ(
        scalar("SELECT string_agg(replayed_by || ' ' || (replayed_at IS NOT NULL), '') "
               "FROM reel.quarantine WHERE value = 'free'"),
        "replay__1 true"
    );
    EXPECT_EQ(
        scalar("SELECT replayed_at IS NULL AND tried_at IS NOT NULL FROM reel.quarantine "
               "WHERE value = 'many'"),
        "t"
    );
    EXPECT_EQ(
        scalar("SELECT records || ' ' || replayed || ' ' || kept FROM reel.quarantine_replays"),
        "2 1 1"
    );
    EXPECT_EQ(
        scalar("SELECT source_file || ' ' || rows || ' ' || inserted FROM reel.loads "
               "WHERE dag_id = 'reel-quarantine'"),
        "reel.quarantine 1 1"
    );
}

TEST_F(ReplayTest, NeverReplaysTwice) {
    put("t.csv", "id,price\n2,free\n");
    load_spec_ok(R"({"source": "t.csv", "rejects": "9", "tables": {
        "t": {"into": "s.t", "columns": {"id": "integer", "price": "integer"}}}})");
    const std::string mended = R"({"source": "t.csv", "tables": {
        "t": {"into": "s.t", "columns": {"id": "integer",
              "price": {"type": "integer", "null_values": ["free"]}}}}})";
    EXPECT_EQ(outcome(replay_ok(mended)), "1 1 0 0");
    EXPECT_EQ(outcome(replay_ok(mended)), "none");
    EXPECT_EQ(rows_of("s.t"), "(2,)") << "an append";
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine_replays"), "1");
}

TEST_F(ReplayTest, OfTwoAtOnceOneFindsTheRecords) {
    std::string file = "id,price\n";
    for (int i = 0; i < 25000; ++i) file += std::to_string(i) + ",free\n";
    put("t.csv", file);
    load_spec_ok(R"({"source": "t.csv", "rejects": "99999", "tables": {
        "t": {"into": "s.t", "columns": {"id": "integer", "price": "integer"}}}})");
    const auto plan = plan_of(R"({"source": "t.csv", "tables": {
        "t": {"into": "s.t", "columns": {"id": "integer",
              "price": {"type": "integer", "null_values": ["free"]}}}}})");
    std::vector<std::future<core::Result<core::JsonText>>> both;
    for (int i = 0; i < 2; ++i) {
        auto of_replay = context("replay");
        of_replay.log = [](const std::string&) {};
        of_replay.identity.key.run_id = core::RunId("replay__" + std::to_string(i));
        both.push_back(std::async(std::launch::async, [&plan, of_replay] {
            return replay(plan, {}, of_replay);
        }));
    }
    for (auto& one : both) EXPECT_TRUE(one.get());
    EXPECT_EQ(scalar("SELECT count(*) || ' ' || count(DISTINCT id) FROM s.t"), "25000 25000");
    EXPECT_EQ(scalar("SELECT sum(replayed) FROM reel.quarantine_replays"), "25000");
}

TEST_F(ReplayTest, ADryRunSaysAllAndChangesNothing) {
    put("t.csv", "id,price\n1,10\n2,free\n4,many\n");
    load_spec_ok(whole_numbers);
    const auto before = scalar("SELECT md5(string_agg(q::text, '')) FROM reel.quarantine AS q");
    const auto report = replay_ok(texts_too, {.dry_run = true});
    EXPECT_EQ(outcome(report), "2 1 1 0");
    EXPECT_EQ(report.at(0).at("inserted"), 1);
    EXPECT_EQ(report.at(0).at("dry_run"), true);
    EXPECT_EQ(rows_of("s.t"), "(1,10)");
    EXPECT_EQ(scalar("SELECT md5(string_agg(q::text, '')) FROM reel.quarantine AS q"), before);
    EXPECT_EQ(outcome(replay_ok(texts_too)), "2 1 1 0");
}

TEST_F(ReplayTest, TellsTheNewReasonOfWhatStays) {
    put("t.csv", "id,price\nx,y\n");
    load_spec_ok(whole_numbers);
    EXPECT_EQ(scalar("SELECT column_name || ' ' || value FROM reel.quarantine"), "id x");
    replay_ok(R"({"source": "t.csv", "tables": {
        "t": {"into": "s.t", "columns": {"id": {"type": "integer", "null_values": ["x"]},
              "price": "integer"}}}})");
    EXPECT_EQ(scalar("SELECT column_name || ' ' || value FROM reel.quarantine"), "price y");
    EXPECT_THAT(scalar("SELECT reason FROM reel.quarantine"), HasSubstr("not an integer"));
}

TEST_F(ReplayTest, TakesWhatWasEdited) {
    put("t.csv", "id,price\n7,1O\n8\n");
    load_spec_ok(whole_numbers);
    for (const auto& [value, text] : std::map<std::string, std::string>{
             {"value = '1O'", "7,10"}, {"value IS NULL", "8,\"80\"\n"}
         }) {
        const auto id = scalar("SELECT id FROM reel.quarantine WHERE " + value);
        const auto edited = edit_reject(uri, std::stoll(id), text);
        ASSERT_TRUE(edited) << edited.error().describe();
    }
    EXPECT_EQ(outcome(replay_ok(whole_numbers)), "2 2 0 0");
    EXPECT_EQ(rows_of("s.t"), "(7,10) (8,80)");
    EXPECT_EQ(
        scalar("SELECT string_agg(convert_from(raw, 'UTF8'), ' ' ORDER BY id) FROM reel.quarantine"
        ),
        "7,1O 8"
    ) << "what stood in the file";
    const auto again = edit_reject(uri, 1000001, "7,11");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, core::Errc::not_found) << "it went in as it was";
    for (const std::int64_t nobody : {std::int64_t{999}, std::int64_t{99'999'999'999'999'999}}) {
        const auto edited = edit_reject(uri, nobody, "a");
        ASSERT_FALSE(edited);
        EXPECT_EQ(edited.error().code, core::Errc::not_found) << edited.error().describe();
    }
}

TEST_F(ReplayTest, WhatWasEditedIntoMoreOrLessThanARecordStays) {
    put("t.csv", "id,price\n7,a\n8,b\n");
    load_spec_ok(whole_numbers);
    ASSERT_TRUE(edit_reject(uri, 1000001, "7,1\n9,9"));
    ASSERT_TRUE(edit_reject(uri, 1000002, ""));
    EXPECT_EQ(outcome(replay_ok(whole_numbers)), "2 0 2 0");
    EXPECT_EQ(
        scalar("SELECT string_agg(reason, '; ' ORDER BY id) FROM reel.quarantine"),
        "the bytes are more than one record; the bytes are no record"
    );
}

TEST_F(ReplayTest, LastOfAKeyWinsAndIsCounted) {
    put("t.csv", "id,price\n5,free\n1,1\n5,\"fr\"\"ee\"\n6,free\n");
    load_spec_ok(whole_numbers);
    const auto report = replay_ok(R"({"source": "t.csv", "tables": {"t": {"into": "s.t",
        "key": ["id"], "columns": {"id": "integer",
        "price": {"type": "integer", "null_values": ["free", "fr\"ee"]}}}}})");
    EXPECT_EQ(outcome(report), "3 3 0 0");
    EXPECT_EQ(report.at(0).at("duplicates"), 1);
    EXPECT_EQ(report.at(0).at("staged"), 2);
    EXPECT_EQ(rows_of("s.t"), "(1,1) (5,) (6,)");
}

TEST_F(ReplayTest, ChoosesByRuleTableFileAndRun) {
    put("t.csv", "id,price\n1,free\n2\n");
    load_spec_ok(whole_numbers);
    EXPECT_EQ(outcome(replay_ok(texts_too, {.filter = {.run_id = "other"}})), "none");
    EXPECT_EQ(outcome(replay_ok(texts_too, {.filter = {.rule = "not_null"}})), "none");
    EXPECT_EQ(outcome(replay_ok(texts_too, {.filter = {.rule = "record"}})), "1 0 1 0");
    EXPECT_EQ(
        outcome(replay_ok(
            texts_too,
            {.filter =
                 {.dag_id = "movies",
                  .run_id = run,
                  .task_id = "load",
                  .table = "t",
                  .file = "t.csv"}}
        )),
        "1 1 0 0"
    );
}

TEST_F(ReplayTest, ReadsEveryFormatAsItWasRead) {
    put("semi.csv", "# no record\nid;n\xE4me\n1;'a;b'\nx;'\xFC''ml'\n");
    load_spec_ok(R"({"source": {"path": "semi.csv", "delimiter": ";", "quote": "'", "skip": 1,
        "encoding": "latin-1"}, "rejects": "9", "tables": {
        "t": {"into": "s.semi", "columns": {"id": "integer", "name": {"from": "näme"}}}}})");
    replay_ok(R"({"source": {"path": "semi.csv", "delimiter": ";", "quote": "'", "skip": 1,
        "encoding": "latin-1"}, "tables": {
        "t": {"into": "s.semi", "columns": {
            "id": {"type": "integer", "null_values": ["x"]}, "name": {"from": "näme"}}}}})");
    EXPECT_EQ(rows_of("s.semi"), "(,ü'ml) (1,a;b)");

    put("f.txt", "1  ab\nx  cd\n");
    load_spec_ok(R"({"source": {"path": "f.txt", "format": "fixed", "widths": [3, 3]},
        "rejects": "9", "tables": {"t": {"into": "s.fixed",
        "columns": {"id": "integer", "name": "text"}}}})");
    replay_ok(R"({"source": {"path": "f.txt", "format": "fixed", "widths": [3, 3]},
        "tables": {"t": {"into": "s.fixed", "columns": {
            "id": {"type": "integer", "null_values": ["x"]}, "name": "text"}}}})");
    EXPECT_EQ(rows_of("s.fixed"), "(,cd) (1,ab)");

    put("j.jsonl", "{\"id\": 1}\n{\"id\": \"x\", \"to\": {\"name\": \"b\"}}\n");
    load_spec_ok(R"({"source": {"path": "j.jsonl", "format": "jsonl"}, "rejects": "9",
        "tables": {"t": {"into": "s.json",
        "columns": {"id": "integer", "name": {"from": "to.name"}}}}})");
    replay_ok(R"({"source": {"path": "j.jsonl", "format": "jsonl"}, "tables": {"t":
        {"into": "s.json", "columns": {"id": {"type": "integer", "null_values": ["x"]},
        "name": {"from": "to.name"}}}}})");
    EXPECT_EQ(rows_of("s.json"), "(,b) (1,)");
    EXPECT_EQ(open_rejects(), "0");
}

constexpr const char* rows_alone = R"({"source": "t.csv", "tables": {
    "t": {"into": "s.t", "columns": {"id": "integer",
          "price": {"type": "integer", "null_values": ["free"]}}}}})";

TEST_F(ReplayTest, LeavesAloneWhatBelongsToNoLoadThatStands) {
    put("t.csv", "id,price\n1,free\n2,free\n");
    LoadPlan strict{
        .stage_task = "stage",
        .stage = {R"({"source": "t.csv", "tables": {
            "t": {"columns": {"id": "integer", "price": "integer"}}}})"},
        .upserts = {{R"({"from": "stage.t", "into": "s.t"})"}}
    };
    EXPECT_FALSE(try_load(strict)) << "more rejects than allowed";
    EXPECT_EQ(outcome(replay_ok(rows_alone)), "none");
    EXPECT_TRUE(logged("2 records left alone: their load failed")) << log.back();

    strict.stage = {R"({"source": "t.csv", "rejects": "9", "tables": {
        "t": {"columns": {"id": "integer", "price": "integer"}}}})"};
    load_ok(strict);
    const auto first = run;
    ASSERT_TRUE(load(strict, [&] {
        auto later = context("load");
        later.identity.attempt = 99;
        return later;
    }()));
    EXPECT_EQ(outcome(replay_ok(rows_alone, {.filter = {.run_id = first}})), "2 2 0 0");
    EXPECT_TRUE(logged("2 records left alone: a later attempt")) << log.back();
    EXPECT_EQ(rows_of("s.t"), "(1,) (2,)");
}

TEST_F(ReplayTest, NeedsTheHeaderOfRecordsFromBeforeItWasKept) {
    put("t.csv", "id,price\n1,free\n");
    load_spec_ok(whole_numbers);
    exec("UPDATE reel.quarantine_batches SET columns = NULL");
    EXPECT_EQ(outcome(replay_ok(texts_too)), "none");
    EXPECT_TRUE(logged("--columns names their cells"));
    EXPECT_EQ(outcome(replay_ok(texts_too, {.columns = {"id", "price"}})), "1 1 0 0");
    EXPECT_EQ(rows_of("s.t"), "(1,)");
}

TEST_F(ReplayTest, RefusesASpecThatIsNotTheLoads) {
    put("t.csv", "id,price\n1,free\n");
    load_spec_ok(whole_numbers);
    const auto wrong = try_replay(plan_of(R"({"source": "t.csv", "tables": {
        "t": {"into": "s.t", "columns": {"id": "integer", "prize": "integer"}}}})"));
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().describe(), HasSubstr("no column 'prize' (did you mean 'price'?)"));
    EXPECT_THAT(wrong.error().where, HasSubstr(run));
    EXPECT_EQ(open_rejects(), "1");
}

}  // namespace
}  // namespace reel::warehouse
