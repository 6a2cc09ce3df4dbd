#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view loader = R"(movies:
  tasks:
  - task_id: stage
    operator: stage
    source: {path: movies.csv, format: csv, delimiter: ";", quote: none, header: true}
    rejects: {max: 1%}
    tables:
      movies:
        key: [movie_id]
        columns:
          movie_id: {from: id, type: integer, not_null: true}
          title: text
          released: {from: [date, DATE], type: date, format: "%d.%m.%Y", empty_as_null: false}
      genres:
        each: genres
        key: genre_id
        columns: {movie_id: {from: /id, type: integer}, genre_id: {from: id, type: integer}}
  - task_id: upsert
    operator: upsert
    from: stage.movies
    into: movies.movies
    key: [movie_id]
    mode: upsert
    checks:
      - row_count: {min: 1}
      - relationships: {column: movie_id, to: stage.genres.movie_id, severity: warn}
  - task_id: dates
    operator: upsert
    query: select distinct released from {{ staged('stage.movies') }}
    into: movies.dates
  - task_id: check
    operator: quality
    dependencies: [upsert]
    checks:
      stage.genres:
        - unique: [movie_id, genre_id]
      movies.movies:
        - row_count: {min: 1}
        - row_count: 3187
        - not_null: movie_id
        - unique: {columns: [movie_id], severity: warn}
        - not_null: title
          severity: warn
          where: movie_id > 0
          name: titles
        - relationships: {column: movie_id, to: movies.movies.movie_id, severity: warn}
        - range: {column: budget, min: 0}
        - range: {column: released, max: "2030-01-01"}
        - accepted_values: {column: original_language, values: [en, de, 5]}
        - regex: {column: title, pattern: ".+"}
        - length: {column: title, min: 1, max: 200}
        - expression: budget >= 0
        - sql: select 1 where false
        - freshness: {column: loaded_at, max_age: 3d}
        - not_null: {columns: title, error_if: ">1%", warn_if: "> 0", limit: 20, store_failures: true}
        - schema: {columns: {id: integer}, forbidden: [password], exact: true}
        - schema: {columns: [id, title]}
        - aggregate: {of: avg(budget), min: 0, max: 1e9}
        - change: {of: row_count, against: mean, runs: 7, within: 20%}
        - change: {of: null_share(title), error_if: "> 5%"}
        - unique: {columns: [a, b], nulls_equal: true}
    dbt: {path: models/schema.yml, schema: movies, tables: {movies: stage.movies}}
    soda: [checks.yml, {path: more.yml}]
)";

TEST(LoaderOperators, AreReadAsTheDesignHasThem) {
    const core::Dag d = parse_one(loader);
    EXPECT_EQ(args_of(d, "stage")["source"]["quote"], "none");
    EXPECT_EQ(args_of(d, "stage")["rejects"], (json{{"max", "1%"}}));
    EXPECT_EQ(args_of(d, "upsert")["from"], "stage.movies");
    EXPECT_EQ(args_of(d, "check")["checks"]["movies.movies"].size(), 21U);
    EXPECT_EQ(args_of(d, "check")["dbt"]["path"], "models/schema.yml");
}

TEST(LoaderOperators, DependOnTheTasksWhoseTablesTheyRead) {
    const core::Dag d = parse_one(loader);
    EXPECT_THAT(upstreams_of(d, "upsert"), ElementsAre("stage"));
    EXPECT_THAT(upstreams_of(d, "dates"), ElementsAre("stage"));
    EXPECT_THAT(upstreams_of(d, "check"), ElementsAre("stage", "upsert"));
}

TEST(LoaderOperators, KeepTheOrderOfColumnsAndTables) {
    const std::string text = task_of(parse_one(loader), "stage").args.text;
    EXPECT_LT(text.find("\"movie_id\""), text.find("\"title\""));
    EXPECT_LT(text.find("\"title\""), text.find("\"released\""));
    EXPECT_LT(text.find("\"movies\""), text.find("\"genres\""));
}

