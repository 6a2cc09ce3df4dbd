#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view ten_mistakes = R"(movies:
  shedule: "0 7 * * *"
  start_date: yesterday
  schedule: "0 25 * * *"
  default_args: {retrys: 5}
  tasks:
    - task_id: download
      operator: downlaod
      from: https://example.org/movies.zip
    - task_id: stage
      operator: stage
      dependencies: [downlod]
      source: {path: movies.csv, format: csv}
      tables:
        movies: {columns: {id: {type: integer}}}
    - task_id: load
      operator: upsert
      from: stage.movie
      into: movies.movies
      retries: many
    - task_id: greet
      operator: bash
      bash_command: "echo {{ ds "
      dependencies: [load, greet]
)";

TEST(DagFile, ReportsTenMistakesAtOnceEachWithLineAndColumn) {
    const LoadedFile file = parse(ten_mistakes);
    EXPECT_THAT(file.dags, IsEmpty());
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre(
            "2:3 unknown key 'shedule' in DAG 'movies'",
            "3:15 'start_date' of DAG 'movies' must be a date, not the text 'yesterday'",
            HasSubstr("4:13 'schedule' of DAG 'movies' is not valid: "),
            "5:18 unknown key 'retrys' in default_args of DAG 'movies'",
            "8:17 unknown operator 'downlaod' in task 'download'",
            "12:22 unknown dependency 'downlod'",
            "18:13 no task of this DAG stages 'stage.movie'",
            "20:16 'retries' of task 'load' must be a whole number, not the text 'many'",
            HasSubstr("23:21 template of task 'greet': "),
            "24:28 cycle greet → greet"
        )
    );
    std::vector<std::string> hints;
    for (const Diagnostic& diagnostic : file.diagnostics) {
        hints.push_back(diagnostic.hint);
        EXPECT_EQ(diagnostic.dag_id, "movies");
        EXPECT_EQ(diagnostic.at.file, "test.yaml");
    }
    EXPECT_EQ(hints[0], "did you mean 'schedule'?");
    EXPECT_EQ(hints[3], "did you mean 'retries'?");
    EXPECT_EQ(hints[4], "did you mean 'download'?");
    EXPECT_EQ(hints[5], "did you mean 'download'?");
    EXPECT_EQ(hints[6], "did you mean 'stage.movies'?");
}

TEST(DagFile, DescribesAMistakeInOneLineWithItsHintBelow) {
    const LoadedFile file = parse("d:\n  shedule: none\n  tasks: []\n");
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(
        file.diagnostics[0].describe(),
        "test.yaml:2:3: unknown key 'shedule' in DAG 'd'\n  hint: did you mean 'schedule'?"
    );
}

}  // namespace
}  // namespace reel::dagfile
