// dag-factory's `schedule: {file, datasets}`: names that a file beside the DAG's translates.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dag_folder.hpp"
#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LoadedFile with_asset_file(
    const std::string& schedule,
    const std::string& asset_file,
    const std::string& task = "operator: empty"
) {
    const std::string text = "d:\n  schedule: " + schedule + "\n  tasks: {a: {" + task + "}}\n";
    return parse_dag_file(
        DagFileText{
            .text = text,
            .path = "/dags/sub/test.yaml",
            .relative_path = "sub/test.yaml",
            .defaults = {},
            .read_beside = [&](const std::string& name) -> std::optional<std::string> {
                return name == "sets.yml" ? std::optional(asset_file) : std::nullopt;
            }
        },
        test_options()
    );
}

constexpr const char* three_sets = R"(datasets:
  - {name: a, uri: s3://lake/a.json}
  - {name: b, uri: "s3://lake/b.json?x=1&y=2"}
  - {name: c, uri: s3://lake/c.json}
)";

std::vector<std::string> uris_of(const LoadedFile& file) {
    std::vector<std::string> uris;
    for (const Diagnostic& each : file.diagnostics) uris.push_back(each.describe());
    if (file.dags.empty()) return uris;
    for (const auto& asset : core::assets_of(file.dags[0].asset_condition.value())) {
        uris.push_back(asset.uri);
    }
    return uris;
}

TEST(AssetFile, TranslatesTheNamesOfAList) {
    const LoadedFile file = with_asset_file("{file: sets.yml, datasets: [a, b]}", three_sets);
    EXPECT_THAT(uris_of(file), ElementsAre("s3://lake/a.json", "s3://lake/b.json?x=1&y=2"));
    EXPECT_EQ(file.dags.at(0).asset_condition->kind, core::AssetExpression::Kind::all);
    EXPECT_THAT(file.beside, ElementsAre("sets.yml"));
}

TEST(AssetFile, TranslatesTheNamesOfACondition) {
    const LoadedFile file = with_asset_file(
        "{file: sets.yml, datasets: '(a & b) | c', timetable: '@daily'}", three_sets
    );
    EXPECT_THAT(
        uris_of(file),
        ElementsAre("s3://lake/a.json", "s3://lake/b.json?x=1&y=2", "s3://lake/c.json")
    );
    const core::AssetExpression& condition = *file.dags.at(0).asset_condition;
    EXPECT_EQ(condition.kind, core::AssetExpression::Kind::any);
    EXPECT_EQ(condition.operands.at(0).kind, core::AssetExpression::Kind::all);
}

TEST(AssetFile, TranslatesWhatTasksReadAndMake) {
    const auto with_task = [](const std::string& fields) {
        return with_asset_file("null", three_sets, "operator: empty, " + fields);
    };
    const LoadedFile file = with_task(
        "inlets: {file: sets.yml, datasets: [a]}, outlets: {file: sets.yml, datasets: [b, c]}"
    );
    ASSERT_EQ(file.dags.size(), 1U);
    const core::Task& task = file.dags[0].tasks.at(0);
    EXPECT_EQ(task.inlets.at(0).uri, "s3://lake/a.json");
    EXPECT_EQ(task.outlets.at(1).uri, "s3://lake/c.json");
    EXPECT_THAT(file.beside, ElementsAre("sets.yml"));
    EXPECT_THAT(
        mistakes_of(with_task("outlets: {file: sets.yml, datasets: [d]}")),
        ElementsAre("3:69 'outlets.datasets' of task 'a' names 'd', which 'sets.yml' does not")
    );
    EXPECT_THAT(
        mistakes_of(with_task("outlets: {file: sets.yml, datasets: a & b}")),
        ElementsAre("3:68 'outlets.datasets' of task 'a' must be a list")
    );
}

TEST(AssetFile, TranslatesWhatAllTasksReadAndMake) {
    const auto with_defaults = [](const std::string& defaults) {
        return with_asset_file("null\n  default_args: {" + defaults + "}", three_sets);
    };
    const LoadedFile file = with_defaults("outlets: {file: sets.yml, datasets: [b]}");
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].tasks.at(0).outlets.at(0).uri, "s3://lake/b.json?x=1&y=2");
    EXPECT_THAT(
        mistakes_of(with_defaults("inlets: {file: sets.yml, datasets: [d]}")),
        ElementsAre(
            "3:54 'default_args.inlets.datasets' of DAG 'd' names 'd', which 'sets.yml' does not"
        )
    );
}

