#include "daemon/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/dag_builder.hpp"

namespace reel::daemon {
namespace {

using support::a_dag;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

core::Dag dag_of(const std::string& id, const std::string& file, const std::string& version = "1") {
    return a_dag(id)
        .with([&](core::Dag& dag) {
            dag.relative_fileloc = file;
            dag.version = version;
        })
        .build();
}

dagfile::LoadedFile broken(const std::string& message) {
    dagfile::LoadedFile file;
    file.diagnostics.push_back(
        {.at = {"/dags/a.yaml", 3, 5}, .message = message, .hint = "mend it", .dag_id = {}}
    );
    return file;
}

CatalogState merge(
    const std::map<std::string, dagfile::LoadedFile>& files, const std::vector<core::Dag>& before
) {
    dagfile::LoadedFiles loaded;
    for (const auto& [name, file] : files) {
        loaded.emplace(name, std::make_shared<const dagfile::LoadedFile>(file));
    }
    scheduler::Dags known;
    for (const auto& dag : before) known.push_back(std::make_shared<const core::Dag>(dag));
    return merge_catalog(loaded, known, core::Timestamp{});
}

TEST(MergeCatalog, TakesTheDagsOfEveryFile) {
    const auto state = merge(
        {{"a.yaml", {.dags = {dag_of("a", "a.yaml")}, .diagnostics = {}}},
         {"b.yaml", {.dags = {dag_of("b", "b.yaml")}, .diagnostics = {}}}},
        {}
    );
    EXPECT_THAT(state.dags, SizeIs(2));
    EXPECT_THAT(state.errors, IsEmpty());
}

TEST(MergeCatalog, KeepsADagAsItWasWhileItsFileIsBroken) {
    const auto state = merge({{"a.yaml", broken("unknown key")}}, {dag_of("a", "a.yaml", "old")});
    ASSERT_THAT(state.dags, SizeIs(1));
    EXPECT_EQ(state.dags[0]->version, "old");
    ASSERT_THAT(state.errors, SizeIs(1));
    EXPECT_EQ(state.errors[0].filename, "a.yaml");
    EXPECT_THAT(state.errors[0].stack_trace, HasSubstr("3:5"));
    EXPECT_THAT(state.errors[0].stack_trace, HasSubstr("mend it"));
}

TEST(MergeCatalog, DropsADagWhoseFileIsGone) {
    EXPECT_THAT(merge({}, {dag_of("a", "a.yaml")}).dags, IsEmpty());
}

TEST(MergeCatalog, DropsADagThatItsWholeFileNoLongerDeclares) {
    const auto state = merge(
        {{"a.yaml", {.dags = {dag_of("b", "a.yaml")}, .diagnostics = {}}}}, {dag_of("a", "a.yaml")}
    );
    ASSERT_THAT(state.dags, SizeIs(1));
    EXPECT_EQ(state.dags[0]->dag_id.str(), "b");
}

TEST(MergeCatalog, TakesTheGoodDagsOfAFileWithABadOne) {
    auto file = broken("bad DAG b");
    file.dags.push_back(dag_of("a", "a.yaml", "new"));
    const auto state =
        merge({{"a.yaml", file}}, {dag_of("a", "a.yaml", "old"), dag_of("b", "a.yaml", "old")});
    ASSERT_THAT(state.dags, SizeIs(2));
    EXPECT_EQ(state.dags[0]->version, "new");
    EXPECT_EQ(state.dags[1]->dag_id.str(), "b");
}

}  // namespace
}  // namespace reel::daemon
