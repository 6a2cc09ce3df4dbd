#include "executor/staged.hpp"

#include <gtest/gtest.h>

#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

void with_two_stage_tasks(core::Dag& dag) {
    add_task(dag, "stage_movies", "stage");
    add_task(dag, "grp.stage_cpi", "stage");
    add_task(dag, "say", "bash");
}

}  // namespace

TEST(StagedReference, HasItsTableBehindTheLastDot) {
    const auto reference = parse_staged_reference("grp.stage_movies.genres");
    ASSERT_TRUE(reference);
    EXPECT_EQ(reference->task_id, "grp.stage_movies");
    EXPECT_EQ(reference->table, "genres");
    EXPECT_FALSE(parse_staged_reference("genres"));
    EXPECT_FALSE(parse_staged_reference(".genres"));
    EXPECT_FALSE(parse_staged_reference("stage_movies."));
}

TEST(Staged, ReadsThePhysicalTableFromTheReportOfItsTask) {
    FakeStore store;
    store.add_staged("stage_movies", "movies");
    const auto table = find_staged(an_order("upsert", {}).key, "stage_movies.movies", store);
    ASSERT_TRUE(table);
    EXPECT_EQ(table->physical, "\"reel_staging\".\"stage_movies_movies\"");
    EXPECT_EQ(table->columns.text, R"([{"name":"movie_id","type":"integer"}])");
    EXPECT_EQ(table->key.text, R"(["movie_id"])");
}

TEST(Staged, SaysWhichTableOfWhichTaskIsMissing) {
    FakeStore store;
    store.add_staged("stage_movies", "movies");
    const auto key = an_order("upsert", {}).key;
    const auto table = find_staged(key, "stage_movies.genres", store);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, core::Errc::not_found);
    EXPECT_EQ(
        table.error().message, "task 'stage_movies' has staged no table 'genres' in this run"
    );
    EXPECT_NE(table.error().hint.find("depend on 'stage_movies'"), std::string::npos);
    const auto nonsense = find_staged(key, "genres", store);
    ASSERT_FALSE(nonsense);
    EXPECT_EQ(nonsense.error().hint, "write it as task.table");
}

TEST(Staged, IgnoresAReportWithoutTables) {
    FakeStore store;
    store.xcoms[{"stage_movies", "return_value"}] = R"("a line")";
    const auto tables = staged_by_task(an_order("upsert", {}).key, "stage_movies", store);
    ASSERT_TRUE(tables);
    EXPECT_TRUE(tables->empty());
}

TEST(Staged, GivesAnUpsertEveryTableOfTheRun) {
    FakeStore store;
    store.add_staged("stage_movies", "movies");
    store.add_staged("grp.stage_cpi", "cpi");
    const Json args{{"from", "stage_movies.movies"}};
    const auto tables =
        staged_for_task(an_order("upsert", args, with_two_stage_tasks), args, store);
    ASSERT_TRUE(tables);
    EXPECT_EQ(tables->size(), 2U);
    EXPECT_TRUE(tables->contains("stage_movies.movies"));
    EXPECT_TRUE(tables->contains("grp.stage_cpi.cpi"));
}

/// Whether an upsert of stage_movies.movies is the only task to read it beside another one.
bool is_alone_beside(const std::string& operator_name, const Json& args, int map_index = -1) {
    FakeStore store;
    store.add_staged("stage_movies", "movies");
    const Json own{{"from", "stage_movies.movies"}};
    auto order = an_order("upsert", own, [&](core::Dag& dag) {
        with_two_stage_tasks(dag);
        add_task(dag, "other", operator_name);
        dag.tasks.back().args = to_text(args);
    });
    order.key.map_index = map_index;
    return staged_for_task(order, own, store)->at("stage_movies.movies").has_one_reader;
}

