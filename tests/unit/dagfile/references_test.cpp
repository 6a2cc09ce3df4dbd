#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/xcom_reference.hpp"
#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(XComReference, IsAPlusATaskAndMaybeAKey) {
    const auto whole = parse_xcom_reference("+load");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->task, "load");
    EXPECT_EQ(whole->key, "return_value");
    EXPECT_EQ(parse_xcom_reference("+a.b[\"rows\"]")->task, "a.b");
    EXPECT_EQ(parse_xcom_reference("+a.b[\"rows\"]")->key, "rows");
    EXPECT_EQ(parse_xcom_reference("+a['rows']")->key, "rows");
    for (const char* text :
         {"load", "+", "+ a", "+a[rows]", "+a['rows\"]", "+a[''", "+a[]", "+a[\"\"x]"}) {
        EXPECT_FALSE(parse_xcom_reference(text)) << text;
    }
}

TEST(XComReference, AddsADependencyAndStaysInTheArguments) {
    const core::Dag d = parse_one(R"(d:
  tasks:
    make: {operator: bash, bash_command: echo 5}
    use:
      operator: python
      python_callable: m.f
      op_args: [+make, 7, {deep: '+make["rows"]'}]
)");
    EXPECT_THAT(upstreams_of(d, "use"), ElementsAre("make"));
    EXPECT_EQ(args_of(d, "use")["op_args"], json::parse(R"([
            {"__xcom__": {"task_id": "make", "key": "return_value"}},
            7,
            {"deep": {"__xcom__": {"task_id": "make", "key": "rows"}}}
        ])"));
}

TEST(XComReference, KeepsItsKeyWhateverThatLooksLike) {
    const core::Dag d = parse_one(R"(d:
  tasks:
    make: {operator: bash, bash_command: echo 5}
    use:
      operator: python
      python_callable: m.f
      op_args: ['+make["+make"]', '+make["{{ ds }"]', "+make['a b']"]
)");
    EXPECT_EQ(args_of(d, "use")["op_args"], json::parse(R"([
            {"__xcom__": {"task_id": "make", "key": "+make"}},
            {"__xcom__": {"task_id": "make", "key": "{{ ds }"}},
            {"__xcom__": {"task_id": "make", "key": "a b"}}
        ])"));
}

TEST(XComReference, MayStandForAWholeListOrMap) {
    const core::Dag d = parse_one(R"(d:
  tasks:
    make: {operator: bash, bash_command: echo 5}
    use: {operator: python, python_callable: m.f, op_args: +make, op_kwargs: +make}
)");
    EXPECT_EQ(args_of(d, "use")["op_kwargs"]["__xcom__"]["task_id"], "make");
}

TEST(XComReference, NamesATaskOfAGroupByItsFullId) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: }
  tasks:
    make: {operator: bash, bash_command: echo 5, task_group_name: g}
    use: {operator: bash, bash_command: +make}
)");
    EXPECT_EQ(args_of(d, "use")["bash_command"]["__xcom__"]["task_id"], "g.make");
    EXPECT_THAT(upstreams_of(d, "use"), ElementsAre("g.make"));
}

TEST(XComReference, ToAnUnknownTaskIsAMistake) {
    const LoadedFile file = parse(R"(d:
  tasks:
    make: {operator: bash, bash_command: echo 5}
    use: {operator: bash, bash_command: +maek}
)");
    EXPECT_THAT(mistakes_of(file), ElementsAre("4:41 '+maek' names no task"));
    EXPECT_EQ(file.diagnostics[0].hint, "did you mean 'make'?");
}

TEST(Templates, ThatCannotBeReadAreReportedWithTheirLine) {
    EXPECT_THAT(
        mistakes_in(bash_task("    cwd: \"{{ ds\"\n")),
        ElementsAre(HasSubstr("6:10 template of task 'a': "))
    );
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
    a:
      operator: sql
      sql: |
        select 1;
        select '{{ ds }}';
        {% if x %}
        select {{ ds | }};
        {% endif %}
)"),
        ElementsAre(HasSubstr("9:1 template of task 'a': "))
    );
}

TEST(Templates, AreNotLookedForInPlainText) {
    EXPECT_THAT(
        mistakes_in(bash_task("    cwd: \"${HOME} {a} } }}\"\n    doc_md: \"{{ broken\"\n")),
        IsEmpty()
    );
}

