#include "dagfile/asset_shapes.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dagfile/asset_schema.hpp"

namespace reel::dagfile {
namespace {

TEST(AssetClasses, GoByTheirNamesOfAirflow2And3) {
    EXPECT_TRUE(is_asset_class("Asset", ""));
    EXPECT_TRUE(is_asset_class("airflow.sdk.Asset", ""));
    EXPECT_TRUE(is_asset_class("airflow.datasets.Dataset", ""));
    EXPECT_TRUE(is_asset_class("airflow.sdk.definitions.asset.AssetAll", "All"));
    EXPECT_TRUE(is_asset_class("DatasetAny", "Any"));
    EXPECT_TRUE(is_asset_class("airflow.timetables.assets.AssetOrTimeSchedule", "OrTimeSchedule"));
    EXPECT_FALSE(is_asset_class("airflow.sdk.AssetAlias", ""));
    EXPECT_FALSE(is_asset_class("airflow.sdk.Asset", "All"));
    EXPECT_FALSE(is_asset_class("mine.Asset", ""));
    EXPECT_FALSE(is_asset_class("", ""));
}

TEST(AssetShape, NamesWhatAnAssetIs) {
    const Shape& shape = *asset_shape();
    for (const char* field : {"uri", "name", "group", "extra", "watchers", "__type__"}) {
        EXPECT_NE(shape.find_field(field), nullptr) << field;
    }
    EXPECT_EQ(asset_schedule_shape().find_field("datasets")->name, "assets");
}

TEST(AssetSchema, RefersToItselfAndToTheSchedule) {
    const auto expression = asset_expression_schema({{"$ref", "#/definitions/asset"}});
    EXPECT_EQ(expression["anyOf"][1]["$ref"], "#/definitions/asset");
    EXPECT_EQ(expression["anyOf"][2]["items"]["$ref"], "#/definitions/asset_expression");
    const auto schedule = asset_schedule_schema(nlohmann::ordered_json::object());
    EXPECT_EQ(schedule["properties"]["timetable"]["$ref"], "#/definitions/schedule");
    EXPECT_EQ(schedule["anyOf"].size(), 2U);
}

}  // namespace
}  // namespace reel::dagfile
