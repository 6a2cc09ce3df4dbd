#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A DAG whose schedule is written over several lines, from line 3 on.
std::string dag(const std::string& lines) {
    return "d:\n  schedule:\n" + lines + "  tasks:\n  - {task_id: a, operator: empty}\n";
}

/// The same, with the whole schedule behind "schedule: " in line 2.
std::string short_dag(const std::string& schedule) {
    return "d:\n  schedule: " + schedule + "\n  tasks:\n  - {task_id: a, operator: empty}\n";
}

std::vector<std::string> hints_in(const std::string& text) {
    std::vector<std::string> hints;
    for (const Diagnostic& diagnostic : parse(text).diagnostics) hints.push_back(diagnostic.hint);
    return hints;
}

TEST(AssetMistakes, AreFoundDeepInsideATreeAndNamedByTheirPath) {
    EXPECT_THAT(
        mistakes_in(dag("    and:\n"
                        "    - s3://a\n"
                        "    - or:\n"
                        "      - s3://b\n"
                        "      - and: [c, 'two words']\n")),
        ElementsAre("7:18 'schedule.and.2.or.2.and.2' of DAG 'd' is no asset: it must be made of "
                    "visible ASCII letters, without blanks")
    );
}

TEST(AssetMistakes, AreAllToldAtOnce) {
    EXPECT_THAT(
        mistakes_in(dag("    assets:\n"
                        "    - ''\n"
                        "    - true\n"
                        "    - {uri: s3://a, colour: red}\n"
                        "    - {or: {uri: s3://b}}\n"
                        "    timetable: '61 * * * *'\n")),
        testing::UnorderedElementsAre(
            HasSubstr("4:7 'schedule.assets.1' of DAG 'd' is no asset: it must have 1 to 1500"),
            HasSubstr("5:7 'schedule.assets.2' of DAG 'd' must be an asset, not"),
            HasSubstr("6:21 unknown key 'colour' in 'schedule.assets.3' of DAG 'd'"),
            HasSubstr("7:12 'schedule.assets.4.or' of DAG 'd' must be a list, not"),
            HasSubstr("8:16 'schedule.timetable' of DAG 'd' is not valid")
        )
    );
}

TEST(AssetMistakes, InAConditionAreToldWithTheirCharacter) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"a & & b", "an asset is missing before '&', at character 5"},
        {"| b", "an asset is missing before '|', at character 1"},
        {"(a | b", "a ')' is missing, at character 7"},
        {"a | b)", "')' is one too many, at character 6"},
        {"() | a", "an asset is missing before ')', at character 2"},
        {"a | b c", "'c' is one too many, at character 7"},
        {"s3://a \xC3\xBC", "'\xC3\xBC' is one too many, at character 8"},
        {"a | airflow:x", "the asset 'airflow:x' must not begin with 'airflow:', at character 5"},
        {"a | s3://me:pw@b", "must not hold a user or a password, at character 5"},
    };
    for (const auto& [condition, message] : table) {
        const std::string text = short_dag("'" + std::string(condition) + "'");
        EXPECT_THAT(
            mistakes_in(text),
            ElementsAre(
                testing::AllOf(HasSubstr("2:13 'schedule' of DAG 'd' is not"), HasSubstr(message))
            )
        ) << condition;
        EXPECT_THAT(hints_in(text), ElementsAre(HasSubstr("(s3://a & s3://b) | s3://c")));
    }
}

TEST(AssetMistakes, OfOneOperatorBesideAnotherAreToldAtEachOther) {
    EXPECT_THAT(
        mistakes_in(dag("    or: [a, b]\n    and: [c, d]\n    uri: s3://e\n")),
        ElementsAre(
            HasSubstr("3:5 'or' does not go with 'and'"),
            HasSubstr("5:5 'uri' does not go with 'and'")
        )
    );
    EXPECT_THAT(hints_in(short_dag("{or: [a], uri: b}")), ElementsAre("put one below the other"));
}

