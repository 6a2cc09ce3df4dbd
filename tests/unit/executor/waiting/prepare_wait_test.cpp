// From the arguments of an attempt to what it waits for.

#include <gmock/gmock.h>

#include "executor/waiting/wait.hpp"
#include "unit/executor/fake_store.hpp"
#include "unit/executor/fixture.hpp"

namespace reel::executor {

using core::Errc;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

namespace {

class PrepareWaitTest : public testing::Test {
  protected:
    core::Result<Wait> prepare(const scheduler::AttemptOrder& order) {
        return prepare_wait(order, store, options, mask);
    }
    core::Result<Wait> prepare(const std::string& operator_name, const Json& args) {
        return prepare(an_order(operator_name, args));
    }
    /// What it waits for, or the error as people read it.
    std::string what(const std::string& operator_name, const Json& args) {
        const auto wait = prepare(operator_name, args);
        return wait ? wait->what : wait.error().describe();
    }

    void add_folder(const std::string& id, const std::string& extra) {
        store.connections[id].conn_type = "fs";
        store.connections[id].extra = extra;
    }

    FakeStore store;
    SecretMask mask;
    ExecutorOptions options = options_below("/tmp/reel_prepare_wait");
};

core::Timestamp moment_of(const Wait& wait) {
    return std::get<UntilMoment>(wait.condition).at;
}

scheduler::AttemptOrder in_zone(const std::string& zone, const std::string& target) {
    auto order = an_order("sensor.time", {{"target_time", target}}, [&](core::Dag& dag) {
        dag.timezone = zone;
    });
    order.started_at = a_date() + 10h;
    return order;
}

}  // namespace

TEST_F(PrepareWaitTest, ATimeIsOneOfTheDagsZone) {
    struct Case {
        const char* zone;
        const char* target;
        const char* moment;
    };
    // It begins at 17:00 UTC on 31 January 2024.
    for (const Case& each : {
             Case{"UTC", "18:30", "2024-01-31T18:30:00Z"},
             Case{"UTC", "00:00", "2024-01-31T00:00:00Z"},
             Case{"Europe/Berlin", "18:30", "2024-01-31T17:30:00Z"},
             Case{"Asia/Tokyo", "18:30", "2024-02-01T09:30:00Z"},
             Case{"America/New_York", "18:30:15", "2024-01-31T23:30:15Z"},
             Case{"Europe/Berlin", "2024-07-01 12:00", "2024-07-01T10:00:00Z"},
             Case{"Europe/Berlin", "2024-07-01T12:00Z", "2024-07-01T12:00:00Z"},
             Case{"UTC", "{{ ds }}", "2024-01-31T00:00:00Z"},
             Case{"UTC", "{{ ds }}T19:00", "2024-01-31T19:00:00Z"},
         }) {
        const auto wait = prepare(in_zone(each.zone, each.target));
        ASSERT_TRUE(wait) << each.target << ": " << wait.error().describe();
        EXPECT_EQ(core::format_api(moment_of(*wait)), each.moment) << each.zone << each.target;
        EXPECT_EQ(wait->what, core::format_iso(moment_of(*wait)));
    }
}

TEST_F(PrepareWaitTest, AnAttemptThatNeverBeganCountsFromItsRun) {
    auto order = in_zone("UTC", "18:30");
    order.started_at.reset();
    order.run.run_after = a_date() - 24h;
    EXPECT_EQ(core::format_api(moment_of(prepare(order).value())), "2024-01-30T18:30:00Z");
}

TEST_F(PrepareWaitTest, ATimeThatATemplateGotWrongIsRefused) {
    const auto wait = prepare(in_zone("UTC", "{{ 'half past two' }}"));
    ASSERT_FALSE(wait);
    EXPECT_EQ(wait.error().code, Errc::invalid_argument);
    EXPECT_EQ(wait.error().where, "load");
    EXPECT_EQ(wait.error().message, "'half past two' is not a date or a time");
}

TEST_F(PrepareWaitTest, ADeltaWithoutAnIntervalCountsFromWhenTheRunMayBegin) {
    auto order = an_order("sensor.delta", {{"delta", 90}});
    order.run.data_interval.reset();
    EXPECT_EQ(moment_of(prepare(order).value()), order.run.run_after + 90s);
    order.run.data_interval = {a_date() - 48h, a_date() - 24h};
    EXPECT_EQ(moment_of(prepare(order).value()), a_date() - 24h + 90s);
}

TEST_F(PrepareWaitTest, ADeltaMayBeWrittenByATemplate) {
    const auto order = an_order("sensor.delta", {{"delta", "{{ 1 + 1 }}h"}});
    EXPECT_EQ(moment_of(prepare(order).value()), order.run.run_after + 2h);
    EXPECT_THAT(
        what("sensor.delta", {{"delta", "{{ 'a while' }}"}}),
        StartsWith("load: 'delta': 'a while' is not a duration\nhint: write it like 90 (seconds)")
    );
}

TEST_F(PrepareWaitTest, AFileIsBesideTheDagUnlessItsPathIsWhole) {
    for (const auto& [path, found] : std::vector<std::pair<const char*, const char*>>{
             {"a.csv", "/dags/a.csv"},
             {"in/*.csv", "/dags/in/*.csv"},
             {"./in//a.csv", "/dags/in/a.csv"},
             {"../out/a.csv", "/out/a.csv"},
             {"/data/a.csv", "/data/a.csv"},
             {"in/{{ ds_nodash }}.csv", "/dags/in/20240131.csv"},
         }) {
        EXPECT_EQ(what("sensor.file", {{"filepath", path}}), std::string("the file ") + found);
    }
}

TEST_F(PrepareWaitTest, AFileIsBelowThePathOfItsConnection) {
    add_folder("lake", R"({"path": "/lake"})");
    add_folder("beside", R"({"path": "in"})");
    add_folder("bare", "");
    add_folder("odd", "not json");
    const auto below = [&](const char* id, const char* path) {
        return what("sensor.file", {{"filepath", path}, {"fs_conn_id", id}});
    };
    EXPECT_EQ(below("lake", "a.csv"), "the file /lake/a.csv");
    EXPECT_EQ(below("lake", "/a.csv"), "the file /a.csv") << "as Python joins paths";
    EXPECT_EQ(below("beside", "a.csv"), "the file /dags/in/a.csv");
    EXPECT_EQ(below("bare", "a.csv"), "the file /a.csv");
    EXPECT_EQ(below("odd", "a.csv"), "the file /a.csv");
    EXPECT_EQ(
        below("ghost", "a.csv"),
        "load: there is no connection 'ghost'\nhint: reel connections add ghost --conn-type fs "
        R"(--conn-extra '{"path": "/"}')"
    );
}

TEST_F(PrepareWaitTest, AUrlIsShownWithoutItsSecrets) {
    EXPECT_EQ(
        what("sensor.http", {{"url", "https://u:word@example.org/a?token=abc&b=1"}}),
        "an answer of https://***@example.org/a?token=***&b=1"
    );
}

TEST_F(PrepareWaitTest, ARowIsOneOfAConnection) {
    store.add_database("pg", "secret word");
    EXPECT_EQ(
        what("sensor.sql", {{"sql", "select 1"}, {"conn_id", "pg"}}), "a row of connection 'pg'"
    );
    const auto missing = prepare("sensor.sql", {{"sql", "select 1"}, {"conn_id", "ghost"}});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::not_found);
    EXPECT_THAT(missing.error().describe(), HasSubstr("'ghost'"));
}

