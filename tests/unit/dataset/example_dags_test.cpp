#include <gmock/gmock.h>

#include <algorithm>
#include <source_location>

#include "reading.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/templating/render.hpp"

namespace reel {
namespace {

using testing::Contains;
using testing::IsEmpty;

std::filesystem::path project() {
    const std::filesystem::path here = std::source_location::current().file_name();
    return here.parent_path() / "../../..";
}

const core::Dag& dag_named(const dagfile::LoadedFiles& files, std::string_view id) {
    for (const auto& [name, file] : files) {
        for (const core::Dag& dag : file->dags) {
            if (dag.dag_id.str() == id) return dag;
        }
    }
    throw std::runtime_error("no such dag");
}

class ExampleDags : public testing::Test {
  protected:
    /// Read once for all tests.
    static const dagfile::LoadedFiles& loaded() {
        static const auto folder = dagfile::load_dag_folder(project() / "dags");
        return folder;
    }

    const dagfile::LoadedFiles& files = loaded();

    /// Every task that must end before `task` begins.
    static std::vector<std::string> before(const core::Dag& dag, std::string_view task) {
        std::vector<std::string> names;
        std::vector<std::uint32_t> open{dag.index_of(core::TaskId(task)).value()};
        while (!open.empty()) {
            const std::uint32_t at = open.back();
            open.pop_back();
            for (const std::uint32_t upstream : dag.tasks[at].upstream) {
                names.push_back(dag.tasks[upstream].task_id.str());
                open.push_back(upstream);
            }
        }
        return names;
    }
};

TEST_F(ExampleDags, LoadWithoutAMistake) {
    EXPECT_GE(files.size(), 3U);
    for (const auto& [name, file] : files) {
        for (const auto& diagnostic : file->diagnostics) ADD_FAILURE() << diagnostic.describe();
        EXPECT_THAT(file->dags, testing::SizeIs(1)) << name;
    }
}

TEST_F(ExampleDags, PublishMoviesInTheOrderOfTheForeignKeys) {
    const core::Dag& movies = dag_named(files, "movies");
    EXPECT_THAT(before(movies, "upsert_movies"), Contains("upsert_dates"));
    EXPECT_THAT(before(movies, "upsert_movie_genres"), Contains("upsert_genres"));
    EXPECT_THAT(before(movies, "upsert_movie_genres"), Contains("upsert_movies"));
    EXPECT_THAT(before(movies, "upsert_movie_companies"), Contains("upsert_companies"));
    EXPECT_THAT(before(movies, "upsert_ratings"), Contains("upsert_links"));
    EXPECT_THAT(before(movies, "upsert_ratings"), Contains("upsert_movies"));
}

TEST_F(ExampleDags, PublishNothingThatWasNotChecked) {
    const core::Dag& movies = dag_named(files, "movies");
    for (const core::Task& task : movies.tasks) {
        if (task.operator_name != "upsert") continue;
        EXPECT_THAT(before(movies, task.task_id.str()), Contains("check_staged"));
        EXPECT_THAT(before(movies, task.task_id.str()), Contains("create_tables"));
        EXPECT_THAT(before(movies, "check_published"), Contains(task.task_id.str()));
    }
    EXPECT_THAT(before(movies, "report"), Contains("check_published"));
}

TEST_F(ExampleDags, HaveSqlFilesThatAreTemplates) {
    for (const auto* name : {"tables.sql", "answers.sql", "report.sql"}) {
        const std::string text = dataset::bytes_of(project() / "sql/movies" / name);
        ASSERT_FALSE(text.empty()) << name;
        EXPECT_FALSE(templating::check_syntax(text).has_value()) << name;
    }
}

}  // namespace
}  // namespace reel