TEST(AssetFile, TranslatesWhatABlockOfDefaultsSays) {
    const std::string text =
        "default: {default_args: {outlets: {file: sets.yml, datasets: [c]}}}\n"
        "d: {tasks: {a: {operator: empty}}}\n";
    const LoadedFile file = parse_dag_file(
        DagFileText{
            .text = text,
            .path = "/dags/test.yaml",
            .relative_path = "test.yaml",
            .defaults = {},
            .read_beside = [](const std::string&) { return std::optional<std::string>(three_sets); }
        },
        test_options()
    );
    EXPECT_THAT(mistakes_of(file), testing::IsEmpty());
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].tasks.at(0).outlets.at(0).uri, "s3://lake/c.json");
}

TEST(AssetFile, NamesTakeNothingElse) {
    EXPECT_THAT(
        mistakes_of(with_asset_file(
            "null",
            three_sets,
            "operator: empty, outlets: {file: sets.yml, datasets: [a], datset: [b]}"
        )),
        ElementsAre(HasSubstr("unknown key 'datset'"))
    );
}

TEST(AssetFile, TranslatesWhatAllTasksOfAGroupMake) {
    const LoadedFile file = with_asset_file(
        "null\n  task_groups: {g: {default_args: {outlets: {file: sets.yml, datasets: [c]}}}}",
        three_sets,
        "operator: empty, task_group_name: g"
    );
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].tasks.at(0).outlets.at(0).uri, "s3://lake/c.json");
}

TEST(AssetFile, TellsWhatIsWrong) {
    const auto told = [](const std::string& schedule, const std::string& asset_file = three_sets) {
        return mistakes_of(with_asset_file(schedule, asset_file));
    };
    EXPECT_THAT(
        told("{file: sets.yml, datasets: [a, d]}"),
        ElementsAre("2:44 'schedule.datasets' of DAG 'd' names 'd', which 'sets.yml' does not")
    );
    EXPECT_THAT(
        told("{file: sets.yml, datasets: 'a & (d'}"),
        ElementsAre(HasSubstr("2:40 'schedule.datasets' of DAG 'd' is not valid"))
    );
    EXPECT_THAT(
        told("{file: sets.yml, datasets: {a: b}}"), ElementsAre(HasSubstr("must be a list"))
    );
    EXPECT_THAT(
        told("{file: none.yml, datasets: [a]}"),
        ElementsAre("2:20 'schedule.file' of DAG 'd' is 'none.yml', which cannot be read")
    );
    for (const char* other : {"datasets: [a]", "a: b", "datasets: [{name: a}]", "[]", ""}) {
        EXPECT_THAT(
            told("{file: sets.yml, datasets: [a]}", other),
            ElementsAre("2:20 'schedule.file' of DAG 'd' is 'sets.yml', which names no assets")
        ) << other;
    }
    EXPECT_THAT(
        with_asset_file("{file: sets.yml, datasets: [a]}", "datasets: [").diagnostics.at(0).at.file,
        "sub/sets.yml"
    );
    EXPECT_THAT(
        told("{file: [x], datasets: [a]}"),
        ElementsAre(HasSubstr("'schedule.file' of DAG 'd' must be text"))
    );
}