TEST(Staged, KnowsWhenATableHasOneReader) {
    EXPECT_TRUE(is_alone_beside("upsert", {{"from", "stage_movies.genres"}}));
    EXPECT_TRUE(is_alone_beside("bash", {{"command", "echo {{ ds }}"}}));
    EXPECT_TRUE(
        is_alone_beside("upsert", {{"query", "select * from {{ staged('stage_movies.genres') }}"}})
    );
    EXPECT_TRUE(is_alone_beside("sql", {{"sql", "select {{ staged(\"stage_movies.genres\") }}"}}));
    EXPECT_TRUE(is_alone_beside("quality", {{"checks", {{"movies.movies", Json::array()}}}}));
}

TEST(Staged, KnowsWhatMayReadATable) {
    EXPECT_FALSE(is_alone_beside("upsert", {{"from", "stage_movies.movies"}}));
    EXPECT_FALSE(is_alone_beside("quality", {{"checks", {{"stage_movies.movies", Json::array()}}}})
    );
    EXPECT_FALSE(
        is_alone_beside("upsert", {{"query", "select * from {{ staged('stage_movies.movies') }}"}})
    );
    EXPECT_FALSE(
        is_alone_beside("sql", {{"sql", "select {{ staged('stage_' ~ 'movies.movies') }}"}})
    );
    EXPECT_FALSE(is_alone_beside("sql", {{"sql", "select {{ staged(params.table) }}"}}));
    EXPECT_FALSE(is_alone_beside("bash", {{"command", "{{ ti.xcom_pull('stage_movies') }}"}}));
    EXPECT_FALSE(is_alone_beside("sql", {{"sql", "sql/report.sql"}}));
    EXPECT_FALSE(is_alone_beside("quality", {{"dbt", "schema.yml"}}));
    EXPECT_FALSE(is_alone_beside("python", {{"python_callable", "f"}}));
    EXPECT_FALSE(is_alone_beside("bash", {{"command", "echo"}}, 0)) << "its instances share it";
}

TEST(Staged, RefusesAnUpsertWhoseTableWasNotStaged) {
    FakeStore store;
    const Json args{{"from", "stage_movies.movies"}};
    const auto tables =
        staged_for_task(an_order("upsert", args, with_two_stage_tasks), args, store);
    ASSERT_FALSE(tables);
    EXPECT_NE(tables.error().message.find("'stage_movies' has staged no table"), std::string::npos);
}

TEST(Staged, RefusesAQualityTaskOnlyForTablesOfStageTasks) {
    FakeStore store;
    store.add_staged("stage_movies", "movies");
    const Json published{{"checks", Json{{"movies.movies", Json::array()}}}};
    const Json staged{{"checks", Json{{"stage_movies.movies", Json::array()}}}};
    const Json missing{{"checks", Json{{"stage_movies.genres", Json::array()}}}};
    EXPECT_TRUE(
        staged_for_task(an_order("quality", published, with_two_stage_tasks), published, store)
    );
    EXPECT_TRUE(staged_for_task(an_order("quality", staged, with_two_stage_tasks), staged, store));
    EXPECT_FALSE(staged_for_task(an_order("quality", missing, with_two_stage_tasks), missing, store)
    );
}

TEST(Staged, RefusesAQualityTaskWhoseFileLooksAtWhatWasNotStaged) {
    FakeStore store;
    store.add_staged("stage_movies", "movies");
    const auto checking = [&](const std::string& table) {
        const Json file{{"path", "s.yml"}, {"tables", {{"movies", table}, {"other", "m.other"}}}};
        const Json args{{"dbt", Json::array({"t.yml", file})}, {"soda", file}};
        return staged_for_task(an_order("quality", args, with_two_stage_tasks), args, store)
            .has_value();
    };
    EXPECT_TRUE(checking("stage_movies.movies"));
    EXPECT_TRUE(checking("m.movies"));
    EXPECT_FALSE(checking("stage_movies.genres"));
}

}  // namespace reel::executor