std::vector<std::string> mistakes(const std::string& operation, const std::string& lines) {
    return mistakes_in("d:\n  tasks:\n  - task_id: t\n    operator: " + operation + "\n" + lines);
}

TEST(StageOperator, MayBeWrittenShort) {
    EXPECT_THAT(
        mistakes("stage", R"(    source: movies.csv
    rejects: 0.5 %
    tables: {movies: {columns: {id: integer, title: }}}
)"),
        ElementsAre(
            "7:46 'tables.movies.columns.title' of task 't' must be a map or text, not nothing"
        )
    );
    EXPECT_THAT(
        mistakes(
            "stage",
            "    source: m.csv\n    rejects: 12\n"
            "    tables: {m: {columns: {id: integer}}}\n"
        ),
        IsEmpty()
    );
}

TEST(StageOperator, ReadsAllKindsOfSources) {
    const std::string tables = "    tables: {m: {columns: {id: integer}}}\n";
    for (const std::string source : {
             R"({path: "in/**/*.csv.gz", compression: gzip, encoding: windows-1252, delimiter: ";",
       quote: "'", escape: "\\", comment: "#", skip: 2, header: false, columns: [a, b],
       null_values: [NA, "\\N"]})",
             R"({path: a.zip, member: "*.jsonl", format: jsonl, null_values: "-"})",
             R"({path: folder, format: json, compression: none, encoding: utf-16})",
             R"({path: a.txt, format: fixed, widths: [5, 20]})"
         }) {
        EXPECT_THAT(mistakes("stage", "    source: " + source + "\n" + tables), IsEmpty())
            << source;
    }
    EXPECT_THAT(
        mistakes(
            "stage",
            "    source: {path: a, compression: zip, encoding: ascii, skip: -1, widths: [0]}\n" +
                tables
        ),
        ElementsAre(
            "5:36 'source.compression' of task 't' must not be 'zip'",
            "5:51 'source.encoding' of task 't' must not be 'ascii'",
            testing::HasSubstr("'source.skip' of task 't' must be"),
            testing::HasSubstr("of task 't' must be")
        )
    );
}

TEST(StageOperator, IsHeldToItsArgumentsToTheLastColumn) {
    EXPECT_THAT(
        mistakes("stage", R"(    source: {pth: m.csv, format: xml, header: 1}
    rejects: {max: few}
    tables:
      movies:
        kee: [id]
        columns:
          id: {typ: integer, not_null: 5}
          title: {from: [], empty_as_null: maybe}
      genres: {columns: {}}
      empty: {}
)"),
        ElementsAre(
            "5:13 'source' of task 't' lacks 'path'",
            "5:14 unknown key 'pth' in 'source' of task 't'",
            "5:34 'source.format' of task 't' must not be 'xml'",
            "5:47 'source.header' of task 't' must be true or false, not 1",
            "6:20 'rejects.max' of task 't' must be a share like 1% or a count, not 'few'",
            "9:9 unknown key 'kee' in 'tables.movies' of task 't'",
            "11:16 unknown key 'typ' in 'tables.movies.columns.id' of task 't'",
            "11:40 'tables.movies.columns.id.not_null' of task 't' must be true or false, not 5",
            "12:25 'tables.movies.columns.title.from' of task 't' must not be empty",
            "12:44 'tables.movies.columns.title.empty_as_null' of task 't' must be true or false, "
            "not the text 'maybe'",
            "13:25 'tables.genres.columns' of task 't' must not be empty",
            "14:14 'tables.empty' of task 't' lacks 'columns'"
        )
    );
    EXPECT_THAT(
        mistakes("stage", "    source: m.csv\n    tables: {}\n"),
        ElementsAre("6:13 'tables' of task 't' must not be empty")
    );
}