TEST_F(PrepareWaitTest, AnotherRunIsNamedByItsDate) {
    EXPECT_EQ(
        what("sensor.external_task", {{"external_dag_id", "other"}}),
        "the run of DAG 'other' at 2024-01-31T07:00:00+00:00"
    );
    EXPECT_EQ(
        what(
            "sensor.external_task",
            {{"external_dag_id", "{{ dag.dag_id }}_2"},
             {"external_task_ids", {"a", "b"}},
             {"execution_delta", "1d"}}
        ),
        "task a, b of DAG 'movies_2' at 2024-01-30T07:00:00+00:00"
    );
    EXPECT_THAT(
        what(
            "sensor.external_task", {{"external_dag_id", "other"}, {"execution_delta", "{{ 'x' }}"}}
        ),
        StartsWith("load: 'execution_delta': 'x' is not a duration")
    );
}

TEST_F(PrepareWaitTest, ATriggeredRunIsNamed) {
    EXPECT_EQ(
        what("trigger_dag", {{"trigger_dag_id", "other"}, {"trigger_run_id", "of_{{ ds }}"}}),
        "run 'of_2024-01-31' of DAG 'other'"
    );
    EXPECT_EQ(
        what("trigger_dag", {{"trigger_dag_id", "other"}, {"conf", "{{ [1] }}"}}),
        "load: 'conf' must be a map\nhint: end its expression with | tojson"
    );
}