constexpr std::string_view grouped = R"(d:
  task_groups: {g: }
  tasks:
    stage:
      operator: stage
      task_group_name: g
      source: m.csv
      tables: {movies: {columns: {id: integer}}, genres: {columns: {id: integer}}}
    load: {operator: upsert, from: stage.movies, into: a.b}
    copy:
      operator: upsert
      query: select 'stage.movies' from {{ staged('stage.movies') }}, {{ staged( "stage.genres") }}
      into: a.c
    print: {operator: bash, bash_command: "echo {{ staged('g.stage.movies') }}"}
    check:
      operator: quality
      checks:
        stage.genres:
          - relationships: {column: id, to: stage.movies.id}
        a.b:
          - relationships: {column: id, to: a.c.id}
    file:
      operator: quality
      dbt: [{path: s.yml, tables: {movies: stage.movies, other: a.b}}, t.yml]
      soda: {path: c.yml, tables: {genres: stage.genres}}
    checked:
      operator: upsert
      query: select 1 as id
      into: a.d
      checks: [{relationships: {column: id, to: stage.movies.id}}]
)";

TEST(StagedReference, IsWrittenWithTheFullIdOfItsTask) {
    const core::Dag d = parse_one(grouped);
    EXPECT_EQ(args_of(d, "load")["from"], "g.stage.movies");
    EXPECT_EQ(
        args_of(d, "copy")["query"],
        "select 'stage.movies' from {{ staged('g.stage.movies') }}, "
        "{{ staged( \"g.stage.genres\") }}"
    );
    const json checks = args_of(d, "check")["checks"];
    EXPECT_EQ(checks["g.stage.genres"][0]["relationships"]["to"], "g.stage.movies.id");
    EXPECT_EQ(checks["a.b"][0]["relationships"]["to"], "a.c.id");
    EXPECT_EQ(args_of(d, "file")["dbt"][0]["tables"]["movies"], "g.stage.movies");
    EXPECT_EQ(args_of(d, "file")["dbt"][0]["tables"]["other"], "a.b");
    EXPECT_EQ(args_of(d, "file")["soda"]["tables"]["genres"], "g.stage.genres");
    EXPECT_EQ(args_of(d, "checked")["checks"][0]["relationships"]["to"], "g.stage.movies.id");
}

TEST(StagedReference, AddsADependency) {
    const core::Dag d = parse_one(grouped);
    for (const char* task : {"load", "copy", "print", "check", "file", "checked"}) {
        EXPECT_THAT(upstreams_of(d, task), ElementsAre("g.stage")) << task;
    }
}

TEST(StagedReference, ToWhatNobodyStagesIsAMistakeWithAHint) {
    const LoadedFile file = parse(R"(d:
  tasks:
    stage: {operator: stage, source: m.csv, tables: {movies: {columns: {id: integer}}}}
    other: {operator: empty}
    a: {operator: upsert, from: stage.movie, into: a.b}
    b: {operator: upsert, from: stag.movies, into: a.b}
    c: {operator: upsert, from: other.movies, into: a.b}
    e: {operator: upsert, from: movies, into: a.b}
    f: {operator: sql, sql: "select * from {{ staged('stage.genres') }}"}
    g: {operator: quality, checks: {stage.moviez: [{unique: id}]}}
    h: {operator: upsert, from: "{{ params.table }}", into: a.b}
)");
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre(
            "5:33 no task of this DAG stages 'stage.movie'",
            "6:33 no task of this DAG stages 'stag.movies'",
            "7:33 no task of this DAG stages 'other.movies'",
            "8:33 no task of this DAG stages 'movies'",
            "9:29 no task of this DAG stages 'stage.genres'",
            "10:37 no task of this DAG stages 'stage.moviez'"
        )
    );
    EXPECT_EQ(file.diagnostics[0].hint, "did you mean 'stage.movies'?");
    EXPECT_EQ(file.diagnostics[1].hint, "did you mean 'stage.movies'?");
    EXPECT_EQ(file.diagnostics[3].hint, "write it as task.table");
}

TEST(StagedReference, MayCloseACycle) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
    stage:
      operator: stage
      dependencies: [load]
      source: m.csv
      tables: {movies: {columns: {id: integer}}}
    load: {operator: upsert, from: stage.movies, into: a.b}
)"),
        ElementsAre("5:22 cycle stage → load → stage")
    );
}

}  // namespace
}  // namespace reel::dagfile