TEST(UpsertOperator, ReadsEitherATableOrAQuery) {
    EXPECT_THAT(
        mistakes("upsert", "    into: a.b\n"),
        ElementsAre("3:5 task 't' lacks one of 'from', 'query'")
    );
    EXPECT_THAT(
        mistakes("upsert", "    into: a.b\n    query: select 1\n    from: x.y\n"),
        ElementsAre(
            "7:5 task 't' has 'from' beside 'query'", "7:11 no task of this DAG stages 'x.y'"
        )
    );
    EXPECT_THAT(
        mistakes("upsert", "    query: select 1\n    mode: merge\n    key: {a: b}\n"),
        ElementsAre(
            "3:5 task 't' lacks 'into'",
            "6:11 'mode' of task 't' must not be 'merge'",
            "7:10 'key' of task 't' must be text or a list, not a map"
        )
    );
}

TEST(UpsertOperator, MayTakeRowsAway) {
    const std::string some = "    query: select 1\n    into: a.b\n";
    EXPECT_THAT(
        mistakes("upsert", some + R"(    mode: delete_insert
    window: {column: day, from: "{{ ds }}", until: "2026-01-02"}
)"),
        IsEmpty()
    );
    EXPECT_THAT(mistakes("upsert", some + "    mode: delete_insert\n    window: day\n"), IsEmpty());
    EXPECT_THAT(
        mistakes("upsert", some + R"(    key: id
    mode: scd2
    delete_missing: soft
    max_deleted: 0.5 %
)"),
        IsEmpty()
    );
    EXPECT_THAT(
        mistakes("upsert", some + R"(    window: {colum: day, where: 5}
    delete_missing: yes
    max_deleted: few
)"),
        ElementsAre(
            "7:14 unknown key 'colum' in 'window' of task 't'",
            "7:33 'window.where' of task 't' must be text, not 5",
            "8:21 'delete_missing' of task 't' must not be 'yes'",
            "9:18 'max_deleted' of task 't' must be a share like 1% or a count, not 'few'"
        )
    );
}

TEST(QualityOperator, IsHeldToItsChecks) {
    EXPECT_THAT(
        mistakes("quality", R"(    checks:
      movies.movies:
        - notnull: id
        - unique: id
          not_null: id
        - {}
        - row_count: {}
        - row_count: many
        - relationships: {column: id, to: movies}
        - range: {column: id}
        - accepted_values: {column: id, values: []}
        - freshness: {column: id, max_age: old}
        - expression: {severity: fatal, expression: x}
        - id
        - relationships: {column: id, to: a.b.id, field: id}
      empty.table: []
      no.list: {unique: id}
)"),
        ElementsAre(
            "7:11 'checks.movies.movies.1' of task 't' lacks one of 'not_null', 'range', "
            "'length', 'accepted_values', 'regex', 'expression', 'unique', 'relationships', 'sql', "
            "'row_count', 'freshness', 'schema', 'aggregate', 'change'",
            "7:11 unknown key 'notnull' in 'checks.movies.movies.1' of task 't'",
            "9:11 'checks.movies.movies.2' of task 't' has 'not_null' beside 'unique'",
            HasSubstr("10:11 'checks.movies.movies.3' of task 't' lacks one of"),
            "11:22 'checks.movies.movies.4.row_count' of task 't' lacks 'min' or 'max' or "
            "'equals' or 'error_if' or 'warn_if'",
            "12:22 'checks.movies.movies.5.row_count' of task 't' must be a whole number or a map, "
            "not the text 'many'",
            "13:43 'checks.movies.movies.6.relationships.to' of task 't' must be table.column, not "
            "'movies'",
            "14:18 'checks.movies.movies.7.range' of task 't' lacks 'min' or 'max'",
            "15:49 'checks.movies.movies.8.accepted_values.values' of task 't' must not be empty",
            "16:44 'checks.movies.movies.9.freshness.max_age' of task 't' must be a duration like "
            "3d "
            "or PT5M, not 'old'",
            "17:34 'checks.movies.movies.10.expression.severity' of task 't' must not be 'fatal'",
            "18:11 'checks.movies.movies.11' of task 't' must be a map, not the text 'id'",
            "19:51 'field' has another name now, in 'checks.movies.movies.12.relationships' of "
            "task "
            "'t'",
            "20:20 'checks.empty.table' of task 't' must not be empty",
            "21:16 'checks.no.list' of task 't' must be a list, not a map"
        )
    );
}

