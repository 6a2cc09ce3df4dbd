#include <gmock/gmock.h>

#include <algorithm>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::DagId;
using core::RunId;
using core::RunState;
using core::TaskState;
using testing::ElementsAre;
using Names = std::vector<std::string>;

Names names_of(const Listing<DagRecord>& listing) {
    Names names;
    for (const DagRecord& record : listing.items) names.push_back(record.dag.dag_id.str());
    return names;
}

Names names_of(const Listing<RunRecord>& listing) {
    Names names;
    for (const RunRecord& run : listing.items) names.push_back(run.run_id.str());
    return names;
}

struct PatternCase {
    std::string pattern;
    Names wanted;
};

TEST_P(RunStoreContract, EveryPatternOfSqlFindsItsDags) {
    for (const char* id : {"a", "ab", "a.b", "a_b", "axb", "abab", "A", "a\\b", "100%"}) {
        save_dag(id);
    }
    const PatternCase cases[] = {
        {"a", {"a"}},
        {"A", {"A"}},
        {"_", {"A", "a"}},
        {"__", {"ab"}},
        {"a_b", {"a.b", "a\\b", "a_b", "axb"}},
        {"a\\_b", {"a_b"}},
        {"a\\\\b", {"a\\b"}},
        {"a\\xb", {"axb"}},
        {"a%b", {"a.b", "a\\b", "a_b", "ab", "abab", "axb"}},
        {"%b", {"a.b", "a\\b", "a_b", "ab", "abab", "axb"}},
        {"%ab", {"ab", "abab"}},
        {"ab%", {"ab", "abab"}},
        {"%%a%%", {"a", "a.b", "a\\b", "a_b", "ab", "abab", "axb"}},
        {"a%b%a%b", {"abab"}},
        {"100\\%", {"100%"}},
        {"100%", {"100%"}},
        {"%\\%", {"100%"}},
        {".", {}},
        {"a*", {}},
        {"[a]", {}},
        {"^a", {}},
        {"' or 1=1 --", {}},
    };
    for (const auto& [pattern, wanted] : cases) {
        EXPECT_EQ(names_of(store->list_dags({.id_pattern = pattern})), wanted) << pattern;
    }
}

TEST_P(RunStoreContract, AllConditionsOnDagsHoldTogether) {
    for (int i = 0; i < 8; ++i) {
        core::Dag dag = a_dag((i & 1) != 0 ? "m" + std::to_string(i) : "w" + std::to_string(i));
        if ((i & 2) != 0) dag.tags = {"etl", "x"};
        store->save_dags({dag}, (i & 4) != 0, at(1));
    }
    EXPECT_THAT(
        names_of(store->list_dags({.id_pattern = "m%", .paused = true})), ElementsAre("m5", "m7")
    );
    EXPECT_THAT(
        names_of(store->list_dags({.id_pattern = "w%", .paused = false, .tags = {"etl"}})),
        ElementsAre("w2")
    );
    EXPECT_THAT(
        names_of(store->list_dags({.paused = true, .tags = {"x", "etl", "none"}})),
        ElementsAre("m7", "w6")
    );
    EXPECT_EQ(store->list_dags({.tags = {"ETL"}}).total, 0U) << "tags have a case";
    EXPECT_EQ(store->list_dags({.tags = {""}}).total, 0U);
    EXPECT_EQ(store->list_dags({.id_pattern = "m%", .tags = {"none"}}).total, 0U);
}

TEST_P(RunStoreContract, ThePagesOfDagsAreTheWholeList) {
    Names wanted;
    for (const char c : std::string("gcaebdf")) {
        wanted.emplace_back(1, c);
        save_dag(wanted.back());
    }
    std::ranges::sort(wanted);
    for (std::size_t limit = 1; limit <= 8; ++limit) {
        Names seen;
        for (std::size_t offset = 0; offset < 9; offset += limit) {
            const auto page = store->list_dags({.page = {.limit = limit, .offset = offset}});
            EXPECT_EQ(page.total, 7U);
            EXPECT_LE(page.items.size(), limit);
            for (const std::string& name : names_of(page)) seen.push_back(name);
        }
        EXPECT_EQ(seen, wanted) << "pages of " << limit;
    }
}

TEST_P(RunStoreContract, RunsAreFoundBetweenTwoMomentsThatAreIncluded) {
    save_dag("movies");
    for (const int hour : {1, 2, 3, 4}) start_run("movies", "r" + std::to_string(hour), hour);
    for (int first = 0; first <= 5; ++first) {
        for (int last = 0; last <= 5; ++last) {
            Names wanted;
            for (int hour = std::max(1, first); hour <= std::min(4, last); ++hour) {
                wanted.push_back("r" + std::to_string(hour));
            }
            const auto found =
                store->list_runs({.run_after_gte = at(first), .run_after_lte = at(last)});
            EXPECT_EQ(names_of(found), wanted) << first << " to " << last;
            EXPECT_EQ(found.total, wanted.size());
        }
    }
    EXPECT_EQ(store->list_runs({.run_after_gte = at(4, 1)}).total, 0U) << "to the microsecond";
    EXPECT_EQ(store->list_runs({.run_after_lte = at(1, -1)}).total, 0U);
    EXPECT_EQ(store->list_runs({.run_after_gte = at(4)}).total, 1U);
}