TEST(AssetMistakes, OfClassesNameTheClassAndWhatThereIs) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"[{__type__: airflow.sdk.AssetRef, name: x}]", "of Airflow's classes only Asset is here"},
        {"[{__type__: airflow.sdk.AssetWatcher, name: x}]", "is 'airflow.sdk.AssetWatcher'"},
        {"[{__type__: airflow.sdk.AssetAny, __args__: [a]}, {__type__: Assets, name: b}]",
         "'schedule.2.__type__' of DAG 'd' is 'Assets'"},
        {"{__type__: airflow.sdk.AssetAny, __args__: []}",
         "'schedule.__args__' of DAG 'd' must not be empty"},
        {"{__type__: airflow.sdk.AssetAny, __args__: s3://a}",
         "'schedule.__args__' of DAG 'd' must be a list, not"},
        {"{__type__: airflow.sdk.AssetAny, __args__: [a, {__type__: DatasetAll}]}",
         "2:60 'schedule.__args__.2' of DAG 'd' lacks '__args__', the list of its assets"},
        {"{__type__: airflow.sdk.AssetAll, __args__: null}", "lacks '__args__'"},
    };
    for (const auto& [schedule, message] : table) {
        EXPECT_THAT(mistakes_in(short_dag(schedule)), ElementsAre(HasSubstr(message))) << schedule;
    }
}

TEST(AssetMistakes, OfFieldsNameTheFieldOfTheAsset) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"[{name: ' '}]", "2:21 'schedule.1.name' of DAG 'd' must not be blank"},
        {"[{uri: s3://a, group: ''}]", "2:35 'schedule.1.group' of DAG 'd' must not be blank"},
        {"[{uri: 5}]", "2:20 'schedule.1.uri' of DAG 'd' must be text, not"},
        {"[{uri: s3://a, extra: [1]}]", "2:35 'schedule.1.extra' of DAG 'd' must be a map, not"},
        {"[{uri: s3://a, extra: x}]", "2:35 'schedule.1.extra' of DAG 'd' must be a map, not"},
        {"[{uri: 'a b'}]", "2:20 'schedule.1.uri' of DAG 'd' must be made of visible ASCII"},
    };
    for (const auto& [schedule, message] : table) {
        EXPECT_THAT(mistakes_in(short_dag(schedule)), ElementsAre(HasSubstr(message))) << schedule;
    }
}

TEST(AssetMistakes, LeaveTheOtherDagsOfTheFileAlone) {
    const LoadedFile file = parse(
        "bad:\n  schedule: [s3://a, '']\n  tasks:\n  - {task_id: a, operator: empty}\n"
        "good:\n  schedule: [s3://a]\n  tasks:\n  - {task_id: a, operator: empty}\n"
    );
    EXPECT_EQ(file.diagnostics.size(), 1U);
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].dag_id, core::DagId("good"));
    EXPECT_TRUE(file.dags[0].asset_condition);
}

TEST(AssetMistakes, DoNotShowAPassword) {
    for (const char* schedule :
         {"s3://me:hunter2@b",
          "'a & s3://me:hun@ter2@b/@'",
          "['s3://me:hunter2@b']",
          "[{uri: 's3://me:hunter2@b'}]",
          "{or: ['s3://me:hunter2@b']}"}) {
        const auto mistakes = mistakes_in(short_dag(schedule));
        ASSERT_EQ(mistakes.size(), 1U) << schedule;
        EXPECT_THAT(mistakes[0], testing::Not(testing::AnyOf(HasSubstr("hun"), HasSubstr("ter2"))));
    }
}

core::Asset only_asset(const std::string& schedule) {
    const core::Dag read = parse_one(short_dag(schedule));
    if (!read.asset_condition) return {};
    EXPECT_EQ(read.asset_condition->kind, core::AssetExpression::Kind::asset);
    return read.asset_condition->asset;
}