TEST(QualityOperator, ReadsChecksOrFilesOfOtherTools) {
    EXPECT_THAT(
        mistakes("quality", "    conn_id: w\n"),
        ElementsAre("3:5 task 't' lacks 'checks' or 'dbt' or 'soda'")
    );
    EXPECT_THAT(mistakes("quality", "    dbt: models/schema.yml\n"), IsEmpty());
    EXPECT_THAT(mistakes("quality", "    expand: {dbt: [a.yml, b.yml]}\n"), IsEmpty());
    EXPECT_THAT(mistakes("quality", "    soda: [a.yml, {path: b.yml, schema: m}]\n"), IsEmpty());
    EXPECT_THAT(
        mistakes("quality", "    dbt: {pth: x}\n    soda: {path: x, tables: [a]}\n"),
        ElementsAre(
            "5:10 'dbt' of task 't' lacks 'path'",
            "5:11 unknown key 'pth' in 'dbt' of task 't'",
            "6:29 'soda.tables' of task 't' must be a map, not a list"
        )
    );
}

TEST(QualityOperator, IsHeldToItsConditions) {
    EXPECT_THAT(
        mistakes("quality", R"(    checks:
      a.b:
        - unique: {columns: id, error_if: 10}
        - unique: id
          warn_if: "more than 5"
        - unique: {columns: id, limit: 0, store_failures: 5}
        - change: {of: row_count}
        - change: {of: row_count, within: 5%, against: yesterday}
        - aggregate: {min: 5}
        - schema: {exact: true}
        - freshness: {column: at}
        - row_count: {error_if: "= 0", warn_if: "{{ params.few }}"}
)"),
        ElementsAre(
            "7:43 'checks.a.b.1.unique.error_if' of task 't' must be text, not 10",
            "9:20 'checks.a.b.2.warn_if' of task 't' must be a condition like '> 10', '>= 1%' or "
            "'between 1 and 5', not 'more than 5'",
            "10:40 'checks.a.b.3.unique.limit' of task 't' must be at least 1, not 0",
            "10:59 'checks.a.b.3.unique.store_failures' of task 't' must be true or false, not 5",
            "11:19 'checks.a.b.4.change' of task 't' lacks 'within' or 'min' or 'max' or "
            "'error_if' or 'warn_if'",
            "12:56 'checks.a.b.5.change.against' of task 't' must not be 'yesterday'",
            "13:22 'checks.a.b.6.aggregate' of task 't' lacks 'of'",
            "14:19 'checks.a.b.7.schema' of task 't' lacks 'columns' or 'forbidden'",
            "15:22 'checks.a.b.8.freshness' of task 't' lacks 'max_age' or 'error_if' or 'warn_if'"
        )
    );
}

TEST(UpsertOperator, IsHeldToItsChecks) {
    EXPECT_THAT(
        mistakes("upsert", R"(    query: select 1
    into: a.b
    checks: [{uniqe: id}, {row_count: 5}]
)"),
        ElementsAre(
            HasSubstr("7:14 'checks.1' of task 't' lacks one of 'not_null'"),
            "7:15 unknown key 'uniqe' in 'checks.1' of task 't'"
        )
    );
    EXPECT_THAT(
        mistakes("upsert", "    query: x\n    into: a.b\n    checks: []\n"),
        ElementsAre("7:13 'checks' of task 't' must not be empty")
    );
}

}  // namespace
}  // namespace reel::dagfile