TEST_F(PrepareWaitTest, SensorsAreGivenAWeekAndTriggersForever) {
    EXPECT_EQ(prepare("sensor.file", {{"filepath", "a"}})->rules.timeout, sensor_timeout);
    EXPECT_EQ(prepare("trigger_dag", {{"trigger_dag_id", "o"}})->rules.timeout, std::nullopt);
    const Json patient{{"filepath", "a"}, {"timeout", "{{ 2 * 24 }}h"}};
    EXPECT_EQ(prepare("sensor.file", patient)->rules.timeout, core::Duration(48h));
    EXPECT_THAT(
        what("sensor.file", {{"filepath", "a"}, {"poke_interval", "{{ none }}"}}),
        StartsWith("load: 'poke_interval': ")
    );
}

TEST_F(PrepareWaitTest, OnlyInModeRescheduleEarlierTriesCount) {
    store::AttemptRecord never_began;
    store::AttemptRecord first;
    first.start_date = a_date() - 1h;
    store::AttemptRecord second;
    second.try_number = 2;
    second.start_date = a_date();
    store.attempts = {never_began, second, first};
    const auto since = [&](const char* mode, int try_number) {
        auto order = an_order("sensor.file", {{"filepath", "a"}, {"mode", mode}});
        order.try_number = try_number;
        return prepare(order)->since;
    };
    EXPECT_EQ(since("poke", 2), std::nullopt);
    EXPECT_EQ(since("reschedule", 1), std::nullopt) << "there is no earlier try";
    EXPECT_EQ(since("reschedule", 2), a_date() - 1h);
    store.attempts = {never_began};
    EXPECT_EQ(since("reschedule", 2), std::nullopt);
}

TEST_F(PrepareWaitTest, AMetadataDatabaseThatIsAwayIsNoError) {
    store.away = 1;
    EXPECT_THROW(
        (void)prepare("sensor.file", {{"filepath", "{{ var.value.folder }}/a"}}),
        postgres::DatabaseError
    );
}

TEST_F(PrepareWaitTest, EachSensorWaitsInItsOwnWay) {
    store.add_database("pg", "secret word");
    const auto kind = [&](const char* name, const Json& args) {
        return prepare(name, args)->condition.index();
    };
    EXPECT_EQ(kind("sensor.time", {{"target_time", "12:00"}}), 0U);
    EXPECT_EQ(kind("sensor.delta", {{"delta", 1}}), 0U);
    EXPECT_EQ(kind("sensor.file", {{"filepath", "a"}}), 1U);
    EXPECT_EQ(kind("sensor.http", {{"url", "http://x"}}), 1U);
    EXPECT_EQ(kind("sensor.sql", {{"sql", "select 1"}, {"conn_id", "pg"}}), 1U);
    EXPECT_EQ(kind("sensor.external_task", {{"external_dag_id", "o"}}), 2U);
    EXPECT_EQ(kind("trigger_dag", {{"trigger_dag_id", "o"}}), 3U);
}

}  // namespace reel::executor