TEST(AssetFile, IsReadOnceAndItsMistakeSaidOnceHoweverManyPlacesNameIt) {
    int reads = 0;
    const LoadedFile file = parse_dag_file(
        DagFileText{
            .text = "d:\n  schedule: {file: no.yml, datasets: [a]}\n  tasks:\n"
                    "    a: {operator: empty, outlets: {file: no.yml, datasets: [a]}}\n"
                    "    b: {operator: empty, inlets: {file: no.yml, datasets: [a]}}\n",
            .path = "/dags/test.yaml",
            .relative_path = "test.yaml",
            .defaults = {},
            .read_beside = [&](const std::string&) -> std::optional<std::string> {
                ++reads;
                return std::nullopt;
            }
        },
        test_options()
    );
    EXPECT_EQ(reads, 1);
    EXPECT_EQ(file.diagnostics.size(), 1U);
    EXPECT_THAT(file.beside, ElementsAre("no.yml"));
}

TEST(AssetFile, IsNoDagFile) {
    EXPECT_TRUE(mistakes_in(three_sets).empty());
    EXPECT_TRUE(parse(three_sets).dags.empty());
    EXPECT_FALSE(mistakes_in("datasets: {tasks: [1]}").empty()) << "a DAG of that name";
}

TEST(AssetFile, IsPartOfTheDagThatIsReadWithIt) {
    DagFolder folder;
    FolderReader reader(folder.path(), {});
    // So late that the stamps of what was written have settled.
    const core::Timestamp now = core::SystemClock().now() + std::chrono::hours(1);
    const auto uri = [](const LoadedFiles& files) {
        const auto& dags = files.at("sub/one.yaml")->dags;
        return dags.empty() ? "none" : dags.at(0).asset_condition.value().asset.uri;
    };
    folder.write(
        "sub/one.yaml",
        "one:\n  schedule: {file: ../sets.yml, datasets: [raw]}\n"
        "  tasks: [{task_id: a, operator: empty}]\n"
    );
    EXPECT_EQ(uri(reader.read(now)), "none");
    folder.write("sets.yml", "datasets: [{name: raw, uri: s3://one}]\n");
    EXPECT_EQ(uri(reader.read(now)), "s3://one");
    EXPECT_TRUE(reader.read(now).at("sets.yml")->diagnostics.empty());
    folder.write("sets.yml", "datasets: [{name: raw, uri: s3://two}]\n");
    EXPECT_EQ(uri(reader.read(now, {.may_be_any = false, .files = {"sets.yml"}})), "s3://two");
    folder.write("sets.yml", "datasets: [{name: raw, uri: s3://three}]\n");
    EXPECT_EQ(uri(reader.read(now)), "s3://three");
    EXPECT_EQ(reader.read(now), reader.read(now)) << "until it changes the very objects";
}

TEST(AssetFile, IsKnownByAnyOfItsNames) {
    const DagFolder folder;
    const DagFolder elsewhere;
    FolderReader reader(folder.path(), {});
    const core::Timestamp now = core::SystemClock().now() + std::chrono::hours(1);
    const auto write_sets = [&](const std::string& uri) {
        for (const DagFolder* each : {&folder, &elsewhere}) {
            each->write("sets.yml", "datasets: [{name: raw, uri: " + uri + "}]\n");
        }
    };
    const auto write_dag = [&](const std::string& id, const std::filesystem::path& sets) {
        folder.write(
            id + ".yaml",
            id + ":\n  schedule: {file: " + sets.string() +
                ", datasets: [raw]}\n  tasks: [{task_id: a, operator: empty}]\n"
        );
    };
    const auto uri = [](const LoadedFiles& files, const std::string& id) {
        return files.at(id + ".yaml")->dags.at(0).asset_condition.value().asset.uri;
    };
    write_sets("s3://one");
    write_dag("near", "sets.yml");
    write_dag("whole", folder.path() / "./sets.yml");
    write_dag("outside", elsewhere.path() / "sets.yml");
    EXPECT_EQ(uri(reader.read(now), "whole"), "s3://one");
    write_sets("s3://two");
    const auto after = reader.read(now, {.may_be_any = false, .files = {"sets.yml"}});
    EXPECT_EQ(uri(after, "near"), "s3://two");
    EXPECT_EQ(uri(after, "whole"), "s3://two");
    EXPECT_EQ(uri(after, "outside"), "s3://one") << "nobody watches it";
    EXPECT_EQ(uri(reader.read(now), "outside"), "s3://two");
}

}  // namespace
}  // namespace reel::dagfile