TEST(AssetMaps, HaveTheirNameForAUriAndTheirUriForAName) {
    const std::vector<std::pair<const char*, core::Asset>> table{
        {"[{uri: s3://a}]", core::make_asset("s3://a")},
        {"[{name: sales}]", core::make_asset("sales")},
        {"[{uri: s3://a, name: null, group: ~}]", core::make_asset("s3://a")},
        {"[{uri: s3://a, name: sales}]", {.uri = "s3://a", .name = "sales"}},
        {"[{name: two words, uri: s3://a}]", {.uri = "s3://a", .name = "two words"}},
        {"[{uri: s3://a, group: g}]", {.uri = "s3://a", .name = "s3://a", .group = "g"}},
        {"[{__type__: Asset, __args__: [n], uri: s3://a}]", {.uri = "s3://a", .name = "n"}},
        {"[{__type__: Asset, __args__: [n, s3://a]}]", {.uri = "s3://a", .name = "n"}},
        {"[{__type__: Asset, __args__: [n, s3://a], name: m}]", {.uri = "s3://a", .name = "m"}},
        {"[{uri: s3://a, watchers: []}]", core::make_asset("s3://a")},
    };
    for (const auto& [schedule, asset] : table) EXPECT_EQ(only_asset(schedule), asset) << schedule;
}

TEST(AssetMaps, KeepTheTypesAndTheOrderOfTheirExtra) {
    const core::Asset asset =
        only_asset("[{uri: s3://a, extra: {z: 1.5, a: [true, null, '5'], m: {n: x}}}]");
    EXPECT_EQ(asset.extra.text, R"({"z":1.5,"a":[true,null,"5"],"m":{"n":"x"}})");
    EXPECT_EQ(only_asset("[{uri: s3://a, extra: {}}]"), core::make_asset("s3://a"));
}

TEST(AssetMaps, MayBeSharedByAnAnchor) {
    const core::Dag read = parse_one(
        "d:\n  schedule: [&films {uri: s3://films, name: films}]\n  tasks:\n"
        "  - {task_id: a, operator: empty, inlets: [*films]}\n"
    );
    EXPECT_THAT(task_of(read, "a").inlets, ElementsAre(read.asset_condition->asset));
}

TEST(AssetSchedules, ThatAreNoneAreNone) {
    for (const char* schedule : {"null", "none", "None", "~", "'@once'", "'0 7 * * *'", "5m"}) {
        const LoadedFile file = parse(short_dag(schedule) + "  start_date: 2024-01-01\n");
        EXPECT_THAT(mistakes_of(file), IsEmpty()) << schedule;
        ASSERT_EQ(file.dags.size(), 1U) << schedule;
        EXPECT_FALSE(file.dags[0].asset_condition) << schedule;
    }
}

TEST(AssetSchedules, MayGoOverSeveralLines) {
    const auto expected = core::parse_asset_condition("(s3://a & s3://b) | s3://c").value();
    for (const char* sign : {" >", " >-", " |", "", " |+"}) {
        const std::string lines = "      (s3://a\n      & s3://b) |\n      s3://c\n";
        const core::Dag read = parse_one(
            "d:\n  schedule:" + std::string(sign) + "\n" + lines +
            "  tasks:\n  - {task_id: a, operator: empty}\n"
        );
        EXPECT_EQ(read.asset_condition, expected) << sign;
    }
}

TEST(AssetSchedules, MayNameOneAssetTwice) {
    const core::Dag read = parse_one(short_dag("[s3://a, s3://a]"));
    ASSERT_TRUE(read.asset_condition);
    EXPECT_EQ(read.asset_condition->operands.size(), 2U);
    EXPECT_THAT(core::assets_of(*read.asset_condition), ElementsAre(core::make_asset("s3://a")));
}

}  // namespace
}  // namespace reel::dagfile