TEST_P(RunStoreContract, AnySetOfStatesFindsItsRuns) {
    save_dag("movies");
    constexpr std::array states{
        RunState::queued, RunState::running, RunState::success, RunState::failed
    };
    for (std::size_t i = 0; i < states.size(); ++i) {
        NewRun added =
            a_run("movies", std::string(core::to_string(states[i])), static_cast<int>(i));
        added.run.state = states[i];
        ASSERT_TRUE(store->commit({.new_runs = {added}}));
    }
    for (unsigned set = 1; set < 16; ++set) {
        RunFilter filter;
        Names wanted;
        for (std::size_t i = 0; i < states.size(); ++i) {
            if ((set >> i & 1U) == 0) continue;
            filter.states.push_back(states[i]);
            wanted.emplace_back(core::to_string(states[i]));
        }
        EXPECT_EQ(names_of(store->list_runs(filter)), wanted) << set;
        filter.states.insert(filter.states.end(), filter.states.begin(), filter.states.end());
        EXPECT_EQ(store->list_runs(filter).total, wanted.size()) << "a state named twice";
    }
}

TEST_P(RunStoreContract, AllConditionsOnRunsHoldTogether) {
    save_dag("a");
    save_dag("b");
    for (int i = 0; i < 8; ++i) {
        NewRun added = a_run((i & 1) != 0 ? "a" : "b", "r" + std::to_string(i), i);
        if ((i & 2) != 0) added.run.state = RunState::failed;
        ASSERT_TRUE(store->commit({.new_runs = {added}}));
    }
    EXPECT_THAT(
        names_of(store->list_runs({.dag_id = DagId("a"), .states = {RunState::failed}})),
        ElementsAre("r3", "r7")
    );
    EXPECT_THAT(
        names_of(store->list_runs(
            {.dag_id = DagId("b"), .states = {RunState::failed}, .run_after_gte = at(3)}
        )),
        ElementsAre("r6")
    );
    const auto page = store->list_runs(
        {.dag_id = DagId("a"), .page = {.limit = 2, .offset = 1}, .order_by = "-run_after"}
    );
    EXPECT_THAT(names_of(page), ElementsAre("r5", "r3"));
    EXPECT_EQ(page.total, 4U);
}

TEST_P(RunStoreContract, ThePagesOfTasksAreTheWholeList) {
    save_dag("movies");
    NewRun added = a_run("movies", "r1");
    added.tasks.clear();
    for (int i = 0; i < 11; ++i) {
        TaskInstanceRecord task;
        task.key = key_of("movies", "r1", "t" + std::to_string(i));
        task.operator_name = "bash";
        added.tasks.push_back(task);
    }
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    for (const std::size_t limit : {1, 2, 3, 5, 10, 11, 12}) {
        std::vector<TaskInstanceRecord> seen;
        for (std::size_t offset = 0; offset < 12; offset += limit) {
            auto page = store->list_task_instances({.page = {.limit = limit, .offset = offset}});
            EXPECT_EQ(page.total, 11U);
            seen.insert(seen.end(), page.items.begin(), page.items.end());
        }
        EXPECT_TRUE(seen == added.tasks) << "pages of " << limit;
    }
}

TEST_P(RunStoreContract, TasksOfMissingDagsAndRunsAreNone) {
    save_dag("movies");
    start_run("movies", "r1");
    EXPECT_EQ(store->list_task_instances({.dag_id = DagId("none")}).total, 0U);
    EXPECT_EQ(store->list_task_instances({.run_id = RunId("none")}).total, 0U);
    EXPECT_EQ(
        store->list_task_instances({.dag_id = DagId("none"), .run_id = RunId("r1")}).total, 0U
    );
    EXPECT_EQ(store->list_task_instances({.run_id = RunId("r1")}).total, 2U);
    EXPECT_EQ(store->list_task_instances({.states = {TaskState::removed}}).total, 0U);
}

TEST_P(RunStoreContract, APatternThatEndsInABackslashMeansThatBackslash) {
    save_dag("a");
    save_dag("a\\");
    EXPECT_THAT(names_of(store->list_dags({.id_pattern = "a\\"})), ElementsAre("a\\"));
    EXPECT_THAT(names_of(store->list_dags({.id_pattern = "a\\\\"})), ElementsAre("a\\"));
    EXPECT_THAT(names_of(store->list_dags({.id_pattern = "\\"})), ElementsAre());
    EXPECT_THAT(names_of(store->list_dags({.id_pattern = "%\\"})), ElementsAre("a\\"));
}

}  // namespace

}  // namespace reel::store
