#include "executor/dag_files.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

core::Dag a_dag_at(const fs::path& folder, const std::string& relative) {
    core::Dag dag;
    dag.fileloc = (folder / relative).string();
    dag.relative_fileloc = relative;
    return dag;
}

}  // namespace

TEST(DagFiles, AreLookedForUpToTheFolderThatHoldsTheDagFolder) {
    const std::vector<fs::path> deep{"/p/dags/a/b", "/p/dags/a", "/p/dags", "/p"};
    EXPECT_EQ(search_path(a_dag_at("/p/dags", "a/b/movies.yaml")), deep);
    const std::vector<fs::path> flat{"/p/dags", "/p"};
    EXPECT_EQ(search_path(a_dag_at("/p/dags", "movies.yaml")), flat);
}

TEST(DagFiles, AreNotLookedForAboveTheRoot) {
    const std::vector<fs::path> expected{"/dags", "/"};
    EXPECT_EQ(search_path(a_dag_at("/dags", "movies.yaml")), expected);
}

TEST(DagFiles, BesideTheDagAreTakenBeforeThoseAbove) {
    const Scratch scratch;
    scratch.write("project/sql/tables.sql", "outer");
    const fs::path beside = scratch.write("project/dags/sql/tables.sql", "inner");
    const auto found =
        find_file(a_dag_at(scratch.path() / "project/dags", "movies.yaml"), "sql/tables.sql");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, beside);
}

TEST(DagFiles, AboveTheDagFolderAreFound) {
    const Scratch scratch;
    const fs::path above = scratch.write("project/sql/tables.sql", "outer");
    const auto found =
        find_file(a_dag_at(scratch.path() / "project/dags", "sub/movies.yaml"), "sql/tables.sql");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, above);
}

TEST(DagFiles, WithAWholePathAreTakenAsTheyAre) {
    const Scratch scratch;
    const fs::path file = scratch.write("elsewhere/x.sql", "x");
    const auto found = find_file(a_dag_at("/dags", "movies.yaml"), file.string());
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, file);
}

TEST(DagFiles, ThatAreMissingGiveTheListOfPlaces) {
    const auto found = find_file(a_dag_at("/nowhere/dags", "movies.yaml"), "sql/x.sql");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, core::Errc::not_found);
    EXPECT_EQ(found.error().message, "file 'sql/x.sql' was not found");
    EXPECT_EQ(found.error().hint, "looked at /nowhere/dags/sql/x.sql, /nowhere/sql/x.sql");
}

TEST(DagFiles, AreReadWhole) {
    const Scratch scratch;
    const auto text = read_text(scratch.write("a.sql", "select 1;\nselect 2;\n"));
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "select 1;\nselect 2;\n");
}

TEST(DagFiles, ThatCannotBeReadAreAnError) {
    const Scratch scratch;
    const auto folder = read_text(scratch.path());
    const auto missing = read_text(scratch.path() / "none.sql");
    ASSERT_FALSE(folder || missing);
    EXPECT_EQ(folder.error().where, scratch.path().string());
    EXPECT_EQ(missing.error().message, "the file cannot be read");
}

}  // namespace reel::executor
