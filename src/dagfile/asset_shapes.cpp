#include "asset_shapes.hpp"

#include <fmt/format.h>

#include <utility>

#include "reel/core/asset.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

std::optional<std::string> check_asset_class(const std::string& type) {
    return is_asset_class(type, "")
               ? std::nullopt
               : std::optional(fmt::format("is '{}', of Airflow's classes only Asset is here", type)
                 );
}

ShapePtr declare_asset() {
    Shape shape = *object(
        {optional("uri", text(check_asset_uri), "what it is; the name where it is not given"),
         optional(
             "name", text(check_not_blank), "what it is called; the URI where it is not given"
         ),
         optional("group", text(check_not_blank), "what kind of thing it is; 'asset' by default"),
         optional("extra", map_of(any_value()), "whatever else is to be known of it"),
         optional("__type__", text(check_asset_class), "airflow.sdk.Asset"),
         optional("__args__", list_of(text(), true), "name and URI, as Airflow's class takes them"),
         planned("watchers", {"[]"})},
        "asset"
    );
    shape.some_of = {"uri", "name", "__args__"};
    return std::make_shared<const Shape>(std::move(shape));
}

std::optional<std::string> check_alias_class(const std::string& type) {
    return is_asset_class(type, "Alias") ? std::nullopt : std::optional("must be AssetAlias");
}

Field alias_group() {
    return descriptive("group", "Airflow's; accepted and not used");
}

}  // namespace

const ShapePtr& alias_shape() {
    static const ShapePtr shape = object(
        {required(
             "alias",
             text(check_not_blank),
             "what the assets are called that are named when "
             "the task runs"
         ),
         alias_group()},
        "asset_alias"
    );
    return shape;
}

const ShapePtr& alias_class_shape() {
    static const ShapePtr shape = object(
        {required("__type__", text(check_alias_class), "airflow.sdk.AssetAlias"),
         required("name", text(check_not_blank), "the alias"),
         alias_group()},
        "airflow_asset_alias"
    );
    return shape;
}

/// Of a task: read_asset_files() puts a list in the place of names.
ShapePtr list_or_names(ShapePtr element) {
    static const ShapePtr names = object(
        {required("file", text(), "says which URIs the names stand for"),
         required("datasets", list_of(any_value()), "names of assets")},
        "assets_of_file"
    );
    return either({list_of(std::move(element)), names});
}

ShapePtr outlets_shape() {
    return list_or_names(
        either({text(check_asset_uri), alias_shape(), alias_class_shape(), asset_shape()})
    );
}

const ShapePtr& asset_shape() {
    static const ShapePtr shape = declare_asset();
    return shape;
}

ShapePtr assets_shape() {
    return list_or_names(either({text(check_asset_uri), asset_shape()}));
}

const Shape& asset_schedule_shape() {
    static const ShapePtr shape = object(
        {{.name = "assets",
          .shape = any_value(),
          .meaning = "URIs, a condition over some, or and / or with lists of such",
          .required = true,
          .aliases = {"datasets"}},
         optional("timetable", any_value(), "times at which runs are due, too"),
         descriptive("__type__", "airflow.timetables.assets.AssetOrTimeSchedule"),
         optional("file", text(), "says which URIs the names in 'datasets' stand for")},
        "asset_schedule"
    );
    return *shape;
}

bool is_asset_class(std::string_view type, std::string_view kind) {
    const std::size_t dot = type.rfind('.');
    const std::string_view name = dot == std::string_view::npos ? type : type.substr(dot + 1);
    const bool is_airflows = dot == std::string_view::npos || type.starts_with("airflow.");
    for (const std::string_view word : {"Asset", "Dataset"}) {
        if (is_airflows && name.starts_with(word) && name.substr(word.size()) == kind) {
            return true;
        }
    }
    return false;
}

}  // namespace reel::dagfile
