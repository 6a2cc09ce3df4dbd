#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dag_folder.hpp"
#include "parsing.hpp"

namespace reel::dagfile {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> names_in(const DagFolder& folder) {
    std::vector<std::string> names;
    for (const auto& [name, loaded] : load_dag_folder(folder.path())) {
        names.push_back(name);
    }
    return names;
}

TEST(LoadDagFolder, FindsYamlFilesInAllSubfolders) {
    const DagFolder folder;
    folder.write_dag("b.yaml", "b");
    folder.write_dag("a/b/c.yml", "c");
    folder.write("readme.md", "no DAG");
    folder.write("script.sql", "select 1");
    EXPECT_THAT(names_in(folder), ElementsAre("a/b/c.yml", "b.yaml"));
    const auto files = load_dag_folder(folder.path());
    const core::Dag& c = files.at("a/b/c.yml")->dags.at(0);
    EXPECT_EQ(c.fileloc, (folder.path() / "a/b/c.yml").string());
    EXPECT_EQ(c.relative_fileloc, "a/b/c.yml");
}

TEST(LoadDagFolder, LeavesOutHiddenNamesAndDefaults) {
    const DagFolder folder;
    folder.write_dag(".hidden.yaml", "x");
    folder.write_dag(".git/x.yaml", "y");
    folder.write("defaults.yml", "catchup: false\n");
    folder.write("a/defaults.yaml", "catchup: false\n");
    EXPECT_THAT(names_in(folder), IsEmpty());
}

TEST(LoadDagFolder, LeavesOutWhatAirflowignoreNames) {
    const DagFolder folder;
    folder.write(".airflowignore", "draft_*\nold/\n");
    folder.write("team/.airflowignore", "x.yaml\n!draft_kept.yaml\n");
    folder.write_dag("draft_one.yaml", "a");
    folder.write_dag("old/b.yaml", "b");
    folder.write_dag("x.yaml", "x");
    folder.write_dag("team/x.yaml", "tx");
    folder.write_dag("team/draft_two.yaml", "c");
    folder.write_dag("team/draft_kept.yaml", "d");
    EXPECT_THAT(names_in(folder), ElementsAre("team/draft_kept.yaml", "x.yaml"));
}

TEST(LoadDagFolder, FollowsLinksAndNotForEver) {
    const DagFolder folder;
    const DagFolder elsewhere;
    elsewhere.write_dag("linked.yaml", "linked");
    folder.write_dag("a/own.yaml", "own");
    fs::create_directory_symlink(elsewhere.path(), folder.path() / "far");
    fs::create_directory_symlink("..", folder.path() / "a/up");
    fs::create_symlink(folder.path() / "nowhere.yaml", folder.path() / "broken.yaml");
    const auto files = load_dag_folder(folder.path());
    EXPECT_THAT(names_in(folder), ElementsAre("a/own.yaml", "broken.yaml", "far/linked.yaml"));
    ASSERT_EQ(files.at("broken.yaml")->diagnostics.size(), 1U);
    EXPECT_EQ(
        files.at("broken.yaml")->diagnostics[0].describe().substr(0, 40),
        "broken.yaml: the file cannot be read\n  h"
    );
}

TEST(LoadDagFolder, GivesNothingForAFolderThatIsNotThere) {
    EXPECT_THAT(load_dag_folder("/nonexistent/dags"), IsEmpty());
}

TEST(LoadDagFolder, RefusesADagThatTwoFilesHave) {
    const DagFolder folder;
    folder.write_dag("one.yaml", "d");
    folder.write(
        "two.yaml", "d: {tasks: {a: {operator: empty}}}\ne: {tasks: {a: {operator: empty}}}\n"
    );
    const auto files = load_dag_folder(folder.path());
    EXPECT_THAT(files.at("one.yaml")->dags, IsEmpty());
    ASSERT_EQ(files.at("two.yaml")->dags.size(), 1U);
    EXPECT_EQ(files.at("two.yaml")->dags[0].dag_id, core::DagId("e"));
    EXPECT_EQ(files.at("one.yaml")->diagnostics.at(0).message, "DAG 'd' is also in two.yaml");
    EXPECT_EQ(files.at("two.yaml")->diagnostics.at(0).message, "DAG 'd' is also in one.yaml");
    EXPECT_EQ(files.at("two.yaml")->diagnostics.at(0).dag_id, "d");
}

TEST(LoadDagFolder, KeepsABadFileFromHarmingAnother) {
    const DagFolder folder;
    folder.write_dag("good.yaml", "good");
    folder.write("bad.yaml", "a: [\n");
    folder.write("worse.yaml", std::string("\xFF\xFE\0", 3));
    const auto files = load_dag_folder(folder.path());
    EXPECT_EQ(files.at("good.yaml")->dags.size(), 1U);
    EXPECT_EQ(files.at("bad.yaml")->diagnostics.size(), 1U);
    EXPECT_EQ(files.at("worse.yaml")->diagnostics.size(), 1U);
}

TEST(LoadDagFolder, LoadsEveryDagThatComesWithReel) {
    const fs::path dags = fs::path(__FILE__).parent_path() / "../../../dags";
    const auto files = load_dag_folder(dags.lexically_normal());
    EXPECT_TRUE(files.contains("movies.yaml"));
    for (const auto& [name, loaded] : files) {
        EXPECT_FALSE(loaded->dags.empty()) << name;
        for (const Diagnostic& diagnostic : loaded->diagnostics) {
            ADD_FAILURE() << diagnostic.describe();
        }
    }
}

TEST(LoadDagFile, ReadsTheDefaultsFilesOnTheWayDown) {
    const DagFolder folder;
    folder.write("defaults.yml", "default_args: {owner: root, retries: 1}\n");
    folder.write("team/defaults.yaml", "default_args: {owner: team}\n");
    folder.write("other/defaults.yml", "default_args: {owner: other}\n");
    folder.write_dag("team/sub/d.yaml", "d");
    const LoadedFile file = load_dag_file(folder.path() / "team/sub/d.yaml", folder.path());
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(task_of(file.dags[0], "a").owner, "team");
    EXPECT_EQ(task_of(file.dags[0], "a").retries, 1);
}

TEST(LoadDagFile, UnderDefaultsThatCannotBeReadIsNotLoadedWithoutThem) {
    for (const char* name : {"defaults.yml", "defaults.yaml", "team/defaults.yml"}) {
        const DagFolder folder;
        folder.write_dag("team/d.yaml", "d");
        fs::create_directories(folder.path() / name);
        const LoadedFile file = load_dag_file(folder.path() / "team/d.yaml", folder.path());
        EXPECT_THAT(file.dags, IsEmpty()) << name;
        ASSERT_EQ(file.diagnostics.size(), 1U) << name;
        EXPECT_EQ(file.diagnostics[0].at.file, name);
        EXPECT_EQ(file.diagnostics[0].message, "the file cannot be read");
    }
}

TEST(LoadDagFile, UnderDefaultsThatLinkNowhereIsNotLoadedWithoutThem) {
    const DagFolder folder;
    folder.write_dag("d.yaml", "d");
    fs::create_symlink("gone.yml", folder.path() / "defaults.yml");
    EXPECT_THAT(load_dag_file(folder.path() / "d.yaml", folder.path()).dags, IsEmpty());
    folder.write("gone.yml", "default_args: {owner: back}\n");
    const LoadedFile file = load_dag_file(folder.path() / "d.yaml", folder.path());
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(task_of(file.dags[0], "a").owner, "back");
}

TEST(LoadDagFile, DoesNotCareForDefaultsOfOtherFolders) {
    const DagFolder folder;
    folder.write_dag("team/d.yaml", "d");
    fs::create_directories(folder.path() / "other/defaults.yml");
    fs::create_directories(folder.path() / "team/below/defaults.yml");
    EXPECT_EQ(load_dag_file(folder.path() / "team/d.yaml", folder.path()).dags.size(), 1U);
}

TEST(LoadDagFile, ThatIsAPipeIsAMistakeAndNoEndlessWait) {
    const DagFolder folder;
    ASSERT_EQ(mkfifo((folder.path() / "p.yaml").c_str(), 0600), 0);
    const auto files = load_dag_folder(folder.path());
    ASSERT_EQ(files.at("p.yaml")->diagnostics.size(), 1U);
    EXPECT_EQ(files.at("p.yaml")->diagnostics[0].message, "the file cannot be read");
}

TEST(LoadDagFile, OfMoreThanSixteenMebibytesIsNotRead) {
    const DagFolder folder;
    const fs::path path = folder.path() / "d.yaml";
    folder.write("d.yaml", "");
    fs::resize_file(path, (std::uintmax_t{16} << 20U) + 1);
    const LoadedFile refused = load_dag_file(path, folder.path());
    ASSERT_EQ(refused.diagnostics.size(), 1U);
    EXPECT_EQ(refused.diagnostics[0].message, "the file cannot be read");
    EXPECT_THAT(refused.diagnostics[0].hint, HasSubstr("at most 16 MiB"));
}

TEST(LoadDagFolder, PlacesADoubleDagWhereItStandsInItsFile) {
    const DagFolder folder;
    folder.write("one.yaml", "# first\nd:\n  tasks:\n  - {task_id: a, operator: empty}\n");
    folder.write("sub/defaults.yml", "\n\n\ntasks: {a: {operator: empty}}\n");
    folder.write("sub/two.yaml", "d: {description: all of it comes from the defaults}\n");
    const auto files = load_dag_folder(folder.path());
    EXPECT_EQ(
        files.at("one.yaml")->diagnostics.at(0).describe(),
        "one.yaml:4:15: DAG 'd' is also in sub/two.yaml\n"
        "  hint: a dag_id may be used once; rename one of them"
    );
    EXPECT_EQ(
        files.at("sub/two.yaml")->diagnostics.at(0).describe(),
        "sub/two.yaml: DAG 'd' is also in one.yaml\n"
        "  hint: a dag_id may be used once; rename one of them"
    );
}

TEST(LoadDagFile, OutsideOfTheFolderReadsTheDefaultsBesideIt) {
    const DagFolder folder;
    const DagFolder elsewhere;
    elsewhere.write("defaults.yml", "default_args: {owner: beside}\n");
    elsewhere.write_dag("d.yaml", "d");
    const LoadedFile file = load_dag_file(elsewhere.path() / "d.yaml", folder.path());
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(task_of(file.dags[0], "a").owner, "beside");
    EXPECT_EQ(file.dags[0].relative_fileloc, "d.yaml");
}

TEST(LoadDagFile, ThatIsNoFileIsAMistake) {
    const DagFolder folder;
    for (const char* name : {"missing.yaml", "."}) {
        const LoadedFile file = load_dag_file(folder.path() / name, folder.path());
        ASSERT_EQ(file.diagnostics.size(), 1U) << name;
        EXPECT_EQ(file.diagnostics[0].message, "the file cannot be read");
        EXPECT_THAT(file.diagnostics[0].hint, HasSubstr("regular file"));
    }
}

}  // namespace
}  // namespace reel::dagfile
